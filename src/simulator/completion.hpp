#pragma once
// What the model says: invented, but always the same for the same prompt.

#include "weir/simulator/script.hpp"

#include "model_request.hpp"
#include "refusal.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace weir::simulator {

struct completion {
    bool thinking = false;
    std::string thought;  // where thinking
    std::string content;
    std::vector<tool_call> calls;
    std::string finish_reason;              // in the words of Chat Completions
    std::optional<std::string> stopped_by;  // the stop word that ended the content
    std::int64_t output_tokens = 0;         // thought included
    std::int64_t reasoning_tokens = 0;
};

// `seed` decides every word; `tokens_max` >= 1 bounds thought and answer together. Tools that the script
// calls must be offered, see check_scripted_calls().
completion complete(const model_request& asked, const actions& act, std::uint64_t seed,
                    std::int64_t tokens_max);

// 500 where the script calls a tool that the request does not offer.
allowed<void> check_scripted_calls(const model_request& asked, const actions& act);

// The tool that an answer to this request calls, or nullptr. A forced one; else, while a user spoke last, the
// first whose name stands in the text as a word, or the first of all where it says "use the tool".
const tool* tool_to_call(const model_request& asked);

// A JSON object with each required property of `schema` (JSON Schema as text) filled by its type. Of a choice
// of schemas it is the first; references within the schema are followed.
std::string arguments_for(std::string_view schema, std::uint64_t seed);

// Exactly `tokens` tokens of prose, some of it beyond ASCII.
std::string invent_text(std::uint64_t seed, std::int64_t tokens);

}  // namespace weir::simulator
