#include "responses_body.hpp"

#include <utility>

namespace weir::dialect {

// What the client runs. What the service runs itself (a web search) is neither call nor result here.
responses_body::item_kind responses_body::item_kind_of(std::string_view type) noexcept {
    using enum item_kind;
    static constexpr std::pair<std::string_view, item_kind> kinds[] = {
        {"message", message},       {"reasoning", reasoning},
        {"function_call", call},    {"function_call_output", output},
        {"custom_tool_call", call}, {"custom_tool_call_output", output},
        {"local_shell_call", call}, {"local_shell_call_output", output},
        {"shell_call", call},       {"shell_call_output", output},
        {"apply_patch_call", call}, {"apply_patch_call_output", output},
        {"computer_call", call},    {"computer_call_output", output},
    };
    for (const auto& [name, kind] : kinds) {
        if (name == type) return kind;
    }
    return other;
}

result<body_index> responses_body::read() {
    static constexpr member<responses_body> members[] = {
        {"model", &responses_body::model},
        {"input", &responses_body::input},
        {"instructions", &responses_body::instructions},
        {"stream", &responses_body::stream},
        {"stream_options", &responses_body::stream_options},
        {"reasoning", &responses_body::reasoning},
        {"max_output_tokens", &responses_body::max_tokens},
        {"tools", &responses_body::tools},
        {"tool_choice", &responses_body::tool_choice},
        {"text", &responses_body::text_options},
        {"user", &responses_body::user_id},
        {"prompt_cache_key", &responses_body::prompt_cache_key},
    };
    const bool whole = read_body(members);
    require_conversation("input", items_);
    if (const auto orphan = first_orphan()) {
        complain_at("input[" + std::to_string(orphan->item) + "].call_id",
                    "names no call of an item before it");
    }
    return finish(whole);
}

// ---- members of the body ----

bool responses_body::instructions() {
    const bool said = in_.peek() == '"';
    const auto where = in_.value();
    if (where && said) add_message_of(speaker::system, *where);
    return where.has_value();
}

bool responses_body::reasoning() {
    static constexpr member<responses_body> members[] = {{"effort", &responses_body::effort}};
    return read_if_object(members);
}

bool responses_body::text_options() {
    static constexpr member<responses_body> members[] = {{"format", &responses_body::response_format}};
    return read_if_object(members);
}

// ---- items of the input ----

bool responses_body::input() {
    if (in_.peek() == '[') return read_items([this] { return one_item(); });
    if (in_.peek() != '"') {
        complain("must be a string or an array of items");
        return skip();
    }
    const auto where = in_.value();
    if (!where || where->length <= 2) return where.has_value();
    add_message_of(speaker::user, *where);
    items_ = 1;
    return true;
}

bool responses_body::one_item() {
    static constexpr member<responses_body> members[] = {
        {"type", &responses_body::item_type},       {"role", &responses_body::role},
        {"content", &responses_body::item_content}, {"call_id", &responses_body::item_call_id},
        {"name", &responses_body::call_name},       {"arguments", &responses_body::call_arguments},
        {"input", &responses_body::call_arguments}, {"action", &responses_body::call_arguments},
        {"output", &responses_body::item_output},   {"id", &responses_body::item_id},
    };
    message* m = add_message();
    if (!m) return skip();
    kind_ = item_kind::other;
    type_said_ = call_id_said_ = false;
    call_id_ = output_ = {};
    call_id_hash_ = id_hash_ = name_hash_ = arguments_hash_ = 0;
    if (!read_message(members, *m)) return false;
    end_item(*m);
    return true;
}

bool responses_body::item_type() {
    type_said_ = true;
    bool whole = false;
    const auto word = text(whole);
    if (!word && whole) complain(must_be_string);
    kind_ = item_kind_of(word.value_or(""));
    return whole;
}

bool responses_body::item_content() { return content_at(out_.messages.back().content); }

bool responses_body::item_call_id() {
    call_id_said_ = true;
    bool whole = false;
    call_id_hash_ = hash_of_id(call_id_, whole);
    return whole;
}

// The result of a local shell call may name it so.
bool responses_body::item_id() {
    bool whole = false;
    place where;
    id_hash_ = hash_of_id(where, whole);
    return whole;
}

bool responses_body::item_output() { return content_at(output_); }

// The type may come last, so what the item is, is settled here.
void responses_body::end_item(message& m) {
    if (!type_said_ && !role_said_) complain_of("type", "is missing, and so is a role");
    if (role_said_) refuse_tool_roles();
    switch (type_said_ ? kind_ : item_kind::message) {
        case item_kind::message:
            if (!role_said_) complain_of("role", "is missing");
            break;
        case item_kind::reasoning:
            // What was thought is not said: its text is none of the conversation.
            m.from = speaker::assistant;
            m.content = {};
            break;
        case item_kind::call:
            m.from = speaker::assistant;
            if (tool_call* call = add_call()) {
                call->id = call_id_;
                call->id_hash = call_id_hash_;
                end_call(*call);
            }
            break;
        case item_kind::output:
            end_output(m);
            break;
        case item_kind::other:
            m.from = speaker::other;
            break;
    }
    m.reasoning = m.from == speaker::assistant;
}

void responses_body::end_output(message& m) {
    m.from = speaker::tool;
    m.content = output_;
    if (!call_id_said_ && id_hash_ == 0) complain_of("call_id", "is missing");
    add_result({call_id_said_ ? call_id_hash_ : id_hash_, output_, 0, false}, items_);
}

}  // namespace weir::dialect
