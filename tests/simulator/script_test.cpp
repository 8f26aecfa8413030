#include "box.hpp"

#include <fstream>

namespace weir::simulator {
namespace {

TEST(scripts, an_empty_one_changes_nothing) {
    for (const char* text : {"", "# only a comment\n", "rules: []\n"}) {
        const auto read = parse_script(text);
        ASSERT_TRUE(read.has_value()) << read.error().detail;
        EXPECT_TRUE(read->rules.empty());
        EXPECT_EQ(read->offered.models.size(), default_catalogue().models.size());
    }
}

TEST(scripts, every_mistake_is_named_with_its_place) {
    const std::pair<const char*, const char*> table[]{
        {"rule: []\n", "line 1, column 1: the script has no key rule"},
        {"rules:\n  - when: {nht: 3}\n", "line 2, column 12: rules[0].when has no key nht"},
        {"rules:\n  - status: 200\n",
         "line 2, column 13: rules[0].status must be a whole number from 400 to 599, not 200"},
        {"rules:\n  - status: high\n", "not high"},
        {"default: {delay_ms: -1}\n", "line 1, column 21: default.delay_ms"},
        {"default: {garbage: maybe}\n", "must be true or false, not maybe"},
        {"default: {token_ms: 1, token_ms: 2}\n", "the key token_ms is repeated"},
        {"default: {message: x}\n", "message needs a status or error_after_events"},
        {"default: {raw_body: x}\n", "raw_body needs a status"},
        {"default: {status: 500, error_after_events: 1}\n", "only one of status and error_after_events"},
        {"default: {tool_calls: bash}\n", "tool_calls must be a list of at least one call"},
        {"default: {tool_calls: [{arguments: {}}]}\n", "tool_calls[0]: name is missing"},
        {"default: {tool_calls: [{name: a, arguments: 5}]}\n", "tool_calls[0]: arguments must be a map"},
        {"rules: [{when: {endpoint: embeddings}}]\n", "must be chat, responses, messages or completions"},
        {"default: {no_usage: true, usage_null: true}\n", "only one of no_usage"},
        {"default: {keep_alive_every_ms: 5}\n", "needs a first_token_ms"},
        {"rules: {status: 500}\n", "rules must be a list"},
        {"rules: [5]\n", "rules[0] must be a map"},
        {"keys: {bad: sk-1}\n", "keys.bad must be a list"},
        {"models: []\n", "at least one model"},
        {"models: [{id: a}, {id: a}]\n", "the id a is repeated"},
        {"efforts: {default: high, levels: []}\n", "default must name one of the levels"},
        {"a: 1\n---\nb: 2\n", "one document"},
        {"rules: [\n", "line "},
    };
    for (const auto& [text, says] : table) {
        const auto read = parse_script(text);
        ASSERT_FALSE(read.has_value()) << text;
        EXPECT_EQ(read.error().code, errc::bad_config);
        EXPECT_NE(read.error().detail.find(says), std::string::npos) << text << read.error().detail;
    }
}

TEST(scripts, all_mistakes_are_told_at_once) {
    const auto read = parse_script("oops: 1\ndefault: {delay_ms: x, hello: 2}\n");
    ASSERT_FALSE(read.has_value());
    EXPECT_EQ(std::ranges::count(read.error().detail, '\n'), 2) << read.error().detail;
}

TEST(scripts, are_read_from_files) {
    EXPECT_EQ(load_script("no/such/file.yaml").error().code, errc::file);
    const std::string path = testing::TempDir() + "weir_simulator_script_test.yaml";
    std::ofstream(path) << "rules:\n  - status: 42\n";
    const auto bad = load_script(path);
    ASSERT_FALSE(bad.has_value());
    EXPECT_TRUE(bad.error().detail.starts_with(path + ":\nline 2")) << bad.error().detail;
    std::ofstream(path) << "rules:\n  - status: 503\n";
    const auto good = load_script(path);
    ASSERT_TRUE(good.has_value());
    EXPECT_EQ(good->rules.at(0).act.status, 503);
    std::remove(path.c_str());
}

TEST(scripts, can_offer_other_models) {
    simulator box{script_of("models: [{id: tiny, context_tokens_max: 300, output_tokens_max: 100}]")};
    EXPECT_EQ(ask(box, chat("hi", {{"model", "tiny"}})).status, 200);
    EXPECT_EQ(ask(box, chat("hi")).status, 400);
    EXPECT_EQ(ask(box, chat(std::string(4000, 'x'), {{"model", "tiny"}})).status, 400) << "over the context";
}

std::string statuses(simulator& box, int n, const json& body) {
    std::string seen;
    for (int i = 0; i < n; ++i) seen += std::to_string(ask(box, body).status) + " ";
    return seen;
}

TEST(rules, the_first_that_matches_takes_the_request) {
    simulator box{script_of(R"(
rules:
  - {when: {ask_contains: slow down}, status: 429}
  - {when: {model: deepseek-v4-pro}, status: 503}
  - {when: {stream: true}, status: 500}
)")};
    const json pro{{"model", "deepseek-v4-pro"}};
    EXPECT_EQ(ask(box, chat("hi")).status, 200);
    EXPECT_EQ(ask(box, chat("please slow down")).status, 429);
    EXPECT_EQ(ask(box, chat("please slow down", pro)).status, 429);
    EXPECT_EQ(ask(box, chat("hi", pro)).status, 503);
    EXPECT_EQ(ask(box, chat("hi", {{"stream", true}})).status, 500);
}

TEST(rules, only_the_last_human_text_counts) {
    simulator box{script_of("rules: [{when: {ask_contains: boom}, status: 500}]")};
    const json assistant{{"role", "assistant"}, {"content", "boom"}};
    EXPECT_EQ(ask(box, chat(json::array({user("boom"), assistant, user("fine")}))).status, 200);
    EXPECT_EQ(ask(box, chat(json::array({user("fine"), assistant, user("boom")}))).status, 500);
    const json blocks = json::array({{{"type", "text"}, {"text", "bo"}}, {{"type", "text"}, {"text", "om"}}});
    EXPECT_EQ(ask(box, chat(json::array({{{"role", "user"}, {"content", blocks}}}))).status, 500);
}

TEST(rules, nth_and_every_count_what_meets_the_other_conditions) {
    simulator nth{script_of("rules: [{when: {nth: 2}, status: 429}]")};
    EXPECT_EQ(statuses(nth, 4, chat("hi")), "200 429 200 200 ");
    simulator every{script_of("rules: [{when: {every: 3}, status: 503}]")};
    EXPECT_EQ(statuses(every, 7, chat("hi")), "200 200 503 200 200 503 200 ");
    simulator both{script_of("rules: [{when: {nth: 1, ask_contains: x}, status: 500}]")};
    EXPECT_EQ(statuses(both, 2, chat("hi")), "200 200 ");
    EXPECT_EQ(statuses(both, 2, chat("x")), "500 200 ");
}

TEST(rules, a_rule_counts_requests_that_an_earlier_one_takes) {
    simulator box{script_of("rules: [{when: {nth: 1}, status: 500}, {when: {nth: 2}, status: 503}]")};
    EXPECT_EQ(statuses(box, 3, chat("hi")), "500 503 200 ");
}

TEST(rules, default_actions_are_for_requests_that_no_rule_takes) {
    simulator box{
        script_of("{default: {content: plain}, rules: [{when: {ask_contains: x}, content: special}]}")};
    EXPECT_EQ(message_of(ask(box, chat("hi")))["content"], "plain");
    EXPECT_EQ(message_of(ask(box, chat("x")))["content"], "special");
}

}  // namespace
}  // namespace weir::simulator
