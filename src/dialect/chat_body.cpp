#include "chat_body.hpp"

#include "json_scan.hpp"

#include <functional>
#include <utility>

namespace weir::dialect {
namespace {

constexpr std::size_t no_index = static_cast<std::size_t>(-1);
constexpr std::string_view must_be_string = "must be a string";

speaker speaker_of(std::string_view role) noexcept {
    if (role == "system" || role == "developer") return speaker::system;
    if (role == "user") return speaker::user;
    if (role == "assistant") return speaker::assistant;
    if (role == "tool") return speaker::tool;
    return speaker::other;
}

constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b) noexcept {
    return (a ^ (b + 0x9e3779b97f4a7c15 + (a << 6) + (a >> 2))) * 0xff51afd7ed558ccd;
}

}  // namespace

// ---- how members are read ----

bool chat_body::read_object(std::span<const member> members) {
    std::uint32_t seen = 0;
    return in_.object([&](std::string_view key) {
        for (std::size_t i = 0; i < members.size(); ++i) {
            if (key != members[i].name) continue;
            path_.push_back({members[i].name, no_index});
            if (seen >> i & 1U) complain("is given twice");
            seen |= 1U << i;
            const bool whole = (this->*members[i].read)();
            path_.pop_back();
            return whole;
        }
        return skip();
    });
}

std::string chat_body::path() const {
    std::string out;
    for (const step& s : path_) {
        if (s.index != no_index) {
            out += "[" + std::to_string(s.index) + "]";
            continue;
        }
        if (!out.empty()) out += '.';
        out += s.name;
    }
    return out;
}

// The first problem counts; reading goes on, since bytes that are no JSON would be the graver one.
void chat_body::complain(std::string_view what) {
    if (!problem_) problem_ = fault{errc::invalid_field, origin::client, std::string(what), path()};
}

void chat_body::complain_of(std::string_view name, std::string_view what) {
    path_.push_back({name, no_index});
    complain(what);
    path_.pop_back();
}

std::optional<std::string> chat_body::text(bool& whole) {
    if (in_.peek() != '"') {
        whole = skip();
        return std::nullopt;
    }
    const auto inner = in_.string();
    whole = inner.has_value();
    if (!whole) return std::nullopt;
    return unescape(*inner);
}

// Compared within one body only, so the library's own hash will do.
std::uint64_t chat_body::hash_of_value(bool& whole) {
    const std::hash<std::string_view> hash;
    if (in_.peek() == '"') {
        const auto inner = in_.string();
        whole = inner.has_value();
        return whole ? hash(*inner) : 0;
    }
    const auto where = in_.value();
    whole = where.has_value();
    return whole ? hash(in_.bytes(*where)) : 0;
}

result<body_index> chat_body::read() {
    static constexpr member members[] = {
        {"model", &chat_body::model},
        {"messages", &chat_body::messages},
        {"stream", &chat_body::stream},
        {"reasoning_effort", &chat_body::effort},
        {"thinking", &chat_body::thinking},
        {"max_tokens", &chat_body::max_tokens},
        {"max_completion_tokens", &chat_body::max_completion_tokens},
        {"tools", &chat_body::tools},
        {"tool_choice", &chat_body::tool_choice},
        {"response_format", &chat_body::response_format},
    };
    if (in_.peek() != '{') return client_fault(errc::malformed_json, "the body must be one JSON object");
    if (!read_object(members) || !in_.finish()) return client_fault(errc::malformed_json, in_.error());
    if (out_.model.empty()) complain_of("model", "is missing");
    if (out_.messages.empty()) complain_of("messages", "is missing or empty");
    if (problem_) return std::unexpected(std::move(*problem_));
    if (!out_.max_tokens) out_.max_tokens = max_completion_tokens_;
    return std::move(out_);
}

// ---- members of the body ----

bool chat_body::model() {
    if (in_.peek() != '"') {
        complain(must_be_string);
        return skip();
    }
    const std::size_t start = in_.offset();
    const auto inner = in_.string();
    if (!inner) return false;
    out_.model = {start, in_.passed() - start};
    out_.model_name = unescape(*inner);
    return true;
}

bool chat_body::stream() {
    const char first = in_.peek();
    // OpenAI's schema lets it be null, and its SDKs send that for an explicit None.
    if (first != 't' && first != 'f' && first != 'n') {
        complain("must be a boolean");
        return skip();
    }
    const auto word = in_.scalar();
    out_.stream = word && *word == "true";
    return word.has_value();
}

bool chat_body::effort() {
    bool whole = false;
    out_.effort = text(whole).value_or("");
    return whole;
}

bool chat_body::thinking() {
    static constexpr member members[] = {{"type", &chat_body::thinking_type}};
    if (in_.peek() == '{') {
        out_.thinking = thinking_word::other;
        return read_object(members);
    }
    out_.thinking = thinking_word::other;
    return in_.value().has_value();
}

bool chat_body::thinking_type() {
    bool whole = false;
    const auto word = text(whole);
    if (word == "enabled") out_.thinking = thinking_word::enabled;
    if (word == "disabled") out_.thinking = thinking_word::disabled;
    return whole;
}

bool chat_body::tokens_into(std::optional<std::int64_t>& into) {
    const auto where = in_.value();
    if (!where) return false;
    const auto number = parse_integer(in_.bytes(*where));
    if (number && *number >= 0) into = number;
    return true;
}

bool chat_body::max_tokens() { return tokens_into(out_.max_tokens); }
bool chat_body::max_completion_tokens() { return tokens_into(max_completion_tokens_); }

bool chat_body::tools() {
    if (in_.peek() != '[') return skip();
    return in_.array([this] {
        ++out_.tools;
        return skip();
    });
}

bool chat_body::tool_choice() {
    const bool named = in_.peek() == '{';
    const bool unsaid = in_.peek() == 'n';
    bool whole = false;
    const auto word = text(whole);
    if (named) {
        out_.tool_choice = tool_choice_word::named;
    } else if (word == "auto") {
        out_.tool_choice = tool_choice_word::automatic;
    } else if (word == "none") {
        out_.tool_choice = tool_choice_word::none;
    } else if (word == "required") {
        out_.tool_choice = tool_choice_word::required;
    } else if (!unsaid) {
        out_.tool_choice = tool_choice_word::other;
    }
    return whole;
}

bool chat_body::response_format() {
    static constexpr member members[] = {{"type", &chat_body::response_format_type}};
    if (in_.peek() != 'n') out_.response_format = response_format_word::other;
    return in_.peek() == '{' ? read_object(members) : skip();
}

bool chat_body::response_format_type() {
    bool whole = false;
    const auto word = text(whole);
    if (word == "text") out_.response_format = response_format_word::text;
    if (word == "json_object") out_.response_format = response_format_word::json_object;
    if (word == "json_schema") out_.response_format = response_format_word::json_schema;
    return whole;
}

// ---- members of a message ----

bool chat_body::messages() {
    if (in_.peek() != '[') {
        complain("must be an array");
        return skip();
    }
    return in_.array([this] {
        path_.push_back({{}, out_.messages.size()});
        const bool whole = one_message();
        path_.pop_back();
        return whole;
    });
}

bool chat_body::one_message() {
    static constexpr member members[] = {
        {"role", &chat_body::role},
        {"content", &chat_body::content},
        {"reasoning_content", &chat_body::reasoning_content},
        {"tool_calls", &chat_body::tool_calls},
        {"tool_call_id", &chat_body::tool_call_id},
    };
    message& m = out_.messages.emplace_back();
    m.first_call = static_cast<std::uint32_t>(out_.calls.size());
    role_said_ = false;
    answers_hash_ = 0;
    if (in_.peek() != '{') {
        complain("must be an object");
        return skip();
    }
    if (!read_object(members)) return false;
    if (!role_said_) complain_of("role", "is missing");
    // The role may come last, so what only an assistant or a tool can say is settled here.
    if (m.from != speaker::assistant) {
        m.reasoning = false;
        m.call_count = 0;
        out_.calls.resize(m.first_call);
    }
    if (m.from == speaker::tool) {
        out_.results.push_back({answers_hash_, static_cast<std::uint32_t>(out_.messages.size() - 1)});
    }
    return true;
}

bool chat_body::role() {
    role_said_ = true;
    bool whole = false;
    const auto word = text(whole);
    if (word) out_.messages.back().from = speaker_of(*word);
    if (!word && whole) complain(must_be_string);
    return whole;
}

bool chat_body::content() {
    const std::size_t start = in_.offset();
    const bool null = in_.peek() == 'n';
    bool whole = false;
    if (in_.peek() == '[') {
        std::size_t parts = 0;
        whole = in_.array([&] {
            path_.push_back({{}, parts++});
            const bool part_whole = one_part();
            path_.pop_back();
            return part_whole;
        });
    } else {
        whole = skip();
    }
    if (whole && !null) out_.messages.back().content = {start, in_.passed() - start};
    return whole;
}

bool chat_body::one_part() {
    static constexpr member members[] = {{"type", &chat_body::part_type}, {"text", &chat_body::skip}};
    if (in_.peek() != '{') return skip();
    const std::size_t start = in_.offset();
    part_is_image_ = false;
    if (!read_object(members)) return false;
    if (part_is_image_) {
        ++out_.images;
        out_.image_bytes += in_.passed() - start;
    }
    return true;
}

bool chat_body::part_type() {
    bool whole = false;
    const auto word = text(whole);
    part_is_image_ = word == "image_url" || word == "input_image" || word == "image";
    return whole;
}

bool chat_body::reasoning_content() {
    out_.messages.back().reasoning = in_.peek() == '"';
    return skip();
}

bool chat_body::tool_call_id() {
    bool whole = false;
    answers_hash_ = hash_of_value(whole);
    return whole;
}

// ---- members of a tool call ----

bool chat_body::tool_calls() {
    if (in_.peek() != '[') return skip();
    return in_.array([this] {
        path_.push_back({{}, out_.messages.back().call_count});
        const bool whole = one_call();
        path_.pop_back();
        return whole;
    });
}

bool chat_body::one_call() {
    static constexpr member members[] = {{"id", &chat_body::call_id}, {"function", &chat_body::function}};
    tool_call& call = out_.calls.emplace_back();
    call.message = static_cast<std::uint32_t>(out_.messages.size() - 1);
    ++out_.messages.back().call_count;
    name_hash_ = arguments_hash_ = 0;
    const bool whole = in_.peek() == '{' ? read_object(members) : skip();
    out_.calls.back().fingerprint = mix(name_hash_, arguments_hash_);
    return whole;
}

bool chat_body::call_id() {
    bool whole = false;
    out_.calls.back().id_hash = hash_of_value(whole);
    return whole;
}

bool chat_body::function() {
    static constexpr member members[] = {{"name", &chat_body::function_name},
                                         {"arguments", &chat_body::function_arguments}};
    return in_.peek() == '{' ? read_object(members) : skip();
}

bool chat_body::function_name() {
    bool whole = false;
    name_hash_ = hash_of_value(whole);
    return whole;
}

bool chat_body::function_arguments() {
    bool whole = false;
    arguments_hash_ = hash_of_value(whole);
    return whole;
}

}  // namespace weir::dialect
