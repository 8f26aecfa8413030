// Thinking that has to come back, and does not: bugs 1 to 5, 25 and 35 of docs/pitfalls.md.
#include "pitfalls/support.hpp"

#include <algorithm>
#include <mutex>

namespace weir::pitfalls {
namespace {

using testing::HasSubstr;

TEST(pitfall_01, a_client_that_drops_reasoning_gets_it_put_back_on_the_second_turn) {
    deepseek_behind_weir both;
    const json ask = chat("deepseek-v4-pro", "run ls", with_run_tool());
    const http_message first = both.ask(ask);
    expect_served(first);
    const json said = message_of(first);
    ASSERT_FALSE(said.at("tool_calls").empty()) << said;
    ASSERT_FALSE(said.at("reasoning_content").get<std::string>().empty()) << said;

    const json second =
        chat("deepseek-v4-pro", with_results(ask.at("messages"), forgetful(said)), with_run_tool());
    expect_refused(both.ask_alone(second), reasoning_demanded);
    const http_message answer = both.ask(second);
    expect_served(answer);
    EXPECT_EQ(mended(answer), "reasoning");
    EXPECT_EQ(both.sent().at("messages").at(1).at("reasoning_content"), said.at("reasoning_content"));
}

// DeepSeek demands it of every turn of the assistant as soon as tools are offered.
TEST(pitfall_01, a_turn_that_called_no_tool_gets_its_reasoning_back_too) {
    deepseek_behind_weir both;
    const json ask = chat("deepseek-flash", "What is a weir?", with_run_tool());
    const http_message first = both.ask(ask);
    const json said = message_of(first);
    ASSERT_FALSE(said.contains("tool_calls")) << said;

    json messages = with_results(ask.at("messages"), forgetful(said));
    messages.push_back(user("And a dam?"));
    const json second = chat("deepseek-flash", messages, with_run_tool());
    expect_refused(both.ask_alone(second), reasoning_demanded);
    const http_message answer = both.ask(second);
    expect_served(answer);
    EXPECT_EQ(both.sent().at("messages").at(1).at("reasoning_content"), said.at("reasoning_content"));
}

TEST(pitfall_01, thinking_blocks_of_messages_are_put_back_with_their_signature) {
    deepseek_behind_weir both;
    json ask{{"model", "claude-opus-4-8"}, {"max_tokens", 4000}, {"messages", json::array({user("run ls")})}};
    ask["tools"] = json::parse(R"([{"name":"run","input_schema":{"type":"object"}}])");
    const http_message first = both.ask(ask, messages_path);
    expect_served(first);
    const json blocks = json::parse(first.body).at("content");
    ASSERT_EQ(blocks.at(0).at("type"), "thinking") << blocks;
    ASSERT_EQ(blocks.at(1).at("type"), "tool_use") << blocks;

    json second = ask;
    second["messages"].push_back({{"role", "assistant"}, {"content", json::array({blocks.at(1)})}});
    second["messages"].push_back(
        {{"role", "user"},
         {"content", json::array({{{"type", "tool_result"}, {"tool_use_id", blocks.at(1).at("id")}}})}});
    expect_refused(both.ask_alone(second, messages_path), thinking_demanded);
    const http_message answer = both.ask(second, messages_path);
    expect_served(answer);
    EXPECT_THAT(mended(answer), HasSubstr("reasoning"));
    EXPECT_EQ(both.sent().at("messages").at(1).at("content"), blocks) << both.sent();
}

// A gateway between client and weir gives the thinking another name on its way out and back.
TEST(pitfall_02, reasoning_that_another_gateway_renamed_is_put_back_under_its_own_name) {
    deepseek_behind_weir both;
    json ask = chat("deepseek-v4-pro", "run ls", with_run_tool());
    ask["stream"] = true;
    const http_message first = both.ask(ask);
    expect_served(first);
    const streamed said = stream_of(first.body);
    ASSERT_FALSE(said.reasoning.empty()) << first.body;

    json kept{{"role", "assistant"}, {"content", ""}, {"tool_calls", said.calls}};
    kept["reasoning"] = said.reasoning;
    kept["reasoning_details"] = json::array({{{"type", "reasoning.text"}, {"text", said.reasoning}}});
    const json second = chat("deepseek-v4-pro", with_results(ask.at("messages"), kept), with_run_tool());
    expect_refused(both.ask_alone(second), reasoning_demanded);
    const http_message answer = both.ask(second);
    expect_served(answer);
    EXPECT_EQ(mended(answer), "reasoning");
    json expected = kept;
    expected["reasoning_content"] = said.reasoning;
    EXPECT_EQ(both.sent().at("messages").at(1), expected) << "and nothing else is touched";
}

TEST(pitfall_03, an_empty_reasoning_that_the_client_takes_for_none_is_put_back_for_twenty_turns) {
    deepseek_behind_weir both("rules: [{when: {every: 2}, reasoning_tokens: 0}]");
    json messages = json::array();
    std::vector<json> thoughts;
    json asked;
    for (int turn = 0; turn < 20; ++turn) {
        messages.push_back(user("Name river " + std::to_string(turn) + "."));
        asked = chat("deepseek-flash", messages, with_run_tool());
        const http_message answer = both.ask(asked);
        ASSERT_EQ(answer.status(), 200) << "turn " << turn << ": " << answer.body;
        // The second answer is the first that has none.
        EXPECT_EQ(mended(answer), turn < 2 ? "" : "reasoning") << "turn " << turn;
        json said = message_of(answer);
        thoughts.push_back(said.at("reasoning_content"));
        // The bug: a test for truth, where "" is false.
        if (thoughts.back() == "") said = forgetful(said);
        messages.push_back(said);
    }
    EXPECT_EQ(std::count(thoughts.begin(), thoughts.end(), ""), 10);
    expect_refused(both.ask_alone(asked), reasoning_demanded);
    const json sent = both.sent().at("messages");
    for (std::size_t turn = 0; turn + 1 < thoughts.size(); ++turn) {
        EXPECT_EQ(sent.at(2 * turn + 1).at("reasoning_content"), thoughts[turn]) << "turn " << turn;
    }
}

TEST(pitfall_03, an_empty_reasoning_that_the_client_sends_goes_up_as_it_is) {
    deepseek_behind_weir both("default: {reasoning_tokens: 0}");
    const json ask = chat("deepseek-flash", "run ls", with_run_tool());
    const json said = message_of(both.ask(ask));
    ASSERT_EQ(said.at("reasoning_content"), "");
    const std::string second =
        chat("deepseek-flash", with_results(ask.at("messages"), said), with_run_tool()).dump();
    const http_message answer = both.ask(second);
    expect_served(answer);
    EXPECT_EQ(mended(answer), "");
    EXPECT_EQ(both.sent_text(), second);
}

TEST(pitfall_04, no_name_of_a_model_is_a_gate_for_reasoning) {
    deepseek_behind_weir both;
    for (const std::string name : {"auto", "gpt-5.1", "claude-opus-4-8", "deepseek-flash",
                                   "deepseek-v4-flash", "deepseek-v4-pro", "deepseek-reasoner"}) {
        const json ask = chat(name, "run ls, " + name, with_run_tool());
        const json said = message_of(both.ask(ask));
        ASSERT_FALSE(said.value("reasoning_content", "").empty()) << name;
        const json kept = with_results(ask.at("messages"), said);
        EXPECT_EQ(both.ask(chat(name, kept, with_run_tool())).status(), 200) << name;
        EXPECT_EQ(both.sent().at("messages"), kept) << name << ": what came back was not left alone";

        const json dropped = with_results(ask.at("messages"), forgetful(said));
        const http_message answer = both.ask(chat(name, dropped, with_run_tool()));
        EXPECT_EQ(answer.status(), 200) << name << ": " << answer.body;
        EXPECT_EQ(mended(answer), "reasoning") << name;
        EXPECT_EQ(both.sent().at("messages"), kept) << name;
    }
}

TEST(pitfall_04, nor_is_the_name_of_a_model_that_nobody_has_heard_of) {
    deepseek_behind_weir both("models: [{id: lagoon-1, images: true}]", [](config::settings& s) {
        for (router::tier& t : s.routes.tiers) t.model = "lagoon-1";
    });
    const json ask = chat("auto", "run ls", with_run_tool());
    const json said = message_of(both.ask(ask));
    const json dropped = with_results(ask.at("messages"), forgetful(said));
    expect_refused(both.ask_alone(chat("lagoon-1", dropped, with_run_tool())), reasoning_demanded);
    expect_served(both.ask(chat("auto", dropped, with_run_tool())));
    EXPECT_EQ(both.sent().at("model"), "lagoon-1");
    EXPECT_EQ(both.sent().at("messages"), with_results(ask.at("messages"), said));
}

TEST(pitfall_05, thinking_switched_on_in_mid_conversation_gets_an_empty_reasoning_for_what_came_before) {
    deepseek_behind_weir both;
    json ask = chat("deepseek-flash", "run ls", with_run_tool());
    ask["thinking"] = {{"type", "disabled"}};
    const json said = message_of(both.ask(ask));
    ASSERT_FALSE(said.contains("reasoning_content")) << said;

    const json second = chat("deepseek-v4-pro", with_results(ask.at("messages"), said), with_run_tool());
    expect_refused(both.ask_alone(second), reasoning_demanded);
    const http_message answer = both.ask(second);
    expect_served(answer);
    EXPECT_EQ(mended(answer), "reasoning_empty");
    EXPECT_EQ(both.sent().at("messages").at(1).at("reasoning_content"), "");
}

TEST(pitfall_05, another_model_in_mid_conversation_gets_what_the_first_one_thought) {
    deepseek_behind_weir both;
    const json ask = chat("deepseek-flash", "run ls", with_run_tool());
    const json said = message_of(both.ask(ask));
    const json second =
        chat("deepseek-v4-pro", with_results(ask.at("messages"), forgetful(said)), with_run_tool());
    expect_refused(both.ask_alone(second), reasoning_demanded);
    const http_message answer = both.ask(second);
    expect_served(answer);
    EXPECT_EQ(both.sent().at("messages").at(1).at("reasoning_content"), said.at("reasoning_content"));
}

TEST(pitfall_05, thinking_switched_off_in_mid_conversation_needs_nothing_and_gets_nothing) {
    deepseek_behind_weir both;
    const json ask = chat("deepseek-flash", "run ls", with_run_tool());
    const json said = message_of(both.ask(ask));
    json second = chat("deepseek-flash", with_results(ask.at("messages"), forgetful(said)), with_run_tool());
    second["thinking"] = {{"type", "disabled"}};
    const http_message answer = both.ask(second.dump());
    expect_served(answer);
    EXPECT_EQ(mended(answer), "");
    EXPECT_EQ(both.sent_text(), second.dump());
}

// Codex keeps its thinking as bytes that only their maker can read. In Responses DeepSeek does not ask for
// it; a gateway that turns such a conversation into Chat Completions has none to send.
TEST(pitfall_25, a_conversation_of_codex_stays_in_responses_where_no_reasoning_is_demanded) {
    deepseek_behind_weir both;
    const std::string body =
        R"({"model":"deepseek-v4-pro","instructions":"You are a coding agent.","input":[)"
        R"({"type":"message","role":"developer","content":[{"type":"input_text","text":"Be brief."}]},)"
        R"({"type":"message","role":"user","content":[{"type":"input_text","text":"run ls"}]},)"
        R"({"type":"reasoning","id":"rs_1","summary":[],"content":null,"encrypted_content":"gAAAAABo+/x=="},)"
        R"({"type":"function_call","name":"run","arguments":"{\"command\":\"ls\"}","call_id":"call_1"},)"
        R"({"type":"function_call_output","call_id":"call_1","output":"a.txt"}],)"
        R"("tools":[{"type":"function","name":"run","strict":false,"parameters":{"type":"object"}}],)"
        R"("tool_choice":"auto","parallel_tool_calls":true,"reasoning":{"effort":"high","summary":"auto"},)"
        R"("store":false,"stream":true,"include":["reasoning.encrypted_content"],)"
        R"("prompt_cache_key":"0199-af"})";
    const json as_chat = chat(
        "deepseek-v4-pro",
        json::parse(R"([{"role":"user","content":"run ls"},{"role":"assistant","content":"",)"
                    R"("tool_calls":[{"id":"call_1","type":"function","function":{"name":"run",)"
                    R"("arguments":"{}"}}]},{"role":"tool","tool_call_id":"call_1","content":"a.txt"}])"),
        with_run_tool());
    expect_refused(both.ask_alone(as_chat), reasoning_demanded);
    const http_message answer = both.ask(body, responses_path);
    expect_served(answer);
    EXPECT_THAT(answer.body, HasSubstr("response.completed"));
    EXPECT_EQ(mended(answer), "");
    EXPECT_EQ(both.sent_text(), body);
    EXPECT_EQ(both.row_of(answer).at("endpoint"), "responses");
}

// DeepSeek itself sometimes calls a tool without a word of reasoning, and demands it back all the same.
TEST(pitfall_35, a_call_that_came_without_reasoning_is_replayed_with_an_empty_one) {
    const std::string bare =
        R"({"id":"c1","object":"chat.completion","model":"deepseek-v4-pro","choices":[{"index":0,"message":)"
        R"({"role":"assistant","content":null,"tool_calls":[{"id":"call_9","type":"function","function":)"
        R"({"name":"run","arguments":"{\"command\":\"ls\"}"}}]},"finish_reason":"tool_calls"}],)" +
        test::usage_json + "}";
    simulator::simulator strict{simulator::default_script()};
    std::mutex mutex;
    std::vector<std::string> sent;
    test::running_weir weir([&](test::wire& w, int) {
        for (;;) {
            const http_message m = test::read_message(w);
            if (m.head.empty()) return;
            const std::lock_guard lock(mutex);
            sent.push_back(m.body);
            if (sent.size() == 1) {
                w.send(test::with_length("200 OK", bare));
            } else {
                const unmended said = ask_box(strict, m.body);
                w.send(test::with_length(std::to_string(said.status) + " As it is", said.body));
            }
        }
    });
    const json ask = chat("deepseek-v4-pro", "run ls", with_run_tool());
    const http_message first = weir.ask(test::post(ask.dump()));
    EXPECT_EQ(first.body, bare) << "nothing is invented for the client";
    const json second =
        chat("deepseek-v4-pro", with_results(ask.at("messages"), message_of(first)), with_run_tool());
    expect_refused(ask_box(strict, second.dump()), reasoning_demanded);
    const http_message answer = weir.ask(test::post(second.dump()));
    expect_served(answer);
    EXPECT_EQ(mended(answer), "reasoning_empty");
    const std::lock_guard lock(mutex);
    EXPECT_EQ(json::parse(sent.back()).at("messages").at(1).at("reasoning_content"), "");
}

}  // namespace
}  // namespace weir::pitfalls
