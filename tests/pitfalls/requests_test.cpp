// What a request says, and what DeepSeek makes of it: bugs 24, 27, 29 to 33 and 37 of docs/pitfalls.md.
#include "pitfalls/support.hpp"

#include <set>

namespace weir::pitfalls {
namespace {

using testing::HasSubstr;

TEST(pitfall_24, the_role_developer_becomes_system_wherever_it_stands) {
    deepseek_behind_weir both;
    const json messages =
        json::parse(R"([{"role":"developer","content":"Be brief."},)"
                    R"({"role":"user","content":"What is a weir?"},)"
                    R"({"content":[{"type":"text","text":"In Latin."}],"role":"developer"},)"
                    R"({"role":"user","content":"The developer said: \"role\"."}])");
    const json body = chat("deepseek-v4-pro", messages);
    expect_refused(both.ask_alone(body), "unknown variant `developer`");
    const http_message answer = both.ask(body);
    expect_served(answer);
    EXPECT_EQ(mended(answer), "developer_role");
    json expected = messages;
    expected[0]["role"] = expected[2]["role"] = "system";
    EXPECT_EQ(both.sent().at("messages"), expected);
}

TEST(pitfall_27, an_answer_is_the_answer_and_not_wrapped_in_anything) {
    deepseek_behind_weir both;
    const http_message answer = both.ask(chat("auto", "What is a weir?"));
    const json alone = json::parse(both.ask_alone(chat("deepseek-flash", "What is a weir?")).body);
    const json whole = json::parse(answer.body);
    for (const auto& [key, value] : alone.items()) EXPECT_TRUE(whole.contains(key)) << key << whole;
    EXPECT_EQ(whole.size(), alone.size()) << whole;
    const json refused = json::parse(both.ask(chat("no-such-model", "hi")).body);
    EXPECT_EQ(refused.size(), 1U) << refused;
    EXPECT_TRUE(refused.at("error").at("message").is_string()) << refused;
}

// Where the upstream itself wraps, the client sees what came, and the row says that its tokens are a guess.
TEST(pitfall_27, an_upstream_that_wraps_is_passed_on_as_it_is_and_not_counted_as_free) {
    const std::string wrapped = R"({"success":true,"data":)" + test::answer_json + "}";
    test::running_weir weir([&](test::wire& w, int) {
        test::read_message(w);
        w.send(test::with_length("200 OK", wrapped));
        w.wait_end(test::patience);
    });
    const http_message answer = weir.ask(test::post(test::hello));
    EXPECT_EQ(answer.body, wrapped);
    const json row = json::parse(weir.row_of(answer));
    EXPECT_EQ(row.at("estimated"), true) << row;
    EXPECT_GT(row.at("cost_pico").get<std::int64_t>(), 0) << row;
}

TEST(pitfall_29, a_limit_that_shrinks_with_the_balance_is_told_in_deepseeks_own_words) {
    const std::string words =
        "Your current concurrency is 40, which exceeds your concurrency limit of 39 based on your remaining "
        "balance. Please top up your balance to restore your concurrency.";
    deepseek_behind_weir both("rules: [{when: {nth: 1}, status: 429, message: '" + words +
                              "', headers: {Retry-After: '7', x-deepseek-request-id: r-1}}]");
    const json body = chat("deepseek-v4-pro", "What is a weir?");
    const http_message answer = both.ask(body);
    EXPECT_EQ(answer.status(), 429);
    EXPECT_EQ(json::parse(answer.body).at("error").at("message"), words);
    EXPECT_EQ(answer.field("Retry-After"), "7");
    EXPECT_EQ(answer.field("x-deepseek-request-id"), "r-1");
    EXPECT_EQ(both.requests(), 1) << "it is not made worse by asking again at once";
    const json row = both.row_of(answer);
    EXPECT_EQ(row.at("outcome"), "upstream_error") << row;
    EXPECT_EQ(row.at("upstream_status"), 429) << row;
    EXPECT_EQ(row.at("cost_pico"), 0) << row;
    EXPECT_EQ(both.ask(body).status(), 200) << "and weir has shut nothing off";
}

// As Claude Code sends it: JSON in a string.
const std::string json_id = R"({"device_id":"d-1","account_uuid":"","session_id":"s-1"})";

TEST(pitfall_30, a_user_id_that_is_json_becomes_a_hash_that_stays_the_same) {
    deepseek_behind_weir both;
    const auto bodies_of = [](const std::string& id) {
        return std::vector<std::pair<std::string, json>>{
            {chat_path, chat("deepseek-flash", "hi", {{"user_id", id}})},
            {responses_path, {{"model", "deepseek-flash"}, {"input", "hi"}, {"user", id}}},
            {messages_path,
             {{"model", "deepseek-flash"},
              {"max_tokens", 900},
              {"messages", json::array({user("hi")})},
              {"metadata", {{"user_id", id}}}}}};
    };
    const auto sent_id = [&](const std::string& path, const json& body) {
        const http_message answer = both.ask(body, path);
        EXPECT_EQ(answer.status(), 200) << body << answer.body;
        EXPECT_THAT(mended(answer), HasSubstr("user_id")) << body;
        const json sent = both.sent();
        if (path == chat_path) return sent.at("user_id").get<std::string>();
        if (path == responses_path) return sent.at("user").get<std::string>();
        return sent.at("metadata").at("user_id").get<std::string>();
    };
    std::set<std::string> hashes;
    for (const auto& [path, body] : bodies_of(json_id)) {
        expect_refused(both.ask_alone(body, path), "Invalid 'user_id': string does not match pattern");
        hashes.insert(sent_id(path, body));
        hashes.insert(sent_id(path, body));
    }
    EXPECT_EQ(hashes.size(), 1U) << "one user is one cache, whatever API he speaks";
    const auto other = bodies_of(R"({"device_id":"d-2"})").front();
    EXPECT_FALSE(hashes.contains(sent_id(other.first, other.second)));
}

TEST(pitfall_30, a_user_id_that_deepseek_takes_is_left_alone) {
    deepseek_behind_weir both;
    const std::string body = chat("deepseek-flash", "hi", {{"user_id", "team-7_a"}}).dump();
    const http_message answer = both.ask(body);
    EXPECT_EQ(mended(answer), "");
    EXPECT_EQ(both.sent_text(), body);
}

TEST(pitfall_31, max_tokens_beside_a_long_prompt_shrink_to_what_the_context_has_left) {
    const std::string small =
        "models: [{id: deepseek-v4-pro, context_tokens_max: 20000, output_tokens_max: 15000}]";
    deepseek_behind_weir both(small, [](config::settings& s) {
        for (router::tier& t : s.routes.tiers) {
            t.context_tokens_max = 20'000;
            t.output_tokens_max = 15'000;
        }
    });
    // 10,000 tokens of text.
    const json body = chat("deepseek-v4-pro", std::string(40'000, 'x'), {{"max_tokens", 14'000}});
    expect_refused(both.ask_alone(body), "This model's maximum context length is 20000 tokens.");
    const http_message answer = both.ask(body);
    expect_served(answer);
    EXPECT_EQ(mended(answer), "max_tokens");
    const auto sent = both.sent().at("max_tokens").get<std::int64_t>();
    EXPECT_TRUE(sent > 1000 && sent < 10'000) << sent;
    EXPECT_EQ(both.sent().at("messages"), body.at("messages"));
}

TEST(pitfall_31, max_tokens_beyond_the_model_become_the_models_own) {
    deepseek_behind_weir both;
    const simulator::model_entry* pro = simulator::default_catalogue().model("deepseek-v4-pro");
    ASSERT_TRUE(pro);
    const json body =
        chat("deepseek-v4-pro", "What is a weir?", {{"max_tokens", pro->output_tokens_max + 1}});
    expect_refused(both.ask_alone(body), "the valid range of max_tokens is [1, 393216]");
    const http_message answer = both.ask(body);
    expect_served(answer);
    EXPECT_EQ(both.sent().at("max_tokens"), pro->output_tokens_max);
    const std::string usual = chat("deepseek-v4-pro", "What is a weir?", {{"max_tokens", 384'000}}).dump();
    EXPECT_EQ(mended(both.ask(usual)), "");
    EXPECT_EQ(both.sent_text(), usual) << "what fits is not touched";
}

json with_image(const std::string& url, const std::string& text = "What is this?") {
    return json::array(
        {{{"role", "user"},
          {"content", json::array({{{"type", "text"}, {"text", text}},
                                   {{"type", "image_url"}, {"image_url", {{"url", url}}}}})}}});
}
const std::string pixel = "data:image/png;base64,iVBORw0KGgo=";

TEST(pitfall_32, an_image_for_pro_is_refused_aloud_instead_of_replaced_in_silence) {
    deepseek_behind_weir both;
    const json body = chat("deepseek-v4-pro", with_image(pixel));
    const unmended alone = both.ask_alone(body);
    ASSERT_EQ(alone.status, 200) << "DeepSeek answers without having seen it";
    ASSERT_LT(json::parse(alone.body)["usage"]["prompt_tokens"], 50);
    const http_message answer = both.ask(body);
    EXPECT_EQ(answer.status(), 400);
    const json error = json::parse(answer.body).at("error");
    EXPECT_THAT(error.at("message").get<std::string>(), HasSubstr("reads no images"));
    EXPECT_EQ(error.at("param"), "messages");
    EXPECT_EQ(both.requests(), 0) << "nothing goes up";
    EXPECT_EQ(both.row_of(answer).at("outcome"), "refused");
}

TEST(pitfall_32, an_image_for_auto_goes_to_a_model_with_eyes_whatever_the_policy_wants) {
    deepseek_behind_weir both;
    const std::string text = "Prove it for every file of the codebase: refactor the test suite.";
    ASSERT_EQ(both.ask(chat("auto", text)).field("x-weir-tier"), "pro") << "or this test tells nothing";
    const http_message answer = both.ask(chat("auto", with_image(pixel, text)));
    expect_served(answer);
    EXPECT_EQ(answer.field("x-weir-tier"), "flash");
    EXPECT_EQ(answer.field("x-weir-reason"), "gate_images");
    EXPECT_GT(both.billed().miss, 300) << "the image itself was read";
}

// DeepSeek fetches it, and often fails; weir neither fetches nor hides that.
TEST(pitfall_32, a_remote_image_that_cannot_be_fetched_is_deepseeks_refusal_word_for_word) {
    deepseek_behind_weir both("default: {status: 400, message: Failed to download image}");
    const json body = chat("deepseek-flash", with_image("https://example.com/a.png?x=1"));
    const http_message answer = both.ask(body.dump());
    EXPECT_EQ(answer.status(), 400);
    EXPECT_EQ(json::parse(answer.body).at("error").at("message"), "Failed to download image");
    EXPECT_EQ(both.sent_text(), body.dump());
    EXPECT_EQ(both.row_of(answer).at("cost_pico"), 0);
}

std::string long_text() {
    std::string text;
    for (int i = 0; i < 400; ++i) text += "Rule " + std::to_string(i) + ": leave the river alone. ";
    return text;
}

// The client drops its reasoning and names its user as JSON, and still every turn finds the cache as warm as
// that of a client without fault which asks DeepSeek itself.
TEST(pitfall_33, a_conversation_behind_weir_hits_the_cache_as_often_as_without) {
    deepseek_behind_weir both;
    simulator::simulator direct{simulator::default_script()};
    json good = json::array({{{"role", "system"}, {"content", long_text()}}});
    json faulty = good;
    std::int64_t hits = 0;
    for (const std::string ask : {"run ls", "run it again", "What was it?"}) {
        good.push_back(user(ask));
        faulty.push_back(user(ask));
        json body = chat("deepseek-flash", faulty, with_run_tool());
        body["user_id"] = json_id;
        const http_message answer = both.ask(body);
        expect_served(answer);
        // Answers depend on the user's id, so both are the same one.
        json by_itself = chat("deepseek-flash", good, with_run_tool());
        by_itself["user_id"] = both.sent().at("user_id");
        const unmended said = ask_box(direct, by_itself.dump());
        ASSERT_EQ(said.status, 200) << said.body;
        hits = json::parse(said.body).at("usage").at("prompt_cache_hit_tokens").get<std::int64_t>();
        EXPECT_EQ(both.billed().hit, hits) << ask;
        good = with_results(good, message_of(said.body));
        faulty = with_results(faulty, forgetful(message_of(answer)));
    }
    EXPECT_GT(hits, 1000) << "or there was no cache to be lost";
}

TEST(pitfall_33, a_routed_tool_loop_stays_on_its_model_and_effort) {
    deepseek_behind_weir both;
    json messages = json::array({{{"role", "system"}, {"content", long_text()}}, user("run ls")});
    std::set<std::string> ways;
    for (int turn = 0; turn < 3; ++turn) {
        const http_message answer = both.ask(chat("auto", messages, with_run_tool()));
        expect_served(answer);
        ways.insert(answer.field("x-weir-model") + " " + answer.field("x-weir-effort"));
        const usage billed = both.billed();
        if (turn > 0) EXPECT_GT(billed.hit * 10, (billed.hit + billed.miss) * 9) << "turn " << turn;
        messages = with_results(messages, message_of(answer));
        if (turn > 0) messages.push_back(user("And then?"));
    }
    EXPECT_EQ(ways.size(), 1U) << testing::PrintToString(ways);
}

const json dam_schema = json::parse(
    R"({"type":"json_schema","json_schema":{"name":"dam","schema":{"type":"object","required":["answer"],)"
    R"("properties":{"answer":{"type":"string"}}}}})");

TEST(pitfall_37, json_without_the_word_is_refused_by_deepseek_and_not_by_a_guess) {
    deepseek_behind_weir both;
    const json body = chat("deepseek-flash", "Name a dam.", {{"response_format", {{"type", "json_object"}}}});
    const unmended alone = both.ask_alone(body);
    expect_refused(alone, "must contain the word 'json'");
    const http_message answer = both.ask(body);
    EXPECT_EQ(answer.status(), 400);
    EXPECT_EQ(answer.body, alone.body) << "the words say what to do";
    EXPECT_EQ(both.row_of(answer).at("cost_pico"), 0);
}

TEST(pitfall_37, a_json_schema_brings_the_word_along_and_is_checked) {
    deepseek_behind_weir both("rules: [{when: {nth: 2}, empty_content: true}]");
    const json body = chat("deepseek-flash", "Name a dam.", {{"response_format", dam_schema}});
    expect_refused(both.ask_alone(body), "This response_format type is unavailable now");
    const http_message answer = both.ask(body);
    expect_served(answer);
    EXPECT_EQ(mended(answer), "json_schema");
    EXPECT_EQ(answer.field("x-weir-checked"), "schema_fits") << answer.body;
    // DeepSeek's JSON mode may come back with nothing at all.
    const http_message empty = both.ask(body);
    expect_served(empty);
    EXPECT_EQ(message_of(empty).at("content"), "");
    EXPECT_EQ(empty.field("x-weir-checked"), "schema_not_json");
    EXPECT_EQ(both.row_of(empty).at("checked"), "schema_not_json");
}

}  // namespace
}  // namespace weir::pitfalls
