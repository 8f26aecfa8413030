// The prefix cache, as a client sees it in usage.

#include "box.hpp"

namespace weir::simulator {
namespace {

const std::string long_text(4 * 1000, 'x');  // 1,000 tokens

std::int64_t hit(simulator& box, const json& body) {
    const answer said = ask(box, body);
    EXPECT_EQ(said.status, 200) << said.payload();
    return said.used ? said.used->hit : -1;
}

// A conversation that has been asked once, and its next turn with the model's own answer in it.
struct conversation {
    json first;
    json second;
};
conversation talk(simulator& box, const json& more, bool replay_thoughts) {
    json messages = json::array({system_text(long_text), user("first question")});
    const json first = chat(messages, more);
    json said = message_of(ask(box, first));
    if (!replay_thoughts) said.erase("reasoning_content");
    messages.push_back(said);
    messages.push_back(user("second question"));
    return {first, chat(messages, more)};
}

TEST(context_cache, a_first_prompt_misses_and_its_repetition_hits) {
    simulator box{default_script()};
    const json body = chat(json::array({system_text(long_text), user("hi")}));
    EXPECT_EQ(hit(box, body), 0);
    const answer again = ask(box, body);
    EXPECT_EQ(again.used->hit, 896) << "seven units of 128; the rest is shorter than a unit";
    EXPECT_GT(again.used->miss, 0);
}

TEST(context_cache, a_short_prompt_never_hits) {
    simulator box{default_script()};
    EXPECT_EQ(hit(box, chat("hi")), 0);
    EXPECT_EQ(hit(box, chat("hi")), 0);
}

TEST(context_cache, another_question_after_the_same_system_text_hits_the_system_text) {
    simulator box{default_script()};
    hit(box, chat(json::array({system_text(long_text), user("one")})));
    EXPECT_EQ(hit(box, chat(json::array({system_text(long_text), user("two " + long_text)}))), 896);
    EXPECT_EQ(hit(box, chat(json::array({system_text("y" + long_text), user("two")}))), 0)
        << "what begins otherwise shares nothing";
}

TEST(context_cache, the_models_own_answer_is_cached_for_the_next_turn) {
    simulator box{script_of("default: {output_tokens: 1000}")};
    const conversation c = talk(box, {{"thinking", {{"type", "disabled"}}}}, true);
    EXPECT_GT(hit(box, c.second), 1900);
}

TEST(context_cache, thoughts_are_part_of_the_prefix_only_where_tools_are_offered) {
    const json tools{{"tools", json::array({tool_named("search")})}};
    const std::string_view script_text = "default: {output_tokens: 1000, reasoning_tokens: 1000}";
    simulator with_tools{script_of(script_text)};
    EXPECT_GT(hit(with_tools, talk(with_tools, tools, true).second), 2900);
    simulator without{script_of(script_text)};
    EXPECT_LT(hit(without, talk(without, json::object(), false).second), 1100)
        << "the old thought is not rendered";
}

TEST(context_cache, aliases_of_flash_share_one_cache_and_pro_has_its_own) {
    simulator box{default_script()};
    const auto body = [](const char* model) {
        return chat(json::array({system_text(long_text), user("hi")}), {{"model", model}});
    };
    EXPECT_EQ(hit(box, body("deepseek-flash")), 0);
    EXPECT_EQ(hit(box, body("deepseek-v4-flash")), 896);
    EXPECT_EQ(hit(box, body("deepseek-v4-flash-vision-exp")), 896);
    EXPECT_EQ(hit(box, body("deepseek-v4-pro")), 0);
    EXPECT_EQ(hit(box, body("deepseek-v4-pro")), 896);
}

TEST(context_cache, another_effort_mode_tenant_or_tool_order_is_another_prefix) {
    const json a = tool_named("a");
    const json b = tool_named("b");
    const std::vector<json> others{{{"reasoning_effort", "low"}},          {{"reasoning_effort", "max"}},
                                   {{"thinking", {{"type", "disabled"}}}}, {{"user_id", "tenant-1"}},
                                   {{"tools", json::array({a, b})}},       {{"tools", json::array({b, a})}}};
    simulator box{default_script()};
    const json messages = json::array({system_text(long_text), user("hi")});
    hit(box, chat(messages));
    for (const json& more : others) EXPECT_EQ(hit(box, chat(messages, more)), 0) << more.dump();
    for (const json& more : others) EXPECT_GE(hit(box, chat(messages, more)), 896) << more.dump();
}

TEST(context_cache, neither_key_order_nor_stream_nor_sampling_matter) {
    simulator box{default_script()};
    const json messages = json::array({system_text(long_text), user("hi")});
    const json tool = tool_named("a");
    const std::string turned =
        R"({"function":{"parameters":{},"name":"a","description":"for tests"},"type":"function"})";
    hit(box, chat(messages, {{"tools", json::array({tool})}}));
    const std::string body =
        R"({"temperature":0.5,"max_tokens":9,"stream":true,"model":"deepseek-v4-flash","tools":[)" + turned +
        R"(],"messages":)" + messages.dump() + "}";
    EXPECT_GE(ask(box, body).used->hit, 896);
}

TEST(context_cache, is_bounded) {
    simulator box{script_of("cache: {unit_tokens: 64, units_max: 20}")};
    const json one = chat(json::array({system_text("a" + long_text), user("hi")}));
    const json two = chat(json::array({system_text("b" + long_text), user("hi")}));
    EXPECT_EQ(hit(box, one), 0);
    EXPECT_EQ(hit(box, one), 960);
    EXPECT_EQ(hit(box, two), 0);
    EXPECT_LT(hit(box, one), 960) << "the second prompt pushed most of the first out";
}

TEST(context_cache, a_refused_request_leaves_nothing_behind) {
    simulator box{default_script()};
    const json messages = json::array({system_text(long_text), user("hi")});
    ask(box, chat(messages, {{"max_tokens", 0}}));
    EXPECT_EQ(hit(box, chat(messages)), 0);
}

}  // namespace
}  // namespace weir::simulator
