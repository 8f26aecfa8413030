#pragma once
// The members of an Anthropic Messages body that weir reads.

#include "body_reader.hpp"

namespace weir::dialect {

class messages_body : public body_reader {
public:
    explicit messages_body(json_walk& in) : body_reader(in, api_kind::messages) {}

    // The whole document, which begins with a brace.
    result<body_index> read();

private:
    bool system();
    bool tool_choice();
    bool tool_choice_type();
    bool output_config();
    bool metadata();

    bool messages();
    bool one_message();
    bool content();
    bool tool_calls();
    void end_message(message& m);

    bool one_block();
    bool block_type();
    bool block_text();
    bool block_id();
    bool block_content();
    bool block_answers();
    bool block_error();
    void end_block(std::size_t start);
    void end_result();

    // Of the message at hand.
    std::size_t first_result_ = 0;
    std::size_t blocks_ = 0;
    bool has_text_ = false;

    // Of the block at hand.
    part_kind kind_ = part_kind::other;
    bool says_text_ = false;
    place id_;
    std::uint64_t id_hash_ = 0;
    tool_result answers_;
    bool answers_said_ = false;
};

}  // namespace weir::dialect
