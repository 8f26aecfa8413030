// From a decision to its record, and back to what a decision is made of.

#include "weir/whatif/record.hpp"

#include <algorithm>
#include <utility>

namespace weir::whatif {
namespace {

// A client's word, as far as the configuration knows it.
std::string known_effort(const router::routing& routes, std::string_view stated) {
    for (const router::effort_word& word : routes.efforts) {
        if (word.name == stated || std::ranges::find(word.aliases, stated) != word.aliases.end()) {
            return word.name;
        }
    }
    return {};
}

bool runs_somewhere(const router::routing& routes, const std::string& tool) {
    return std::ranges::any_of(routes.tiers, [&tool](const router::tier& t) {
        return std::ranges::find(t.server_tools, tool) != t.server_tools.end();
    });
}

bool occurs(std::uint64_t words, std::size_t list) noexcept {
    return list < 64 && ((words >> list) & 1U) != 0;
}

std::optional<std::size_t> find_tier(const router::routing& routes, const std::string& name) noexcept {
    const auto found = std::ranges::find(routes.tiers, name, &router::tier::name);
    if (found == routes.tiers.end()) return std::nullopt;
    return static_cast<std::size_t>(found - routes.tiers.begin());
}

classifier::features features_again(const recorded& from, const router::routing& routes, std::size_t& blind) {
    classifier::features f;
    const auto list = classifier::feature_list();
    for (std::size_t i = 0; i < std::min(list.size(), from.features.size()); ++i) {
        const std::int64_t value = std::clamp<std::int64_t>(from.features[i], 0, list[i].max);
        if (list[i].value) {
            f.*list[i].value = value;
        } else {
            f.turn = static_cast<dialect::turn>(value);
        }
    }
    for (std::size_t i = 0; i < routes.words.size() && i < 64; ++i) {
        const std::string& name = routes.words[i].name;
        if (std::ranges::find(from.words, name) != from.words.end()) {
            f.words |= std::uint64_t{1} << i;
        } else if (std::ranges::find(from.words_absent, name) == from.words_absent.end()) {
            ++blind;
        }
        if (std::ranges::find(from.words_lead, name) != from.words_lead.end()) {
            f.lead_words |= std::uint64_t{1} << i;
        }
    }
    return f;
}

std::optional<router::session_view> session_again(const recorded& from, const router::routing& routes) {
    if (!from.session) return std::nullopt;
    const auto tier = find_tier(routes, from.tiers[from.session->tier]);
    if (!tier) return std::nullopt;
    router::session_view s = *from.session;
    s.tier = *tier;
    s.warm_tokens.assign(routes.tiers.size(), 0);
    for (std::size_t i = 0; i < from.session->warm_tokens.size(); ++i) {
        if (const auto here = find_tier(routes, from.tiers[i]))
            s.warm_tokens[*here] = from.session->warm_tokens[i];
    }
    return s;
}

dialect::body_index index_again(const recorded& from, const classifier::features& f, std::string_view model) {
    using enum dialect::response_format_word;
    dialect::body_index index;
    index.api = from.api;
    index.model_name = model;
    index.effort = from.effort;
    index.thinking = from.thinking;
    index.tool_choice = from.tool_choice;
    index.tool_types = from.server_tools;
    index.tools = static_cast<std::uint32_t>(f.tools);
    index.images = static_cast<std::uint32_t>(f.images);
    index.files = static_cast<std::uint32_t>(f.files);
    if (f.max_tokens > 0) index.max_tokens = f.max_tokens;
    index.response_format = f.json_schema != 0 ? json_schema : unsaid;
    return index;
}

}  // namespace

recorded recorded_of(const router::decision& d, const dialect::body_index& index,
                     const classifier::features& f, const router::circumstances& about,
                     const router::routing& routes) {
    recorded r;
    r.api = index.api;
    const std::size_t features = classifier::feature_list().size();
    r.features.reserve(features);
    for (std::size_t i = 0; i < features; ++i) r.features.push_back(classifier::value_of(f, i));
    r.tiers.reserve(routes.tiers.size());
    for (const router::tier& t : routes.tiers) r.tiers.push_back(t.name);
    for (std::size_t i = 0; i < routes.words.size(); ++i) {
        (occurs(f.words, i) ? r.words : r.words_absent).push_back(routes.words[i].name);
        if (occurs(f.lead_words, i)) r.words_lead.push_back(routes.words[i].name);
    }
    r.words_part = d.learned.words_part;
    r.learned = d.learned.score;
    r.weighted = d.card.score;
    if (const auto& kind = routes.policies[d.policy].learned.kind) {
        r.weights = kind->name + '/' + std::to_string(kind->version);
    }
    if (index.effort) r.effort = known_effort(routes, *index.effort);
    r.thinking = index.thinking;
    r.tool_choice = index.tool_choice;
    for (const std::string& tool : index.tool_types) {
        if (runs_somewhere(routes, tool)) r.server_tools.push_back(tool);
    }
    r.traffic_class = d.traffic_class;
    r.tier_wanted = about.tier_wanted;
    r.tier_min = about.tier_min;
    r.error_cost_usd_milli = about.error_cost_usd_milli;
    r.override_effort = about.override_effort;
    r.accepted_of_class = about.accepted_of_class;
    r.reasoning_lost = static_cast<std::int64_t>(about.reasoning_lost);
    // A cell that the configuration does not have any more is none: see router's hold().
    if (about.session && about.session->tier < routes.tiers.size()) r.session = *about.session;
    if (r.session) r.session->warm_tokens.resize(std::min(r.session->warm_tokens.size(), r.tiers.size()));
    r.alternatives = d.alternatives;
    r.sum = d.sum;
    r.tier = d.tier;
    r.effort_set = d.effort;
    r.reason = d.reason;
    r.effort_reason = d.effort_reason;
    r.policy_reason = d.policy_reason;
    r.moves_session = d.moves_session;
    return r;
}

void remake(inputs& into, const recorded& from, std::string_view model_asked, std::string_view key_id,
            const router::routing& routes) {
    into.blind_lists = 0;
    into.features = features_again(from, routes, into.blind_lists);
    into.index = index_again(from, into.features, model_asked);
    into.learned = {from.learned, from.words_part};
    into.session = session_again(from, routes);
    into.about = {};
    into.about.traffic_class = from.traffic_class;
    into.about.tier_wanted = from.tier_wanted;
    into.about.tier_min = from.tier_min;
    into.about.key_id = key_id;
    into.about.error_cost_usd_milli = from.error_cost_usd_milli;
    into.about.override_effort = from.override_effort;
    into.about.reasoning_lost = static_cast<std::size_t>(std::max<std::int64_t>(from.reasoning_lost, 0));
    into.about.session = into.session ? &*into.session : nullptr;
    into.about.accepted_of_class = from.accepted_of_class;
}

}  // namespace weir::whatif
