#pragma once
// The default policy as structs, so that the router is tested without reading YAML. tests/config checks that
// the shipped file says the same.

#include "weir/dialect/body_index.hpp"
#include "weir/router/routing.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::router {

inline constexpr std::string_view list_names[] = {"keyword", "proof", "broad", "rewrite", "mechanical"};

inline std::size_t list_of(std::string_view name) {
    std::size_t i = 0;
    while (list_names[i] != name) ++i;
    return i;
}
inline std::uint64_t bit_of(std::string_view name) { return std::uint64_t{1} << list_of(name); }

inline dialect::message said_by(dialect::speaker who, bool reasoning = false, std::uint32_t calls = 0) {
    dialect::message m;
    m.from = who;
    m.reasoning = reasoning;
    m.call_count = calls;
    return m;
}

inline bound measured(std::string_view feature, comparison how, std::int64_t value) {
    return {classifier::find_feature(feature).value(), how, value};
}
inline predicate over(std::string_view what, std::int64_t value) {
    return measured(what, comparison::over, value);
}
inline predicate from(std::string_view what, std::int64_t value) {
    return measured(what, comparison::from, value);
}
inline predicate any_of(std::string_view list) { return words_in{list_of(list)}; }

inline policy shipped_policy() {
    constexpr std::size_t flash = 0;
    constexpr std::size_t pro = 1;
    policy p;
    p.name = "bounded";
    p.version = 1;
    p.score.terms = {{classifier::signal::prompt_chars_over, 2'000, 0, 300, "prompt_chars_over 2000"},
                     {classifier::signal::tools_over, 1, 0, 400, "tools_over 1"},
                     {classifier::signal::words, 0, list_of("keyword"), 300, "words keyword"}};
    p.classes = {{"interactive", flash, 600}, {"batch", pro, 600}};
    p.decide = {
        {{turn_is{dialect::turn::housekeeping}}, flash, "", "housekeeping", "line housekeeping"},
        {{over("error_cost_usd", 5'000)}, pro, "", "error_cost", "line error_cost"},
        {{from("same_call_of_last_6", 3)}, pro, "", "stuck_loop", "line stuck_loop"},
        {{from("failed_results_of_last_6", 3)}, pro, "", "failing", "line failing"},
        {{over("tool_calls", 2)}, pro, "", "tool_calls", "line tool_calls"},
        {{over("context_tokens", 100'000)}, pro, "", "long_context", "line long_context"},
        {{from("pasted_share", 500), any_of("mechanical")}, flash, "", "mechanical", "line mechanical"},
        {{from("pasted_lines", 500), any_of("rewrite")}, pro, "", "long_rewrite", "line long_rewrite"},
        {{over("files_named", 1)}, pro, "", "crosses_files", "line files"},
        {{any_of("broad")}, pro, "", "crosses_files", "line broad"},
        {{any_of("proof")}, pro, "", "proof", "line proof"},
        {{score_reached{}}, pro, "", "score", "line score"},
        {{no_signal{}}, std::nullopt, "", "default", "line default"},
        {{always{}}, flash, "", "bounded", "line bounded"}};
    p.effort = {{{reason_is{"housekeeping"}}, "none", "effort 1"},
                {{tier_is{flash}, over("tools", 0)}, "keep", "effort 2"},
                {{reason_is{"mechanical"}}, "low", "effort 3"},
                {{tier_is{flash}, over("context_tokens", 5'000)}, "high", "effort 4"},
                {{tier_is{flash}}, "low", "effort 5"},
                {{always{}}, "keep", "effort 6"}};
    return p;
}

// The word in each API: {chat, responses, messages, completions}.
inline effort_word word_of(std::string name, dialect::said_member chat, dialect::said_member responses,
                           dialect::said_member messages, std::vector<std::string> aliases) {
    return {std::move(name),
            {{{std::move(chat)}, {std::move(responses)}, {std::move(messages)}, {}}},
            std::move(aliases)};
}
inline effort_word thinking_word_of(const std::string& name, std::vector<std::string> aliases) {
    const std::string value = '"' + name + '"';
    return word_of(name, {"reasoning_effort", "", value}, {"reasoning", "effort", value},
                   {"output_config", "effort", value}, std::move(aliases));
}

// As in a body: "thinking":{"type":"disabled"}.
inline std::string text_of(const std::vector<dialect::said_member>& members) {
    std::string text;
    for (const auto& m : members) {
        text += (text.empty() ? "" : ",") + ('"' + m.name + "\":");
        text += m.inner.empty() ? m.value : "{\"" + m.inner + "\":" + m.value + '}';
    }
    return text;
}

inline const routing& shipped_routing() {
    static const routing routes = [] {
        routing r;
        r.tiers = {{"flash", "deepseek", "model-f", true, 1'048'576, 393'216, true, {"search", "read"}},
                   {"pro", "deepseek", "model-p", false, 1'048'576, 393'216, false, {}}};
        r.efforts = {word_of("none", {"thinking", "type", R"("disabled")"},
                             {"reasoning", "effort", R"("none")"}, {"thinking", "type", R"("disabled")"}, {}),
                     thinking_word_of("low", {"minimal"}), thinking_word_of("high", {"medium", "xhigh"}),
                     thinking_word_of("max", {"ultra"})};
        r.routed = {"auto", "claude-*", "gpt-*"};
        r.pins = {{"pinned-flash", 0, "model-f-dated", ""},
                  {"pinned-pro", 1, "", ""},
                  {"gpt-silent", 0, "model-f", "none"},
                  {"thinker", 0, "model-f", "keep"}};
        for (const auto name : list_names) r.words.push_back({std::string{name}, {}});
        r.policies = {shipped_policy()};
        return r;
    }();
    return routes;
}

}  // namespace weir::router
