// Chat requests through the whole of weir: what goes upstream, what comes back, what is refused.
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
using testing::StartsWith;

TEST(chat, sends_the_clients_bytes_with_nothing_changed_but_model_and_effort) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", answer_json)));
    const std::string before =
        "{ \"unknown\" : [1E2, 0.70, 123456789012345678901], \"messages\":[{\"role\":\"user\","
        "\"content\":\"\\u006d\\/ \\ud83d\\ude00\"}] ,\t\"model\" :  ";
    const std::string after = " , \"temperature\":1.0e0 , \"z\":null}\n";
    const http_message answer = weir.ask(post(before + "\"auto\"" + after));
    EXPECT_EQ(answer.status(), 200) << answer.body;
    EXPECT_EQ(answer.body, answer_json);
    EXPECT_EQ(seen.last().body, before + "\"deepseek-v4-flash\",\"reasoning_effort\":\"low\"" + after);
    EXPECT_THAT(seen.last().head, StartsWith("POST /chat/completions HTTP/1.1\r\n"));
}

TEST(chat, tells_who_answered_and_why) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", answer_json,
                                                 "Content-Type: application/json\r\n"
                                                 "X-Ds-Trace-Id: t1\r\nx-weir-tier: fake\r\n")));
    const http_message answer = weir.ask(post(hello));
    EXPECT_EQ(answer.field("x-weir-model"), "deepseek-v4-flash");
    EXPECT_EQ(answer.field("x-weir-tier"), "flash");
    EXPECT_EQ(answer.field("x-weir-effort"), "low");
    EXPECT_EQ(answer.field("x-weir-reason"), "default");
    EXPECT_THAT(answer.field("x-weir-score"), StartsWith("0.0"))
        << "no weight fired; the learned score ranks";
    EXPECT_EQ(answer.field("X-Ds-Trace-Id"), "t1");
    EXPECT_THAT(answer.head, Not(HasSubstr("fake")));
    const auto row = json::parse(weir.row_of(answer));
    EXPECT_EQ(row["tokens"]["hit"], 4) << row;
    EXPECT_EQ(row["tokens"]["miss"], 6) << row;
    EXPECT_EQ(row["tokens"]["output"], 5) << row;
    EXPECT_EQ(row["tokens"]["reasoning"], 2) << row;
    EXPECT_EQ(row["model_served"], "deepseek-v4-flash") << row;
}

TEST(chat, an_unbounded_task_goes_to_pro) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", answer_json)));
    const http_message answer = weir.ask(
        post(R"({"model":"auto","messages":[{"role":"user","content":"Refactor the whole codebase."}]})"));
    EXPECT_EQ(answer.field("x-weir-model"), "deepseek-v4-pro") << answer.head;
    EXPECT_EQ(answer.field("x-weir-reason"), "crosses_files");
    EXPECT_EQ(json::parse(seen.last().body)["model"], "deepseek-v4-pro");
}

TEST(chat, the_clients_key_stays_here_and_weirs_own_goes_upstream) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", answer_json)));
    weir.ask(post(hello, "Authorization: Bearer sk-client\r\nCookie: a=b\r\nX-Forwarded-For: 1.2.3.4\r\n"));
    EXPECT_EQ(seen.last().field("Authorization"), "Bearer sk-upstream-secret");
    for (const char* leaked : {"sk-client", "Cookie", "Forwarded"}) {
        EXPECT_THAT(seen.last().head, Not(HasSubstr(leaked)));
    }
    EXPECT_EQ(seen.last().field("Accept-Encoding"), "identity");
}

TEST(chat, passthrough_sends_the_clients_key_on) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", answer_json)), [](config::settings& s) {
        s.upstreams[0].passthrough = true;
        s.upstreams[0].api_key = secret{};
    });
    weir.ask(post(hello, "Authorization: Bearer sk-mine\r\n"));
    EXPECT_EQ(seen.last().field("Authorization"), "Bearer sk-mine");
}

TEST(chat, an_error_of_upstream_passes_with_its_status_and_advice) {
    running_weir weir([](wire& w, int) {
        read_message(w);
        w.send(with_length("429 Too Many Requests", R"({"error":{"message":"slow","code":"x"}})",
                           "Content-Type: application/json\r\nRetry-After: 7\r\n"));
        w.wait_end(patience);
    });
    const http_message answer = weir.ask(post(hello_stream));
    EXPECT_EQ(answer.status(), 429);
    EXPECT_EQ(answer.field("Retry-After"), "7");
    EXPECT_EQ(answer.body, R"({"error":{"message":"slow","code":"x"}})");
    const auto row = json::parse(weir.row_of(answer));
    EXPECT_EQ(row["outcome"], "upstream_error") << row;
    EXPECT_EQ(row["cost_pico"], 0) << row;
}

TEST(chat, an_answer_that_breaks_is_a_502_however_much_of_it_had_come) {
    running_weir weir([](wire& w, int) {
        read_message(w);
        w.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"half\":");
        w.reset();
    });
    wire client = weir.connect();
    client.send(post(hello));
    const http_message answer = read_message(client);
    EXPECT_EQ(answer.status(), 502);
    EXPECT_EQ(json::parse(answer.body)["error"]["code"], "upstream_protocol");
    client.send(post(hello));
    EXPECT_EQ(read_message(client).status(), 502) << "the connection did not go on";
}

TEST(chat, an_answer_that_ends_with_its_connection_within_its_json_is_a_502) {
    running_weir weir([](wire& w, int) {
        read_message(w);
        w.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"half\":");
    });
    EXPECT_EQ(weir.ask(post(hello)).status(), 502);
}

TEST(chat, blank_lines_before_an_answer_pass_as_they_came) {
    running_weir weir([](wire& w, int) {
        read_message(w);
        w.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" +
               chunk("\n") + chunk("\n") + chunk(answer_json) + "0\r\n\r\n");
        w.wait_end(patience);
    });
    EXPECT_EQ(weir.ask(post(hello)).body, "\n\n" + answer_json);
}

TEST(chat, an_answer_too_long_to_hold_is_passed_on) {
    const std::string large = "{\"a\":\"" + std::string(300'000, 'x') + "\"}";
    running_weir weir(
        [&](wire& w, int) {
            read_message(w);
            w.send(with_length("200 OK", large));
            w.wait_end(patience);
        },
        [](config::settings& s) { s.bounds.answer_held_bytes_max = 100'000; });
    const http_message answer = weir.ask(post(hello));
    EXPECT_EQ(answer.body.size(), large.size());
    EXPECT_EQ(answer.body, large);
    EXPECT_EQ(json::parse(weir.row_of(answer))["estimated"], true);
}

TEST(chat, an_upstream_that_cannot_be_reached_is_a_502_and_a_silent_one_a_504) {
    running_weir weir(
        [](wire& w, int) {
            read_message(w);
            w.wait_end(patience);
        },
        [](config::settings& s) { s.timers.upstream_first_byte_ms = 200; });
    const http_message late = weir.ask(post(hello));
    EXPECT_EQ(late.status(), 504);
    EXPECT_EQ(json::parse(late.body)["error"]["code"], "upstream_timeout");
    weir.stop_upstream();
    const http_message gone = weir.ask(post(hello));
    EXPECT_EQ(gone.status(), 502);
    EXPECT_EQ(json::parse(gone.body)["error"]["code"], "upstream_connect");
    EXPECT_EQ(json::parse(weir.row_of(gone))["cost_pico"], 0);
}

struct bad_request {
    const char* what;
    std::string body;
    int status;
    const char* code;
    const char* param;
};

TEST(chat, a_bad_body_is_refused_with_the_field_named_and_nothing_is_sent) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", answer_json)));
    const std::string m = R"("messages":[{"role":"user","content":"x"}])";
    const std::vector<bad_request> table{
        {"no JSON", "hello", 400, "malformed_json", nullptr},
        {"truncated", R"({"model":"auto",)", 400, "malformed_json", nullptr},
        {"invalid UTF-8", "{\"model\":\"auto\",\"x\":\"\xff\"," + m + "}", 400, "malformed_json", nullptr},
        {"too deep",
         "{\"model\":\"auto\"," + m + ",\"d\":" + std::string(200, '[') + std::string(200, ']') + "}", 400,
         "malformed_json", nullptr},
        {"second model", R"({"model":"auto","model":"deepseek-v4-pro",)" + m + "}", 400, "invalid_field",
         "model"},
        {"second model, escaped", R"({"model":"auto","\u006dodel":"deepseek-v4-pro",)" + m + "}", 400,
         "invalid_field", "model"},
        {"no messages", R"({"model":"auto"})", 400, "invalid_field", "messages"},
        {"messages of another type", R"({"model":"auto","messages":"hi"})", 400, "invalid_field", "messages"},
        {"unknown model", R"({"model":"gemini",)" + m + "}", 404, "model_not_found", "model"},
        {"image for Pro",
         R"({"model":"deepseek-v4-pro","messages":[{"role":"user","content":)"
         R"([{"type":"image_url","image_url":{"url":"data:image/png;base64,AA"}}]}]})",
         400, "unsupported_image", "messages"}};
    wire client = weir.connect();
    for (const bad_request& b : table) {
        client.send(post(b.body));
        const http_message answer = read_message(client);
        EXPECT_EQ(answer.status(), b.status) << b.what << ": " << answer.body;
        const json error = json::parse(answer.body)["error"];
        EXPECT_EQ(error["code"], b.code) << b.what;
        if (b.param) EXPECT_EQ(error["param"], b.param) << b.what << ": " << error;
        EXPECT_TRUE(error["message"].is_string() && error["type"].is_string()) << b.what << ": " << error;
    }
    EXPECT_EQ(seen.count(), 0u);
    client.send(post(hello));
    EXPECT_EQ(read_message(client).status(), 200) << "the connection did not go on";
}

TEST(chat, a_body_over_the_limit_is_a_413) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", answer_json)),
                      [](config::settings& s) { s.bounds.request_bytes_max = 1'000; });
    const http_message answer = weir.ask(post(std::string(1'001, ' ')));
    EXPECT_EQ(answer.status(), 413);
    EXPECT_EQ(json::parse(answer.body)["error"]["code"], "body_too_large");
    EXPECT_EQ(seen.count(), 0u);
}

TEST(chat, no_web_page_can_spend_money_in_keyless_mode) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", answer_json)),
                      [](config::settings& s) { s.front.cors_origins = {"http://listed.example"}; });
    const auto status = [&](const std::string& fields) { return weir.ask(post(hello, fields)).status(); };
    EXPECT_EQ(status("Origin: https://evil.example\r\n"), 403);
    EXPECT_EQ(status("Sec-Fetch-Site: cross-site\r\n"), 403);
    EXPECT_EQ(status("Origin: http://listed.example\r\nSec-Fetch-Site: cross-site\r\n"), 200);
    EXPECT_EQ(weir.ask("POST /v1/chat/completions HTTP/1.1\r\nHost: evil.example\r\nContent-Type: "
                       "application/json\r\n"
                       "Content-Length: " +
                       std::to_string(hello.size()) + "\r\n\r\n" + hello)
                  .status(),
              403);
    EXPECT_EQ(
        weir.ask("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost:1\r\nContent-Type: text/plain\r\n"
                 "Content-Length: " +
                 std::to_string(hello.size()) + "\r\n\r\n" + hello)
            .status(),
        415);
    EXPECT_EQ(seen.count(), 1u);
}

TEST(chat, with_client_keys_only_they_may_ask_and_each_sees_its_own_requests) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", answer_json)), [](config::settings& s) {
        s.keys = metering::client_keys(
            {{"alice", metering::hash_key("sk-alice"), false}, {"bob", metering::hash_key("sk-bob"), true}});
    });
    EXPECT_EQ(weir.ask(post(hello)).status(), 401);
    EXPECT_EQ(weir.ask(post(hello, "Authorization: Bearer sk-mallory\r\n")).status(), 401);
    EXPECT_EQ(weir.ask("GET /v1/models HTTP/1.1\r\nHost: h\r\n\r\n").status(), 401);
    const http_message answer =
        weir.ask(post(hello, "Authorization: bearer sk-alice\r\nx-weir-tier: pro\r\n"));
    EXPECT_EQ(answer.status(), 200);
    EXPECT_EQ(answer.field("x-weir-tier"), "flash") << "alice may not choose a tier";
    EXPECT_EQ(
        weir.ask(post(hello, "Authorization: Bearer sk-bob\r\nx-weir-tier: pro\r\n")).field("x-weir-tier"),
        "pro");
    const std::string path =
        "GET /v1/requests/" + answer.field("x-weir-request-id") + " HTTP/1.1\r\nHost: h\r\n";
    EXPECT_EQ(weir.ask(path + "Authorization: Bearer sk-bob\r\n\r\n").status(), 404);
    EXPECT_EQ(weir.ask(path + "Authorization: Bearer sk-alice\r\n\r\n").status(), 200);
    EXPECT_EQ(weir.stop_and_report().requests, 2) << "unauthenticated requests leave no rows";
}

TEST(chat, a_refused_key_is_refused_before_its_body_is_read) {
    running_weir weir([](wire&, int) {},
                      [](config::settings& s) {
                          s.keys = metering::client_keys({{"alice", metering::hash_key("sk-alice"), false}});
                      });
    wire client = weir.connect();
    client.send(
        "POST /v1/chat/completions HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: "
        "40000000\r\n\r\n");
    EXPECT_EQ(read_message(client).status(), 401);
}

TEST(chat, a_pin_is_sent_as_it_was_asked_for) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", answer_json)));
    const std::string body = R"({"model":"deepseek-flash","reasoning_effort":"max",)"
                             R"("messages":[{"role":"user","content":"Prove it."}]})";
    const http_message answer = weir.ask(post(body));
    EXPECT_EQ(answer.field("x-weir-reason"), "pin");
    EXPECT_EQ(answer.field("x-weir-effort"), "max");
    EXPECT_EQ(seen.last().body, body);
}

}  // namespace
}  // namespace weir
