#pragma once
// A completion as DeepSeek writes it: one JSON body, or a stream of events.

#include "weir/base/usage.hpp"

#include "completion.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace weir::simulator {

// What every chunk of one answer says alike.
struct label {
    std::string id;
    std::int64_t created_s = 0;
    std::string model;
    std::string fingerprint;
};

std::string whole_body(const label& on, const completion& said, const weir::usage& used, const actions& act);

// Each with its blank line: "data: {...}\n\n". The last is [DONE], unless the script leaves it out.
std::vector<std::string> stream_events(const label& on, const completion& said, const weir::usage& used,
                                       const actions& act, bool include_usage);

// {"error":{"message","type","param":null,"code":"invalid_request_error"}}
std::string error_body(const std::string& message, const std::string& type);

// A JSON string literal. Bytes that are not UTF-8 become U+FFFD.
std::string quoted(const std::string& text);

}  // namespace weir::simulator
