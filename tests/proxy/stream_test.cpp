// Streams through the whole of weir: nothing is gathered, nothing waits, and what breaks says so.
#include "support/running_weir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace weir {
namespace {

using namespace test;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

TEST(stream, each_event_reaches_the_client_before_the_next_is_released) {
    constexpr int events = 20;
    gate next;
    running_weir weir([&](wire& w, int) {
        read_message(w);
        if (!next.pass()) return;
        w.send(stream_head);
        for (int i = 0; i < events; ++i) {
            w.send(chunk(event(R"({"content":")" + std::to_string(i) + "\"}")));
            if (!next.pass()) return;
        }
        w.send(chunk(last_event));
        if (!next.pass()) return;
        w.send(chunk(done_event) + "0\r\n\r\n");
        w.wait_end(patience);
    });
    wire client = weir.connect();
    client.send(post(hello_stream));
    next.open();
    const std::string head = client.read_through("\r\n\r\n");
    EXPECT_THAT(head, HasSubstr("HTTP/1.1 200 OK"));
    for (int i = 0; i < events; ++i) {
        // One event, in one chunk, whole, while upstream holds all others back.
        const std::string expected = chunk(event(R"({"content":")" + std::to_string(i) + "\"}"));
        ASSERT_EQ(client.read_bytes(expected.size()), expected) << "event " << i;
        next.open();
    }
    EXPECT_EQ(client.read_bytes(chunk(last_event).size()), chunk(last_event));
    next.open();
    const std::string end = chunk(done_event) + "0\r\n\r\n";
    EXPECT_EQ(client.read_bytes(end.size()), end);
}

TEST(stream, passes_comments_blank_lines_and_split_characters_as_they_come) {
    const std::string payload =
        ": keep-alive\n\n\n" + event(R"({"content":"堰, größer"})") + last_event + done_event;
    running_weir weir([&](wire& w, int) {
        read_message(w);
        w.send(stream_head);
        for (const char c : payload) w.send(chunk(std::string(1, c)));
        w.send("0\r\n\r\n");
        w.wait_end(patience);
    });
    const http_message answer = weir.ask(post(hello_stream));
    EXPECT_EQ(answer.body, payload);
    const auto row = nlohmann::json::parse(weir.row_of(answer));
    EXPECT_EQ(row["tokens"]["hit"], 4) << row;
    EXPECT_EQ(row["tokens"]["output"], 5) << row;
    EXPECT_EQ(row["estimated"], false) << row;
    EXPECT_EQ(row["outcome"], "served") << row;
}

TEST(stream, a_broken_one_ends_with_an_error_event_and_no_done) {
    running_weir weir([](wire& w, int) {
        read_message(w);
        w.send(stream_head + chunk(event(R"({"content":"half"})")));
        w.reset();
    });
    wire client = weir.connect();
    client.send(post(hello_stream));
    const http_message answer = read_message(client);
    EXPECT_THAT(answer.body, HasSubstr("half"));
    EXPECT_THAT(answer.body, HasSubstr("\n\ndata: {\"error\":"));
    EXPECT_THAT(answer.body, HasSubstr("upstream_protocol"));
    EXPECT_THAT(answer.body, Not(HasSubstr("[DONE]")));
    EXPECT_THAT(answer.body, EndsWith("\n\n"));
    const auto row = nlohmann::json::parse(weir.row_of(answer));
    EXPECT_EQ(row["outcome"], "failed") << row;
    EXPECT_EQ(row["estimated"], true) << row;
    // The connection could go on, so it did.
    client.send(post(hello_stream));
    EXPECT_EQ(read_message(client).status(), 200);
}

TEST(stream, one_that_ends_without_done_is_broken_however_politely) {
    running_weir weir([](wire& w, int) {
        read_message(w);
        w.send(stream_head + chunk(event(R"({"content":"half"})")) + "0\r\n\r\n");
        w.wait_end(patience);
    });
    EXPECT_THAT(weir.ask(post(hello_stream)).body, HasSubstr("data: {\"error\":"));
}

TEST(stream, one_that_is_cut_within_an_event_gets_its_error_on_lines_of_its_own) {
    running_weir weir([](wire& w, int) {
        read_message(w);
        w.send(stream_head + chunk("data: {\"id\":\"c1\",\"choi"));
        w.reset();
    });
    EXPECT_THAT(weir.ask(post(hello_stream)).body, HasSubstr("choi\n\ndata: {\"error\":"));
}

TEST(stream, one_that_breaks_before_its_first_byte_is_an_ordinary_error) {
    running_weir weir([](wire& w, int) {
        read_message(w);
        w.send(stream_head);
        w.reset();
    });
    const http_message answer = weir.ask(post(hello_stream));
    EXPECT_EQ(answer.status(), 502);
    EXPECT_EQ(nlohmann::json::parse(answer.body)["error"]["code"], "upstream_protocol");
}

TEST(stream, waits_for_the_first_token_no_longer_than_it_may_whatever_keep_alives_come) {
    running_weir weir(
        [](wire& w, int) {
            read_message(w);
            w.send(stream_head);
            while (!w.wait_end(std::chrono::milliseconds{20})) w.send(chunk(": keep-alive\n\n"));
        },
        [](config::settings& s) { s.timers.upstream_first_token_ms = 300; });
    const http_message answer = weir.ask(post(hello_stream));
    EXPECT_THAT(answer.body, HasSubstr(": keep-alive\n\n"));
    EXPECT_THAT(answer.body, HasSubstr("upstream_timeout"));
}

TEST(stream, a_client_that_leaves_ends_the_request_upstream) {
    for (const bool answered : {false, true}) {
        gate upstream_closed;
        running_weir weir([&](wire& w, int) {
            read_message(w);
            if (answered) w.send(stream_head + chunk(event(R"({"content":"x"})")));
            if (w.wait_end(patience)) upstream_closed.open();
        });
        {
            wire client = weir.connect();
            client.send(post(hello_stream));
            if (answered) client.read_through("\"x\"");
            // Until upstream has the request there is nothing to end.
            while (weir.upstream().connections() == 0) std::this_thread::yield();
        }
        EXPECT_TRUE(upstream_closed.pass()) << "answered: " << answered;
        const auto total = weir.stop_and_report();
        EXPECT_EQ(total.requests, 1);
        EXPECT_EQ(total.estimated, answered ? 1 : total.estimated);
    }
}

TEST(stream, a_client_that_leaves_behind_a_pipelined_request_is_noticed_too) {
    gate upstream_closed;
    running_weir weir([&](wire& w, int) {
        read_message(w);
        w.send(stream_head + chunk(event(R"({"content":"x"})")));
        if (w.wait_end(patience)) upstream_closed.open();
    });
    {
        wire client = weir.connect();
        client.send(post(hello_stream) + "GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n");
        client.read_through("\"x\"");
    }
    EXPECT_TRUE(upstream_closed.pass());
}

TEST(stream, a_client_that_leaves_with_its_done_was_served) {
    gate may_end;
    running_weir weir([&](wire& w, int) {
        read_message(w);
        w.send(stream_head + chunk(event(R"({"content":"x"})") + last_event + done_event));
        may_end.pass();
    });
    {
        wire client = weir.connect();
        client.send(post(hello_stream));
        client.read_through("[DONE]");
    }
    const auto total = weir.stop_and_report();
    may_end.open();
    EXPECT_EQ(total.requests, 1);
    EXPECT_EQ(total.estimated, 0);
    EXPECT_EQ(total.tokens.output, 5);
}

TEST(stream, an_encoded_answer_passes_and_its_row_says_that_it_is_an_estimate) {
    running_weir weir([](wire& w, int) {
        read_message(w);
        w.send(
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Encoding: gzip\r\nContent-Length: "
            "4\r\n\r\n\x1f\x8b\x08\x01");
        w.wait_end(patience);
    });
    const http_message answer = weir.ask(post(hello_stream));
    EXPECT_EQ(answer.body, "\x1f\x8b\x08\x01");
    EXPECT_EQ(answer.field("Content-Encoding"), "gzip");
    EXPECT_EQ(nlohmann::json::parse(weir.row_of(answer))["estimated"], true);
}

TEST(stream, an_old_client_reads_it_to_the_end_of_the_connection) {
    running_weir weir([](wire& w, int) {
        read_message(w);
        w.send(stream_head + chunk(event(R"({"content":"x"})") + last_event + done_event) + "0\r\n\r\n");
        w.wait_end(patience);
    });
    wire client = weir.connect();
    client.send(
        "POST /chat/completions HTTP/1.0\r\nHost: localhost\r\nContent-Type: "
        "application/json\r\nContent-Length: " +
        std::to_string(hello_stream.size()) + "\r\n\r\n" + hello_stream);
    EXPECT_THAT(client.read_to_end(), EndsWith(last_event + done_event));
}

TEST(stream, with_power_durability_the_row_is_written_before_the_answer_ends) {
    running_weir weir(
        [](wire& w, int) {
            while (!read_message(w).head.empty()) {
                w.send(stream_head + chunk(event(R"({"content":"x"})") + last_event + done_event) +
                       "0\r\n\r\n");
            }
        },
        [](config::settings& s) { s.ledger.durable = metering::durability::power; });
    for (int i = 0; i < 3; ++i) {
        const http_message answer = weir.ask(post(hello_stream));
        EXPECT_THAT(answer.body, EndsWith(done_event));
    }
    EXPECT_EQ(weir.stop_and_report().requests, 3);
}

TEST(stream, with_power_durability_the_row_is_there_before_the_client_has_its_done) {
    gate may_end;
    running_weir weir(
        [&](wire& w, int) {
            read_message(w);
            w.send(stream_head + chunk(event(R"({"content":"x"})") + last_event + done_event));
            may_end.pass();
            w.send("0\r\n\r\n");
            w.wait_end(patience);
        },
        [](config::settings& s) { s.ledger.durable = metering::durability::power; });
    wire client = weir.connect();
    client.send(post(hello_stream));
    http_message answer;
    answer.head = client.read_through("\r\n\r\n");
    client.read_through("[DONE]");
    // Upstream has not ended its framing yet, so neither has weir.
    const auto row = nlohmann::json::parse(weir.row_of(answer));
    ASSERT_TRUE(row.contains("outcome")) << row;
    EXPECT_EQ(row["outcome"], "served");
    EXPECT_EQ(row["tokens"]["output"], 5);
    may_end.open();
    EXPECT_THAT(client.read_through("0\r\n\r\n"), EndsWith("0\r\n\r\n"));
    EXPECT_EQ(weir.stop_and_report().requests, 1) << "one row, settled once";
}

}  // namespace
}  // namespace weir
