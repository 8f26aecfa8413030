// Answers through the whole of weir, where they are unusual: slow, long, encoded, from another model.
#include "support/messages.hpp"
#include "support/running_weir.hpp"
#include "support/seen_request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <atomic>

namespace weir {
namespace {

using namespace test;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string json_head =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
// Blank lines until the test has seen one, then `end`.
scripted_upstream::script blank_lines_then(gate& seen, std::string end) {
    return [&seen, end = std::move(end)](wire& w, int) {
        read_message(w);
        w.send(json_head);
        while (!seen.is_open()) {
            w.send(chunk("\n"));
            if (w.wait_end(std::chrono::milliseconds{5})) return;
        }
        if (end.empty()) return w.reset();
        w.send(end);
        w.wait_end(patience);
    };
}

TEST(slow_answers, blank_lines_pass_while_the_client_still_waits) {
    gate seen;
    running_weir weir(blank_lines_then(seen, chunk(answer_json) + "0\r\n\r\n"),
                      [](config::settings& s) { s.timers.blank_lines_held_ms = 20; });
    wire client = weir.connect();
    client.send(post(hello));
    http_message answer;
    answer.head = client.read_through("\r\n\r\n");
    ASSERT_THAT(answer.head, StartsWith("HTTP/1.1 200"));
    client.read_through("\n\r\n");
    seen.open();
    EXPECT_THAT(client.read_through("0\r\n\r\n"), HasSubstr(chunk(answer_json)));
    const json row = json::parse(weir.row_of(answer));
    EXPECT_EQ(row["outcome"], "served") << row;
    EXPECT_EQ(row["tokens"]["output"], 5) << row;
    EXPECT_GT(row["answer_bytes"], answer_json.size()) << row;
}

TEST(slow_answers, one_that_breaks_after_its_blank_lines_has_no_end) {
    gate seen;
    running_weir weir(blank_lines_then(seen, ""),
                      [](config::settings& s) { s.timers.blank_lines_held_ms = 1; });
    wire client = weir.connect();
    client.send(post(hello));
    http_message answer;
    answer.head = client.read_through("\r\n\r\n");
    seen.open();
    EXPECT_THAT(client.read_to_end(), Not(HasSubstr("0\r\n\r\n")));
    const json row = json::parse(weir.row_of(answer));
    EXPECT_EQ(row["outcome"], "failed") << row;
    EXPECT_EQ(row["error"], "upstream_protocol") << row;
}

TEST(slow_answers, blank_lines_are_held_to_the_end_where_it_is_set_so) {
    std::atomic<bool> over{false};
    running_weir weir(
        [&](wire& w, int) {
            read_message(w);
            w.send(json_head);
            for (int i = 0; i < 20; ++i) {
                w.send(chunk("\n"));
                w.wait_end(std::chrono::milliseconds{1});
            }
            over = true;
            w.send(chunk(answer_json) + "0\r\n\r\n");
            w.wait_end(patience);
        },
        [](config::settings& s) { s.timers.blank_lines_held_ms = 0; });
    wire client = weir.connect();
    client.send(post(hello));
    const std::string head = client.read_through("\r\n\r\n");
    EXPECT_TRUE(over) << "not a byte before the JSON";
    EXPECT_THAT(head, HasSubstr("Content-Length: " + std::to_string(20 + answer_json.size()) + "\r\n"));
}

TEST(slow_answers, their_name_of_the_model_is_declared_before_it_is_known) {
    gate seen;
    running_weir weir(blank_lines_then(seen, chunk(message_json) + "0\r\n\r\n"),
                      [](config::settings& s) { s.timers.blank_lines_held_ms = 1; });
    wire client = weir.connect();
    client.send(post(hello_messages, "", "/v1/messages"));
    EXPECT_THAT(client.read_through("\r\n\r\n"), HasSubstr("x-weir-mended: answer_model\r\n"));
    seen.open();
    EXPECT_THAT(client.read_through("0\r\n\r\n"), HasSubstr(R"("model":"claude-opus-4")"));
}

TEST(messages_answers, a_comment_before_message_start_passes_at_once) {
    gate seen;
    running_weir weir([&](wire& w, int) {
        read_message(w);
        w.send(stream_head + chunk(": keep-alive\n\n"));
        if (seen.pass()) w.send(chunk(message_start) + "0\r\n\r\n");
        w.wait_end(patience);
    });
    wire client = weir.connect();
    client.send(post(hello_messages_stream, "", "/v1/messages"));
    EXPECT_THAT(client.read_through(": keep-alive\n\n"), HasSubstr("x-weir-mended: answer_model\r\n"));
    seen.open();
    EXPECT_THAT(client.read_through("0\r\n\r\n"), HasSubstr(R"("model":"claude-opus-4")"));
}

TEST(messages_answers, a_stream_that_breaks_within_message_start_is_an_ordinary_error) {
    running_weir weir([](wire& w, int) {
        read_message(w);
        w.send(stream_head + chunk(message_start.substr(0, 60)));
        w.reset();
    });
    const http_message answer = weir.ask(post(hello_messages_stream, "", "/v1/messages"));
    EXPECT_EQ(answer.status(), 502) << answer.body;
    const json said = json::parse(answer.body);
    EXPECT_EQ(said["type"], "error") << said;
    EXPECT_EQ(said["error"]["type"], "api_error") << said;
    const json row = json::parse(weir.row_of(answer));
    EXPECT_EQ(row["outcome"], "failed") << row;
}

TEST(messages_answers, one_too_long_to_hold_names_the_model_too) {
    std::string long_json = message_json;
    long_json.replace(long_json.find("A low dam."), 10, std::string(50'000, 'x'));
    running_weir weir(
        [&](wire& w, int) {
            read_message(w);
            w.send(with_length("200 OK", long_json));
            w.wait_end(patience);
        },
        [](config::settings& s) { s.bounds.answer_held_bytes_max = 4'096; });
    const http_message answer = weir.ask(post(hello_messages, "", "/v1/messages"));
    EXPECT_EQ(answer.field("x-weir-mended"), "answer_model");
    json expected = json::parse(long_json);
    expected["model"] = "claude-opus-4";
    EXPECT_EQ(json::parse(answer.body), expected);
}

TEST(messages_answers, an_encoded_one_passes_untouched_and_nothing_is_declared) {
    running_weir weir([&](wire& w, int) {
        read_message(w);
        w.send(with_length("200 OK", message_json,
                           "Content-Type: application/json\r\nContent-Encoding: br\r\n"));
        w.wait_end(patience);
    });
    const http_message answer = weir.ask(post(hello_messages, "", "/v1/messages"));
    EXPECT_EQ(answer.body, message_json);
    EXPECT_EQ(answer.field("Content-Encoding"), "br");
    EXPECT_EQ(answer.field("x-weir-mended"), "");
}

TEST(served_models, an_answer_that_its_upstream_broke_off_has_failed) {
    for (const std::string reason : {"insufficient_system_resource", "aborted", "stop", "length"}) {
        std::string broken = answer_json;
        broken.replace(broken.find("\"stop\""), 6, '"' + reason + '"');
        seen_request seen;
        running_weir weir(seen.answering(with_length("200 OK", broken)));
        const http_message answer = weir.ask(post(hello));
        EXPECT_EQ(answer.body, broken) << "the client hears it as it was said";
        const bool failed = reason != "stop" && reason != "length";
        EXPECT_EQ(json::parse(weir.row_of(answer))["outcome"], failed ? "failed" : "served") << reason;
    }
}

TEST(answer_fields, all_lines_of_connection_name_fields_that_stay_here) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", answer_json,
                                                 "Content-Type: application/json\r\nConnection: x-one\r\n"
                                                 "Connection: keep-alive, x-two\r\nX-One: 1\r\nX-Two: 2\r\n"
                                                 "X-Three: 3\r\n")));
    const http_message answer = weir.ask(post(hello));
    EXPECT_EQ(answer.field("X-One") + answer.field("X-Two") + answer.field("X-Three"), "3") << answer.head;
}

TEST(served_models, one_of_another_price_is_priced_as_served_counted_and_told) {
    std::string from_pro = answer_json;
    from_pro.replace(from_pro.find("deepseek-v4-flash"), 17, "deepseek-v4-pro");
    from_pro.insert(1, R"("system_fingerprint":"fp_9",)");
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", from_pro)));
    const std::string pinned = R"({"model":"deepseek-v4-flash","messages":[{"role":"user","content":"x"}]})";
    const http_message answer = weir.ask(post(pinned));
    const json row = json::parse(weir.row_of(answer));
    EXPECT_EQ(row["model_sent"], "deepseek-v4-flash") << row;
    EXPECT_EQ(row["model_served"], "deepseek-v4-pro") << row;
    EXPECT_EQ(row["fingerprint"], "fp_9") << row;
    EXPECT_EQ(row["served_other"], true) << row;
    const http_message honest = weir.ask(post(R"({"model":"deepseek-v4-pro",)" + pinned.substr(29)));
    EXPECT_EQ(json::parse(weir.row_of(honest))["cost"], row["cost"]) << "the price of what was served";
    EXPECT_EQ(json::parse(weir.row_of(honest))["served_other"], false);
    wire admin = weir.connect_admin();
    admin.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_THAT(read_message(admin).body, HasSubstr("weir_served_other_total{tier=\"flash\"} 1"));
}

}  // namespace
}  // namespace weir
