// The operator's rules, which come before the policy.

#include "parts.hpp"

#include <utility>

namespace weir::config {
namespace {

// Which policy decides; `use` and `policy` beside each other would be two answers to one question.
void read_decision(section& part, const router::routing& routes, router::rule& into) {
    const auto use = part.find("use");
    const auto effort = part.find("effort");
    const auto policy = part.find("policy");
    if (use) {
        if (auto chosen = cell_of(*use, routes, false)) {
            into.use = chosen->tier;
            into.effort = std::move(chosen->effort);
        }
    }
    if (effort && !into.effort.empty()) effort->say("`use` names an effort already");
    if (effort) into.effort = effort_of(*effort, routes).value_or("");
    if (policy) {
        std::vector<std::string> names;
        for (const auto& p : routes.policies) names.push_back(p.name);
        into.policy = choice_of(*policy, names);
        if (use) policy->say("`use` decides already, so no policy is asked");
    }
    if (!use && !effort && !policy && part.valid()) {
        part.here().say("decides nothing", "give it `use`, `effort` or `policy`");
    }
}

}  // namespace

void read_rules(section& top, const std::vector<vocabulary::list>& words, router::routing& into) {
    const auto s = top.find("rules");
    if (!s) return;
    vocabulary names{into, words, {}, {}};
    for (const auto& c : into.default_policy().classes) names.classes.push_back(c.name);
    std::vector<line_to_check> lines;
    for (const spot& item : items_of(*s)) {
        section part{item};
        router::rule made;
        made.where = where_of(item);
        if (const auto name = part.find("name")) made.name = filled_text_of(*name).value_or("");
        if (const auto when = part.need("when")) {
            made.when = read_condition(*when, names, place_of_use::rule);
        }
        read_decision(part, into, made);
        part.finish();
        lines.push_back({item, made.when, made.where});
        into.rules.push_back(std::move(made));
    }
    check_lines(lines, names);
}

}  // namespace weir::config
