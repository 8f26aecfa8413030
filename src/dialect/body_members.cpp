// Members of a body that are the same in several APIs.

#include "body_reader.hpp"
#include "json_scan.hpp"

#include <algorithm>
#include <utility>

namespace weir::dialect {
namespace {

// Names are stored with each request, and some are written into its answer.
constexpr std::size_t model_bytes_max = 256;
// No service has as many kinds of tools, or such long words for them; the rest is for the upstream to judge.
constexpr std::size_t tool_types_max = 32;
constexpr std::size_t tool_type_bytes_max = 128;

}  // namespace

bool body_reader::model() {
    bool whole = false;
    auto name = text_at(out_.model, whole);
    if (!name && whole) complain(must_be_string);
    if (name && name->size() > model_bytes_max) complain("is longer than a name of a model");
    out_.model_name = std::move(name).value_or("");
    return whole;
}

bool body_reader::stream() {
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

bool body_reader::stream_options() {
    static constexpr member<body_reader> members[] = {{"include_usage", &body_reader::include_usage}};
    if (in_.peek() != '{') return skip();
    const std::size_t start = in_.offset();
    if (!read_object(members)) return false;
    out_.stream_options = {start, in_.passed() - start};
    return true;
}

bool body_reader::include_usage() {
    const auto where = in_.value();
    out_.asks_usage = where && in_.bytes(*where) == "true";
    return where.has_value();
}

bool body_reader::tools() {
    static constexpr member<body_reader> members[] = {{"type", &body_reader::tool_type}};
    if (in_.peek() != '[') return skip();
    return read_elements([this] {
        ++out_.tools;
        return read_if_object(members);
    });
}

bool body_reader::tool_type() {
    bool whole = false;
    auto word = text(whole);
    if (!word || *word == "function" || word->size() > tool_type_bytes_max) return whole;
    const bool known = std::ranges::find(out_.tool_types, *word) != out_.tool_types.end();
    if (!known && out_.tool_types.size() < tool_types_max) out_.tool_types.push_back(std::move(*word));
    return whole;
}

// An empty name names nothing.
bool body_reader::prompt_cache_key() {
    bool whole = false;
    place where;
    const auto key = text_at(where, whole);
    if (!key || key->empty()) return whole;
    out_.session = where;
    has_prompt_cache_key_ = true;
    return whole;
}

bool body_reader::user_id() {
    bool whole = false;
    const auto id = text_at(out_.user_id, whole);
    if (id && !id->empty() && !has_prompt_cache_key_) out_.session = out_.user_id;
    return whole;
}

// OpenAI's name for the end user: tells conversations apart where nothing else does.
bool body_reader::user() {
    bool whole = false;
    place where;
    const auto id = text_at(where, whole);
    if (id && !id->empty() && out_.session.empty()) out_.session = where;
    return whole;
}

// SDKs send null for what was not said.
bool body_reader::effort() {
    if (in_.peek() == 'n') return skip();
    const std::size_t start = in_.offset();
    bool whole = false;
    out_.effort = text(whole).value_or("");
    if (whole) out_.effort_value = {start, in_.passed() - start};
    return whole;
}

bool body_reader::thinking() {
    static constexpr member<body_reader> members[] = {{"type", &body_reader::thinking_type}};
    if (in_.peek() == 'n') return skip();
    out_.thinking = thinking_word::other;
    return read_if_object(members);
}

bool body_reader::thinking_type() {
    if (in_.peek() == 'n') out_.thinking = thinking_word::unsaid;
    bool whole = false;
    const auto word = text(whole);
    if (word == "enabled") out_.thinking = thinking_word::enabled;
    if (word == "disabled") out_.thinking = thinking_word::disabled;
    if (word == "adaptive") out_.thinking = thinking_word::adaptive;
    return whole;
}

bool body_reader::response_format() {
    static constexpr member<body_reader> members[] = {{"type", &body_reader::response_format_type}};
    if (in_.peek() != 'n') out_.response_format = response_format_word::other;
    return read_if_object(members);
}

bool body_reader::response_format_type() {
    bool whole = false;
    const auto word = text(whole);
    if (word == "text") out_.response_format = response_format_word::text;
    if (word == "json_object") out_.response_format = response_format_word::json_object;
    if (word == "json_schema") out_.response_format = response_format_word::json_schema;
    return whole;
}

bool body_reader::tokens_into(std::optional<std::int64_t>& into, place& where) {
    const auto passed = in_.value();
    if (!passed) return false;
    const auto number = parse_integer(in_.bytes(*passed));
    if (!number || *number < 0) return true;
    into = number;
    where = *passed;
    return true;
}

bool body_reader::tool_choice() {
    static constexpr member<body_reader> members[] = {{"type", &body_reader::tool_choice_type}};
    if (in_.peek() == '{') {
        out_.tool_choice = tool_choice_word::named;
        return read_object(members);
    }
    const bool unsaid = in_.peek() == 'n';
    bool whole = false;
    const auto word = text(whole);
    if (word == "auto") {
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

// Words that clients put into an object, as Anthropic has it; any other type is a tool's own.
bool body_reader::tool_choice_type() {
    using enum tool_choice_word;
    static constexpr std::pair<std::string_view, tool_choice_word> words[] = {
        {"auto", automatic}, {"none", none},           {"required", required},
        {"any", required},   {"allowed_tools", other},
    };
    bool whole = false;
    const auto said = text(whole);
    for (const auto& [word, meaning] : words) {
        if (said == word) out_.tool_choice = meaning;
    }
    return whole;
}

}  // namespace weir::dialect
