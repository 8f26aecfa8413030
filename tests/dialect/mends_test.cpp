#include "weir/dialect/mends.hpp"

#include "mends_support.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace weir::dialect {
namespace {

using test::all_on;
using test::chat_with;
using test::completions_with;
using test::expect_left;
using test::expect_mend;
using test::mended;
using test::messages_with;
using test::responses_with;

// ---- the names ----

TEST(mends, each_has_a_name_of_its_own) {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < mend_count; ++i) names.insert(name_of(static_cast<mend>(i)));
    EXPECT_EQ(names.size(), mend_count);
    EXPECT_EQ(name_of(mend::developer_role), "developer_role");
    EXPECT_EQ(name_of(mend::reasoning_empty), "reasoning_empty");
    EXPECT_EQ(name_of(mend::reasoning_off), "reasoning_off");
    EXPECT_EQ(name_of(mend::answer_model), "answer_model");
}

TEST(mends, a_set_says_its_names_in_order) {
    mend_set set;
    EXPECT_TRUE(set.empty());
    EXPECT_EQ(set.text(), "");
    set.add(mend::user_id);
    set.add(mend::developer_role);
    set.add(mend::answer_model);
    EXPECT_EQ(set.text(), "developer_role, user_id, answer_model");
    set.remove(mend::user_id);
    EXPECT_FALSE(set.has(mend::user_id));
    EXPECT_EQ(set.text(), "developer_role, answer_model");
    for (std::size_t i = 0; i < mend_count; ++i) EXPECT_TRUE(mend_set::all().has(static_cast<mend>(i)));
}

// ---- the model ----

TEST(mends, the_models_value_is_replaced_and_nothing_else) {
    mend_request about = all_on();
    about.model = "deepseek-v4-pro";
    const mended m(api_kind::chat, R"({ "model" :  "auto" ,"messages":[{"role":"user"}], "n":1e400})", about);
    EXPECT_EQ(m.text, R"({ "model" :  "deepseek-v4-pro" ,"messages":[{"role":"user"}], "n":1e400})");
    EXPECT_EQ(m.made.made.text(), "") << "routing is no mend";
}

TEST(mends, a_body_that_asks_for_the_model_already_is_not_touched) {
    expect_left(api_kind::chat, chat_with(""));
    expect_left(api_kind::responses, responses_with(""));
    expect_left(api_kind::messages, messages_with(R"("max_tokens":5,)"));
    expect_left(api_kind::completions, completions_with(""));
    const mended escaped(api_kind::chat, R"({"model":"\u006d","messages":[{"role":"user"}]})", all_on());
    EXPECT_EQ(escaped.text, R"({"model":"m","messages":[{"role":"user"}]})");
}

TEST(mends, a_models_name_with_quotes_stays_one_string) {
    mend_request about = all_on();
    about.model = "a\"b\\c\n\x01";
    const mended m(api_kind::chat, chat_with(""), about);
    EXPECT_EQ(nlohmann::json::parse(m.text)["model"], "a\"b\\c\n\x01");
}

// ---- what is said about thinking ----

std::string told(api_kind api, std::string_view body, const std::vector<said_member>& effort) {
    mend_request about = all_on();
    about.effort = effort;
    const mended m(api, body, about);
    EXPECT_TRUE(nlohmann::json::accept(m.text)) << m.text;
    EXPECT_EQ(m.made.made.text(), "") << "the router's word is no mend";
    return m.text;
}

TEST(mends, effort_goes_right_behind_the_model) {
    EXPECT_EQ(told(api_kind::chat, R"({"messages":[{"role":"user"}],"model": "m" })",
                   {{"reasoning_effort", "", "\"low\""}}),
              R"({"messages":[{"role":"user"}],"model": "m","reasoning_effort":"low" })");
    EXPECT_EQ(told(api_kind::responses, R"({"model":"m","input":"x"})",
                   {{"reasoning", "effort", "\"low\""}, {"text", "verbosity", "\"low\""}}),
              R"({"model":"m","reasoning":{"effort":"low"},"text":{"verbosity":"low"},"input":"x"})");
}

TEST(mends, effort_replaces_what_the_member_says) {
    EXPECT_EQ(told(api_kind::chat, chat_with(R"("reasoning_effort" : "high",)"),
                   {{"reasoning_effort", "", "\"low\""}}),
              chat_with(R"("reasoning_effort" : "low",)"));
    EXPECT_EQ(
        told(api_kind::responses, responses_with(R"("reasoning": {"summary":"auto", "effort" : "high" },)"),
             {{"reasoning", "effort", "\"low\""}}),
        responses_with(R"("reasoning": {"summary":"auto", "effort" : "low" },)"));
}

TEST(mends, effort_comes_first_in_an_object_that_does_not_say_it) {
    EXPECT_EQ(told(api_kind::responses, responses_with(R"("reasoning": { "summary":"auto"},)"),
                   {{"reasoning", "effort", "\"low\""}}),
              responses_with(R"("reasoning": {"effort":"low", "summary":"auto"},)"));
    EXPECT_EQ(told(api_kind::responses, responses_with(R"("reasoning":{ },)"),
                   {{"reasoning", "effort", "\"low\""}}),
              responses_with(R"("reasoning":{"effort":"low" },)"));
}

TEST(mends, effort_takes_the_place_of_what_is_no_object) {
    for (const std::string was : {"null", "false", "\"x\"", "[1]", "7"}) {
        EXPECT_EQ(told(api_kind::chat, chat_with("\"thinking\":" + was + ","),
                       {{"thinking", "type", "\"enabled\""}}),
                  chat_with(R"("thinking":{"type":"enabled"},)"))
            << was;
    }
}

TEST(mends, effort_takes_the_place_of_a_null_and_stands_there_once) {
    EXPECT_EQ(told(api_kind::chat, chat_with(R"("reasoning_effort": null ,)"),
                   {{"reasoning_effort", "", "\"low\""}}),
              chat_with(R"("reasoning_effort": "low" ,)"));
    EXPECT_EQ(told(api_kind::chat, chat_with(R"("thinking":{"type":null},)"),
                   {{"thinking", "type", "\"disabled\""}}),
              chat_with(R"("thinking":{"type":"disabled"},)"));
    EXPECT_EQ(told(api_kind::responses, responses_with(R"("reasoning":{"effort":null,"summary":"auto"},)"),
                   {{"reasoning", "effort", "\"low\""}}),
              responses_with(R"("reasoning":{"effort":"low","summary":"auto"},)"));
    EXPECT_EQ(told(api_kind::responses, responses_with(R"("reasoning":null,)"),
                   {{"reasoning", "effort", "\"low\""}}),
              responses_with(R"("reasoning":{"effort":"low"},)"));
    EXPECT_EQ(told(api_kind::messages, messages_with(R"("output_config":{"effort":null},)"),
                   {{"output_config", "effort", "\"low\""}}),
              messages_with(R"("output_config":{"effort":"low"},)"));
}

TEST(mends, a_null_stays_where_weir_has_nothing_to_say) {
    expect_left(api_kind::chat, chat_with(R"("reasoning_effort":null,"thinking":null,)"));
    expect_left(api_kind::chat, chat_with(R"("thinking":{"type":null},)"));
    expect_left(api_kind::responses, responses_with(R"("reasoning":{"effort":null},)"));
    expect_left(api_kind::messages, messages_with(R"("output_config":{"effort":null},"thinking":null,)"));
}

TEST(mends, effort_that_the_body_says_already_is_no_edit) {
    mend_request about = all_on();
    const std::vector<said_member> effort{{"thinking", "type", "\"enabled\""},
                                          {"reasoning_effort", "", "\"low\""}};
    about.effort = effort;
    expect_left(api_kind::chat,
                chat_with(R"("thinking":{"a":1,"type": "enabled"},"reasoning_effort":"low",)"), about);
}

TEST(mends, effort_is_found_behind_escaped_names) {
    EXPECT_EQ(told(api_kind::chat, chat_with(R"("think\u0069ng":{"t\u0079pe":"enabled"},)"),
                   {{"thinking", "type", "\"other\""}}),
              chat_with(R"("think\u0069ng":{"t\u0079pe":"other"},)"));
}

// ---- effort_while_disabled ----

TEST(mends, effort_while_disabled_is_dropped_from_chat) {
    expect_mend(mend::effort_while_disabled, api_kind::chat,
                chat_with(R"("thinking":{"type":"disabled"}, "reasoning_effort":"high",)"),
                chat_with(R"("thinking":{"type":"disabled"},)"));
}

TEST(mends, effort_while_disabled_is_dropped_even_where_it_means_the_same) {
    expect_mend(mend::effort_while_disabled, api_kind::chat,
                chat_with(R"("thinking":{"type":"disabled"},"reasoning_effort":"none",)"),
                chat_with(R"("thinking":{"type":"disabled"},)"));
}

TEST(mends, effort_while_disabled_takes_one_comma_wherever_it_stands) {
    const mend m = mend::effort_while_disabled;
    expect_mend(m, api_kind::chat,
                R"({ "reasoning_effort" : "high" , "model":"m","thinking":{"type":"disabled"},)"
                R"("messages":[{"role":"user"}]})",
                R"({ "model":"m","thinking":{"type":"disabled"},"messages":[{"role":"user"}]})");
    expect_mend(m, api_kind::chat,
                R"({"model":"m","thinking":{"type":"disabled"},"messages":[{"role":"user"}] ,)"
                R"( "reasoning_effort":"high" })",
                R"({"model":"m","thinking":{"type":"disabled"},"messages":[{"role":"user"}] })");
}

TEST(mends, effort_while_disabled_is_dropped_from_output_config) {
    const mend m = mend::effort_while_disabled;
    const auto with = [](const std::string& config) {
        return messages_with(R"("thinking":{"type":"disabled"},"output_config":)" + config + ",");
    };
    expect_mend(m, api_kind::messages, with(R"({"effort":"high"})"), with("{}"));
    expect_mend(m, api_kind::messages, with(R"({ "effort":"none" , "a":1})"), with(R"({ "a":1})"));
    expect_mend(m, api_kind::messages, with(R"({"a":1, "effort":"high"})"), with(R"({"a":1})"));
    expect_mend(m, api_kind::messages, with(R"({"a":1,"effort":"high","b":2})"), with(R"({"a":1,"b":2})"));
}

TEST(mends, effort_while_disabled_leaves_what_is_not_refused) {
    expect_left(api_kind::chat, chat_with(R"("thinking":{"type":"enabled"},"reasoning_effort":"high",)"));
    expect_left(api_kind::chat, chat_with(R"("reasoning_effort":"high",)"));
    expect_left(api_kind::chat, chat_with(R"("thinking":{"type":"disabled"},"reasoning_effort":null,)"));
    expect_left(api_kind::chat, chat_with(R"("thinking":{"type":"disabled"},)"));
    expect_left(api_kind::messages, messages_with(R"("thinking":{"type":"disabled"},"output_config":null,)"));
    expect_left(api_kind::messages,
                messages_with(R"("thinking":{"type":"disabled"},"output_config":{"effort":null},)"));
    expect_left(api_kind::messages,
                messages_with(R"("thinking":{"type":"adaptive"},"output_config":{"effort":"high"},)"));
    expect_left(api_kind::responses,
                responses_with(R"("thinking":{"type":"disabled"},"reasoning":{"effort":"high"},)"));
}

TEST(mends, effort_while_disabled_looks_at_the_body_as_it_will_be) {
    mend_request about = all_on();
    const std::vector<said_member> off{{"thinking", "type", "\"disabled\""}};
    const std::vector<said_member> enabled{{"thinking", "type", "\"enabled\""}};
    about.effort = off;
    const mended now_off(api_kind::chat, chat_with(R"("reasoning_effort":"high",)"), about);
    EXPECT_EQ(now_off.text, R"({"model":"m","thinking":{"type":"disabled"},)"
                            R"("messages":[{"role":"user","content":"x"}]})");
    EXPECT_EQ(now_off.made.made.text(), "effort_while_disabled");
    about.effort = enabled;
    const mended now_on(api_kind::chat,
                        chat_with(R"("thinking":{"type":"disabled"},"reasoning_effort":"high",)"), about);
    EXPECT_EQ(now_on.text, chat_with(R"("thinking":{"type":"enabled"},"reasoning_effort":"high",)"));
    EXPECT_EQ(now_on.made.made.text(), "");
}

TEST(mends, effort_while_disabled_keeps_weirs_own_effort_out_too) {
    mend_request about = all_on();
    const std::vector<said_member> low{{"reasoning_effort", "", "\"low\""}};
    about.effort = low;
    expect_left(api_kind::chat, chat_with(R"("thinking":{"type":"disabled"},)"), about);
    const mended both(api_kind::chat,
                      chat_with(R"("thinking":{"type":"disabled"},"reasoning_effort":"high",)"), about);
    EXPECT_EQ(both.text, chat_with(R"("thinking":{"type":"disabled"},)"));
}

TEST(mends, effort_while_disabled_goes_even_unmended_where_weir_disabled_the_thinking) {
    mend_request about = all_on();
    const std::vector<said_member> off{{"thinking", "type", "\"disabled\""}};
    about.effort = off;
    about.on = mend_set();
    const mended m(api_kind::chat, chat_with(R"("reasoning_effort":"high",)"), about);
    EXPECT_FALSE(nlohmann::json::parse(m.text).contains("reasoning_effort")) << m.text;
    EXPECT_EQ(m.made.made.text(), "");
}

// ---- forced_tool_choice ----

TEST(mends, forced_tool_choice_switches_thinking_off_and_drops_the_effort) {
    mend_request about = all_on();
    const std::vector<said_member> off{{"thinking", "type", "\"disabled\""}};
    about.effort = off;
    about.thinking = false;
    about.overruled = overruled_by::forced_tool_choice;
    const mended m(api_kind::chat,
                   chat_with(R"("tool_choice":"required","thinking":{"type":"enabled"},)"
                             R"("reasoning_effort":"max",)"),
                   about);
    EXPECT_EQ(m.text, chat_with(R"("tool_choice":"required","thinking":{"type":"disabled"},)"));
    EXPECT_EQ(m.made.made.text(), "effort_while_disabled, forced_tool_choice");
}

TEST(mends, forced_tool_choice_is_said_where_it_is_on_and_was_the_reason) {
    const std::vector<said_member> off{{"thinking", "type", "\"disabled\""}};
    mend_request about = all_on();
    about.effort = off;
    const std::string body = chat_with(R"("tool_choice":"required",)");
    EXPECT_EQ(mended(api_kind::chat, body, about).made.made.text(), "");
    about.overruled = overruled_by::forced_tool_choice;
    EXPECT_EQ(mended(api_kind::chat, body, about).made.made.text(), "forced_tool_choice");
    about.on.remove(mend::forced_tool_choice);
    EXPECT_EQ(mended(api_kind::chat, body, about).made.made.text(), "");
}

TEST(mends, forced_tool_choice_works_in_responses_and_messages) {
    mend_request about = all_on();
    about.overruled = overruled_by::forced_tool_choice;
    const std::vector<said_member> none{{"reasoning", "effort", "\"none\""}};
    about.effort = none;
    EXPECT_EQ(mended(api_kind::responses,
                     responses_with(R"("reasoning":{"effort":"high","summary":"auto"},)"), about)
                  .text,
              responses_with(R"("reasoning":{"effort":"none","summary":"auto"},)"));
    const std::vector<said_member> off{{"thinking", "type", "\"disabled\""}};
    about.effort = off;
    EXPECT_EQ(
        mended(api_kind::messages,
               messages_with(R"("thinking":{"type":"adaptive"},"output_config":{"effort":"high"},)"), about)
            .text,
        messages_with(R"("thinking":{"type":"disabled"},"output_config":{},)"));
}

// ---- reasoning_off ----

TEST(mends, reasoning_off_switches_thinking_off_and_is_said_so) {
    const std::vector<said_member> off{{"thinking", "type", "\"disabled\""}};
    mend_request about = all_on();
    about.effort = off;
    about.thinking = false;
    const std::string silent = chat_with(R"("tools":[{}],)");
    EXPECT_EQ(mended(api_kind::chat, silent, about).made.made.text(), "") << "the router's own choice";
    about.overruled = overruled_by::reasoning_lost;
    const mended made(api_kind::chat, silent, about);
    EXPECT_EQ(made.made.made.text(), "reasoning_off");
    EXPECT_EQ(nlohmann::json::parse(made.text)["thinking"]["type"], "disabled");
    const mended over(api_kind::messages,
                      messages_with(R"("thinking":{"type":"adaptive"},"output_config":{"effort":"max"},)"),
                      about);
    EXPECT_EQ(over.text, messages_with(R"("thinking":{"type":"disabled"},"output_config":{},)"));
    EXPECT_EQ(over.made.made.text(), "effort_while_disabled, reasoning_off");
    about.on.remove(mend::reasoning_off);
    EXPECT_EQ(mended(api_kind::chat, silent, about).made.made.text(), "");
}

// ---- effort_alias ----

using aliases = std::vector<std::pair<std::string, std::string>>;

TEST(mends, effort_alias_becomes_the_word_it_stands_for) {
    const aliases known{{"minimal", "low"}, {"ultra", "max"}};
    mend_request about = all_on();
    about.effort_aliases = known;
    const mend m = mend::effort_alias;
    expect_mend(m, api_kind::chat, chat_with(R"("reasoning_effort" :"ultra",)"),
                chat_with(R"("reasoning_effort" :"max",)"), about);
    expect_mend(m, api_kind::chat, chat_with(R"("reasoning_effort":"ultr\u0061",)"),
                chat_with(R"("reasoning_effort":"max",)"), about);
    expect_mend(m, api_kind::responses, responses_with(R"("reasoning":{"a":1,"effort":"minimal"},)"),
                responses_with(R"("reasoning":{"a":1,"effort":"low"},)"), about);
    expect_mend(m, api_kind::messages, messages_with(R"("output_config":{"effort":"minimal"},)"),
                messages_with(R"("output_config":{"effort":"low"},)"), about);
    for (const std::string word : {"\"low\"", "\"none\"", "\"unheard of\"", "null", "3"}) {
        expect_left(api_kind::chat, chat_with("\"reasoning_effort\":" + word + ","), about);
    }
}

TEST(mends, effort_alias_yields_to_what_weir_says_and_to_what_is_dropped) {
    const aliases known{{"ultra", "max"}};
    const std::vector<said_member> low{{"reasoning_effort", "", "\"low\""}};
    const std::vector<said_member> inner{{"reasoning", "effort", "\"low\""}};
    mend_request about = all_on();
    about.effort_aliases = known;
    const mended dropped(api_kind::chat,
                         chat_with(R"("thinking":{"type":"disabled"},"reasoning_effort":"ultra",)"), about);
    EXPECT_EQ(dropped.text, chat_with(R"("thinking":{"type":"disabled"},)"));
    EXPECT_EQ(dropped.made.made.text(), "effort_while_disabled");
    about.effort = low;
    const mended over(api_kind::chat, chat_with(R"("reasoning_effort":"ultra",)"), about);
    EXPECT_EQ(over.text, chat_with(R"("reasoning_effort":"low",)"));
    EXPECT_EQ(over.made.made.text(), "");
    about.effort = inner;
    const mended within(api_kind::responses, responses_with(R"("reasoning":{"effort":"ultra"},)"), about);
    EXPECT_EQ(within.text, responses_with(R"("reasoning":{"effort":"low"},)"));
    EXPECT_EQ(within.made.made.text(), "");
}

}  // namespace
}  // namespace weir::dialect
