#include "answer_json.hpp"

#include "json_scan.hpp"
#include "json_text.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace weir::dialect {
namespace {

// One count of a usage: not there (or null), a number of tokens, or something that is none.
struct count {
    std::optional<std::int64_t> value;
    bool wrong = false;
};

struct usage_counts {
    count prompt;
    count hit;
    count cached;
    count miss;
    count output;
    count reasoning;
};

bool read_count(json_scan& in, count& into) {
    const auto text = in.value();
    if (!text) return false;
    into = {};
    if (*text == "null") return true;
    const auto number = parse_integer(*text);
    into.wrong = !number || *number < 0;
    into.value = into.wrong ? 0 : *number;
    return true;
}

// The one count of a details object that matters; details that are no object say nothing.
bool read_detail(json_scan& in, std::string_view name, count& into) {
    if (in.peek() != '{') return in.value().has_value();
    return in.object(
        [&](std::string_view key) { return key == name ? read_count(in, into) : in.value().has_value(); });
}

bool read_counts(json_scan& in, usage_counts& counts) {
    return in.object([&](std::string_view key) {
        if (key == "prompt_tokens") return read_count(in, counts.prompt);
        if (key == "prompt_cache_hit_tokens") return read_count(in, counts.hit);
        if (key == "prompt_cache_miss_tokens") return read_count(in, counts.miss);
        if (key == "completion_tokens") return read_count(in, counts.output);
        if (key == "prompt_tokens_details") return read_detail(in, "cached_tokens", counts.cached);
        if (key == "completion_tokens_details") return read_detail(in, "reasoning_tokens", counts.reasoning);
        return in.value().has_value();
    });
}

void settle(const usage_counts& counts, answer_facts& facts) {
    // An object without any count is as good as null: it must not wipe out counts that came before.
    if (!counts.prompt.value && !counts.hit.value && !counts.miss.value && !counts.output.value) return;
    usage tokens;
    tokens.hit = std::max(counts.hit.value.value_or(0), counts.cached.value.value_or(0));
    tokens.output = counts.output.value.value_or(0);
    tokens.reasoning = counts.reasoning.value.value_or(0);
    bool suspect = counts.prompt.wrong || counts.hit.wrong || counts.cached.wrong || counts.miss.wrong ||
                   counts.output.wrong || counts.reasoning.wrong;
    const std::int64_t prompt = counts.prompt.value.value_or(0);
    const std::int64_t rest = std::max<std::int64_t>(prompt - tokens.hit, 0);
    tokens.miss = counts.miss.value.value_or(rest);
    // Compared by subtraction: the sum of two counts of a stranger might not fit.
    suspect = suspect || !counts.prompt.value || tokens.hit > prompt || prompt - tokens.hit != tokens.miss ||
              tokens.reasoning > tokens.output;
    facts.tokens = tokens;
    facts.suspect = suspect;
}

bool read_usage(json_scan& in, answer_facts& facts) {
    if (in.peek() != '{') {
        const auto other = in.value();
        if (other && *other != "null") facts.suspect = true;
        return other.has_value();
    }
    usage_counts counts;
    if (!read_counts(in, counts)) return false;
    settle(counts, facts);
    return true;
}

// A string that is not empty, or an array with an element: a token has come.
bool read_output(json_scan& in, answer_facts& facts) {
    const auto text = in.value();
    if (!text) return false;
    const bool empty_array = text->starts_with('[') && json_scan(text->substr(1)).peek() == ']';
    const bool output =
        (text->starts_with('"') && text->size() > 2) || (text->starts_with('[') && !empty_array);
    facts.has_output = facts.has_output || output;
    return true;
}

// `delta` of a chunk, `message` of a whole answer.
bool read_message(json_scan& in, answer_facts& facts) {
    if (in.peek() != '{') return in.value().has_value();
    return in.object([&](std::string_view key) {
        const bool output = key == "content" || key == "reasoning_content" || key == "tool_calls";
        return output ? read_output(in, facts) : in.value().has_value();
    });
}

bool read_choice(json_scan& in, answer_facts& facts) {
    if (in.peek() != '{') return in.value().has_value();
    return in.object([&](std::string_view key) {
        if (key == "delta" || key == "message") return read_message(in, facts);
        if (key == "text") return read_output(in, facts);
        if (key != "finish_reason" || in.peek() != '"') return in.value().has_value();
        const auto reason = in.string();
        if (!reason) return false;
        facts.finish_reason = unescape(*reason);
        return true;
    });
}

bool read_member(json_scan& in, std::string_view key, answer_facts& facts) {
    if (key == "usage") return read_usage(in, facts);
    if (key == "choices" && in.peek() == '[') return in.array([&] { return read_choice(in, facts); });
    // The first name counts, so the others of a long stream are not even copied.
    if (key == "model" && facts.served_model.empty() && in.peek() == '"') {
        const auto name = in.string();
        if (!name) return false;
        facts.served_model = unescape(*name);
        return true;
    }
    const auto other = in.value();
    if (key == "error" && other && *other != "null") facts.error = true;
    return other.has_value();
}

}  // namespace

bool read_document(std::string_view json, answer_facts& facts) {
    json_scan in(json);
    if (in.peek() != '{') return in.value().has_value() && in.at_end();
    return in.object([&](std::string_view key) { return read_member(in, key, facts); }) && in.at_end();
}

}  // namespace weir::dialect
