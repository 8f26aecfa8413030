#pragma once
// What a turn of the assistant is known by, in an answer and again in a later request's history: the ids of
// its calls, and its text with the question before it.

#include "weir/base/bytes.hpp"
#include "weir/dialect/answer_reader.hpp"
#include "weir/dialect/body_index.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::dialect {

// What the assistant was asked: finds the user's words before a turn. Goes through a history once.
class question_finder {
public:
    // Both outlive it.
    question_finder(padded_view body, const body_index& index) : body_(body), index_(index) {}

    // SHA-256 (64 hexadecimal digits) of the text of the user's last message before messages[message], which
    // may be one past the end; "" where there is none. `message` never goes back.
    const std::string& before(std::size_t message);

private:
    padded_view body_;
    const body_index& index_;
    std::size_t next_ = 0;             // first message not looked at yet
    std::optional<std::size_t> user_;  // whose text is not hashed yet
    std::string asked_;
};

// Key material, best first: "call:" and an id for each call; then, where it said something, "text:" and the
// SHA-256 of its text, ":" and `asked`, since the same words answer many questions. Texts count without white
// space at both ends and unescaped, as ids do, so however a client writes them back they are the same. None
// of an answer with `overflow`.
std::vector<std::string> turn_keys(const answer_turn& said, std::string_view asked);
// The same for messages[message] of a body, an assistant's.
std::vector<std::string> turn_keys(padded_view body, const body_index& index, std::size_t message,
                                   std::string_view asked);

// The messages of the assistant whose thinking is missing where it is demanded: with tools offered, in chat
// and Messages. Source: DeepSeek, thinking mode.
std::vector<std::size_t> turns_without_reasoning(const body_index& index);

}  // namespace weir::dialect
