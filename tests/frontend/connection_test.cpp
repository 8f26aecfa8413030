// What a client sees on its connection: framing, timers, limits, and what becomes of the connection
// afterwards.
#include "../../src/frontend/connection.hpp"

#include "support/memory_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace weir::frontend {
namespace {

using namespace std::chrono_literals;
using net::task;
using test::world;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

task<void> echo(exchange& ex) {
    auto body = co_await ex.read_body(10'000);
    if (!body) {
        if (!body.error().detail.empty()) co_await ex.respond({413, {}, body.error().detail});
        co_return;
    }
    co_await ex.respond(200, {{"Content-Type", "text/plain"}}, body->text());
}

task<void> drip(exchange& ex) {
    ex.begin(200, {{"Content-Type", "text/event-stream"}});
    co_await ex.write("data: 1\n\n");
    co_await ex.write("data: 2\n\n");
    co_await ex.end("data: 3\n\n");
}

task<void> give_up(exchange& ex) {
    ex.begin(200, {});
    co_await ex.write("half");
    ex.abandon();
}

task<void> ignore_body(exchange& ex) {
    co_await ex.respond(response{200, {{"X-Odd", "a\r\nInjected: b"}}, "ignored"});
}
task<void> fail(exchange&) {
    throw std::runtime_error("no memory");
    co_return;
}

class connection_test : public testing::Test {
protected:
    connection_test()
        : around_{w_.worker(), make_site(), {}, {}},
          ends_(net::memory_end::make(w_.worker().get_executor(), w_.clock())),
          client_(w_, std::move(ends_.first)),
          connection_(std::move(ends_.second), "127.0.0.1:1", around_) {
        w_.worker().spawn(connection_.run());
    }
    ~connection_test() override {
        connection_.cut();
        client_.leave();
        w_.pass(10s);
    }

    site make_site() {
        site s;
        s.endpoints = {
            {net::http_method::post, "/echo", echo},      {net::http_method::get, "/drip", drip},
            {net::http_method::get, "/give-up", give_up}, {net::http_method::post, "/ignore", ignore_body},
            {net::http_method::get, "/fail", fail},       {net::http_method::get, "/items/*", ignore_body}};
        s.refuse = [](const fault& f, std::string_view) {
            return response{f.code == errc::head_too_large ? 431 : 400, {}, std::string(code_name(f.code))};
        };
        s.common_fields = [](const net::request_head& head) {
            return head["Origin"] == "https://page.example" ? field_list{{"Vary", "Origin"}} : field_list{};
        };
        s.preflight = [](const net::request_head& head) -> std::optional<response> {
            if (head["Origin"].empty()) return std::nullopt;
            return response{204, {{"Access-Control-Max-Age", "600"}}, {}};
        };
        s.refused = [this](const fault& f) { refused_.push_back(f.code); };
        return s;
    }

    std::string ask(std::string_view bytes) {
        client_.say(bytes);
        return client_.heard();
    }

    world w_;
    std::vector<errc> refused_;
    surroundings around_;
    std::pair<net::memory_end, net::memory_end> ends_;
    test::memory_client client_;
    connection connection_;
};

TEST_F(connection_test, answers_two_pipelined_requests_in_order) {
    const std::string heard =
        ask("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\none"
            "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\ntwo");
    EXPECT_THAT(heard, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_LT(heard.find("\r\n\r\none"), heard.find("\r\n\r\ntwo")) << heard;
    EXPECT_THAT(heard, HasSubstr("Date: Sun, 22 Nov 2026 12:00:00 GMT\r\n"));
}

TEST_F(connection_test, a_preflight_is_answered_for_any_path_where_the_site_has_an_answer) {
    const std::string answered =
        ask("OPTIONS /anything HTTP/1.1\r\nHost: h\r\nOrigin: https://page.example\r\n\r\n");
    EXPECT_THAT(answered, StartsWith("HTTP/1.1 204 No Content\r\n"));
    EXPECT_THAT(answered, HasSubstr("Access-Control-Max-Age: 600\r\n"));
    EXPECT_THAT(ask("OPTIONS /anything HTTP/1.1\r\nHost: h\r\n\r\n"), HasSubstr("not_found"));
    EXPECT_THAT(ask("OPTIONS /echo HTTP/1.1\r\nHost: h\r\n\r\n"), HasSubstr("method_not_allowed"));
}

TEST_F(connection_test, every_answer_bears_the_sites_common_fields) {
    const std::string origin = "\r\nHost: h\r\nOrigin: https://page.example\r\n\r\n";
    for (const std::string path : {"/drip", "/ignore", "/nowhere", "/fail"}) {
        EXPECT_THAT(ask("GET " + path + " HTTP/1.1" + origin), HasSubstr("Vary: Origin\r\n")) << path;
    }
    EXPECT_THAT(ask("GET /drip HTTP/1.1\r\nHost: h\r\n\r\n"), Not(HasSubstr("Vary")));
}

TEST_F(connection_test, reads_a_chunked_body_split_anywhere_and_the_request_behind_it) {
    for (const char c : std::string("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                                    "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")) {
        client_.say(std::string_view(&c, 1));
    }
    EXPECT_THAT(client_.heard(), EndsWith("\r\n\r\nhello world"));
    const std::string both =
        ask("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"
            "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nb");
    EXPECT_THAT(both, HasSubstr("\r\n\r\na"));
    EXPECT_THAT(both, EndsWith("\r\n\r\nb"));
}

TEST_F(connection_test, answers_expect_before_the_body_comes) {
    EXPECT_EQ(ask("POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"),
              "HTTP/1.1 100 Continue\r\n\r\n");
    EXPECT_THAT(ask("ok"), EndsWith("\r\n\r\nok"));
}

TEST_F(connection_test, sends_each_write_as_one_chunk) {
    const std::string heard = ask("GET /drip HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_THAT(heard, HasSubstr("Transfer-Encoding: chunked\r\n"));
    EXPECT_THAT(heard,
                EndsWith("\r\n\r\n9\r\ndata: 1\n\n\r\n9\r\ndata: 2\n\n\r\n9\r\ndata: 3\n\n\r\n0\r\n\r\n"));
    EXPECT_THAT(ask("GET /drip HTTP/1.1\r\nHost: h\r\n\r\n"), StartsWith("HTTP/1.1 200"));
}

TEST_F(connection_test, gives_an_old_client_a_stream_that_ends_with_the_connection) {
    const std::string heard = ask("GET /drip HTTP/1.0\r\n\r\n");
    EXPECT_THAT(heard, Not(HasSubstr("chunked")));
    EXPECT_THAT(heard, HasSubstr("Connection: close\r\n"));
    EXPECT_THAT(heard, EndsWith("\r\n\r\ndata: 1\n\ndata: 2\n\ndata: 3\n\n"));
    EXPECT_TRUE(client_.ended());
}

TEST_F(connection_test, keeps_an_old_client_that_asks_for_it) {
    EXPECT_THAT(ask("POST /echo HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx"),
                HasSubstr("Connection: keep-alive\r\n"));
    EXPECT_THAT(ask("POST /echo HTTP/1.0\r\nContent-Length: 1\r\n\r\ny"), EndsWith("y"));
    EXPECT_TRUE(client_.ended());
}

TEST_F(connection_test, an_abandoned_answer_has_no_end) {
    const std::string heard = ask("GET /give-up HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_THAT(heard, EndsWith("4\r\nhalf\r\n"));
    EXPECT_TRUE(client_.ended());
}

TEST_F(connection_test, a_head_answer_has_no_body) {
    const std::string heard = ask("HEAD /items/7 HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_THAT(heard, HasSubstr("Content-Length: 7\r\n"));
    EXPECT_THAT(heard, EndsWith("\r\n\r\n"));
}

TEST_F(connection_test, a_value_cannot_start_a_line_of_its_own) {
    const std::string heard = ask("POST /ignore HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_THAT(heard, HasSubstr("X-Odd: a  Injected: b\r\n"));
}

TEST_F(connection_test, an_unknown_path_or_method_does_not_end_the_connection) {
    EXPECT_THAT(ask("POST /nothing HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"),
                HasSubstr("not_found"));
    const std::string wrong = ask("GET /echo HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_THAT(wrong, HasSubstr("method_not_allowed"));
    EXPECT_THAT(wrong, HasSubstr("Allow: POST\r\n"));
    EXPECT_THAT(ask("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nz"), EndsWith("z"));
    EXPECT_EQ(refused_, (std::vector{errc::not_found, errc::method_not_allowed}));
}

TEST_F(connection_test, a_body_that_nobody_read_is_dropped_when_short_and_ends_the_connection_when_long) {
    EXPECT_THAT(ask("POST /ignore HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n12345"),
                EndsWith("ignored"));
    EXPECT_THAT(ask("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nz"), EndsWith("z"));
    const std::string heard = ask("POST /ignore HTTP/1.1\r\nHost: h\r\nContent-Length: 999999\r\n\r\n");
    EXPECT_THAT(heard, HasSubstr("Connection: close\r\n"));
    EXPECT_TRUE(client_.ended());
}

TEST_F(connection_test, a_body_over_the_limit_is_refused_before_it_is_read) {
    const std::string heard = ask("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10001\r\n\r\n");
    EXPECT_THAT(heard, StartsWith("HTTP/1.1 413 "));
}

TEST_F(connection_test, a_chunked_body_over_the_limit_is_refused_while_it_is_read) {
    const std::string heard =
        ask("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2711\r\n" +
            std::string(10'001, 'x') + "\r\n");
    EXPECT_THAT(heard, StartsWith("HTTP/1.1 413 "));
    EXPECT_THAT(heard, HasSubstr("Connection: close\r\n"));
}

TEST_F(connection_test, a_head_without_end_is_cut_at_its_limit) {
    const std::string heard =
        ask("GET / HTTP/1.1\r\nX: " + std::string(around_.bounds.header_bytes_max, 'a'));
    EXPECT_THAT(heard, StartsWith("HTTP/1.1 431 "));
    EXPECT_TRUE(client_.ended());
}

TEST_F(connection_test, a_malformed_head_is_answered_and_ends_the_connection) {
    const std::string heard =
        ask("GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n c\r\n\r\nGET /drip HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_THAT(heard, StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(heard, EndsWith("malformed_http"));
    EXPECT_TRUE(client_.ended());
}

TEST_F(connection_test, a_slow_head_is_timed_out_however_steadily_it_drips) {
    for (int i = 0; i < 12; ++i) {
        client_.say("G");
        w_.pass(1s);
    }
    EXPECT_THAT(client_.heard(), HasSubstr("request_timeout"));
}

TEST_F(connection_test, a_head_that_began_behind_another_request_is_timed_out_too) {
    ask("GET /drip HTTP/1.1\r\nHost: h\r\n\r\nGE");
    w_.pass(11s);
    EXPECT_THAT(client_.heard(), HasSubstr("request_timeout"));
    EXPECT_TRUE(client_.ended());
}

TEST_F(connection_test, blank_lines_do_not_keep_a_connection_alive) {
    ask("GET /drip HTTP/1.1\r\nHost: h\r\n\r\n");
    for (int i = 0; i < 12; ++i) {
        client_.say("\r\n");
        w_.pass(1s);
    }
    EXPECT_TRUE(client_.ended());
}

TEST_F(connection_test, a_connection_that_says_nothing_is_closed_without_a_word) {
    w_.pass(11s);
    EXPECT_EQ(client_.heard(), "");
    EXPECT_TRUE(client_.ended());
}

TEST_F(connection_test, an_idle_connection_is_kept_for_its_time) {
    ask("GET /drip HTTP/1.1\r\nHost: h\r\n\r\n");
    w_.pass(74s);
    EXPECT_FALSE(client_.ended());
    w_.pass(3s);
    EXPECT_TRUE(client_.ended());
}

TEST_F(connection_test, a_slow_body_is_timed_out) {
    ask("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n");
    w_.pass(61s);
    EXPECT_THAT(client_.heard(), HasSubstr("the body came too slowly"));
}

TEST_F(connection_test, a_handler_that_throws_is_answered_with_an_error) {
    EXPECT_THAT(ask("GET /fail HTTP/1.1\r\nHost: h\r\n\r\n"), HasSubstr("internal"));
    EXPECT_THAT(ask("GET /drip HTTP/1.1\r\nHost: h\r\n\r\n"), StartsWith("HTTP/1.1 200"));
}

TEST_F(connection_test, a_drain_ends_idle_connections_and_says_so_to_busy_ones) {
    ask("GET /drip HTTP/1.1\r\nHost: h\r\n\r\n");
    client_.say("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\na");
    around_.draining = true;
    connection_.drain();
    w_.poll();
    EXPECT_FALSE(client_.ended());
    EXPECT_THAT(ask("b"), HasSubstr("Connection: close\r\n"));
    EXPECT_TRUE(client_.ended());
}

TEST(find_endpoint, matches_one_segment_for_a_star) {
    const std::vector<endpoint> table{{net::http_method::get, "/v1/requests/*", {}}};
    EXPECT_TRUE(find_endpoint(table, net::http_method::get, "/v1/requests/abc"));
    EXPECT_TRUE(find_endpoint(table, net::http_method::head, "/v1/requests/abc"));
    for (const char* path : {"/v1/requests/", "/v1/requests", "/v1/requests/a/b", "/v1/requestsx"}) {
        EXPECT_EQ(find_endpoint(table, net::http_method::get, path).error().code, errc::not_found) << path;
    }
}

}  // namespace
}  // namespace weir::frontend
