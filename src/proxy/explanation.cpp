#include "weir/proxy/explanation.hpp"

#include "telling.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace weir::proxy {
namespace {

using json = nlohmann::ordered_json;

constexpr std::size_t terms_shown_max = 8;      // of the learned score, in text
constexpr std::size_t name_columns_min = 10;    // of the first column in text
constexpr std::size_t reason_columns_min = 14;  // of the reason in a line of the policy

double units(std::int64_t thousandths) { return static_cast<double>(thousandths) / 1000.0; }

std::string print(const json& j, int indent) {
    return j.dump(indent, ' ', false, json::error_handler_t::replace);
}

std::string_view name_of(dialect::turn t) noexcept {
    switch (t) {
        case dialect::turn::human:
            return "human";
        case dialect::turn::tool:
            return "tool";
        case dialect::turn::housekeeping:
            break;
    }
    return "housekeeping";
}

json money_json(pricing::pico amount) {
    pricing::pico_sum sum;
    sum.add(amount);
    return sum.to_decimal_text();
}

json features_json(const classifier::features& f, const router::routing& routes) {
    json out = json::object();
    const auto& list = classifier::feature_list();
    for (std::size_t i = 0; i < list.size(); ++i) {
        const std::string name(list[i].name);
        const std::int64_t value = classifier::value_of(f, i);
        // The turn is a word wherever people write it.
        if (!list[i].value) {
            out[name] = name_of(f.turn);
        } else if (list[i].thousandths) {
            out[name] = units(value);
        } else {
            out[name] = value;
        }
    }
    json words = json::array();
    for (std::size_t i = 0; i < routes.words.size() && i < 64; ++i) {
        if (f.words >> i & 1U) words.push_back(routes.words[i].name);
    }
    out["words"] = std::move(words);
    return out;
}

json error_json(const fault& f) {
    json e{{"code", code_name(f.code)}, {"message", f.detail}};
    if (!f.field.empty()) e["field"] = f.field;
    return e;
}

json contributions_json(const std::vector<classifier::contribution>& terms) {
    json list = json::array();
    for (const auto& c : terms) {
        list.push_back({{"signal", c.name}, {"value", c.value}, {"weight", units(c.weight)}});
    }
    return list;
}

json learned_json(const told_decision& told) {
    const router::learned_rule& rule = told.policy.learned;
    if (!rule.kind) return nullptr;
    const classifier::provenance& from = rule.kind->from;
    return {
        {"score", units(told.d.learned.score)},
        {"decides", rule.deciding()},
        {"weights", version_text(rule.kind->name, rule.kind->version)},
        {"from", {{"data", from.data}, {"date", from.date}, {"rows", from.rows}, {"scores", from.scores}}},
        {"contributions",
         contributions_json(classifier::contributions(told.f, told.d.learned.words_part, *rule.kind))}};
}

json session_json(const told_decision& told) {
    if (!told.session) return nullptr;
    const router::session_view& s = *told.session;
    const auto& tiers = told.settings.routes.tiers;
    json warm = json::object();
    for (std::size_t t = 0; t < s.warm_tokens.size() && t < tiers.size(); ++t)
        warm[tiers[t].name] = s.warm_tokens[t];
    return {{"tier", s.tier < tiers.size() ? json(tiers[s.tier].name) : json(nullptr)},
            {"effort", s.effort},
            {"effort_reason", s.effort_reason},
            {"human_turns", s.human_turns},
            {"requests", s.requests},
            {"output_tokens_mean", s.output_tokens_mean},
            {"failed_check", s.failed_check},
            {"warm_tokens", std::move(warm)}};
}

json sum_json(const told_decision& told) {
    const router::priced_sum& sum = *told.d.sum;
    const auto& tiers = told.settings.routes.tiers;
    const auto name = [&](std::size_t t) { return t < tiers.size() ? json(tiers[t].name) : json(nullptr); };
    return {
        {"from", name(sum.from)},     {"to", name(sum.to)},           {"context_tokens", sum.context_tokens},
        {"warm_from", sum.warm_from}, {"warm_to", sum.warm_to},       {"output_tokens", sum.output_tokens},
        {"requests", sum.requests},   {"stay", money_json(sum.stay)}, {"move", money_json(sum.move)}};
}

json alternatives_json(const told_decision& told) {
    json list = json::array();
    const auto& tiers = told.settings.routes.tiers;
    for (const router::alternative& a : told.d.alternatives) {
        if (a.tier >= tiers.size()) continue;
        list.push_back({{"tier", tiers[a.tier].name},
                        {"model", tiers[a.tier].model},
                        {"cost", money_json(a.cost)},
                        {"chosen", a.tier == told.d.tier}});
    }
    return list;
}

// Everything that the decision says of itself, in the order in which it was made.
std::vector<std::string> sentences(const told_decision& told) {
    std::vector<std::string> all = tell_tier(told);
    for (std::string sentence : {tell_score(told), tell_learned(told), tell_session(told), tell_sum(told),
                                 tell_alternatives(told), tell_effort(told)}) {
        if (!sentence.empty()) all.push_back(std::move(sentence));
    }
    return all;
}

const router::policy& policy_of(const judgement& j, const config::settings& settings) {
    const auto& all = settings.routes.policies;
    return j.route && j.route->policy < all.size() ? all[j.route->policy] : settings.routes.default_policy();
}

told_decision told_of(const judgement& j, const router::policy& policy, const config::settings& settings) {
    return {*j.route, policy, j.features, settings, j.session ? &*j.session : nullptr};
}

json lines_json(const told_decision& told) {
    json list = json::array();
    for (const line_told& line : lines_looked_at(told)) {
        list.push_back(
            {{"line", line.where}, {"reason", line.reason}, {"when", line.when}, {"fired", line.fired}});
    }
    return list;
}

void add_decision(json& out, const told_decision& told) {
    const router::decision& d = told.d;
    out["score"] = units(d.score);
    out["tier"] = d.tier_name;
    out["effort"] = d.effort;
    out["model"] = d.model;
    out["reason"] = d.reason;
    out["line"] = d.where;
    out["effort_reason"] = d.effort_reason;
    out["class"] = d.traffic_class;
    out["policy_reason"] = d.policy_reason.empty() ? json(nullptr) : json(d.policy_reason);
    out["thinking"] = d.thinking;
    out["moves_session"] = d.moves_session;
    out["why"] = sentences(told);
    out["lines"] = lines_json(told);
    out["classifier"] = {{"score", units(d.card.score)},
                         {"contributions", contributions_json(d.card.contributions)}};
    out["learned"] = learned_json(told);
    out["session"] = session_json(told);
    out["priced_sum"] = d.sum ? sum_json(told) : json(nullptr);
    out["alternatives"] = alternatives_json(told);
    out["currency"] = told.settings.prices.currency();
}

std::string row(std::string name, const std::string& value) {
    if (name.size() < name_columns_min) name.resize(name_columns_min, ' ');
    if (!name.ends_with(' ')) name += ' ';
    return name + value + '\n';
}

std::string in_parentheses(const std::string& text) { return text.empty() ? "" : "  (" + text + ')'; }

std::string sign_text(std::int64_t weight) {
    if (weight == 0) return "  0";
    return (weight > 0 ? " +" : " ") + thousandths_text(weight);
}

std::string terms_text(const std::vector<classifier::contribution>& terms, std::size_t shown_max) {
    std::string text;
    for (std::size_t i = 0; i < std::min(terms.size(), shown_max); ++i) {
        text += ' ' + sign_text(terms[i].weight) + "  " + terms[i].name + "  (is " +
                std::to_string(terms[i].value) + ")\n";
    }
    if (terms.size() > shown_max)
        text += "  and " + std::to_string(terms.size() - shown_max) + " smaller ones\n";
    return text;
}

std::string learned_text(const told_decision& told) {
    const router::learned_rule& rule = told.policy.learned;
    if (!rule.kind) return {};
    const classifier::provenance& from = rule.kind->from;
    return row("learned", thousandths_text(told.d.learned.score) + "  (weights " +
                              version_text(rule.kind->name, rule.kind->version) + ", fitted " + from.date +
                              " on " + std::to_string(from.rows) + " rows of " + from.data + ')') +
           terms_text(classifier::contributions(told.f, told.d.learned.words_part, *rule.kind),
                      terms_shown_max);
}

std::string lines_text(const told_decision& told) {
    const auto looked_at = lines_looked_at(told);
    std::string text = looked_at.empty() ? "" : "lines\n";
    for (const line_told& line : looked_at) {
        std::string reason = line.reason;
        if (reason.size() < reason_columns_min) reason.resize(reason_columns_min, ' ');
        text += (line.fired ? "  yes  " : "  no   ") + line.where + "  " + reason + ' ' + line.when + '\n';
    }
    return text;
}

std::string decision_text(const told_decision& told) {
    const router::decision& d = told.d;
    std::string text = row("model", d.model) + row("tier", d.tier_name) +
                       row("effort", d.effort + in_parentheses(d.effort_reason)) +
                       row("reason", d.reason + in_parentheses(d.where)) +
                       row("score", thousandths_text(d.score)) + "why\n";
    for (const std::string& sentence : sentences(told)) text += "  " + sentence + '\n';
    text += lines_text(told) + row("classifier", thousandths_text(d.card.score)) +
            terms_text(d.card.contributions, d.card.contributions.size());
    return text + learned_text(told);
}

}  // namespace

std::string explanation_json(const judgement& j, const config::settings& settings, int indent) {
    const router::policy& policy = policy_of(j, settings);
    json out = json::object();
    if (j.route) {
        add_decision(out, told_of(j, policy, settings));
    } else {
        out["error"] = error_json(j.route.error());
    }
    out["policy"] = version_text(policy.name, policy.version);
    out["features"] = features_json(j.features, settings.routes);
    return print(out, indent);
}

std::string explanation_text(const judgement& j, const config::settings& settings) {
    const router::policy& policy = policy_of(j, settings);
    std::string text;
    if (j.route) {
        text = decision_text(told_of(j, policy, settings)) + row("class", j.route->traffic_class);
    } else {
        const fault& why = j.route.error();
        text = row("refused", std::string(code_name(why.code)) + ": " + why.detail);
    }
    text += row("policy", version_text(policy.name, policy.version)) + "features\n";
    for (const auto& [name, value] : features_json(j.features, settings.routes).items()) {
        text += "  " + name + "  " + (value.is_string() ? value.get<std::string>() : print(value, -1)) + '\n';
    }
    return text;
}

}  // namespace weir::proxy
