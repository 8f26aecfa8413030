#include "messages_body.hpp"

namespace weir::dialect {

result<body_index> messages_body::read() {
    static constexpr member<messages_body> members[] = {
        {"model", &messages_body::model},
        {"messages", &messages_body::messages},
        {"system", &messages_body::system},
        {"stream", &messages_body::stream},
        {"max_tokens", &messages_body::max_tokens},
        {"thinking", &messages_body::thinking},
        {"output_config", &messages_body::output_config},
        {"metadata", &messages_body::metadata},
        {"tools", &messages_body::tools},
        {"tool_choice", &messages_body::tool_choice},
        {"prompt_cache_key", &messages_body::prompt_cache_key},
    };
    const bool whole = read_body(members);
    require_conversation("messages", items_);
    if (const auto orphan = first_orphan()) {
        complain_at("messages[" + std::to_string(orphan->item) + "].content[" +
                        std::to_string(orphan->block) + "].tool_use_id",
                    "names no tool_use of a message before it");
    }
    return finish(whole);
}

// ---- members of the body ----

bool messages_body::system() {
    const bool said = in_.peek() == '"' || in_.peek() == '[';
    place where;
    if (!content_at(where)) return false;
    if (said) add_message_of(speaker::system, where);
    return true;
}

bool messages_body::tool_choice() {
    static constexpr member<messages_body> members[] = {{"type", &messages_body::tool_choice_type}};
    if (in_.peek() != 'n') out_.tool_choice = tool_choice_word::other;
    return read_if_object(members);
}

bool messages_body::tool_choice_type() {
    bool whole = false;
    const auto word = text(whole);
    if (word == "auto") out_.tool_choice = tool_choice_word::automatic;
    if (word == "any") out_.tool_choice = tool_choice_word::required;
    if (word == "tool") out_.tool_choice = tool_choice_word::named;
    if (word == "none") out_.tool_choice = tool_choice_word::none;
    return whole;
}

bool messages_body::output_config() {
    static constexpr member<messages_body> members[] = {{"effort", &messages_body::effort}};
    return read_if_object(members);
}

bool messages_body::metadata() {
    static constexpr member<messages_body> members[] = {{"user_id", &messages_body::user_id}};
    return read_if_object(members);
}

// ---- members of a message ----

bool messages_body::messages() {
    if (in_.peek() != '[') {
        complain("must be an array");
        return skip();
    }
    return read_items([this] { return one_message(); });
}

bool messages_body::one_message() {
    static constexpr member<messages_body> members[] = {
        {"role", &messages_body::role},
        {"content", &messages_body::content},
        {"tool_calls", &messages_body::tool_calls},
    };
    message* m = add_message();
    if (!m) return skip();
    first_result_ = out_.results.size();
    has_text_ = false;
    if (!read_message(members, *m)) return false;
    end_message(*m);
    return true;
}

// The role may come last, so what only an assistant or a user can say is settled here.
void messages_body::end_message(message& m) {
    if (!role_said_) complain_of("role", "is missing");
    refuse_tool_roles();
    if (m.from != speaker::assistant) {
        m.reasoning = false;
        m.call_count = 0;
        out_.calls.resize(m.first_call);
    }
    if (m.from != speaker::user) drop_results(first_result_);
    if (out_.results.size() > first_result_ && !has_text_) m.from = speaker::tool;
}

bool messages_body::content() {
    const std::size_t start = in_.offset();
    const bool null = in_.peek() == 'n';
    has_text_ = in_.peek() == '"';
    blocks_ = 0;
    const auto next_block = [this] {
        const bool whole = one_block();
        ++blocks_;
        return whole;
    };
    const bool whole = in_.peek() == '[' ? read_elements(next_block) : skip();
    if (whole && !null) out_.messages.back().content = {start, in_.passed() - start};
    return whole;
}

bool messages_body::tool_calls() {
    if (in_.peek() == '[') {
        complain("is no field of Anthropic Messages; this looks like a Chat Completions body");
    }
    return skip();
}

// ---- members of a block ----

bool messages_body::one_block() {
    static constexpr member<messages_body> members[] = {
        {"type", &messages_body::block_type},       {"text", &messages_body::block_text},
        {"source", &messages_body::part_source},    {"id", &messages_body::block_id},
        {"name", &messages_body::call_name},        {"input", &messages_body::call_arguments},
        {"content", &messages_body::block_content}, {"tool_use_id", &messages_body::block_answers},
        {"is_error", &messages_body::block_error},
    };
    kind_ = part_kind::other;
    says_text_ = answers_said_ = part_is_encoded_ = false;
    id_ = {};
    id_hash_ = name_hash_ = arguments_hash_ = 0;
    answers_ = {};
    if (in_.peek() != '{') return skip();
    const std::size_t start = in_.offset();
    if (!read_object(members)) return false;
    end_block(start);
    return true;
}

bool messages_body::block_type() {
    bool whole = false;
    kind_ = part_kind_of(text(whole).value_or(""));
    return whole;
}

bool messages_body::block_text() {
    if (in_.peek() != '"') return skip();
    const auto inner = in_.string();
    says_text_ = inner && !inner->empty();
    return inner.has_value();
}

bool messages_body::block_id() {
    bool whole = false;
    id_hash_ = hash_of_id(id_, whole);
    return whole;
}

bool messages_body::block_content() { return content_at(answers_.content); }

bool messages_body::block_answers() {
    answers_said_ = true;
    bool whole = false;
    place where;
    answers_.id_hash = hash_of_id(where, whole);
    return whole;
}

bool messages_body::block_error() {
    const auto where = in_.value();
    answers_.failed = where && in_.bytes(*where) == "true";
    return where.has_value();
}

// The type may come last, so what the block is, is settled here.
void messages_body::end_block(std::size_t start) {
    part_ = kind_;
    count_part(start);
    has_text_ = has_text_ || (kind_ == part_kind::text && says_text_);
    if (kind_ == part_kind::thinking) out_.messages.back().reasoning = true;
    if (kind_ == part_kind::tool_result) end_result();
    if (kind_ != part_kind::tool_use) return;
    tool_call* call = add_call();
    if (!call) return;
    call->id = id_;
    call->id_hash = id_hash_;
    end_call(*call);
}

void messages_body::end_result() {
    if (!answers_said_) complain_of("tool_use_id", "is missing");
    add_result(answers_, items_, blocks_);
}

}  // namespace weir::dialect
