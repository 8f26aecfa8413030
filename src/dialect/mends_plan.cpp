#include "mends_plan.hpp"

#include "weir/base/digest.hpp"

#include "json_scan.hpp"
#include "json_text.hpp"
#include "mends_text.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace weir::dialect {
namespace {

constexpr std::string_view null = "null";
constexpr std::string_view disabled = R"("disabled")";

// Source: DeepSeek, Rate Limit (user_id).
constexpr std::size_t user_id_bytes_max = 512;
constexpr std::size_t user_id_hash_bytes = 16;

// An estimate of the input may be short by a quarter, and the upstream adds some tokens of its own.
constexpr std::int64_t context_reserve_tokens = 1024;
// Less room than this is not left on a guess: an answer would be cut that may well have fitted.
constexpr std::int64_t guessed_room_tokens_min = 8192;

// Where an API states the effort: a member of the body, or one within it.
struct effort_place {
    std::string_view name;
    std::string_view inner;
};
constexpr effort_place effort_place_of(api_kind kind) noexcept {
    switch (kind) {
        case api_kind::chat:
            return {"reasoning_effort", ""};
        case api_kind::responses:
            return {"reasoning", "effort"};
        case api_kind::messages:
            return {"output_config", "effort"};
        case api_kind::completions:
            break;
    }
    return {};
}

// What stands between the quotes of a string's place, unescaped.
std::string text_at(std::string_view body, place where) {
    return unescape(body.substr(where.offset + 1, where.length - 2));
}

bool is_plain_id(std::string_view id) noexcept {
    if (id.empty() || id.size() > user_id_bytes_max) return false;
    return std::ranges::all_of(id, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '-';
    });
}

// The most that a call may ask for, where that is less than it asked for.
std::optional<std::int64_t> tokens_allowed(std::int64_t asked, const mend_request& about) noexcept {
    std::int64_t allowed = asked;
    if (about.output_tokens_max > 0) allowed = std::min(allowed, about.output_tokens_max);
    const std::int64_t input = about.input_tokens;
    const std::int64_t left = about.context_tokens_max - input;
    // Nothing left by the estimate alone: the upstream, which counts, is to say so.
    if (about.context_tokens_max > 0 && left >= 1 && allowed > left) {
        const std::int64_t room = left - (input + 3) / 4 - context_reserve_tokens;
        allowed = room < guessed_room_tokens_min ? left : room;
    }
    if (allowed == asked) return std::nullopt;
    return allowed;
}

}  // namespace

mend_plan::mend_plan(padded_view body, const body_index& index, const mend_request& about)
    : body_(body.text()),
      index_(index),
      about_(about),
      top_(body_, body_.find('{') + 1, index.members, "model") {}

mended_body mend_plan::make() {
    model();
    thinking();
    effort_alias();
    max_completion_tokens();
    max_tokens();
    user_id();
    stream_options();
    include_usage();
    developer_role();
    json_schema();
    reasoning();
    out_.edits = top_.edits();
    return std::move(out_);
}

void mend_plan::model() {
    std::string wanted = quoted(about_.model);
    // An escape is longer than what it stands for, so the same name in as many bytes is the same bytes.
    const bool same = index_.model_name == about_.model && index_.model.length == wanted.size();
    if (!same) top_.set("model", std::move(wanted));
}

// ---- thinking and effort ----

bool mend_plan::says_effort(const said_member& said) const noexcept {
    const effort_place at = effort_place_of(index_.api);
    return !at.name.empty() && said.name == at.name && (said.inner.empty() || said.inner == at.inner);
}

void mend_plan::thinking() {
    const auto of_thinking = std::ranges::find(about_.effort, "thinking", &said_member::name);
    const bool said_here = of_thinking != about_.effort.end();
    const bool disabled_here = said_here && of_thinking->inner == "type" && of_thinking->value == disabled;
    const bool disabled_there = !said_here && index_.thinking == thinking_word::disabled;
    for (const said_member& said : about_.effort) {
        // An effort of weir's own beside the client's disabled thinking would be refused as well.
        if (disabled_there && on(mend::effort_while_disabled) && says_effort(said)) continue;
        effort_settled_ = effort_settled_ || says_effort(said);
        if (said.inner.empty()) {
            top_.set(said.name, said.value);
        } else {
            top_.set_inner(said.name, said.inner, said.value);
        }
    }
    if (disabled_here || disabled_there) stated_effort(disabled_here);
    overruled();
}

void mend_plan::overruled() {
    switch (about_.overruled) {
        case overruled_by::nothing:
            return;
        case overruled_by::forced_tool_choice:
            if (on(mend::forced_tool_choice)) out_.made.add(mend::forced_tool_choice);
            return;
        case overruled_by::reasoning_lost:
            if (on(mend::reasoning_off)) out_.made.add(mend::reasoning_off);
            return;
    }
}

// "none" goes as well: DeepSeek refuses any effort beside disabled thinking, also the one that means the
// same. Where it was weir that disabled the thinking, the effort goes even with the mend off: the refusal
// would be of weir's making.
void mend_plan::stated_effort(bool disabled_here) {
    if (effort_settled_ || (!disabled_here && !on(mend::effort_while_disabled))) return;
    const effort_place at = effort_place_of(index_.api);
    if (chat()) {
        const std::string_view stated = top_.written(at.name);
        if (stated.empty() || stated == null) return;
        top_.drop(at.name);
    } else if (messages()) {
        object_changes* config = top_.inside(at.name);
        if (!config || config->written(at.inner).empty() || config->written(at.inner) == null) return;
        config->drop(at.inner);
    } else {
        return;
    }
    effort_settled_ = true;
    if (on(mend::effort_while_disabled)) out_.made.add(mend::effort_while_disabled);
}

void mend_plan::effort_alias() {
    if (!on(mend::effort_alias) || effort_settled_ || !index_.effort || index_.effort_value.empty()) return;
    for (const auto& [word, meaning] : about_.effort_aliases) {
        if (word != *index_.effort) continue;
        if (top_.splice(index_.effort_value, quoted(meaning))) out_.made.add(mend::effort_alias);
        return;
    }
}

// ---- single values ----

void mend_plan::max_completion_tokens() {
    const std::string_view asked = top_.written("max_completion_tokens");
    if (!chat() || !on(mend::max_completion_tokens) || asked.empty() || asked == null) return;
    const std::string_view other = top_.written("max_tokens");
    if (other.empty() || other == null) {
        top_.drop("max_tokens");
        top_.rename("max_completion_tokens", "max_tokens");
    } else {
        top_.drop("max_completion_tokens");
    }
    out_.made.add(mend::max_completion_tokens);
}

void mend_plan::max_tokens() {
    if (!on(mend::max_tokens) || !index_.max_tokens || index_.max_tokens_value.empty()) return;
    const auto allowed = tokens_allowed(*index_.max_tokens, about_);
    if (allowed && top_.splice(index_.max_tokens_value, std::to_string(*allowed))) {
        out_.made.add(mend::max_tokens);
    }
}

void mend_plan::user_id() {
    if (!on(mend::user_id) || index_.user_id.empty()) return;
    const std::string id = text_at(body_, index_.user_id);
    if (is_plain_id(id)) return;
    if (top_.splice(index_.user_id, "\"u_" + hex(sha256(id), user_id_hash_bytes) + "\"")) {
        out_.made.add(mend::user_id);
    }
}

void mend_plan::stream_options() {
    const bool known = chat() || index_.api == api_kind::completions;
    if (!known || !on(mend::stream_options_alone) || index_.stream || index_.stream_options.empty()) return;
    top_.drop("stream_options");
    out_.made.add(mend::stream_options_alone);
}

void mend_plan::include_usage() {
    const bool known = chat() || index_.api == api_kind::completions;
    if (!known || !on(mend::include_usage) || !about_.usage_on_request) return;
    if (!index_.stream || index_.asks_usage) return;
    const std::string_view options = top_.written("stream_options");
    // Of a wrong kind: the upstream says so better.
    if (!options.empty() && options != null && index_.stream_options.empty()) return;
    top_.set_inner("stream_options", "include_usage", "true");
    out_.drop_usage_chunk = true;
    out_.made.add(mend::include_usage);
}

// ---- messages ----

void mend_plan::developer_role() {
    if (!chat() || !on(mend::developer_role)) return;
    for (const message& m : index_.messages) {
        if (!m.developer || m.role.empty()) continue;
        if (top_.splice(m.role, R"("system")")) out_.made.add(mend::developer_role);
    }
}

void mend_plan::json_schema() {
    if (!chat() || !on(mend::json_schema) || index_.schema.empty() || index_.messages.empty()) return;
    if (index_.response_format != response_format_word::json_schema) return;
    const body_member* all = top_.find("messages");
    if (all == nullptr) return;
    const std::string_view schema = body_.substr(index_.schema.offset, index_.schema.length);
    const message& last = index_.messages.back();
    // Prefix completion goes on with the last message, so it has to stay the last.
    if (last.from == speaker::assistant) {
        top_.splice({last.whole.offset, 0}, schema_message(schema) + ",");
    } else {
        top_.splice({all->value.offset + all->value.length - 1, 0}, "," + schema_message(schema));
    }
    top_.set("response_format", R"({"type":"json_object"})");
    out_.schema = schema;
    out_.made.add(mend::json_schema);
}

void mend_plan::reasoning() {
    if (!about_.thinking || (!chat() && !messages())) return;
    std::set<std::size_t> given;
    for (const restored_reasoning& back : about_.reasoning) {
        const mend name = back.from_custody ? mend::reasoning : mend::reasoning_empty;
        if (!on(name) || back.message >= index_.messages.size()) continue;
        const message& turn = index_.messages[back.message];
        if (turn.from != speaker::assistant || turn.reasoning || turn.prefix) continue;
        if (!given.insert(back.message).second) continue;
        if (chat() ? chat_reasoning(back, turn) : messages_reasoning(back, turn)) out_.made.add(name);
    }
}

bool mend_plan::chat_reasoning(const restored_reasoning& back, const message& turn) {
    if (!turn.reasoning_value.empty()) return top_.splice(turn.reasoning_value, quoted(back.text));
    if (turn.whole.empty()) return false;
    return top_.splice({turn.whole.offset + 1, 0}, R"("reasoning_content":)" + quoted(back.text) + ",");
}

// Thinking comes before what was said. Source: Anthropic, extended thinking.
bool mend_plan::messages_reasoning(const restored_reasoning& back, const message& turn) {
    if (turn.content.empty()) return false;
    const std::string block = thinking_block(back.text, back.signature);
    const std::size_t begin = turn.content.offset;
    const std::size_t end = begin + turn.content.length;
    if (body_[begin] == '"') {
        return top_.splice({begin, 0}, "[" + block + R"(,{"type":"text","text":)") &&
               top_.splice({end, 0}, "}]");
    }
    if (body_[begin] != '[') return false;
    json_scan rest(body_.substr(begin + 1, turn.content.length - 1));
    return top_.splice({begin + 1, 0}, rest.peek() == ']' ? block : block + ",");
}

mended_body plan_edits(padded_view body, const body_index& index, const mend_request& about) {
    return mend_plan(body, index, about).make();
}

}  // namespace weir::dialect
