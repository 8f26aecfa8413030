#pragma once
// What Chat Completions and fill-in-the-middle say alike: their usage, and how a stream of theirs carries it.

#include "writers.hpp"

#include <string>
#include <vector>

namespace weir::simulator {

// The usage object of both.
std::string chunk_usage(const weir::usage& used);

// The chunks of one stream.
class chunk_writer {
public:
    // `object`: the word that names a chunk
    chunk_writer(const spoken& answer, const char* object);

    // One chunk with one choice, whose other members are `choice`: "\"delta\":{...}".
    void add(const std::string& choice);
    // With `logprobs`, a JSON value.
    void add_rated(const std::string& choice, const std::string& logprobs);
    // The last choice, and what follows it: usage where the script puts it, and [DONE].
    std::vector<std::string> finish(const std::string& choice) &&;

private:
    void add(const std::string& choice, const std::string& finish_reason, const std::string& usage);
    void close(std::string text, const std::string& usage);

    const spoken& answer_;
    std::string head_;
    bool null_usage_;
    std::vector<std::string> events_;
};

}  // namespace weir::simulator
