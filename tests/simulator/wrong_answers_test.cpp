// A model that is wrong in ways that a check can tell.

#include "box.hpp"

namespace weir::simulator {
namespace {

const json wants_logprobs{{"logprobs", true}};

TEST(wrong_answers, tokens_are_as_probable_as_the_script_says) {
    simulator box{script_of("default: {content: A low dam, logprob: -0.25}\n")};
    const json choice = whole(ask(box, chat("hi", wants_logprobs)))["choices"][0];
    const json& rated = choice["logprobs"]["content"];
    std::string text;
    for (const json& token : rated) {
        EXPECT_EQ(token["logprob"], -0.25) << token;
        EXPECT_EQ(token["bytes"].size(), token["token"].get<std::string>().size()) << token;
        text += token["token"].get<std::string>();
    }
    EXPECT_EQ(text, "A low dam");
}

TEST(wrong_answers, a_stream_tells_the_probability_of_each_token_once) {
    simulator box{script_of("default: {output_tokens: 40, logprob: -1.5}\n")};
    json asked = chat("hi", wants_logprobs);
    asked["stream"] = true;
    std::string text;
    const stream_read read = read_stream(ask(box, asked));
    for (const json& chunk : read.chunks) {
        const json& logprobs = chunk["choices"][0]["logprobs"];
        if (logprobs.is_null()) continue;
        for (const json& token : logprobs["content"]) text += token["token"].get<std::string>();
    }
    EXPECT_EQ(text, read.content);
    EXPECT_FALSE(text.empty());
}

TEST(wrong_answers, nobody_is_told_probabilities_who_did_not_ask) {
    simulator box{script_of("default: {logprob: -1}\n")};
    EXPECT_TRUE(whole(ask(box, chat("hi")))["choices"][0]["logprobs"].is_null());
    simulator plain{default_script()};
    EXPECT_TRUE(whole(ask(plain, chat("hi", wants_logprobs)))["choices"][0]["logprobs"].is_null());
}

TEST(wrong_answers, arguments_may_be_any_text) {
    const json tools{{"tools", json::array({tool_named("get_weather")})}};
    simulator box{script_of(R"(default: {tool_calls: [{name: get_weather, arguments_text: '{"city":'}]})"
                            "\n")};
    const json call = message_of(ask(box, chat("hi", tools)))["tool_calls"][0];
    EXPECT_EQ(call["function"]["arguments"], R"({"city":)") << call;
    json streamed = chat("hi", tools);
    streamed["stream"] = true;
    EXPECT_EQ(read_stream(ask(box, streamed)).arguments, R"({"city":)");
}

TEST(wrong_answers, what_is_no_probability_is_refused_with_its_place) {
    const std::pair<const char*, const char*> all[] = {
        {"default: {logprob: 0.5}\n", "logprob must be a number between -9999 and 0"},
        {"default: {logprob: none}\n", "logprob must be a number between -9999 and 0"},
        {"default: {tool_calls: [{name: a, arguments: {}, arguments_text: x}]}\n",
         "only one of arguments and arguments_text can hold"},
    };
    for (const auto& [yaml, complaint] : all) {
        const auto read = parse_script(yaml);
        ASSERT_FALSE(read.has_value()) << yaml;
        EXPECT_NE(read.error().detail.find(complaint), std::string::npos) << read.error().detail;
        EXPECT_NE(read.error().detail.find("line 1"), std::string::npos) << read.error().detail;
    }
}

}  // namespace
}  // namespace weir::simulator
