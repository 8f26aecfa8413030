#pragma once
// What reached the simulator, as JSON lines: one a request, in the order in which the answers were made.

#include "weir/base/error.hpp"
#include "weir/simulator/simulator.hpp"

#include <cstdio>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

namespace weir::simulator {

// {"n","path","body","model","served_model","status","usage"} and "\n". `body` is the exact text, or
// `body_base64` where the bytes are not UTF-8. `usage` is null for errors, else prompt_cache_hit_tokens,
// prompt_cache_miss_tokens, completion_tokens and reasoning_tokens.
std::string journal_line(const request& asked, const answer& said);

// A file of such lines. Each line is flushed before write() returns.
class journal {
public:
    // Truncates the file. errc::file where it cannot be written.
    static result<std::unique_ptr<journal>> open(const std::filesystem::path& file);

    // One whole line at a time, from any thread. False: the file no longer takes it.
    bool write(const std::string& line);

private:
    struct closer {
        void operator()(std::FILE* f) const noexcept { std::fclose(f); }
    };
    explicit journal(std::FILE* file) : file_(file) {}

    std::mutex mutex_;
    std::unique_ptr<std::FILE, closer> file_;
};

}  // namespace weir::simulator
