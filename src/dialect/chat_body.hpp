#pragma once
// The members of a Chat Completions body that weir reads.

#include "body_reader.hpp"

namespace weir::dialect {

class chat_body : public body_reader {
public:
    explicit chat_body(json_walk& in) : body_reader(in, api_kind::chat) {}

    // The whole document, which begins with a brace. Text that is no JSON goes before a field that is wrong.
    result<body_index> read();

private:
    bool max_completion_tokens();
    bool chat_response_format();
    bool json_schema();
    bool schema();
    bool system();

    bool messages();
    bool one_message();
    bool content();
    bool chat_part();
    bool reasoning_content();
    bool prefix();
    bool tool_calls();
    bool one_call();
    bool call_id();
    bool function();
    bool tool_call_id();
    void end_message(message& m);

    std::optional<std::int64_t> max_completion_tokens_;
    place max_completion_tokens_value_;

    // Of the message at hand.
    tool_result answers_;
    bool answers_said_ = false;
};

}  // namespace weir::dialect
