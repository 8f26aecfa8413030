// How hard a call is asked to think, in each API, and when thinking is switched off for it.

#include "weir/router/decide.hpp"

#include "shipped_policy.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace weir::router {
namespace {

using dialect::api_kind;
using dialect::speaker;
using dialect::thinking_word;
using dialect::tool_choice_word;
using forced = thinking_rules::forced;
using missing = thinking_rules::missing;

struct request {
    dialect::body_index index;
    classifier::features f;
    circumstances about;

    explicit request(std::string model = "auto") {
        index.model_name = std::move(model);
        index.messages.push_back(said_by(speaker::user));
    }
    request& forced_tool(tool_choice_word how = tool_choice_word::required) {
        index.tools = 1, f.tools = 1, index.tool_choice = how;
        return *this;
    }
    request& lost(std::size_t turns) {
        index.tools = 1, f.tools = 1, about.reasoning_lost = turns;
        return *this;
    }
    request& effort(std::string word) {
        index.effort = std::move(word);
        return *this;
    }
    request& thinking(thinking_word word) {
        index.thinking = word;
        return *this;
    }
    request& in(api_kind api) {
        index.api = api;
        return *this;
    }
    request& housekeeping() {
        f.turn = dialect::turn::housekeeping;
        return *this;
    }
};

routing with(forced tool, missing history) {
    routing routes = shipped_routing();
    routes.thinking = {tool, history};
    return routes;
}

result<decision> decided(const request& r, const routing& routes = shipped_routing()) {
    return decide(routes, r.index, r.f, r.about);
}

// "none/gate_tool_choice thinks {members}"
std::string told(const result<decision>& d) {
    if (!d) return "refused: " + d.error().field + ": " + d.error().detail;
    return d->effort + "/" + d->effort_reason + (d->thinking ? " thinks {" : " rests {") +
           text_of(d->effort_members) + "}";
}

constexpr const char* refusal = "refused: tool_choice: thinking mode does not take a forced tool choice";

TEST(effort, is_said_in_the_words_of_the_api) {
    struct line {
        api_kind api;
        std::string low;
        std::string none;
    };
    const std::vector<line> table = {
        {api_kind::chat, R"(low/effort 5 thinks {"reasoning_effort":"low"})",
         R"(none/effort 1 rests {"thinking":{"type":"disabled"}})"},
        {api_kind::responses, R"(low/effort 5 thinks {"reasoning":{"effort":"low"}})",
         R"(none/effort 1 rests {"reasoning":{"effort":"none"}})"},
        {api_kind::messages, R"(low/effort 5 thinks {"output_config":{"effort":"low"}})",
         R"(none/effort 1 rests {"thinking":{"type":"disabled"}})"},
    };
    for (const auto& l : table) {
        EXPECT_EQ(told(decided(request{}.in(l.api))), l.low) << static_cast<int>(l.api);
        EXPECT_EQ(told(decided(request{}.in(l.api).housekeeping())), l.none) << static_cast<int>(l.api);
    }
}

TEST(completions, never_think_and_nothing_is_said_whoever_would_speak) {
    routing routes = with(forced::refuse, missing::thinking_off);
    routes.rules = {rule{"think hard", {always{}}, std::nullopt, "max", std::nullopt, "rule 1"}};
    const std::string fim = "none/fim rests {}";
    EXPECT_EQ(told(decided(request{}.in(api_kind::completions), routes)), fim);
    EXPECT_EQ(told(decided(request{"thinker"}.in(api_kind::completions), routes)), fim);
    EXPECT_EQ(told(decided(request{}.in(api_kind::completions).effort("max"), routes)), fim);
    EXPECT_EQ(told(decided(request{}.in(api_kind::completions).forced_tool(), routes)), fim);
    EXPECT_EQ(told(decided(request{}.in(api_kind::completions).lost(2), routes)), fim);
}

TEST(effort, what_the_client_said_stands_and_nothing_is_added) {
    struct said {
        thinking_word thinking;
        std::optional<std::string> effort;
        std::string told;
    };
    const std::vector<said> sayings = {
        {thinking_word::unsaid, "low", "low/client thinks {}"},
        {thinking_word::unsaid, "medium", "high/client thinks {}"},
        {thinking_word::unsaid, "ultra", "max/client thinks {}"},
        {thinking_word::unsaid, "none", "none/client rests {}"},
        {thinking_word::enabled, "max", "max/client thinks {}"},
        {thinking_word::enabled, {}, "keep/client thinks {}"},
        {thinking_word::disabled, {}, "none/client rests {}"},
        {thinking_word::disabled, "high", "none/client rests {}"},
        {thinking_word::other, {}, "keep/client thinks {}"},
        {thinking_word::unsaid, "", "keep/client thinks {}"},
        {thinking_word::unsaid, "a\r\nb: c", "keep/client thinks {}"},
    };
    for (std::size_t i = 0; i < sayings.size(); ++i) {
        for (const char* model : {"auto", "gpt-silent", "thinker"}) {
            request r{model};
            r.index.thinking = sayings[i].thinking;
            r.index.effort = sayings[i].effort;
            EXPECT_EQ(told(decided(r)), sayings[i].told) << "row " << i << " " << model;
        }
    }
}

TEST(effort, of_a_rule_comes_after_the_pins) {
    routing routes = shipped_routing();
    routes.rules = {rule{"think hard", {model_is{"*"}}, std::nullopt, "max", std::nullopt, "rule 1"}};
    EXPECT_EQ(told(decided(request{"thinker"}, routes)), "keep/pin thinks {}");
    EXPECT_EQ(told(decided(request{"pinned-flash"}, routes)),
              R"(max/rule thinks {"reasoning_effort":"max"})");
    EXPECT_EQ(told(decided(request{"gpt-silent"}, routes)),
              R"(none/pin rests {"thinking":{"type":"disabled"}})");
}

constexpr const char* off_for_tool = R"(none/gate_tool_choice rests {"thinking":{"type":"disabled"}})";
constexpr const char* off_for_history = R"(none/gate_reasoning rests {"thinking":{"type":"disabled"}})";

TEST(forced_tool_gate, switches_thinking_off_over_the_clients_word_a_pin_and_a_rule) {
    routing routes = shipped_routing();
    for (const auto how : {tool_choice_word::required, tool_choice_word::named}) {
        EXPECT_EQ(told(decided(request{}.forced_tool(how))), off_for_tool);
        EXPECT_EQ(told(decided(request{}.forced_tool(how).effort("high"))), off_for_tool);
        EXPECT_EQ(told(decided(request{}.forced_tool(how).effort("unheard"))), off_for_tool);
        EXPECT_EQ(told(decided(request{}.forced_tool(how).thinking(thinking_word::enabled))), off_for_tool);
        EXPECT_EQ(told(decided(request{"thinker"}.forced_tool(how))), off_for_tool);
        EXPECT_EQ(told(decided(request{"pinned-pro"}.forced_tool(how))), off_for_tool);
        EXPECT_EQ(told(decided(request{}.forced_tool(how).in(api_kind::responses))),
                  R"(none/gate_tool_choice rests {"reasoning":{"effort":"none"}})");
    }
    routes.rules = {rule{"think hard", {always{}}, std::nullopt, "max", std::nullopt, "rule 1"}};
    EXPECT_EQ(told(decided(request{}.forced_tool(), routes)), off_for_tool);
}

TEST(forced_tool_gate, leaves_a_choice_alone_that_forces_nothing) {
    for (const auto how : {tool_choice_word::unsaid, tool_choice_word::automatic, tool_choice_word::none}) {
        for (const auto rule : {forced::leave, forced::thinking_off, forced::refuse}) {
            EXPECT_EQ(told(decided(request{}.forced_tool(how), with(rule, missing::empty))),
                      "keep/effort 2 thinks {}");
        }
    }
}

TEST(forced_tool_gate, has_nothing_to_do_where_the_call_does_not_think_anyway) {
    for (const auto rule : {forced::leave, forced::thinking_off, forced::refuse}) {
        const routing routes = with(rule, missing::empty);
        EXPECT_EQ(told(decided(request{}.forced_tool().thinking(thinking_word::disabled), routes)),
                  "none/client rests {}");
        EXPECT_EQ(told(decided(request{}.forced_tool().effort("none"), routes)), "none/client rests {}");
        EXPECT_EQ(told(decided(request{"gpt-silent"}.forced_tool(), routes)),
                  R"(none/pin rests {"thinking":{"type":"disabled"}})");
        EXPECT_EQ(told(decided(request{}.forced_tool().housekeeping(), routes)),
                  R"(none/effort 1 rests {"thinking":{"type":"disabled"}})");
    }
}

TEST(forced_tool_gate, refuses_where_it_is_set_to) {
    const routing routes = with(forced::refuse, missing::empty);
    for (const request& r : {request{}.forced_tool(), request{}.forced_tool(tool_choice_word::named),
                             request{}.forced_tool().effort("max"), request{"thinker"}.forced_tool()}) {
        const auto d = decided(r, routes);
        EXPECT_EQ(told(d), refusal);
        ASSERT_FALSE(d);
        EXPECT_EQ(d.error().code, errc::invalid_field);
        EXPECT_EQ(d.error().from, origin::client);
    }
}

TEST(forced_tool_gate, lets_the_call_go_as_it_came_where_it_is_off) {
    const routing routes = with(forced::leave, missing::empty);
    EXPECT_EQ(told(decided(request{}.forced_tool(), routes)), "keep/effort 2 thinks {}");
    EXPECT_EQ(told(decided(request{}.forced_tool().effort("high"), routes)), "high/client thinks {}");
    EXPECT_EQ(told(decided(request{"thinker"}.forced_tool(), routes)), "keep/pin thinks {}");
}

TEST(reasoning_gate, switches_thinking_off_over_the_clients_word_and_pins_where_it_is_set_to) {
    const routing routes = with(forced::thinking_off, missing::thinking_off);
    EXPECT_EQ(told(decided(request{}.lost(1), routes)), off_for_history);
    EXPECT_EQ(told(decided(request{}.lost(3).effort("max"), routes)), off_for_history);
    EXPECT_EQ(told(decided(request{"thinker"}.lost(1), routes)), off_for_history);
    EXPECT_EQ(told(decided(request{}.lost(1).in(api_kind::messages), routes)), off_for_history);
    EXPECT_EQ(told(decided(request{}.lost(0), routes)), "keep/effort 2 thinks {}");
    EXPECT_EQ(told(decided(request{}.lost(1).effort("none"), routes)), "none/client rests {}");
}

TEST(reasoning_gate, does_nothing_where_an_empty_one_is_put_in) {
    const routing routes = with(forced::thinking_off, missing::empty);
    EXPECT_EQ(told(decided(request{}.lost(1), routes)), "keep/effort 2 thinks {}");
    EXPECT_EQ(told(decided(request{}.lost(1).effort("max"), routes)), "max/client thinks {}");
    EXPECT_EQ(told(decided(request{"thinker"}.lost(1), routes)), "keep/pin thinks {}");
}

TEST(reasoning_gate, does_nothing_at_all_where_it_is_off) {
    routing routes = with(forced::leave, missing::leave);
    EXPECT_EQ(told(decided(request{}.lost(1), routes)), "keep/effort 2 thinks {}");
    EXPECT_EQ(told(decided(request{"thinker"}.lost(1), routes)), "keep/pin thinks {}");
    EXPECT_EQ(told(decided(request{"pinned-pro"}.lost(1).in(api_kind::messages), routes)),
              "keep/effort 6 thinks {}");
    EXPECT_EQ(told(decided(request{}.lost(1).effort("max"), routes)), "max/client thinks {}");
    EXPECT_EQ(told(decided(request{}.lost(1).thinking(thinking_word::enabled), routes)),
              "keep/client thinks {}");
    routes.rules = {rule{"think hard", {always{}}, std::nullopt, "max", std::nullopt, "rule 1"}};
    EXPECT_EQ(told(decided(request{}.lost(1), routes)), R"(max/rule thinks {"reasoning_effort":"max"})");
}

TEST(gates, a_call_that_the_history_keeps_from_thinking_may_force_a_tool) {
    const request both = request{}.lost(1).forced_tool();
    EXPECT_EQ(told(decided(both, with(forced::refuse, missing::thinking_off))), off_for_history);
    EXPECT_EQ(told(decided(both, with(forced::leave, missing::thinking_off))), off_for_history);
    EXPECT_EQ(told(decided(both, with(forced::thinking_off, missing::thinking_off))), off_for_tool);
    EXPECT_EQ(told(decided(both, with(forced::refuse, missing::empty))), refusal);
}

}  // namespace
}  // namespace weir::router
