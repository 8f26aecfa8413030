#pragma once
// What a turn of the assistant is known by, in an answer and again in a later request's history: the ids of
// its calls, and its text.

#include "weir/base/bytes.hpp"
#include "weir/dialect/answer_reader.hpp"
#include "weir/dialect/body_index.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace weir::dialect {

// Key material, best first: "call:" and an id for each call, then, where it said something, "text:" and the
// SHA-256 of its text without white space at both ends (64 hexadecimal digits). Ids of calls and texts are
// unescaped, so however a client writes them back they are the same. None of an answer with `overflow`.
std::vector<std::string> turn_keys(const answer_turn& said);
// The same for messages[message] of a body, an assistant's.
std::vector<std::string> turn_keys(padded_view body, const body_index& index, std::size_t message);

// The messages of the assistant whose thinking is missing where it is demanded: with tools offered, in chat
// and Messages. Source: DeepSeek, thinking mode.
std::vector<std::size_t> turns_without_reasoning(const body_index& index);

}  // namespace weir::dialect
