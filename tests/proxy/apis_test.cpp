// Calls in every API through the whole of weir: paths, names, errors, and what goes upstream.
#include "support/gzip.hpp"
#include "support/messages.hpp"
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

const std::string hello_responses = R"({"model":"auto","input":"What is a weir?"})";
const std::string hello_fim = R"({"model":"auto","prompt":"int add(int a, int b) {","suffix":"}"})";

const std::string response_json =
    R"({"id":"r1","object":"response","status":"completed","model":"deepseek-v4-flash",)"
    R"("output":[{"type":"message","role":"assistant",)"
    R"("content":[{"type":"output_text","text":"A low dam."}]}],)"
    R"("usage":{"input_tokens":10,"input_tokens_details":{"cached_tokens":4},"output_tokens":5,)"
    R"("output_tokens_details":{"reasoning_tokens":2},"total_tokens":15}})";

std::string with_name(std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
}

TEST(apis, every_path_reaches_its_own_endpoint_upstream) {
    const struct {
        std::string path, body, upstream, answer, api;
    } all[] = {
        {"/v1/chat/completions", hello, "/chat/completions", answer_json, "chat"},
        {"/chat/completions", hello, "/chat/completions", answer_json, "chat"},
        {"/beta/chat/completions", hello, "/beta/chat/completions", answer_json, "chat"},
        {"/beta/v1/chat/completions", hello, "/beta/chat/completions", answer_json, "chat"},
        {"/v1/responses", hello_responses, "/responses", response_json, "responses"},
        {"/responses", hello_responses, "/responses", response_json, "responses"},
        {"/v1/messages", hello_messages, "/anthropic/v1/messages", message_json, "messages"},
        {"/messages?beta=true", hello_messages, "/anthropic/v1/messages", message_json, "messages"},
        {"/anthropic/v1/messages?beta=true", hello_messages, "/anthropic/v1/messages", message_json,
         "messages"},
        {"/anthropic/messages", hello_messages, "/anthropic/v1/messages", message_json, "messages"},
        {"/v1/completions", hello_fim, "/beta/completions", answer_json, "completions"},
        {"/completions", hello_fim, "/beta/completions", answer_json, "completions"},
        {"/beta/completions", hello_fim, "/beta/completions", answer_json, "completions"},
    };
    for (const auto& one : all) {
        seen_request seen;
        running_weir weir(seen.answering(with_length("200 OK", one.answer)));
        const http_message answer = weir.ask(post(one.body, "", one.path));
        EXPECT_EQ(answer.status(), 200) << one.path << ": " << answer.body;
        EXPECT_THAT(seen.last().head, StartsWith("POST " + one.upstream + " HTTP/1.1\r\n")) << one.path;
        const json row = json::parse(weir.row_of(answer));
        EXPECT_EQ(row.at("endpoint"), one.api) << one.path;
        EXPECT_EQ(row.at("tokens").at("hit"), 4) << one.path << row;
        EXPECT_EQ(row.at("tokens").at("miss"), 6) << one.path << row;
        EXPECT_EQ(row.at("tokens").at("output"), 5) << one.path << row;
        EXPECT_EQ(row.at("outcome"), "served") << one.path;
    }
}

TEST(apis, only_the_model_and_the_effort_change_in_any_of_them) {
    const struct {
        std::string path, body, sent, answer;
    } all[] = {
        {"/v1/responses", R"({ "input":[{"role":"user","content":"hi \u00e9"}], "model":"auto" ,"x":1E2})",
         R"({ "input":[{"role":"user","content":"hi \u00e9"}], "model":"deepseek-v4-flash",)"
         R"("reasoning":{"effort":"low"} ,"x":1E2})",
         response_json},
        {"/v1/messages",
         R"({"max_tokens":9,"messages":[{"role":"user","content":"hi"}],"model":"auto","metadata":{"a":[]}})",
         R"({"max_tokens":9,"messages":[{"role":"user","content":"hi"}],"model":"deepseek-v4-flash",)"
         R"("output_config":{"effort":"low"},"metadata":{"a":[]}})",
         message_json},
        {"/v1/completions", R"j({"model":"auto","prompt":"int f(","suffix":")"})j",
         R"j({"model":"deepseek-v4-flash","prompt":"int f(","suffix":")"})j", answer_json},
    };
    for (const auto& one : all) {
        seen_request seen;
        running_weir weir(seen.answering(with_length("200 OK", one.answer)));
        const http_message answer = weir.ask(post(one.body, "", one.path));
        EXPECT_EQ(answer.status(), 200) << answer.body;
        EXPECT_EQ(seen.last().body, one.sent) << one.path;
    }
}

TEST(apis, an_answer_of_messages_names_the_model_that_was_asked_for) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", message_json)));
    const http_message answer = weir.ask(post(hello_messages, "", "/v1/messages"));
    EXPECT_EQ(answer.body, with_name(message_json, "deepseek-v4-flash", "claude-opus-4"));
    EXPECT_THAT(answer.field("x-weir-mended"), HasSubstr("answer_model"));
    const json row = json::parse(weir.row_of(answer));
    EXPECT_EQ(row.at("model_asked"), "claude-opus-4");
    EXPECT_EQ(row.at("model_served"), "deepseek-v4-flash");
    EXPECT_EQ(row.at("mended"), answer.field("x-weir-mended"));
}

TEST(apis, a_stream_of_messages_names_it_too_wherever_its_bytes_are_split) {
    for (const std::size_t split : {1U, 25U, 60U, 140U, 153U, 170U, 250U, 400U}) {
        running_weir weir([&](wire& w, int) {
            read_message(w);
            w.send(stream_head + chunk(message_stream.substr(0, split)));
            w.send(chunk(message_stream.substr(split)) + "0\r\n\r\n");
        });
        const http_message answer = weir.ask(post(hello_messages_stream, "", "/v1/messages"));
        EXPECT_EQ(answer.body, with_name(message_stream, "deepseek-v4-flash", "claude-opus-4")) << split;
        EXPECT_THAT(answer.field("x-weir-mended"), HasSubstr("answer_model"));
        EXPECT_EQ(json::parse(weir.row_of(answer)).at("tokens").at("output"), 5);
    }
}

TEST(apis, a_pin_of_messages_that_is_served_by_its_own_name_is_not_touched) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", message_json)));
    const std::string body = with_name(hello_messages, "claude-opus-4", "deepseek-v4-flash");
    const http_message answer = weir.ask(post(body, "", "/v1/messages"));
    EXPECT_EQ(answer.body, message_json);
    EXPECT_EQ(answer.field("x-weir-mended"), "");
    EXPECT_EQ(seen.last().body, body);
}

TEST(apis, a_stream_that_is_cut_is_told_in_the_words_of_its_api) {
    const struct {
        std::string path, body, first, told;
    } all[] = {
        {"/v1/messages", hello_messages_stream, message_stream.substr(0, 420), "event: error\n"},
        {"/v1/responses", R"({"model":"auto","input":"hi","stream":true})",
         "event: response.created\ndata: {\"type\":\"response.created\",\"sequence_number\":0,\"response\":"
         "{\"id\":\"r1\",\"model\":\"deepseek-v4-flash\",\"status\":\"in_progress\"}}\n\n",
         "event: response.failed\n"},
    };
    for (const auto& one : all) {
        running_weir weir([&](wire& w, int) {
            read_message(w);
            w.send(stream_head + chunk(one.first));
        });
        const http_message answer = weir.ask(post(one.body, "", one.path));
        EXPECT_THAT(answer.body, HasSubstr("\n\n" + one.told)) << one.path;
        EXPECT_THAT(answer.body, HasSubstr("upstream_protocol")) << one.path;
        EXPECT_EQ(json::parse(weir.row_of(answer)).at("outcome"), "failed") << one.path;
    }
}

TEST(apis, a_body_of_another_api_is_refused_before_anything_is_sent) {
    const struct {
        std::string path, body, field;
    } all[] = {
        {"/v1/responses", hello, "input"},
        {"/v1/chat/completions", hello_responses, "messages"},
        {"/v1/completions", hello, "prompt"},
        {"/v1/messages", hello_responses, "messages"},
        {"/v1/messages",
         R"({"model":"auto","max_tokens":9,"messages":[{"role":"user","content":[{"type":"tool_result",)"
         R"("tool_use_id":"t1","content":"x"}]}]})",
         "messages[0].content[0].tool_use_id"},
        {"/v1/responses",
         R"({"model":"auto","input":[{"type":"function_call_output","call_id":"c1","output":"x"}]})",
         "input[0].call_id"},
        {"/v1/chat/completions",
         R"({"model":"auto","messages":[{"role":"tool","tool_call_id":"c1","content":"x"}]})",
         "messages[0].tool_call_id"},
    };
    for (const auto& one : all) {
        seen_request seen;
        running_weir weir(seen.answering(with_length("200 OK", answer_json)));
        const http_message answer = weir.ask(post(one.body, "", one.path));
        EXPECT_EQ(answer.status(), 400) << one.path << one.body;
        const json error = json::parse(answer.body);
        EXPECT_EQ(error.at("error").at("param"), one.field) << answer.body;
        EXPECT_EQ(error.at("error").at("code"), "invalid_field") << answer.body;
        EXPECT_EQ(error.contains("type"), one.path == "/v1/messages") << answer.body;
        EXPECT_EQ(seen.count(), 0U);
        EXPECT_EQ(json::parse(weir.row_of(answer)).at("outcome"), "refused");
    }
}

TEST(apis, an_image_for_a_pin_that_reads_none_is_refused_in_the_words_of_its_api) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", message_json)));
    const http_message answer = weir.ask(
        post(R"({"model":"deepseek-v4-pro","max_tokens":9,"messages":[{"role":"user","content":[)"
             R"({"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}}]}]})",
             "", "/anthropic/v1/messages"));
    EXPECT_EQ(answer.status(), 400) << answer.body;
    const json error = json::parse(answer.body);
    EXPECT_EQ(error.at("type"), "error") << answer.body;
    EXPECT_EQ(error.at("error").at("code"), "unsupported_image") << answer.body;
    EXPECT_EQ(seen.count(), 0U);
}

TEST(apis, an_error_of_the_upstream_passes_as_it_came) {
    const std::string busy =
        R"({"error":{"message":"Rate limit reached","type":"x","param":null,"code":"y"}})";
    running_weir weir([&](wire& w, int) {
        while (!read_message(w).head.empty()) {
            w.send(with_length("429 Too Many Requests", busy,
                               "Content-Type: application/json\r\nRetry-After: 7\r\nx-ds-trace-id: t\r\n"));
        }
    });
    for (const std::string path : {"/v1/messages", "/v1/responses"}) {
        const http_message answer =
            weir.ask(post(path == "/v1/messages" ? hello_messages : hello_responses, "", path));
        EXPECT_EQ(answer.status(), 429);
        EXPECT_EQ(answer.body, busy) << path;
        EXPECT_EQ(answer.field("Retry-After"), "7");
        EXPECT_EQ(answer.field("x-ds-trace-id"), "t");
    }
}

TEST(apis, tokens_are_counted_here_and_nothing_is_sent) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", message_json)));
    for (const std::string path :
         {"/v1/messages/count_tokens", "/anthropic/v1/messages/count_tokens?beta=true",
          "/messages/count_tokens"}) {
        const http_message answer = weir.ask(post(hello_messages, "", path));
        EXPECT_EQ(answer.status(), 200) << answer.body;
        const json counted = json::parse(answer.body);
        EXPECT_GT(counted.at("input_tokens"), 5) << answer.body;
        EXPECT_LT(counted.at("input_tokens"), 60) << answer.body;
    }
    const http_message bad = weir.ask(post("{}", "", "/v1/messages/count_tokens"));
    EXPECT_EQ(bad.status(), 400);
    EXPECT_EQ(json::parse(bad.body).at("type"), "error") << bad.body;
    EXPECT_EQ(seen.count(), 0U);
}

TEST(apis, every_base_answers_get_and_head) {
    running_weir weir([](wire&, int) {});
    for (const std::string path : {"/", "/v1", "/anthropic", "/anthropic/v1", "/beta", "/beta/v1"}) {
        EXPECT_EQ(weir.ask(get(path)).status(), 200) << path;
        wire w = weir.connect();
        w.send(get(path, "HEAD", "Connection: close\r\n"));
        const std::string heard = w.read_to_end();
        EXPECT_THAT(heard, StartsWith("HTTP/1.1 200 OK\r\n")) << path;
        EXPECT_TRUE(heard.ends_with("\r\n\r\n")) << heard;
    }
}

void with_key(config::settings& s) {
    s.keys = metering::client_keys({{"alice", metering::hash_key("sk-alice"), false, false},
                                    {"bob", metering::hash_key("sk-bob"), false, true}});
}

TEST(apis, x_api_key_is_the_clients_key_on_the_paths_of_anthropic_alone) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", message_json)), with_key);
    const http_message let_in = weir.ask(post(hello_messages, "x-api-key: sk-alice\r\n", "/v1/messages"));
    EXPECT_EQ(let_in.status(), 200) << let_in.body;
    EXPECT_THAT(seen.last().head, Not(HasSubstr("sk-alice")));
    EXPECT_THAT(seen.last().head, HasSubstr("Authorization: Bearer sk-upstream-secret\r\n"));
    EXPECT_EQ(weir.ask(post(hello, "x-api-key: sk-alice\r\n")).status(), 401);
    const http_message refused = weir.ask(post(hello_messages, "x-api-key: sk-eve\r\n", "/v1/messages"));
    EXPECT_EQ(refused.status(), 401);
    EXPECT_EQ(json::parse(refused.body).at("error").at("type"), "authentication_error") << refused.body;
}

TEST(apis, the_version_fields_of_anthropic_go_on_and_no_others) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", message_json)));
    weir.ask(post(hello_messages,
                  "anthropic-version: 2023-06-01\r\nanthropic-beta: a,b\r\nx-stainless-os: L\r\n",
                  "/v1/messages"));
    EXPECT_THAT(seen.last().head, HasSubstr("anthropic-version: 2023-06-01\r\n"));
    EXPECT_THAT(seen.last().head, HasSubstr("anthropic-beta: a,b\r\n"));
    EXPECT_THAT(seen.last().head, Not(HasSubstr("stainless")));
}

TEST(apis, a_compressed_body_is_a_415_unless_it_is_accepted_and_then_it_is_bounded) {
    seen_request seen;
    const std::string packed = gzip(hello);
    const std::string field = "Content-Encoding: gzip\r\n";
    {
        running_weir weir(seen.answering(with_length("200 OK", answer_json)));
        EXPECT_EQ(weir.ask(post(packed, field)).status(), 415);
        EXPECT_EQ(seen.count(), 0U);
    }
    running_weir weir(seen.answering(with_length("200 OK", answer_json)), [](config::settings& s) {
        s.front.gzip_bodies = true;
        s.bounds.inflated_bytes_max = 1000;
    });
    EXPECT_EQ(weir.ask(post(packed, field)).status(), 200);
    EXPECT_THAT(seen.last().body, HasSubstr("What is a weir?"));
    EXPECT_THAT(seen.last().head, Not(HasSubstr("Content-Encoding")));
    EXPECT_EQ(weir.ask(post(gzip(std::string(1001, ' ')), field)).status(), 413);
    const http_message counted = weir.ask(post(gzip(hello_messages), field, "/v1/messages/count_tokens"));
    EXPECT_TRUE(json::parse(counted.body).contains("input_tokens")) << counted.body;
    EXPECT_EQ(weir.ask(post("no gzip", field)).status(), 400);
    EXPECT_EQ(weir.ask(post(hello, "Content-Encoding: br\r\n")).status(), 415);
}

TEST(apis, a_listed_page_may_ask_first_and_read_the_answer) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", answer_json)),
                      [](config::settings& s) { s.front.cors_origins = {"http://localhost:3000"}; });
    const std::string origin = "Origin: http://localhost:3000\r\n";
    const http_message first =
        weir.ask(get("/v1/chat/completions", "OPTIONS", origin + "Access-Control-Request-Method: POST\r\n"));
    EXPECT_EQ(first.status(), 204);
    EXPECT_EQ(first.field("Access-Control-Allow-Origin"), "http://localhost:3000");
    EXPECT_THAT(first.field("Access-Control-Allow-Headers"), HasSubstr("Authorization"));
    const http_message answer = weir.ask(post(hello, origin));
    EXPECT_EQ(answer.status(), 200) << answer.body;
    EXPECT_EQ(answer.field("Access-Control-Allow-Origin"), "http://localhost:3000");
    EXPECT_THAT(answer.field("Access-Control-Expose-Headers"), HasSubstr("x-weir-request-id"));
    const http_message other = weir.ask(get("/v1/chat/completions", "OPTIONS",
                                            "Origin: http://evil.example\r\n"
                                            "Access-Control-Request-Method: POST\r\n"));
    EXPECT_EQ(other.status(), 405);
    EXPECT_EQ(other.field("Access-Control-Allow-Origin"), "");
}

TEST(apis, without_listed_pages_there_is_no_preflight) {
    running_weir weir([](wire&, int) {});
    const http_message answer = weir.ask(get("/v1/models", "OPTIONS",
                                             "Origin: http://localhost:3000\r\n"
                                             "Access-Control-Request-Method: GET\r\n"));
    EXPECT_EQ(answer.status(), 405);
    EXPECT_THAT(answer.head, Not(HasSubstr("Access-Control")));
}

TEST(apis, the_conversation_is_known_by_a_hash_of_what_names_it) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", response_json)));
    const auto session = [&](const std::string& body, const std::string& fields) {
        return json::parse(weir.row_of(weir.ask(post(body, fields, "/v1/responses")))).at("session");
    };
    const std::string keyed = R"({"model":"auto","input":"hi","prompt_cache_key":"thread-1"})";
    const json by_body = session(keyed, "");
    EXPECT_EQ(by_body, session(keyed, ""));
    EXPECT_EQ(by_body.get<std::string>().size(), 16U);
    EXPECT_NE(by_body, session(keyed, "session-id: thread-2\r\n")) << "the field comes first";
    const json by_opening = session(hello_responses, "");
    EXPECT_EQ(by_opening.get<std::string>().size(), 16U);
    EXPECT_EQ(by_opening, session(hello_responses, "")) << "nothing names it: its first text does";
    EXPECT_NE(by_opening, by_body);
    EXPECT_NE(session(R"({"model":"auto","input":"hi","user":"one and the same"})", ""),
              session(R"({"model":"auto","input":"ho","user":"one and the same"})", ""))
        << "who asks is no conversation";
}

}  // namespace
}  // namespace weir
