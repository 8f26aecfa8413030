#pragma once
// How the edits of one body are found: each function is one thing that may have to change.

#include "weir/dialect/mends.hpp"

#include "mends_object.hpp"

#include <cstdint>
#include <string_view>

namespace weir::dialect {

class mend_plan {
public:
    mend_plan(padded_view body, const body_index& index, const mend_request& about);

    mended_body make();

private:
    bool on(mend m) const noexcept { return about_.on.has(m); }
    bool chat() const noexcept { return index_.api == api_kind::chat; }
    bool messages() const noexcept { return index_.api == api_kind::messages; }
    bool says_effort(const said_member& said) const noexcept;

    void model();
    void thinking();
    void overruled();
    void stated_effort(bool disabled_here);
    void effort_alias();
    void max_completion_tokens();
    void max_tokens();
    void user_id();
    void stream_options();
    void include_usage();
    void developer_role();
    void json_schema();
    void reasoning();
    bool chat_reasoning(const restored_reasoning& back, const message& turn);
    bool messages_reasoning(const restored_reasoning& back, const message& turn);

    std::string_view body_;
    const body_index& index_;
    const mend_request& about_;
    object_changes top_;
    mended_body out_;
    bool effort_settled_ = false;  // what the client stated goes, or is written over
};

}  // namespace weir::dialect
