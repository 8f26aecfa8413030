// Mends through the whole of weir: made, declared, counted, and switched off.
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
using testing::Not;

const std::string developer =
    R"({"model":"deepseek-v4-pro","max_completion_tokens":50,"messages":[{"role":"developer",)"
    R"("content":"Be brief."},)"
    R"({"role":"user","content":"hi"}]})";

TEST(mends, what_was_changed_is_told_in_the_answer_the_row_and_the_metrics) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", answer_json)));
    const http_message answer = weir.ask(post(developer));
    EXPECT_EQ(answer.field("x-weir-mended"), "developer_role, max_completion_tokens");
    const json sent = json::parse(seen.last().body);
    EXPECT_EQ(sent.at("messages").at(0).at("role"), "system");
    EXPECT_EQ(sent.at("max_tokens"), 50);
    EXPECT_FALSE(sent.contains("max_completion_tokens"));
    EXPECT_EQ(json::parse(weir.row_of(answer)).at("mended"), "developer_role, max_completion_tokens");
    wire admin = weir.connect_admin();
    admin.send("GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n");
    const std::string metrics = read_message(admin).body;
    EXPECT_THAT(metrics, HasSubstr("weir_mends_total{mend=\"developer_role\"} 1\n"));
    EXPECT_THAT(metrics, HasSubstr("weir_mends_total{mend=\"user_id\"} 0\n"));
}

TEST(mends, switched_off_nothing_is_changed) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", answer_json)),
                      [](config::settings& s) { s.mends = {}; });
    const http_message answer = weir.ask(post(developer));
    EXPECT_EQ(seen.last().body, developer);
    EXPECT_THAT(answer.head, Not(HasSubstr("x-weir-mended")));
}

TEST(mends, a_body_that_needs_none_gets_no_field) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", answer_json)));
    EXPECT_THAT(weir.ask(post(hello)).head, Not(HasSubstr("x-weir-mended")));
}

TEST(mends, forced_tool_choice_is_called_without_thinking_or_refused_as_it_is_set) {
    const std::string forced =
        R"({"model":"deepseek-v4-pro","reasoning_effort":"high","messages":[{"role":"user","content":"hi"}],)"
        R"("tools":[{"type":"function","function":{"name":"f","parameters":{}}}],"tool_choice":"required"})";
    seen_request seen;
    {
        running_weir weir(seen.answering(with_length("200 OK", answer_json)));
        const http_message answer = weir.ask(post(forced));
        EXPECT_EQ(answer.status(), 200) << answer.body;
        EXPECT_THAT(answer.field("x-weir-mended"), HasSubstr("forced_tool_choice"));
        EXPECT_EQ(answer.field("x-weir-effort"), "none");
        const json sent = json::parse(seen.last().body);
        EXPECT_EQ(sent.at("thinking").at("type"), "disabled") << sent;
        EXPECT_FALSE(sent.contains("reasoning_effort")) << sent;
    }
    running_weir weir(seen.answering(with_length("200 OK", answer_json)), [](config::settings& s) {
        s.routes.thinking.forced_tool_choice = router::thinking_rules::forced::refuse;
    });
    const http_message refused = weir.ask(post(forced));
    EXPECT_EQ(refused.status(), 400);
    EXPECT_EQ(json::parse(refused.body).at("error").at("param"), "tool_choice") << refused.body;
    EXPECT_EQ(seen.count(), 1U);
}

TEST(mends, an_effort_that_is_null_is_weirs_to_say_and_stays_where_weir_says_nothing) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", answer_json)));
    const auto asking = [](const std::string& model) {
        return R"({"model":")" + model +
               R"(","reasoning_effort":null,"thinking":null,"messages":[{"role":"user",)"
               R"("content":"What is a weir?"}]})";
    };
    const http_message routed = weir.ask(post(asking("auto")));
    EXPECT_EQ(routed.field("x-weir-effort"), "low");
    const std::string sent = seen.last().body;
    EXPECT_EQ(json::parse(sent).at("reasoning_effort"), "low") << sent;
    EXPECT_EQ(sent.find("reasoning_effort"), sent.rfind("reasoning_effort")) << "stated once";
    weir.ask(post(asking("deepseek-v4-pro")));
    EXPECT_EQ(seen.last().body, asking("deepseek-v4-pro"));
}

const std::string wants_schema =
    R"({"model":"auto","messages":[{"role":"user","content":"Name a dam."}],"response_format":{"type":)"
    R"("json_schema","json_schema":{"name":"dam","schema":{"type":"object","properties":{"name":{"type":)"
    R"("string"}},"required":["name"]}}}})";

std::string answer_with(const std::string& content) {
    json answer = json::parse(answer_json);
    answer["choices"][0]["message"]["content"] = content;
    return answer.dump();
}

TEST(mends, json_schema_is_told_to_the_model_and_the_answer_is_checked) {
    const struct {
        std::string content, verdict;
    } all[] = {{R"({"name":"Hoover"})", "schema_fits"},
               {R"({"height":221})", "schema_does_not_fit"},
               {"A dam.", "schema_not_json"}};
    for (const auto& one : all) {
        seen_request seen;
        running_weir weir(seen.answering(with_length("200 OK", answer_with(one.content))));
        const http_message answer = weir.ask(post(wants_schema));
        EXPECT_EQ(answer.body, answer_with(one.content)) << "the answer itself is never changed";
        EXPECT_EQ(answer.field("x-weir-checked"), one.verdict);
        EXPECT_EQ(json::parse(weir.row_of(answer)).at("checked"), one.verdict);
        const json sent = json::parse(seen.last().body);
        EXPECT_EQ(sent.at("response_format"), json({{"type", "json_object"}}));
        EXPECT_EQ(sent.at("messages").size(), 2U);
        EXPECT_EQ(sent.at("messages").at(1).at("role"), "system");
    }
}

TEST(mends, the_answer_of_a_stream_is_checked_when_it_is_whole) {
    running_weir weir([](wire& w, int) {
        read_message(w);
        w.send(stream_head + chunk(event(R"({"content":"{\"na"})")) +
               chunk(event(R"({"content":"me\":1}"})")) + chunk(last_event + done_event) + "0\r\n\r\n");
    });
    std::string body = wants_schema;
    body.insert(1, R"("stream":true,)");
    const http_message answer = weir.ask(post(body));
    EXPECT_EQ(json::parse(weir.row_of(answer)).at("checked"), "schema_does_not_fit");
}

const std::string usage_chunk =
    R"(data: {"id":"c1","model":"deepseek-v4-flash","choices":[],)" + usage_json + "}\n\n";
const std::string finish_event =
    R"(data: {"id":"c1","model":"deepseek-v4-flash","choices":[{"index":0,"delta":{},)"
    R"("finish_reason":"stop"}]})"
    "\n\n";

TEST(mends, include_usage_is_asked_of_an_upstream_that_needs_it_and_its_chunk_taken_out_again) {
    const std::string text = event(R"({"content":"A low dam."})");
    std::string sent;
    const auto script = [&](wire& w, int) {
        sent = read_message(w).body;
        w.send(stream_head + chunk(text + finish_event) + chunk(usage_chunk + done_event) + "0\r\n\r\n");
    };
    {
        running_weir weir(script, [](config::settings& s) { s.upstreams[0].usage_on_request = true; });
        const http_message answer = weir.ask(post(hello_stream));
        EXPECT_EQ(answer.body, text + finish_event + done_event);
        EXPECT_EQ(answer.field("x-weir-mended"), "include_usage");
        EXPECT_EQ(json::parse(sent).at("stream_options").at("include_usage"), true);
        EXPECT_EQ(json::parse(weir.row_of(answer)).at("tokens").at("output"), 5);
    }
    running_weir weir(script);
    const http_message answer = weir.ask(post(hello_stream));
    EXPECT_EQ(answer.body, text + finish_event + usage_chunk + done_event);
    EXPECT_FALSE(json::parse(sent).contains("stream_options"));
}

TEST(mends, a_client_that_asked_for_usage_itself_gets_its_chunk) {
    running_weir weir(
        [](wire& w, int) {
            read_message(w);
            w.send(stream_head + chunk(finish_event + usage_chunk + done_event) + "0\r\n\r\n");
        },
        [](config::settings& s) { s.upstreams[0].usage_on_request = true; });
    std::string body = hello_stream;
    body.insert(1, R"("stream_options":{"include_usage":true},)");
    EXPECT_EQ(weir.ask(post(body)).body, finish_event + usage_chunk + done_event);
}

}  // namespace
}  // namespace weir
