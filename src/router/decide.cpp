#include "weir/router/decide.hpp"

#include "weir/dialect/api.hpp"

#include "conditions.hpp"
#include "effort.hpp"
#include "gates.hpp"
#include "names.hpp"

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
    std::string effort;  // of the pin; "" says nothing
    std::string reason;
    std::string where;
    bool pinned = false;
    bool scored = false;  // the classifier's score stays
};

std::string quoted(std::string_view word) {
    if (word.size() <= quoted_bytes_max) return '"' + std::string{word} + '"';
    std::size_t end = quoted_bytes_max;
    // a cut inside a UTF-8 sequence would make the error's JSON invalid
    while (end > 0 && (static_cast<unsigned char>(word[end]) & 0xC0U) == 0x80U) --end;
    return '"' + std::string{word.substr(0, end)} + "...\"";
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
        c.pinned = true;
        return c;
    }
    if (!is_routed(now.routes, now.index.model_name)) {
        return client_fault(errc::model_not_found, "no model is called " + quoted(now.index.model_name),
                            "model");
    }
    if (!wanted) return std::optional<choice>{};
    choice c = on_tier(now.routes, *wanted, "pin", {});
    c.pinned = true;
    return c;
}

// Policy lines, the score line among them, and where none matches the default of the class.
choice by_policy(const situation& now) {
    for (const policy_line& line : now.routes.default_policy.decide) {
        if (!holds(line.when, now)) continue;
        choice c = on_tier(now.routes, line.use.value_or(now.traffic.default_tier), line.reason, line.where);
        c.scored = keeps_score(line.when);
        return c;
    }
    return on_tier(now.routes, now.traffic.default_tier, "default", {});
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

// A pin stays or is refused; anything else moves to the best tier that is left.
result<choice> through_gates(const situation& now, choice c) {
    const std::vector<strike> struck = struck_tiers(now.routes, now.index, now.f);
    const strike why = struck[c.tier];
    if (why == strike::none) return c;
    const auto left = best_left(struck, c.tier);
    if (c.pinned || !left) return std::unexpected(cannot_answer(now, why, c.pinned));
    return on_tier(now.routes, *left, gate_name(why), {});
}

const rule* first_rule(const situation& now) {
    const auto found =
        std::ranges::find_if(now.routes.rules, [&](const rule& r) { return holds(r.when, now); });
    return found == now.routes.rules.end() ? nullptr : &*found;
}

}  // namespace

result<decision> decide(const routing& routes, const dialect::body_index& index,
                        const classifier::features& f, const circumstances& about) {
    assert(!routes.tiers.empty());
    const auto traffic = class_of(routes.default_policy, about.traffic_class);
    if (!traffic) return std::unexpected(traffic.error());

    decision d;
    d.card = classifier::score(f, routes.default_policy.score);
    situation now{routes, index, f, about, d.card, **traffic};

    auto pinned = pinned_by_client(now);
    if (!pinned) return std::unexpected(std::move(pinned.error()));
    const rule* from_operator = first_rule(now);

    choice c;
    if (*pinned) {
        c = std::move(**pinned);
    } else if (from_operator && from_operator->use) {
        c = on_tier(routes, *from_operator->use, "rule", from_operator->where);
    } else {
        c = by_policy(now);
    }
    auto left = through_gates(now, std::move(c));
    if (!left) return std::unexpected(std::move(left.error()));

    now.tier = left->tier;
    now.reason = left->reason;
    auto effort = choose_effort(now, left->effort, from_operator ? from_operator->effort : std::string{});
    if (!effort) return std::unexpected(std::move(effort.error()));

    d.tier = left->tier;
    d.tier_name = routes.tiers[d.tier].name;
    d.model = std::move(left->send);
    d.effort = std::move(effort->word);
    d.effort_members = std::move(effort->members);
    d.effort_reason = std::move(effort->reason);
    d.thinking = effort->thinks;
    d.score = left->scored ? d.card.score : (d.tier > 0 ? 1000 : 0);
    d.reason = std::move(left->reason);
    d.where = std::move(left->where);
    return d;
}

}  // namespace weir::router
