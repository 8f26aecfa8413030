#include "mending.hpp"

namespace weir::proxy {
namespace {

dialect::overruled_by overruled(const router::decision& route) {
    using enum dialect::overruled_by;
    if (route.effort_reason == "gate_tool_choice") return forced_tool_choice;
    if (route.effort_reason == "gate_reasoning") return reasoning_lost;
    return nothing;
}

}  // namespace

alias_list list_aliases(const router::routing& routes) {
    alias_list all;
    for (const router::effort_word& effort : routes.efforts) {
        for (const std::string& alias : effort.aliases) all.emplace_back(alias, effort.name);
    }
    return all;
}

dialect::mended_body plan_call(padded_view body, const judgement& j, const config::settings& settings,
                               const alias_list& aliases, const upstream::settings& to) {
    const router::decision& route = *j.route;
    const router::tier& tier = settings.routes.tiers[route.tier];
    dialect::mend_request about;
    about.on = settings.mends;
    about.model = route.model;
    about.effort = route.effort_members;
    about.thinking = route.thinking;
    about.effort_aliases = aliases;
    about.input_tokens = j.features.context_tokens;
    about.context_tokens_max = tier.context_tokens_max;
    about.output_tokens_max = tier.output_tokens_max;
    about.usage_on_request = to.usage_on_request;
    about.overruled = overruled(route);
    if (route.thinking) about.reasoning = j.reasoning;
    return dialect::plan_edits(body, j.index, about);
}

}  // namespace weir::proxy
