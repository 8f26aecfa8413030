#pragma once
// Whether an answer is one at all: what the client demanded of it, and what is plainly wrong with what came.
// Only failures that a program can tell: nothing here judges whether a text is good. Pure.

#include "weir/base/bytes.hpp"
#include "weir/dialect/answer_reader.hpp"
#include "weir/dialect/body_index.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::dialect {

// Words of answers that are data: config/clients.yaml.
struct answer_rules {
    // An answer that begins with one is a refusal: any case, `*` stands for up to 60 bytes of the same line,
    // apostrophes are straight.
    std::vector<std::string> refusals;
};

enum class answer_failure : std::uint8_t {
    none,
    broken_off,      // the upstream says itself that it ended the answer early
    truncated,       // out of room, though the client's own limit was not reached
    empty,           // neither text nor a call
    tool_arguments,  // no JSON, not what the tool's schema wants, or a tool that was not offered
    json,            // JSON was demanded, and the text is none
    schema,          // it does not fit the schema that was demanded
    refusal,  // it begins with a phrase of answer_rules::refusals, or says in its format that it is one
    unsure    // the mean probability of its tokens is under answer_checks::confidence_per_mille
};
inline constexpr std::size_t answer_failure_count = 9;
// "broken_off", "tool_arguments"; "" for none.
std::string_view name_of(answer_failure f) noexcept;

// Which failures are looked for, and the words that tell them.
struct answer_checks {
    bool json = false, schema = false, tool_arguments = false, truncated = false, empty = false,
         refusal = false, broken_off = false;
    int confidence_per_mille = 0;  // acts only where the client asked for logprobs; 0: never
    const answer_rules* rules = nullptr;
    // answer_facts::finish_reason of answers that were broken off; as in config::settings.
    const std::vector<std::string>* broken_off_reasons = nullptr;
};

// What a request demands of its answer, copied so that it outlives the body.
struct answer_demand {
    api_kind api = api_kind::chat;
    struct tool {
        std::string name;
        std::string schema;  // JSON Schema of its arguments; "" where there is none, or it is not kept
        bool bare = false;   // takes bare text instead of JSON: a custom tool
    };
    bool json = false;   // the text shall be JSON
    std::string schema;  // that it shall fit; "" for none
    std::vector<tool> tools;
    bool tools_known = true;  // false: there may be others beside `tools`, so a strange name proves nothing
    std::optional<std::int64_t> max_tokens;  // as the client said it
    // The client named stop words, or began the answer itself, or a tool's result came last: nothing more to
    // say is an answer then.
    bool may_be_empty = false;
    bool logprobs = false;  // the client asked for them
};

// Of the body that `index` was made from. Of an answer that the client began (chat: prefix; Messages: its
// last message is the assistant's) only the rest comes, which is no JSON by itself: none is demanded then.
// Names and schemas are kept up to `bytes_max` together: a schema that does not fit is "" then, and of a name
// tools_known tells. Chat: response_format, logprobs, stop. Responses: text.format, include. Messages:
// stop_sequences; a format of its answers is not documented by DeepSeek, so none is demanded there. Sources:
// DeepSeek, Create Chat Completion and Responses API; OpenAI, Responses.
answer_demand demand_of(padded_view body, const body_index& index, std::size_t bytes_max);

// What is wrong with a whole answer: the first, in the order of answer_failure, that `wanted` looks for.
// `said` was read with in_full. Where it overflowed, what would need its text or calls is not looked for.
// An answer that the client's own max_tokens ended is what the client asked for, whatever it lacks: none.
// A call comes instead of the text that empty, json, schema and refusal are about. Where `schema` is wanted
// and `json` is not, a text that is no JSON does not fit the schema. Completions are never judged.
answer_failure check_answer(const answer_demand& demand, const answer_checks& wanted,
                            const answer_facts& facts, const answer_turn& said);

}  // namespace weir::dialect
