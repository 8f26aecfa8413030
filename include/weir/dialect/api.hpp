#pragma once
// What differs between the APIs, behind one small interface: how a body is read, how an answer is read, how a
// stream ends, and how weir says no. What a body holds is the same for all: body_index.

#include "weir/base/error.hpp"
#include "weir/dialect/answer_reader.hpp"
#include "weir/dialect/body_index.hpp"

#include <string>
#include <string_view>

namespace weir::dialect {

class json_walk;

class api {
public:
    virtual ~api() = default;

    virtual api_kind kind() const noexcept = 0;
    // "chat", "responses", "messages", "completions": as rows, metrics and scripts name it.
    virtual std::string_view name() const noexcept = 0;
    // The member of a body that the conversation is in: "messages", "input", "prompt"; for faults.
    virtual std::string_view conversation() const noexcept = 0;
    // What ends a whole stream: "[DONE]", "response.completed", "message_stop"; for faults.
    virtual std::string_view terminal() const noexcept = 0;

    // The members, messages, calls and places of a body. Contract: body_indexer::read.
    virtual result<body_index> read_body(json_walk& in) const = 0;

    // Adds what one JSON document of an answer says: a whole answer, an event of a stream, or an error. True
    // where the document was whole. facts.done: the document ends a stream of this API. `turn` may be null.
    virtual bool read_document(std::string_view json, answer_facts& facts, answer_turn* turn) const = 0;

    // A fault as a whole answer, in the shape that this API's clients know.
    virtual std::string error_body(const fault& f) const = 0;
    // The same within a stream that has begun: one event with its blank line. No terminal event follows.
    virtual std::string error_event(const fault& f, const answer_facts& so_far) const = 0;
};

// The one implementation of each; lives as long as the program.
const api& api_of(api_kind kind) noexcept;

}  // namespace weir::dialect
