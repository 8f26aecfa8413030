#include "weir/router/decide.hpp"

#include "weir/base/utf8.hpp"
#include "weir/dialect/api.hpp"

#include "conditions.hpp"
#include "effort.hpp"
#include "gates.hpp"
#include "names.hpp"
#include "sessions.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace weir::router {
namespace {

constexpr std::size_t quoted_bytes_max = 80;  // of a client's word in an error's detail

// What decided the tier.
struct choice {
    std::size_t tier = 0;
    std::string send;    // name sent upstream
    std::string effort;  // of the pin or the line; "" says nothing
    std::string reason;
    std::string where;
    bool pinned = false;
    bool scored = false;   // the classifier's score stays
    bool settled = false;  // pins, rules and housekeeping: the session has no say
};

std::string quoted(std::string_view word) {
    if (word.size() <= quoted_bytes_max) return '"' + std::string{word} + '"';
    // a cut inside a UTF-8 sequence would make the error's JSON invalid
    return '"' + std::string{word.substr(0, cut_before(word, quoted_bytes_max))} + "...\"";
}

result<const traffic_class*> class_of(const policy& p, std::string_view name) {
    static const traffic_class plain{};
    if (name.empty()) return p.classes.empty() ? &plain : &p.classes.front();
    const auto found = std::ranges::find(p.classes, name, &traffic_class::name);
    if (found == p.classes.end()) {
        return client_fault(errc::invalid_field, "no class is called " + quoted(name), "x-weir-class");
    }
    return &*found;
}

choice on_tier(const routing& routes, std::size_t tier, std::string reason, std::string where) {
    choice c;
    c.tier = tier;
    c.send = routes.tiers[tier].model;
    c.reason = std::move(reason);
    c.where = std::move(where);
    return c;
}

// The tier that the client itself fixes, by name or by header; nullopt where weir is to decide.
result<std::optional<choice>> pinned_by_client(const situation& now) {
    const auto wanted = now.about.tier_wanted.empty() ? std::optional<std::size_t>{}
                                                      : find_tier(now.routes, now.about.tier_wanted);
    if (!now.about.tier_wanted.empty() && !wanted) {
        return client_fault(errc::invalid_field, "no tier is called " + quoted(now.about.tier_wanted),
                            "x-weir-tier");
    }
    if (const pin* p = find_pin(now.routes, now.index.model_name)) {
        choice c = on_tier(now.routes, p->tier, "pin", {});
        c.send = p->send.empty() ? c.send : p->send;
        c.effort = p->effort;
        c.pinned = c.settled = true;
        return c;
    }
    if (!is_routed(now.routes, now.index.model_name)) {
        return client_fault(errc::model_not_found, "no model is called " + quoted(now.index.model_name),
                            "model");
    }
    if (!wanted) return std::optional<choice>{};
    choice c = on_tier(now.routes, *wanted, "pin", {});
    c.pinned = c.settled = true;
    return c;
}

// Of the class, until enough of its answers were accepted.
std::size_t default_tier(const situation& now) noexcept {
    const std::int64_t enough = now.traffic.flash_after_accepted;
    return enough > 0 && now.about.accepted_of_class >= enough ? 0 : now.traffic.default_tier;
}

// Policy lines, the score line among them, and where none matches the default of the class.
choice by_policy(const situation& now) {
    for (const policy_line& line : now.with.decide) {
        if (!holds(line.when, now)) continue;
        choice c = on_tier(now.routes, line.use.value_or(default_tier(now)), line.reason, line.where);
        c.effort = line.effort;
        c.scored = keeps_score(line.when);
        return c;
    }
    choice c = on_tier(now.routes, default_tier(now), "default", {});
    c.scored = true;
    return c;
}

// The least tier that the client asks for.
result<choice> at_least(const situation& now, choice c) {
    if (now.about.tier_min.empty()) return c;
    const auto least = find_tier(now.routes, now.about.tier_min);
    if (!least) {
        return client_fault(errc::invalid_field, "no tier is called " + quoted(now.about.tier_min),
                            "x-weir-min-tier");
    }
    return c.pinned || c.tier >= *least ? std::move(c) : on_tier(now.routes, *least, "min_tier", {});
}

fault unanswerable(std::string detail, std::string field) {
    return {errc::no_candidate, origin::client, std::move(detail), std::move(field)};
}

fault cannot_answer(const situation& now, strike why, bool pinned) {
    const std::string conversation(dialect::api_of(now.index.api).conversation());
    switch (why) {
        case strike::images:
            if (!pinned) return unanswerable("no model that could answer reads images", conversation);
            return {errc::unsupported_image, origin::client, "this model reads no images", conversation};
        case strike::files:
            if (!pinned) return unanswerable("no model that could answer reads files", conversation);
            return {errc::unsupported_file, origin::client, "this model reads no files", conversation};
        case strike::tools:
            if (!pinned) return unanswerable("no model that could answer runs these tools", "tools");
            return {errc::unsupported_tool, origin::client, "this model does not run these tools", "tools"};
        case strike::context:
        case strike::none:
            break;
    }
    return unanswerable("the input is estimated at " + std::to_string(now.f.context_tokens) +
                            " tokens, beyond the context of every model that could answer",
                        conversation);
}

std::string gate_name(strike why) {
    switch (why) {
        case strike::images:
            return "gate_images";
        case strike::files:
            return "gate_files";
        case strike::tools:
            return "gate_tools";
        case strike::context:
        case strike::none:
            break;
    }
    return "gate_context";
}

// A pin stays or is refused; anything else moves to the best tier that is left, no lower than the least that
// the client asks for.
result<choice> through_gates(const situation& now, const std::vector<strike>& struck, choice c) {
    const strike why = struck[c.tier];
    if (why == strike::none) return c;
    const std::size_t least =
        now.about.tier_min.empty() ? 0 : find_tier(now.routes, now.about.tier_min).value_or(0);
    const auto left = best_left(struck, c.tier);
    if (c.pinned || !left || *left < least) return std::unexpected(cannot_answer(now, why, c.pinned));
    return on_tier(now.routes, *left, gate_name(why), {});
}

const rule* first_rule(const situation& now) {
    const auto found =
        std::ranges::find_if(now.routes.rules, [&](const rule& r) { return holds(r.when, now); });
    return found == now.routes.rules.end() ? nullptr : &*found;
}

// Rules ask for nothing that a score would have to be known for.
result<const rule*> rule_of(const routing& routes, const dialect::body_index& index,
                            const classifier::features& f, const circumstances& about) {
    static const classifier::score_card no_score{};
    static const classifier::learned_card not_learned{};
    const policy& with = routes.default_policy();
    const auto traffic = class_of(with, about.traffic_class);
    if (!traffic) return std::unexpected(traffic.error());
    return first_rule({routes, index, f, about, with, no_score, not_learned, **traffic});
}

std::size_t policy_of(const rule* r) noexcept { return r && !r->use && r->policy ? *r->policy : 0; }

// Pin, rule or policy, then what the session makes of it, unless a gate struck out the tier that it has.
result<choice> choose_tier(const situation& now, const std::vector<strike>& struck, const rule* from_operator,
                           decision& d) {
    auto pinned = pinned_by_client(now);
    if (!pinned) return std::unexpected(std::move(pinned.error()));
    choice c;
    if (*pinned) {
        c = std::move(**pinned);
    } else if (from_operator && from_operator->use) {
        c = on_tier(now.routes, *from_operator->use, "rule", from_operator->where);
        c.settled = true;
    } else {
        c = by_policy(now);
    }
    const bool housekeeping = now.f.turn == dialect::turn::housekeeping;
    d.moves_session = !c.pinned && !housekeeping;
    auto least = at_least(now, std::move(c));
    if (!least || least->settled || housekeeping) return least;
    const session_view* s = now.about.session;
    if (s && s->tier < struck.size() && struck[s->tier] != strike::none) return least;
    held session = hold(now, least->tier);
    d.sum = session.sum;
    if (!session.reason) return least;
    d.policy_reason = least->reason;
    d.policy_where = least->where;
    return on_tier(now.routes, session.tier, session.reason, {});
}

int score_of(const situation& now, const choice& c) {
    if (!c.scored) return c.tier > 0 ? 1000 : 0;
    const learned_rule& rule = now.with.learned;
    return reported_score({now.card.score, now.learned.score, rule.kind.has_value(), rule.deciding()},
                          c.tier > 0, threshold_of(now));
}

}  // namespace

int reported_score(const scores& of, bool dearer, int threshold) noexcept {
    const int decided = of.learned_decides ? of.learned : of.weighted;
    if (dearer != (decided >= threshold)) return dearer ? 1000 : 0;
    if (of.learned_decides || !of.has_learned) return decided;
    const int ranked = decided + of.learned * learned_step / 1000;
    return std::min(ranked, dearer ? 1000 : threshold - 1);
}

std::size_t policy_for(const routing& routes, const dialect::body_index& index, const classifier::features& f,
                       const circumstances& about) {
    const auto from_operator = rule_of(routes, index, f, about);
    return from_operator ? policy_of(*from_operator) : 0;
}

result<decision> decide(const routing& routes, const dialect::body_index& index,
                        const classifier::features& f, const circumstances& about,
                        const classifier::learned_card& learned) {
    assert(!routes.tiers.empty() && !routes.policies.empty());
    const auto from_operator = rule_of(routes, index, f, about);
    if (!from_operator) return std::unexpected(from_operator.error());
    decision d;
    d.policy = policy_of(*from_operator);
    const policy& with = routes.policies[d.policy];
    const auto traffic = class_of(with, about.traffic_class);
    if (!traffic) return std::unexpected(traffic.error());

    d.card = classifier::score(f, with.score);
    d.learned = learned;
    situation now{routes, index, f, about, with, d.card, d.learned, **traffic};
    const std::vector<strike> struck = struck_tiers(routes, index, f);
    auto chosen = choose_tier(now, struck, *from_operator, d);
    if (!chosen) return std::unexpected(std::move(chosen.error()));
    auto left = through_gates(now, struck, std::move(*chosen));
    if (!left) return std::unexpected(std::move(left.error()));

    now.tier = left->tier;
    now.reason = left->reason;
    auto effort = choose_effort(now, left->pinned, left->effort,
                                *from_operator ? (*from_operator)->effort : std::string{});
    if (!effort) return std::unexpected(std::move(effort.error()));

    d.tier = left->tier;
    d.tier_name = routes.tiers[d.tier].name;
    d.traffic_class = (*traffic)->name;
    d.model = std::move(left->send);
    d.effort = std::move(effort->word);
    d.effort_members = std::move(effort->members);
    d.effort_reason = std::move(effort->reason);
    d.session_effort = std::move(effort->kept);
    d.thinking = effort->thinks;
    d.score = score_of(now, *left);
    d.reason = std::move(left->reason);
    d.where = std::move(left->where);
    d.alternatives = price_alternatives(now);
    return d;
}

}  // namespace weir::router
