#pragma once
// A completion as DeepSeek writes it, in each dialect: one JSON body, or a stream of events.

#include "weir/base/usage.hpp"

#include "completion.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::simulator {

// What all parts of one answer say alike.
struct label {
    std::string id;  // in the form of a UUID
    std::int64_t created_s = 0;
    std::string model;
    std::string fingerprint;
};

// All that a writer may want to know of an answer. It refers to what it was made from.
struct spoken {
    const model_request& asked;
    const actions& act;
    label on;
    completion said;
    weir::usage used;
};

// Bodies that are not streamed.
std::string chat_body(const spoken& answer);
std::string completions_body(const spoken& answer);
std::string responses_body(const spoken& answer);
std::string messages_body(const spoken& answer);

// Streams, each event with its blank line. The last one tells that the stream is over.
std::vector<std::string> chat_events(const spoken& answer);
std::vector<std::string> completions_events(const spoken& answer);
std::vector<std::string> responses_events(const spoken& answer);
std::vector<std::string> messages_events(const spoken& answer);

// The event that ends a stream because of an error, after `index` others.
std::string chat_error_event(const spoken& answer, const std::string& message, std::size_t index);
std::string responses_error_event(const spoken& answer, const std::string& message, std::size_t index);
std::string messages_error_event(const spoken& answer, const std::string& message, std::size_t index);

// {"error":{"message","type","param":null,"code":"invalid_request_error"}}, the same on every endpoint.
std::string error_body(const std::string& message, const std::string& type);

// A JSON string literal. Bytes that are not UTF-8 become U+FFFD.
std::string json_string(std::string_view text);

// `,"usage":OBJECT`, or null, or nothing, as the script wants. No dialect but chat has a chunk of its own.
std::string usage_member(const std::string& object, const actions& act);

}  // namespace weir::simulator
