#include "usage_json.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>

namespace weir::dialect {
namespace {

// One count of a usage: not there (or null), a number of tokens, or something that is none.
struct count {
    std::optional<std::int64_t> value;
    bool wrong = false;
};

struct usage_counts {
    count prompt;         // prompt_tokens
    count input;          // input_tokens
    count hit;            // prompt_cache_hit_tokens
    count cached;         // cached_tokens of the details
    count miss;           // prompt_cache_miss_tokens
    count cache_read;     // cache_read_input_tokens
    count cache_written;  // cache_creation_input_tokens
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
        if (key == "input_tokens") return read_count(in, counts.input);
        if (key == "cache_read_input_tokens") return read_count(in, counts.cache_read);
        if (key == "cache_creation_input_tokens") return read_count(in, counts.cache_written);
        if (key == "input_tokens_details") return read_detail(in, "cached_tokens", counts.cached);
        if (key == "output_tokens_details") return read_detail(in, "reasoning_tokens", counts.reasoning);
        // Where both families are told, one count says what the other does; null says nothing.
        if (key == "output_tokens") {
            count told;
            const bool whole = read_count(in, told);
            if (told.value) counts.output = told;
            return whole;
        }
        return in.value().has_value();
    });
}

bool any_wrong(const usage_counts& c) noexcept {
    return c.prompt.wrong || c.input.wrong || c.hit.wrong || c.cached.wrong || c.miss.wrong ||
           c.cache_read.wrong || c.cache_written.wrong || c.output.wrong || c.reasoning.wrong;
}

bool says_nothing(const usage_counts& c) noexcept {
    return !c.prompt.value && !c.input.value && !c.hit.value && !c.miss.value && !c.cache_read.value &&
           !c.cache_written.value && !c.output.value;
}

// The counts of cached tokens are among those of the prompt.
void settle_openai(const usage_counts& c, answer_facts& facts) {
    usage tokens;
    const auto& told = c.prompt.value ? c.prompt.value : c.input.value;
    const std::int64_t prompt = told.value_or(0);
    tokens.hit =
        std::max({c.hit.value.value_or(0), c.cached.value.value_or(0), c.cache_read.value.value_or(0)});
    tokens.output = c.output.value.value_or(0);
    tokens.reasoning = c.reasoning.value.value_or(0);
    const std::int64_t rest = std::max<std::int64_t>(prompt - tokens.hit, 0);
    tokens.miss = c.miss.value.value_or(rest);
    // Compared by subtraction: the sum of two counts of a stranger might not fit.
    facts.suspect = any_wrong(c) || !told || tokens.hit > prompt || prompt - tokens.hit != tokens.miss ||
                    tokens.reasoning > tokens.output;
    facts.tokens = tokens;
}

// The counts of the prompt are apart: read from the cache, written to it, and the rest.
void settle_anthropic(const usage_counts& c, answer_facts& facts, usage_reading how) {
    const bool goes_on = how == usage_reading::merges && facts.tokens.has_value();
    const usage before = goes_on ? *facts.tokens : usage{};
    const std::int64_t written_before = goes_on ? facts.cache_written : 0;
    const std::int64_t rest = c.input.value.value_or(before.miss - written_before);
    const std::int64_t written = c.cache_written.value.value_or(written_before);
    usage tokens;
    tokens.hit = c.cache_read.value.value_or(before.hit);
    tokens.output = c.output.value.value_or(before.output);
    tokens.reasoning = c.reasoning.value.value_or(before.reasoning);
    const bool too_much = rest > std::numeric_limits<std::int64_t>::max() - written;
    tokens.miss = too_much ? rest : rest + written;
    const bool suspect_before = goes_on && facts.suspect;
    facts.suspect = suspect_before || any_wrong(c) || too_much || tokens.reasoning > tokens.output ||
                    (!c.input.value && !goes_on);
    facts.cache_written = too_much ? 0 : written;
    facts.tokens = tokens;
}

}  // namespace

bool read_usage(json_scan& in, answer_facts& facts, usage_reading how) {
    if (in.peek() != '{') {
        const auto other = in.value();
        if (other && *other != "null") facts.suspect = true;
        return other.has_value();
    }
    usage_counts c;
    if (!read_counts(in, c)) return false;
    // It must not wipe out counts that came before.
    if (says_nothing(c)) return true;
    const bool openai = c.prompt.value || c.hit.value || c.miss.value || c.cached.value;
    const bool apart = how == usage_reading::merges || c.cache_read.value || c.cache_written.value;
    if (!openai && apart) {
        settle_anthropic(c, facts, how);
    } else {
        settle_openai(c, facts);
    }
    return true;
}

}  // namespace weir::dialect
