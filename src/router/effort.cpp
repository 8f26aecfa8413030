#include "effort.hpp"

#include "gates.hpp"
#include "names.hpp"

#include <optional>
#include <utility>

namespace weir::router {
namespace {

std::optional<std::string> stated_by_client(const situation& now) {
    using enum dialect::thinking_word;
    if (now.index.thinking == disabled) return now.routes.effort_without_thinking;
    if (now.index.effort) {
        const effort_word* known = find_effort(now.routes, *now.index.effort);
        return known ? known->name : keep_effort;
    }
    if (now.index.thinking != unsaid) return keep_effort;
    return std::nullopt;
}

effort_choice set_effort(const routing& routes, std::string word, std::string reason) {
    const effort_word* known = find_effort(routes, word);
    return {std::move(word), known ? known->members : std::string{}, std::move(reason)};
}

}  // namespace

effort_choice choose_effort(const situation& now, const std::string& from_pin, const std::string& from_rule) {
    if (auto stated = stated_by_client(now)) return {std::move(*stated), {}, "client"};
    if (!from_pin.empty()) return set_effort(now.routes, from_pin, "pin");
    if (!from_rule.empty()) return set_effort(now.routes, from_rule, "rule");
    if (const auto gate = thinking_gate(now.index); !gate.empty()) {
        return set_effort(now.routes, now.routes.effort_without_thinking, std::string{gate});
    }
    for (const effort_line& line : now.routes.default_policy.effort) {
        if (holds(line.when, now)) return set_effort(now.routes, line.set, line.where);
    }
    return {keep_effort, {}, "default"};
}

}  // namespace weir::router
