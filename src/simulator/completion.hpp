#pragma once
// What the model says: invented, but always the same for the same prompt.

#include "weir/simulator/script.hpp"

#include "chat_request.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace weir::simulator {

struct completion {
    bool thinking = false;
    std::string thought;  // where thinking
    std::string content;
    std::vector<tool_call> calls;
    std::string finish_reason;
    std::int64_t output_tokens = 0;  // thought included
    std::int64_t reasoning_tokens = 0;
};

// `seed` decides every word; `tokens_max` >= 1 bounds thought and answer together.
completion complete(const chat_request& asked, const actions& act, std::uint64_t seed,
                    std::int64_t tokens_max);

// The tool that an answer to this request calls, or nullptr. A forced one; else, while the last message is a
// user's, the first whose name stands in it as a word, or the first of all where it says "use the tool".
const tool* tool_to_call(const chat_request& asked);

// A JSON object with each required property of `schema` (JSON Schema as text) filled by its type.
std::string arguments_for(std::string_view schema, std::uint64_t seed);

// Exactly `tokens` tokens of prose, some of it beyond ASCII.
std::string invent_text(std::uint64_t seed, std::int64_t tokens);

}  // namespace weir::simulator
