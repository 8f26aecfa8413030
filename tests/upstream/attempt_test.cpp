// One request to an upstream over real sockets: what is pooled, what is tried again, what is refused.
#include "weir/upstream/attempt.hpp"

#include "support/sockets.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

namespace weir::upstream {
namespace {

using namespace test;
using testing::HasSubstr;
using testing::StartsWith;

struct answer {
    result<net::answer_head> head;
    std::string payload;
    std::optional<fault> broke;
    int reads = 0;
};

class attempt_test : public testing::Test {
protected:
    void serve(scripted_upstream::script s) {
        upstream_ = std::make_unique<scripted_upstream>(std::move(s));
        to_.name = "test";
        to_.tls = false;
        to_.host = "127.0.0.1";
        to_.port = upstream_->port();
        pool_ = std::make_unique<pool>(worker_, to_, nullptr, timers_, bounds_);
    }
    ~attempt_test() override {
        pool_.reset();
        upstream_.reset();
        worker_.io.restart();
        worker_.io.run();
    }

    answer ask(const outgoing& request) {
        std::optional<answer> got;
        worker_.spawn(run(request, got));
        worker_.io.restart();
        while (!got && worker_.io.run_one() > 0) {}
        return std::move(*got);
    }
    answer ask() {
        return ask({"POST", "/chat/completions", {{"Content-Type", "application/json"}}, {"{\"a\":", "1}"}});
    }

    net::task<void> run(outgoing request, std::optional<answer>& got) {
        answer a;
        attempt one(*pool_);
        a.head = co_await one.open(request);
        while (a.head) {
            auto payload = co_await one.read_some(worker_.time->now() + milliseconds{read_ms_});
            if (!payload) a.broke = payload.error();
            if (!payload || payload->empty()) break;
            a.payload += *payload;
            ++a.reads;
        }
        got = std::move(a);
    }

    net::worker worker_{0, std::make_unique<net::real_clock>(), [] { return 1; }};
    net::timeouts timers_;
    limits bounds_;
    settings to_;
    std::int64_t read_ms_ = 10'000;
    std::unique_ptr<scripted_upstream> upstream_;
    std::unique_ptr<pool> pool_;
};

TEST_F(attempt_test, sends_a_head_of_its_own_and_the_pieces_of_the_body) {
    std::string seen;
    serve([&](wire& w, int) {
        const http_message m = read_message(w);
        seen = m.head + m.body;
        w.send(with_length("200 OK", "{}"));
        w.wait_end(patience);
    });
    const answer a = ask();
    ASSERT_TRUE(a.head) << a.head.error().detail;
    EXPECT_EQ(a.payload, "{}");
    EXPECT_EQ(seen, "POST /chat/completions HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(to_.port) +
                        "\r\nContent-Type: application/json\r\nAccept-Encoding: identity\r\nContent-Length: "
                        "7\r\n\r\n{\"a\":1}");
    EXPECT_EQ(pool_->idle(), 1u);
}

TEST_F(attempt_test, uses_a_connection_again) {
    serve([](wire& w, int) {
        while (!read_message(w).head.empty()) w.send(stream_head + chunk("x") + "0\r\n\r\n");
    });
    for (int i = 0; i < 3; ++i) EXPECT_EQ(ask().payload, "x");
    EXPECT_EQ(upstream_->connections(), 1);
}

TEST_F(attempt_test, replaces_a_stale_connection_once) {
    serve([](wire& w, int connection) {
        read_message(w);
        w.send(with_length("200 OK", std::to_string(connection)));
        if (connection == 0) {
            // Looks alive until the next request has been sent.
            read_message(w);
            w.reset();
        } else {
            w.wait_end(patience);
        }
    });
    EXPECT_EQ(ask().payload, "0");
    const answer second = ask();
    ASSERT_TRUE(second.head) << second.head.error().detail;
    EXPECT_EQ(second.payload, "1");
}

TEST_F(attempt_test, does_not_ask_twice_on_a_fresh_connection) {
    serve([](wire& w, int) { read_message(w); });
    const answer a = ask();
    ASSERT_FALSE(a.head);
    EXPECT_EQ(a.head.error().code, errc::upstream_protocol) << a.head.error().detail;
    EXPECT_EQ(upstream_->connections(), 1);
}

TEST_F(attempt_test, swallows_interim_answers_but_no_flood_of_them) {
    int count = 2;
    serve([&](wire& w, int) {
        read_message(w);
        for (int i = 0; i < count; ++i) w.send("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n");
        w.send(with_length("200 OK", "final"));
        w.wait_end(patience);
    });
    EXPECT_EQ(ask().payload, "final");
    pool_->clear();
    count = 9;
    const answer a = ask();
    ASSERT_FALSE(a.head);
    EXPECT_THAT(a.head.error().detail, HasSubstr("interim"));
}

TEST_F(attempt_test, never_pools_a_connection_with_bytes_left_over) {
    serve([](wire& w, int) {
        read_message(w);
        w.send(with_length("200 OK", "{}") + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
        w.wait_end(patience);
    });
    EXPECT_EQ(ask().payload, "{}");
    EXPECT_EQ(pool_->idle(), 0u);
    EXPECT_EQ(ask().payload, "{}");
}

TEST_F(attempt_test, never_pools_where_the_peer_wants_to_close) {
    serve([](wire& w, int) {
        read_message(w);
        w.send(with_length("200 OK", "{}", "Connection: close\r\n"));
    });
    EXPECT_EQ(ask().payload, "{}");
    EXPECT_EQ(pool_->idle(), 0u);
}

TEST_F(attempt_test, reads_an_answer_that_ends_with_the_connection) {
    serve([](wire& w, int) {
        read_message(w);
        w.send("HTTP/1.1 200 OK\r\n\r\nold style");
    });
    const answer a = ask();
    EXPECT_EQ(a.payload, "old style");
    EXPECT_FALSE(a.broke);
}

TEST_F(attempt_test, says_when_an_answer_was_cut_short) {
    for (const std::string wire_text : {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", ""}) {
        serve([&](wire& w, int) {
            read_message(w);
            w.send(wire_text.empty() ? stream_head + chunk("half") : wire_text);
        });
        const answer a = ask();
        EXPECT_EQ(a.payload, "half");
        ASSERT_TRUE(a.broke);
        EXPECT_EQ(a.broke->code, errc::upstream_protocol);
        EXPECT_EQ(pool_->idle(), 0u);
    }
}

TEST_F(attempt_test, refuses_framing_that_is_not_strict) {
    serve([](wire& w, int connection) {
        read_message(w);
        w.send(connection == 0 ? stream_head + "4;x=1\r\nabcd\r\n0\r\n\r\n"
                               : "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab");
        w.wait_end(patience);
    });
    const answer extension = ask();
    ASSERT_TRUE(extension.broke);
    EXPECT_THAT(extension.broke->detail, StartsWith("chunk size"));
    EXPECT_EQ(ask().head.error().code, errc::upstream_protocol);
}

TEST_F(attempt_test, bounds_the_head_of_an_answer) {
    serve([this](wire& w, int) {
        read_message(w);
        w.send("HTTP/1.1 200 OK\r\nX: " + std::string(bounds_.upstream_head_bytes_max + 100'000, 'a'));
        w.wait_end(patience);
    });
    EXPECT_THAT(ask().head.error().detail, HasSubstr("too long"));
}

TEST_F(attempt_test, each_timer_names_itself) {
    timers_.upstream_first_byte_ms = 200;
    serve([](wire& w, int connection) {
        read_message(w);
        if (connection > 0) w.send(stream_head + chunk("a"));
        w.wait_end(patience);
    });
    const answer silent = ask();
    ASSERT_FALSE(silent.head);
    EXPECT_EQ(silent.head.error().code, errc::upstream_timeout);
    EXPECT_THAT(silent.head.error().detail, HasSubstr("before an answer came"));
    read_ms_ = 200;
    const answer stalled = ask();
    ASSERT_TRUE(stalled.broke);
    EXPECT_EQ(stalled.broke->code, errc::upstream_timeout);
}

TEST_F(attempt_test, names_the_step_that_failed_to_connect) {
    serve([](wire&, int) {});
    to_.port = 1;  // nothing listens there
    const answer a = ask();
    ASSERT_FALSE(a.head);
    EXPECT_EQ(a.head.error().code, errc::upstream_connect);
    EXPECT_THAT(a.head.error().detail, HasSubstr("connecting to 127.0.0.1"));
    to_.host = "name.invalid";
    EXPECT_THAT(ask().head.error().detail, HasSubstr("resolving name.invalid"));
}

TEST_F(attempt_test, goes_through_a_proxy_by_connect) {
    std::string asked;
    serve([&](wire& w, int) {
        asked = w.read_through("\r\n\r\n");
        w.send("HTTP/1.1 200 Connection established\r\n\r\n");
        read_message(w);
        w.send(with_length("200 OK", "tunnelled"));
        w.wait_end(patience);
    });
    to_.proxy_host = "127.0.0.1";
    to_.proxy_port = upstream_->port();
    to_.proxy_authorization = "Basic eA==";
    to_.host = "api.example";
    EXPECT_EQ(ask().payload, "tunnelled");
    EXPECT_EQ(asked, "CONNECT api.example:" + std::to_string(to_.port) + " HTTP/1.1\r\nHost: api.example:" +
                         std::to_string(to_.port) + "\r\nProxy-Authorization: Basic eA==\r\n\r\n");
}

TEST_F(attempt_test, a_proxy_that_refuses_is_a_failure_to_connect) {
    serve([](wire& w, int) {
        w.read_through("\r\n\r\n");
        w.send("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    });
    to_.proxy_host = "127.0.0.1";
    to_.proxy_port = upstream_->port();
    EXPECT_THAT(ask().head.error().detail, HasSubstr("407"));
}

TEST_F(attempt_test, an_idle_connection_grows_old) {
    timers_.upstream_keep_alive_ms = 1;
    serve([](wire& w, int) {
        while (!read_message(w).head.empty()) w.send(with_length("200 OK", "{}"));
    });
    ask();
    EXPECT_EQ(pool_->idle(), 1u);
    while (pool_->take()) {}
    ask();
    const auto before = worker_.time->now();
    while (worker_.time->now() < before + milliseconds{5}) {}
    EXPECT_EQ(pool_->take(), nullptr);
}

TEST_F(attempt_test, a_body_has_its_length_whatever_the_method) {
    std::string head;
    serve([&](wire& w, int) {
        head = read_message(w).head;
        w.send(with_length("200 OK", "{}"));
    });
    EXPECT_EQ(ask({"DELETE", "/files/a", {}, {"GET / HTTP/1.1"}}).payload, "{}");
    EXPECT_THAT(head, HasSubstr("Content-Length: 14\r\n"));
}

TEST_F(attempt_test, an_answer_to_head_has_no_body_whatever_length_it_names) {
    serve([&](wire& w, int) {
        while (!read_message(w).head.empty()) w.send("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n");
    });
    const answer a = ask({"HEAD", "/files", {}, {}});
    EXPECT_TRUE(a.head);
    EXPECT_FALSE(a.broke);
    EXPECT_EQ(a.payload, "");
}

}  // namespace
}  // namespace weir::upstream
