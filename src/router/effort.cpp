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

effort_choice set_effort(const situation& now, std::string word, std::string reason) {
    effort_choice made;
    made.thinks = word != now.routes.effort_without_thinking;
    if (const effort_word* known = find_effort(now.routes, word)) {
        made.members = known->members[static_cast<std::size_t>(now.index.api)];
    }
    made.word = std::move(word);
    made.reason = std::move(reason);
    return made;
}

// Where the client was silent.
effort_choice set_by_weir(const situation& now, const std::string& from_pin, const std::string& from_rule) {
    if (!from_pin.empty()) return set_effort(now, from_pin, "pin");
    if (!from_rule.empty()) return set_effort(now, from_rule, "rule");
    for (const effort_line& line : now.routes.default_policy.effort) {
        if (holds(line.when, now)) return set_effort(now, line.set, line.where);
    }
    return {keep_effort, {}, "default"};
}

}  // namespace

result<effort_choice> choose_effort(const situation& now, const std::string& from_pin,
                                    const std::string& from_rule) {
    const std::string& off = now.routes.effort_without_thinking;
    if (now.index.api == dialect::api_kind::completions) return effort_choice{off, {}, "fim", false};

    const auto stated = stated_by_client(now);
    effort_choice chosen =
        stated ? effort_choice{*stated, {}, "client", *stated != off} : set_by_weir(now, from_pin, from_rule);
    if (!chosen.thinks) return chosen;

    const thinking_rules& rules = now.routes.thinking;
    const bool forced = forces_tool(now.index);
    if (forced && rules.forced_tool_choice == thinking_rules::forced::thinking_off) {
        return set_effort(now, off, "gate_tool_choice");
    }
    const bool lost = now.about.reasoning_lost > 0;
    if (lost && rules.missing_reasoning == thinking_rules::missing::thinking_off) {
        return set_effort(now, off, "gate_reasoning");
    }
    if (forced && rules.forced_tool_choice == thinking_rules::forced::refuse) {
        return client_fault(errc::invalid_field, "thinking mode does not take a forced tool choice",
                            "tool_choice");
    }
    return chosen;
}

}  // namespace weir::router
