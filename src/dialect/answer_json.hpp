#pragma once
// One JSON document of an answer, in each API: an event of a stream, a whole answer, or an error.

#include "weir/dialect/answer_reader.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace weir::dialect {

// Contract: api::read_document.
bool read_chat_document(std::string_view json, answer_facts& facts, answer_turn* turn);
bool read_responses_document(std::string_view json, answer_facts& facts, answer_turn* turn);
bool read_messages_document(std::string_view json, answer_facts& facts, answer_turn* turn);

// ---- what they share; values are JSON as written ----

// What stands between the quotes of a string; nullopt for other values.
std::optional<std::string_view> inner_of(std::string_view value) noexcept;
// True for a string that is not empty.
bool has_text(std::string_view value) noexcept;
// The first word counts, so the others of a long stream are not even copied.
void note_first(std::string& into, std::string_view value);
// The last that is a string counts.
void note_last(std::string& into, std::string_view value);

// Adds a text, or a call, to what the assistant said, as long as it fits. `turn` may be null.
void say(answer_turn* turn, std::string answer_turn::* into, std::string_view value);
void say_call(answer_turn* turn, std::string_view id);

// A part of a call, of a stream or whole; each member is JSON as written, "" where it is not there.
struct call_part {
    std::int64_t index = -1;  // parts of one call have the same, and no other id
    std::string_view id;
    std::string_view name;
    std::string_view arguments;  // a string that goes on with what came before, or a JSON value
    bool bare = false;
    bool goes_on = false;  // it begins no call: where there is none to go on with, it belongs to none
};
// Where `turn` is wanted in full.
void say_part(answer_turn* turn, const call_part& part);
// An array of tokens, each with its `logprob`.
void rate_tokens(answer_turn* turn, std::string_view logprobs);
// A refusal in words of the format, where the value is a text.
void say_refusal(answer_turn* turn, std::string_view value);
void say_other(answer_turn* turn);

// The value of an object's member, as written; empty where there is none.
std::string_view member_of(std::string_view object, std::string_view name);

}  // namespace weir::dialect
