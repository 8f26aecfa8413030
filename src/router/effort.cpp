#include "effort.hpp"

#include "gates.hpp"
#include "names.hpp"

#include <algorithm>
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

// The client switched thinking off, and its key lets weir think all the same: an effort beside a disabled
// thinking would be refused. Source: DeepSeek, thinking mode.
void enable_thinking(const situation& now, effort_choice& chosen) {
    const bool thought_off = now.index.thinking == dialect::thinking_word::disabled;
    if (!thought_off || !chosen.thinks || chosen.word == keep_effort) return;
    const bool said = std::ranges::any_of(chosen.members, [](const auto& m) { return m.name == "thinking"; });
    if (!said) chosen.members.push_back({"thinking", "type", "\"enabled\""});
}

// The call is made without thinking; the cell keeps what was chosen.
effort_choice gated(const situation& now, effort_choice chosen, const char* reason) {
    effort_choice made = set_effort(now, now.routes.effort_without_thinking, reason);
    made.kept = std::move(chosen.kept);
    return made;
}

effort_choice by_lines(const situation& now) {
    for (const effort_line& line : now.with.effort) {
        if (holds(line.when, now)) return set_effort(now, line.set, line.where);
    }
    return {keep_effort, {}, "default", true, {}};
}

// The effort belongs to what the upstream caches by, so a conversation keeps it as long as its tier.
const session_view* cell_of_session(const situation& now) {
    const session_view* s = now.about.session;
    const bool housekeeping = now.f.turn == dialect::turn::housekeeping;
    const bool same = s && now.with.session.on && !housekeeping && s->tier == now.tier;
    return same && !s->effort.empty() ? s : nullptr;
}

// Where a word stands among the efforts, from the least; `keep` is DeepSeek's default, the last but one.
std::size_t place_of(const routing& routes, std::string_view word) {
    const auto found = std::ranges::find(routes.efforts, word, &effort_word::name);
    const std::size_t all = routes.efforts.size();
    if (found == routes.efforts.end()) return all > 1 ? all - 2 : 0;
    return static_cast<std::size_t>(found - routes.efforts.begin());
}

// Where the client was silent. A line that names a cell of more effort raises the conversation to it, as it
// would raise the tier.
effort_choice set_by_weir(const situation& now, bool pinned, const std::string& from_cell,
                          const std::string& from_rule) {
    if (pinned && !from_cell.empty()) return set_effort(now, from_cell, "pin");
    if (!from_rule.empty()) return set_effort(now, from_rule, "rule");
    if (pinned) return by_lines(now);
    const session_view* s = cell_of_session(now);
    const bool raised =
        s && !from_cell.empty() && place_of(now.routes, from_cell) > place_of(now.routes, s->effort);
    if (s && !raised) return set_effort(now, s->effort, "session");
    if (!from_cell.empty()) return set_effort(now, from_cell, "line");
    return by_lines(now);
}

}  // namespace

result<effort_choice> choose_effort(const situation& now, bool pinned, const std::string& from_cell,
                                    const std::string& from_rule) {
    const std::string& off = now.routes.effort_without_thinking;
    if (now.index.api == dialect::api_kind::completions) return effort_choice{off, {}, "fim", false, {}};

    const auto stated = now.about.override_effort ? std::nullopt : stated_by_client(now);
    effort_choice chosen = stated ? effort_choice{*stated, {}, "client", *stated != off, {}}
                                  : set_by_weir(now, pinned, from_cell, from_rule);
    if (!stated) chosen.kept = chosen.word;
    if (now.about.override_effort) enable_thinking(now, chosen);
    if (!chosen.thinks) return chosen;

    const thinking_rules& rules = now.routes.thinking;
    const bool forced = forces_tool(now.index);
    if (forced && rules.forced_tool_choice == thinking_rules::forced::thinking_off) {
        return gated(now, std::move(chosen), "gate_tool_choice");
    }
    const bool lost = now.about.reasoning_lost > 0;
    if (lost && rules.missing_reasoning == thinking_rules::missing::thinking_off) {
        return gated(now, std::move(chosen), "gate_reasoning");
    }
    if (forced && rules.forced_tool_choice == thinking_rules::forced::refuse) {
        return client_fault(errc::invalid_field, "thinking mode does not take a forced tool choice",
                            "tool_choice");
    }
    return chosen;
}

}  // namespace weir::router
