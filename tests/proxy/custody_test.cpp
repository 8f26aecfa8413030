// Thinking that a client does not send back, put back by weir.
#include "support/running_weir.hpp"
#include "support/seen_request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace weir {
namespace {

using namespace test;
using nlohmann::json;
using testing::HasSubstr;

const std::string tools =
    R"("tools":[{"type":"function","function":{"name":"run","parameters":{"type":"object"}}}])";

const std::string first_turn =
    R"({"model":"deepseek-v4-pro","stream":true,"messages":[{"role":"user","content":"list files"}],)" +
    tools + "}";

// The assistant's turn without its thinking, and the tool's result.
std::string second_turn(const std::string& call_id, const std::string& model = "deepseek-v4-pro") {
    return R"({"model":")" + model +
           R"(","messages":[{"role":"user","content":"list files"},{"role":"assistant",)" +
           R"("content":"","tool_calls":[{"id":")" + call_id +
           R"(","type":"function","function":{"name":"run","arguments":"{}"}}]},)" +
           R"({"role":"tool","tool_call_id":")" + call_id + R"(","content":"a.txt"}],)" + tools + "}";
}

const std::string thinking_stream =
    event(R"({"role":"assistant","content":null,"reasoning_content":""})") +
    event(R"({"reasoning_content":"They want \"ls\"."})") +
    event(R"({"reasoning_content":"\nSo be it \u00e9."})") +
    event(R"({"tool_calls":[{"index":0,"id":"call_7","type":"function","function":{"name":"run",)"
          R"("arguments":""}}]})") +
    event(R"({"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]})") + last_event + done_event;
const std::string thought = "They want \"ls\".\nSo be it \u00e9.";

// Streams the thinking first, then answers whole; keeps what it was sent.
struct thinking_upstream {
    std::mutex mutex;
    std::vector<std::string> bodies;

    scripted_upstream::script script() {
        return [this](wire& w, int) {
            for (;;) {
                const http_message m = read_message(w);
                if (m.head.empty()) return;
                {
                    const std::lock_guard lock(mutex);
                    bodies.push_back(m.body);
                }
                const bool stream = m.body.find(R"("stream":true)") != std::string::npos;
                w.send(stream ? stream_head + chunk(thinking_stream) + "0\r\n\r\n"
                              : with_length("200 OK", answer_json));
            }
        };
    }
    json last() {
        const std::lock_guard lock(mutex);
        return json::parse(bodies.back());
    }
};

TEST(custody, thinking_that_the_client_dropped_is_put_back_by_the_id_of_its_call) {
    thinking_upstream up;
    running_weir weir(up.script());
    weir.ask(post(first_turn));
    const http_message answer = weir.ask(post(second_turn("call_7")));
    EXPECT_EQ(up.last().at("messages").at(1).at("reasoning_content"), thought) << up.last();
    EXPECT_EQ(answer.field("x-weir-mended"), "reasoning");
    EXPECT_EQ(json::parse(weir.row_of(answer)).at("mended"), "reasoning");
    EXPECT_FALSE(up.last().contains("thinking")) << "thinking stays on";
}

TEST(custody, a_turn_that_nobody_kept_gets_an_empty_one) {
    thinking_upstream up;
    running_weir weir(up.script());
    const http_message answer = weir.ask(post(second_turn("call_unknown")));
    EXPECT_EQ(up.last().at("messages").at(1).at("reasoning_content"), "");
    EXPECT_EQ(answer.field("x-weir-mended"), "reasoning_empty");
}

TEST(custody, or_thinking_stays_off_for_that_call_where_it_is_set_so) {
    thinking_upstream up;
    running_weir weir(up.script(), [](config::settings& s) {
        s.mends.remove(dialect::mend::reasoning_empty);
        s.routes.thinking.missing_reasoning = router::thinking_rules::missing::thinking_off;
    });
    const http_message lost = weir.ask(post(second_turn("call_unknown")));
    EXPECT_EQ(up.last().at("thinking").at("type"), "disabled") << up.last();
    EXPECT_FALSE(up.last().at("messages").at(1).contains("reasoning_content"));
    EXPECT_EQ(lost.field("x-weir-effort"), "none");
    weir.ask(post(first_turn));
    weir.ask(post(second_turn("call_7")));
    EXPECT_EQ(up.last().at("messages").at(1).at("reasoning_content"), thought);
    EXPECT_FALSE(up.last().contains("thinking"));
}

TEST(custody, what_the_client_does_send_back_is_not_touched) {
    thinking_upstream up;
    running_weir weir(up.script());
    weir.ask(post(first_turn));
    std::string body = second_turn("call_7");
    body.replace(body.find(R"("content":"")"), 12, R"("content":"","reasoning_content":"")");
    const http_message answer = weir.ask(post(body));
    EXPECT_EQ(up.last(), json::parse(body));
    EXPECT_EQ(answer.field("x-weir-mended"), "");
}

TEST(custody, one_client_never_gets_what_anothers_model_thought) {
    thinking_upstream up;
    running_weir weir(up.script(), [](config::settings& s) {
        s.keys = metering::client_keys({{"alice", metering::hash_key("sk-alice"), false, false},
                                        {"bob", metering::hash_key("sk-bob"), false, false}});
    });
    weir.ask(post(first_turn, "Authorization: Bearer sk-alice\r\n"));
    weir.ask(post(second_turn("call_7"), "Authorization: Bearer sk-bob\r\n"));
    EXPECT_EQ(up.last().at("messages").at(1).at("reasoning_content"), "");
    weir.ask(post(second_turn("call_7"), "Authorization: Bearer sk-alice\r\n"));
    EXPECT_EQ(up.last().at("messages").at(1).at("reasoning_content"), thought);
}

TEST(custody, is_kept_before_the_client_has_the_last_event) {
    gate after;
    std::atomic<bool> asked_again{false};
    thinking_upstream up;
    running_weir weir([&](wire& w, int) {
        for (;;) {
            const http_message m = read_message(w);
            if (m.head.empty()) return;
            {
                const std::lock_guard lock(up.mutex);
                up.bodies.push_back(m.body);
            }
            if (asked_again) {
                w.send(with_length("200 OK", answer_json));
                continue;
            }
            w.send(stream_head + chunk(thinking_stream));
            after.pass();
            w.send("0\r\n\r\n");
        }
    });
    wire w = weir.connect();
    w.send(post(first_turn));
    w.read_through("[DONE]");
    asked_again = true;
    weir.ask(post(second_turn("call_7")));
    EXPECT_EQ(up.last().at("messages").at(1).at("reasoning_content"), thought);
    after.open();
}

TEST(custody, works_for_the_thinking_blocks_of_messages) {
    const std::string answer =
        R"({"id":"m1","type":"message","role":"assistant","model":"deepseek-v4-pro","content":[)"
        R"({"type":"thinking","thinking":"Hm.","signature":"s1"},)"
        R"({"type":"tool_use","id":"toolu_1","name":"run","input":{}}],"stop_reason":"tool_use",)"
        R"("usage":{"input_tokens":6,"output_tokens":5}})";
    const std::string head =
        R"({"model":"auto","max_tokens":99,"tools":[{"name":"run","input_schema":{"type":"object"}}],)"
        R"("messages":[{"role":"user","content":"list files"})";
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", answer)));
    weir.ask(post(head + "]}", "", "/v1/messages"));
    const http_message second = weir.ask(
        post(head + R"(,{"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"run",)"
                    R"("input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":)"
                    R"("toolu_1","content":"a.txt"}]}]})",
             "", "/v1/messages"));
    EXPECT_EQ(second.status(), 200) << second.body;
    const json sent = json::parse(seen.last().body);
    const json expected{{"type", "thinking"}, {"thinking", "Hm."}, {"signature", "s1"}};
    EXPECT_EQ(sent.at("messages").at(1).at("content").at(0), expected) << sent;
    EXPECT_THAT(second.field("x-weir-mended"), HasSubstr("reasoning"));
}

TEST(custody, equal_turns_cannot_make_a_body_grow_without_bound) {
    const std::string long_thought(200'000, 't');
    const std::string answer =
        R"({"id":"c1","model":"deepseek-v4-pro","choices":[{"index":0,"message":{"role":"assistant",)"
        R"("reasoning_content":")" +
        long_thought + R"(","content":"ok"},"finish_reason":"stop"}],)" + usage_json + "}";
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", answer)));
    const std::string head =
        R"({"model":"deepseek-v4-pro",)" + tools + R"(,"messages":[{"role":"user","content":"hi"})";
    weir.ask(post(head + "]}"));
    std::string turns;
    for (int i = 0; i < 5'000; ++i) turns += R"(,{"role":"assistant","content":"ok"})";
    const http_message second = weir.ask(post(head + turns + R"(,{"role":"user","content":"go on"}]})"));
    EXPECT_EQ(second.status(), 200);
    EXPECT_GT(seen.last().body.size(), 20 * long_thought.size()) << "what fits is put back";
    EXPECT_LT(seen.last().body.size(), 5'000'000U);
}

TEST(custody, the_same_words_to_another_question_are_another_turn) {
    const std::string answer =
        R"({"id":"c1","model":"deepseek-v4-pro","choices":[{"index":0,"message":{"role":"assistant",)"
        R"("reasoning_content":"It compiles.","content":"Yes."},"finish_reason":"stop"}],)" +
        usage_json + "}";
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", answer)));
    const auto asking = [](const std::string& question) {
        return R"({"model":"deepseek-v4-pro",)" + tools + R"(,"messages":[{"role":"user","content":")" +
               question + R"("})";
    };
    const std::string back = R"(,{"role":"assistant","content":"Yes."},{"role":"user","content":"go on"}]})";
    weir.ask(post(asking("Does it compile?") + "]}"));
    weir.ask(post(asking("Is it deployed?") + back));
    EXPECT_EQ(json::parse(seen.last().body).at("messages").at(1).at("reasoning_content"), "");
    weir.ask(post(asking("Does it compile?") + back));
    EXPECT_EQ(json::parse(seen.last().body).at("messages").at(1).at("reasoning_content"), "It compiles.");
}

TEST(custody, without_client_keys_clients_are_told_apart_by_what_they_send) {
    for (const std::string field : {"Authorization: Bearer ", "x-api-key: "}) {
        thinking_upstream up;
        running_weir weir(up.script());
        weir.ask(post(first_turn, field + "sk-hers\r\n"));
        weir.ask(post(second_turn("call_7"), field + "sk-his\r\n"));
        EXPECT_EQ(up.last().at("messages").at(1).at("reasoning_content"), "") << field;
        weir.ask(post(second_turn("call_7"), field + "sk-hers\r\n"));
        EXPECT_EQ(up.last().at("messages").at(1).at("reasoning_content"), thought) << field;
    }
}

TEST(custody, a_turn_whose_calls_were_renamed_is_known_by_its_words) {
    const std::string call = R"("tool_calls":[{"id":"call_7","type":"function","function":)"
                             R"({"name":"run","arguments":"{}"}}])";
    const std::string answer =
        R"({"id":"c1","model":"deepseek-v4-pro","choices":[{"index":0,"message":{"role":"assistant",)"
        R"("reasoning_content":"ls.","content":"Let me look.",)" +
        call + R"(},"finish_reason":"tool_calls"}],)" + usage_json + "}";
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", answer)));
    std::string body = second_turn("renamed_1");
    body.replace(body.find(R"("content":"")"), 12, R"("content":"Let me look.")");
    weir.ask(post(R"({"model":"deepseek-v4-pro","messages":[{"role":"user","content":"list files"}],)" +
                  tools + "}"));
    weir.ask(post(body));
    EXPECT_EQ(json::parse(seen.last().body).at("messages").at(1).at("reasoning_content"), "ls.");
}

TEST(custody, can_be_switched_off) {
    thinking_upstream up;
    running_weir weir(up.script(), [](config::settings& s) { s.custody.bytes_max = 0; });
    weir.ask(post(first_turn));
    weir.ask(post(second_turn("call_7")));
    EXPECT_EQ(up.last().at("messages").at(1).at("reasoning_content"), "");
}

}  // namespace
}  // namespace weir
