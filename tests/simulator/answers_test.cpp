// What the model says, and what it is billed for.

#include "../../src/simulator/tokens.hpp"
#include "box.hpp"

namespace weir::simulator {
namespace {

json effort(const std::string& word) { return {{"reasoning_effort", word}}; }
const json off{{"thinking", {{"type", "disabled"}}}};
const json weather =
    tool_named("get_weather", {{"type", "object"},
                               {"properties",
                                {{"city", {{"type", "string"}}},
                                 {"days", {{"type", "integer"}}},
                                 {"unit", {{"type", "string"}, {"enum", json::array({"C", "F"})}}},
                                 {"note", {{"type", "string"}}}}},
                               {"required", json::array({"city", "days", "unit"})}});

TEST(answers, have_the_documented_members) {
    const json body = whole(ask(chat("hi")));
    EXPECT_EQ(body["object"], "chat.completion");
    EXPECT_EQ(body["created"], 1'795'000'000);
    EXPECT_EQ(body["model"], "deepseek-v4-flash");
    EXPECT_FALSE(body["system_fingerprint"].get<std::string>().empty());
    EXPECT_EQ(body["choices"].size(), 1U);
    EXPECT_EQ(body["choices"][0]["index"], 0);
    EXPECT_EQ(body["choices"][0]["finish_reason"], "stop");
    EXPECT_EQ(body["choices"][0]["message"]["role"], "assistant");
    EXPECT_TRUE(body["choices"][0]["logprobs"].is_null());
}

TEST(answers, think_unless_told_not_to) {
    EXPECT_TRUE(message_of(ask(chat("hi"))).contains("reasoning_content"));
    for (const json& how : {off, effort("none")}) {
        const answer said = ask(chat("hi", how));
        EXPECT_FALSE(message_of(said).contains("reasoning_content")) << how.dump();
        EXPECT_EQ(said.used->reasoning, 0);
        EXPECT_GT(said.used->output, 0);
    }
}

TEST(answers, more_effort_thinks_longer_and_aliases_are_their_level) {
    const auto reasoning = [](const std::string& text, const std::string& word) {
        return ask(chat(text, effort(word))).used->reasoning;
    };
    for (int i = 0; i < 20; ++i) {
        const std::string text = "question " + std::to_string(i);
        EXPECT_LT(reasoning(text, "low"), reasoning(text, "high"));
        EXPECT_LT(reasoning(text, "high"), reasoning(text, "max"));
        EXPECT_EQ(reasoning(text, "minimal"), reasoning(text, "low"));
        EXPECT_EQ(reasoning(text, "medium"), reasoning(text, "high"));
        EXPECT_EQ(reasoning(text, "xhigh"), reasoning(text, "high"));
        EXPECT_EQ(reasoning(text, "ultra"), reasoning(text, "max"));
        EXPECT_EQ(ask(chat(text)).used->reasoning, reasoning(text, "high")) << "high is the default";
    }
}

TEST(answers, repeat_themselves_for_one_prompt_and_differ_between_prompts) {
    EXPECT_EQ(message_of(ask(chat("hi"))), message_of(ask(chat("hi"))));
    EXPECT_NE(message_of(ask(chat("hi"))), message_of(ask(chat("ho"))));
}

TEST(answers, are_20_to_200_tokens_and_sometimes_beyond_ascii) {
    int beyond_ascii = 0;
    for (int i = 0; i < 50; ++i) {
        const answer said = ask(chat("question " + std::to_string(i), off));
        const std::string content = message_of(said)["content"];
        EXPECT_EQ(count_tokens(content), said.used->output);
        EXPECT_GE(said.used->output, 20);
        EXPECT_LE(said.used->output, 200);
        beyond_ascii +=
            std::ranges::any_of(content, [](char c) { return static_cast<unsigned char>(c) > 0x7f; });
    }
    EXPECT_GT(beyond_ascii, 25);
}

TEST(answers, usage_is_told_in_both_styles_and_adds_up) {
    const answer said = ask(chat("hi"));
    const json usage = whole(said)["usage"];
    EXPECT_EQ(usage["prompt_tokens"], said.used->hit + said.used->miss);
    EXPECT_EQ(usage["prompt_cache_hit_tokens"], said.used->hit);
    EXPECT_EQ(usage["prompt_cache_miss_tokens"], said.used->miss);
    EXPECT_EQ(usage["prompt_tokens_details"]["cached_tokens"], said.used->hit);
    EXPECT_EQ(usage["completion_tokens"], said.used->output);
    EXPECT_EQ(usage["completion_tokens_details"]["reasoning_tokens"], said.used->reasoning);
    EXPECT_EQ(usage["total_tokens"], said.used->hit + said.used->miss + said.used->output);
    EXPECT_LT(said.used->reasoning, said.used->output);
}

TEST(answers, max_tokens_bounds_thought_and_answer_together) {
    const answer nothing_left = ask(chat("hi", {{"max_tokens", 5}}));
    EXPECT_EQ(nothing_left.used->reasoning, 5);
    EXPECT_EQ(nothing_left.used->output, 5);
    EXPECT_EQ(message_of(nothing_left)["content"], "");
    EXPECT_EQ(whole(nothing_left)["choices"][0]["finish_reason"], "length");

    json short_answer = off;
    short_answer["max_tokens"] = 7;
    const answer cut = ask(chat("hi", short_answer));
    EXPECT_EQ(cut.used->output, 7);
    EXPECT_EQ(count_tokens(message_of(cut)["content"].get<std::string>()), 7);
    EXPECT_EQ(whole(cut)["choices"][0]["finish_reason"], "length");
}

TEST(answers, end_before_a_stop_word) {
    const std::string full = message_of(ask(chat("hi", off)))["content"];
    const std::size_t space = full.find(' ', 10);
    const std::string word = full.substr(space, full.find(' ', space + 1) - space);
    json stopped = off;
    stopped["stop"] = json::array({"never said at all", word});
    EXPECT_EQ(message_of(ask(chat("hi", stopped)))["content"], full.substr(0, full.find(word)));
}

TEST(answers, are_json_in_json_mode) {
    for (int i = 0; i < 20; ++i) {
        const json message = message_of(ask(chat("some JSON please, " + std::to_string(i),
                                                 {{"response_format", {{"type", "json_object"}}}})));
        const json content = json::parse(message["content"].get<std::string>(), nullptr, false);
        EXPECT_TRUE(content.is_object()) << message["content"];
    }
}

TEST(tool_calls, come_when_the_last_human_text_names_the_tool_or_asks_for_it) {
    const json tools{{"tools", json::array({tool_named("other"), weather})}};
    const std::pair<const char*, const char*> table[]{{"What does get_weather say?", "get_weather"},
                                                      {"please Use The Tool now", "other"},
                                                      {"forget_weather_now", ""},
                                                      {"just hello", ""}};
    for (const auto& [text, name] : table) {
        const answer said = ask(chat(text, tools));
        const json message = message_of(said);
        EXPECT_EQ(message.contains("tool_calls") ? message["tool_calls"][0]["function"]["name"] : "", name)
            << text;
        EXPECT_EQ(whole(said)["choices"][0]["finish_reason"], *name ? "tool_calls" : "stop") << text;
    }
}

TEST(tool_calls, fill_the_required_properties_by_type) {
    const json call =
        message_of(ask(chat("get_weather?", {{"tools", json::array({weather})}})))["tool_calls"][0];
    EXPECT_EQ(call["type"], "function");
    EXPECT_TRUE(call["id"].get<std::string>().starts_with("call_00_"));
    const json arguments = json::parse(call["function"]["arguments"].get<std::string>());
    EXPECT_EQ(arguments.size(), 3U) << arguments.dump();
    EXPECT_TRUE(arguments["city"].is_string());
    EXPECT_TRUE(arguments["days"].is_number_integer());
    EXPECT_EQ(arguments["unit"], "C");
}

TEST(tool_calls, are_not_made_again_after_the_result) {
    const json tools{{"tools", json::array({weather})}};
    simulator box{default_script()};
    json messages = json::array({user("get_weather?")});
    const json first = message_of(ask(box, chat(messages, tools)));
    messages.push_back(first);
    messages.push_back(
        {{"role", "tool"}, {"tool_call_id", first["tool_calls"][0]["id"]}, {"content", "12 degrees"}});
    const answer second = ask(box, chat(messages, tools));
    ASSERT_EQ(second.status, 200) << second.payload();
    EXPECT_FALSE(message_of(second).contains("tool_calls"));
    EXPECT_FALSE(message_of(second)["content"].get<std::string>().empty());
}

TEST(tool_calls, follow_tool_choice) {
    const auto called = [](json choice) {
        json more = off;
        more["tools"] = json::array({tool_named("first"), weather});
        more["tool_choice"] = std::move(choice);
        const json message = message_of(ask(chat("get_weather?", more)));
        return message.contains("tool_calls")
                   ? message["tool_calls"][0]["function"]["name"].get<std::string>()
                   : "";
    };
    EXPECT_EQ(called("none"), "");
    EXPECT_EQ(called("auto"), "get_weather");
    EXPECT_EQ(called("required"), "first");
    EXPECT_EQ(called({{"type", "function"}, {"function", {{"name", "get_weather"}}}}), "get_weather");
}

TEST(tool_calls, are_cut_by_max_tokens_too) {
    json more = off;
    more["tools"] = json::array({weather});
    more["max_tokens"] = 5;
    const answer said = ask(chat("get_weather?", more));
    EXPECT_EQ(whole(said)["choices"][0]["finish_reason"], "length");
    EXPECT_EQ(said.used->output, 5);
}

}  // namespace
}  // namespace weir::simulator
