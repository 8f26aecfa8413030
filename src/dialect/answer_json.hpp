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

}  // namespace weir::dialect
