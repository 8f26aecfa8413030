// Policies and the operator's rules, as `weir check` prints them.

#include "parts.hpp"
#include "printing.hpp"

namespace weir::config {
namespace {

std::string cell_text(const router::routing& r, std::optional<std::size_t> tier, const std::string& effort) {
    const std::string name = tier ? r.tiers[*tier].name : "class_default";
    return effort.empty() ? name : name + '.' + effort;
}

void put_learned(YAML::Emitter& out, const router::learned_rule& learned) {
    if (!learned.kind) return;
    const auto& kind = *learned.kind;
    open_map(out, "learned");
    put(out, "weights", kind.name + '/' + std::to_string(kind.version));
    put(out, "data", kind.from.data);
    put(out, "date", kind.from.date);
    put(out, "rows", kind.from.rows);
    put(out, "scores", kind.from.scores);
    put(out, "decides", use_words()[static_cast<std::size_t>(learned.decides)]);
    if (learned.pro_from_score) put_thousandths(out, "pro_from_score", *learned.pro_from_score);
    put(out, "deciding", learned.deciding());
    out << YAML::EndMap;
}

void put_session(YAML::Emitter& out, const router::session_rules& rules) {
    if (!rules.on) return;
    constexpr std::int64_t ms_per_minute = 60'000;
    open_map(out, "session");
    put(out, "idle_min", rules.idle_ms / ms_per_minute);
    put(out, "down", fall_words()[static_cast<std::size_t>(rules.down)]);
    put(out, "warn_after_tool_calls", rules.warn_after_tool_calls);
    put(out, "expected_requests_max", rules.expected_requests_max);
    put(out, "output_tokens_expected", rules.output_tokens_expected);
    out << YAML::EndMap;
}

void put_answer_check(YAML::Emitter& out, const router::routing& r, const router::answer_check& check) {
    if (!check.on) return;
    open_map(out, "check_answer");
    put(out, "when", std::string{check.streams_too ? "streams_too" : "not_streamed"});
    put(out, "failures", failures_of(check));
    put(out, "then", r.tiers[check.then].name);
    put_thousandths(out, "confidence", check.confidence_per_mille);
    out << YAML::EndMap;
}

void put_classes(YAML::Emitter& out, const router::routing& r, const router::policy& p) {
    open_map(out, "classes");
    for (const auto& c : p.classes) {
        open_map(out, c.name);
        put(out, "default", r.tiers[c.default_tier].name);
        put_thousandths(out, "pro_from_score", c.pro_from_score);
        put(out, "flash_after_accepted", c.flash_after_accepted);
        out << YAML::EndMap;
    }
    out << YAML::EndMap;
}

// In short: what can be read in its own file is not printed again.
void put_policy(YAML::Emitter& out, const router::routing& r, const router::policy& p) {
    out << YAML::BeginMap;
    put(out, "name", p.name);
    put(out, "version", p.version);
    open_map(out, "score");
    for (const auto& term : p.score.terms) put_thousandths(out, term.name.c_str(), term.weight);
    out << YAML::EndMap;
    put_learned(out, p.learned);
    put_session(out, p.session);
    put_answer_check(out, r, p.check);
    put_classes(out, r, p);
    open_list(out, "decide");
    for (const auto& line : p.decide) {
        out << line.where + " " + line.reason + " -> " + cell_text(r, line.use, line.effort);
    }
    out << YAML::EndSeq;
    open_list(out, "effort");
    for (const auto& line : p.effort) out << line.where + " -> " + line.set;
    out << YAML::EndSeq << YAML::EndMap;
}

}  // namespace

void put_policies(YAML::Emitter& out, const router::routing& r) {
    open_list(out, "words");
    for (const auto& list : r.words) {
        out << list.name + ": " + std::to_string(list.words.size()) + " words";
    }
    out << YAML::EndSeq;
    // the first is the default
    open_list(out, "policies");
    for (const auto& p : r.policies) put_policy(out, r, p);
    out << YAML::EndSeq;
    open_list(out, "rules");
    for (const auto& rule : r.rules) {
        out << YAML::BeginMap;
        put(out, "name", rule.name);
        put(out, "where", rule.where);
        if (rule.use) put(out, "use", r.tiers[*rule.use].name);
        if (!rule.effort.empty()) put(out, "effort", rule.effort);
        if (rule.policy) put(out, "policy", r.policies[*rule.policy].name);
        out << YAML::EndMap;
    }
    out << YAML::EndSeq;
}

}  // namespace weir::config
