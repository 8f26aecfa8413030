#include "chat_body.hpp"

#include <utility>

namespace weir::dialect {

result<body_index> chat_body::read() {
    static constexpr member<chat_body> members[] = {
        {"model", &chat_body::model},
        {"messages", &chat_body::messages},
        {"stream", &chat_body::stream},
        {"stream_options", &chat_body::stream_options},
        {"reasoning_effort", &chat_body::effort},
        {"thinking", &chat_body::thinking},
        {"max_tokens", &chat_body::max_tokens},
        {"max_completion_tokens", &chat_body::max_completion_tokens},
        {"tools", &chat_body::tools},
        {"tool_choice", &chat_body::tool_choice},
        {"response_format", &chat_body::chat_response_format},
        {"user_id", &chat_body::user_id},
        {"user", &chat_body::user},
        {"prompt_cache_key", &chat_body::prompt_cache_key},
        {"system", &chat_body::system},
    };
    const bool whole = read_body(members);
    require_conversation("messages", out_.messages.size());
    if (const auto orphan = first_orphan()) {
        complain_at("messages[" + std::to_string(orphan->item) + "].tool_call_id",
                    "names no tool call of a message before it");
    }
    if (!out_.max_tokens) {
        out_.max_tokens = max_completion_tokens_;
        out_.max_tokens_value = max_completion_tokens_value_;
    }
    return finish(whole);
}

// ---- members of the body ----

bool chat_body::max_completion_tokens() {
    return tokens_into(max_completion_tokens_, max_completion_tokens_value_);
}

bool chat_body::chat_response_format() {
    static constexpr member<chat_body> members[] = {{"type", &chat_body::response_format_type},
                                                    {"json_schema", &chat_body::json_schema}};
    if (in_.peek() != 'n') out_.response_format = response_format_word::other;
    return read_if_object(members);
}

bool chat_body::json_schema() {
    static constexpr member<chat_body> members[] = {{"schema", &chat_body::schema}};
    return read_if_object(members);
}

bool chat_body::schema() {
    const bool object = in_.peek() == '{';
    const auto where = in_.value();
    if (where && object) out_.schema = *where;
    return where.has_value();
}

// Chat Completions would pass over it in silence, and the client's instructions with it.
bool chat_body::system() {
    if (in_.peek() == '"' || in_.peek() == '[') {
        complain("is no field of Chat Completions; this looks like an Anthropic Messages body");
    }
    return skip();
}

// ---- members of a message ----

bool chat_body::messages() {
    if (in_.peek() != '[') {
        complain("must be an array");
        return skip();
    }
    return read_elements([this] { return one_message(); });
}

bool chat_body::one_message() {
    static constexpr member<chat_body> members[] = {
        {"role", &chat_body::role},
        {"content", &chat_body::content},
        {"reasoning_content", &chat_body::reasoning_content},
        {"prefix", &chat_body::prefix},
        {"tool_calls", &chat_body::tool_calls},
        {"tool_call_id", &chat_body::tool_call_id},
    };
    // Only the last message is gone on with.
    if (!out_.messages.empty()) out_.messages.back().prefix = false;
    message* m = add_message();
    if (!m) return skip();
    answers_ = {};
    answers_said_ = false;
    if (!read_message(members, *m)) return false;
    end_message(*m);
    return true;
}

// The role may come last, so what only an assistant or a tool can say is settled here.
void chat_body::end_message(message& m) {
    if (!role_said_) complain_of("role", "is missing");
    if (m.from != speaker::assistant) {
        m.reasoning = false;
        m.reasoning_value = {};
        m.prefix = false;
        m.call_count = 0;
        out_.calls.resize(m.first_call);
    }
    if (m.from != speaker::tool) return;
    if (!answers_said_) complain_of("tool_call_id", "is missing");
    answers_.content = m.content;
    add_result(answers_, out_.messages.size() - 1);
}

bool chat_body::content() {
    const std::size_t start = in_.offset();
    const bool null = in_.peek() == 'n';
    const bool whole = in_.peek() == '[' ? read_elements([this] { return chat_part(); }) : skip();
    if (whole && !null) out_.messages.back().content = {start, in_.passed() - start};
    return whole;
}

bool chat_body::chat_part() {
    const bool whole = one_part();
    if (part_ == part_kind::tool_use || part_ == part_kind::tool_result) {
        complain_of("type", "is no part of Chat Completions; this looks like an Anthropic Messages body");
    }
    return whole;
}

bool chat_body::reasoning_content() {
    message& m = out_.messages.back();
    m.reasoning = in_.peek() == '"';
    const auto where = in_.value();
    if (where) m.reasoning_value = *where;
    return where.has_value();
}

bool chat_body::prefix() {
    const auto where = in_.value();
    out_.messages.back().prefix = where && in_.bytes(*where) == "true";
    return where.has_value();
}

bool chat_body::tool_call_id() {
    answers_said_ = true;
    bool whole = false;
    place where;
    answers_.id_hash = hash_of_id(where, whole);
    return whole;
}

// ---- members of a tool call ----

bool chat_body::tool_calls() {
    if (in_.peek() != '[') return skip();
    return read_elements([this] { return one_call(); });
}

bool chat_body::one_call() {
    static constexpr member<chat_body> members[] = {{"id", &chat_body::call_id},
                                                    {"function", &chat_body::function}};
    tool_call* call = add_call();
    if (!call) return skip();
    name_hash_ = arguments_hash_ = 0;
    const bool whole = read_if_object(members);
    end_call(*call);
    return whole;
}

bool chat_body::call_id() {
    bool whole = false;
    tool_call& call = out_.calls.back();
    call.id_hash = hash_of_id(call.id, whole);
    return whole;
}

bool chat_body::function() {
    static constexpr member<chat_body> members[] = {{"name", &chat_body::call_name},
                                                    {"arguments", &chat_body::call_arguments}};
    return read_if_object(members);
}

}  // namespace weir::dialect
