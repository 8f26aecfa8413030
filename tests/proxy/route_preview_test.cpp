// POST /v1/route: what would be decided, told and not done.
#include "support/running_weir.hpp"
#include "support/seen_request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace weir {
namespace {

using namespace test;
using nlohmann::json;
using testing::HasSubstr;

const std::string hard =
    R"({"model":"auto","messages":[{"role":"user","content":"Prove that there are infinitely many )"
    R"(primes."}]})";

// A path, the body for it, and the path of the call that it tells about.
struct previewed {
    std::string path, body, call;
};
const std::vector<previewed> all_apis = {
    {"/v1/route", hard, "/v1/chat/completions"},
    {"/v1/route/responses", R"({"model":"auto","input":"Prove that there are infinitely many primes."})",
     "/v1/responses"},
    {"/v1/route/messages",
     R"({"model":"auto","max_tokens":900,"messages":[{"role":"user","content":"Prove that there are )"
     R"(infinitely many primes."}]})",
     "/v1/messages"},
};

json told(const running_weir& weir, const std::string& body, const std::string& fields = "",
          const std::string& path = "/v1/route") {
    const http_message answer = weir.ask(post(body, fields, path));
    EXPECT_EQ(answer.status(), 200) << answer.body;
    EXPECT_EQ(answer.field("Content-Type"), "application/json");
    return json::parse(answer.body, nullptr, false);
}

TEST(route_preview, says_for_every_api_what_the_call_then_does) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", answer_json)));
    for (const previewed& one : all_apis) {
        const json said = told(weir, one.body, "", one.path);
        ASSERT_TRUE(said.is_object()) << one.path;
        EXPECT_EQ(said["reason"], "proof") << said;
        EXPECT_FALSE(said["why"].empty()) << said;
        EXPECT_EQ(seen.count(), 0U) << one.path << " sent something";
    }
    for (const previewed& one : all_apis) {
        const json said = told(weir, one.body, "", one.path);
        const http_message answer = weir.ask(post(one.body, "", one.call));
        EXPECT_EQ(answer.field("x-weir-tier"), said.value("tier", "")) << one.path;
        EXPECT_EQ(answer.field("x-weir-model"), said.value("model", "")) << one.path;
        EXPECT_EQ(answer.field("x-weir-effort"), said.value("effort", "")) << one.path;
        EXPECT_EQ(answer.field("x-weir-reason"), said.value("reason", "")) << one.path;
    }
}

TEST(route_preview, writes_no_row) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", answer_json)));
    told(weir, hard);
    told(weir, R"({"model":"nobody","messages":[{"role":"user","content":"Hello"}]})");
    weir.ask(post("{", "", "/v1/route"));
    weir.ask(post(hello));
    EXPECT_EQ(weir.stop_and_report().requests, 1) << "the call's";
}

TEST(route_preview, heeds_the_headers_of_a_caller_that_may_route) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", answer_json)), [](config::settings& s) {
        s.keys = metering::client_keys(
            {{"alice", metering::hash_key("sk-alice"), true}, {"bob", metering::hash_key("sk-bob"), false}});
    });
    const std::string wish = "x-weir-tier: pro\r\nAuthorization: Bearer sk-";
    EXPECT_EQ(told(weir, hello, wish + "alice\r\n")["reason"], "pin");
    EXPECT_EQ(told(weir, hello, wish + "bob\r\n")["reason"], "default");
    EXPECT_EQ(told(weir, hello, "x-weir-error-cost: 9\r\nAuthorization: Bearer sk-alice\r\n")["reason"],
              "error_cost");
}

TEST(route_preview, lets_in_whom_the_call_would_let_in) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", answer_json)), [](config::settings& s) {
        s.keys = metering::client_keys({{"alice", metering::hash_key("sk-alice"), true}});
    });
    const http_message stranger = weir.ask(post(hello, "", "/v1/route"));
    EXPECT_EQ(stranger.status(), 401) << stranger.body;
    EXPECT_THAT(stranger.body, HasSubstr("invalid_key"));
    const previewed& messages = all_apis.back();
    EXPECT_EQ(told(weir, messages.body, "x-api-key: sk-alice\r\n", messages.path)["tier"], "pro");
    EXPECT_EQ(weir.ask(post(hello, "x-api-key: sk-alice\r\n", "/v1/route")).status(), 401);
}

TEST(route_preview, refuses_a_body_that_cannot_be_read_in_the_words_of_its_api) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", answer_json)));
    for (const previewed& one : all_apis) {
        const http_message answer = weir.ask(post(R"({"model":7})", "", one.path));
        EXPECT_EQ(answer.status(), 400) << one.path << answer.body;
        const json error = json::parse(answer.body, nullptr, false);
        EXPECT_EQ(error["error"]["code"], "invalid_field") << one.path << answer.body;
        EXPECT_EQ(error.contains("type"), one.path == "/v1/route/messages") << answer.body;
    }
    EXPECT_EQ(weir.ask(post(hello, "x-weir-error-cost: much\r\n", "/v1/route")).status(), 400);
}

TEST(route_preview, explains_a_call_that_would_be_refused) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", answer_json)));
    const json said = told(weir, R"({"model":"nobody","messages":[{"role":"user","content":"Hello"}]})");
    EXPECT_EQ(said["error"]["code"], "model_not_found") << said;
    EXPECT_EQ(said["features"]["prompt_chars"], 5) << said;
}

TEST(route_preview, looks_at_the_conversation_and_does_not_move_it) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", answer_json)));
    const std::string session = "x-session-affinity: s1\r\n";
    EXPECT_TRUE(told(weir, hard, session)["session"].is_null()) << "nothing was called yet";
    EXPECT_TRUE(told(weir, hard, session)["session"].is_null()) << "the preview was remembered";
    EXPECT_EQ(weir.ask(post(hello, session)).field("x-weir-tier"), "flash");
    const json said = told(weir, hard, session);
    EXPECT_EQ(said["tier"], "pro") << said;
    EXPECT_EQ(said["session"]["tier"], "flash") << said;
    EXPECT_EQ(said["session"]["requests"], 1) << said;
    const json again = told(weir, hello, session);
    EXPECT_EQ(again["session"]["tier"], "flash") << "the preview of a rise raised nothing\n" << again;
    EXPECT_EQ(again["session"]["requests"], 1) << again;
    EXPECT_EQ(weir.ask(post(hello, session)).field("x-weir-tier"), "flash");
}

}  // namespace
}  // namespace weir
