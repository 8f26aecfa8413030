#pragma once
// The members of a Responses body that weir reads. Each item of `input` is a message of the index.

#include "body_reader.hpp"

namespace weir::dialect {

class responses_body : public body_reader {
public:
    explicit responses_body(json_walk& in) : body_reader(in, api_kind::responses) {}

    // The whole document, which begins with a brace.
    result<body_index> read();

private:
    enum class item_kind : std::uint8_t { other, message, reasoning, call, output };
    static item_kind item_kind_of(std::string_view type) noexcept;

    bool instructions();
    bool reasoning();
    bool text_options();

    bool input();
    bool one_item();
    bool item_type();
    bool item_content();
    bool item_call_id();
    bool item_id();
    bool item_output();
    void end_item(message& m);
    void end_output(message& m);

    // Of the item at hand.
    item_kind kind_ = item_kind::other;
    bool type_said_ = false;
    bool call_id_said_ = false;
    place call_id_;
    std::uint64_t call_id_hash_ = 0;
    std::uint64_t id_hash_ = 0;
    place output_;
};

}  // namespace weir::dialect
