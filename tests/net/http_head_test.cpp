#include "weir/net/http_head.hpp"

#include <gtest/gtest.h>

namespace weir::net {
namespace {

result<request_head> read(const std::string& head) { return parse_request_head(head, limits{}); }

TEST(request_head, reads_what_a_client_sends) {
    const auto h = read(
        "POST /v1/chat/completions?beta=true HTTP/1.1\r\nHost: 127.0.0.1:8787\r\nContent-Length: 12\r\n"
        "Authorization: Bearer k\r\nexpect: 100-Continue\r\n\r\n");
    ASSERT_TRUE(h) << h.error().detail;
    EXPECT_EQ(h->method, http_method::post);
    EXPECT_EQ(h->path, "/v1/chat/completions");
    EXPECT_EQ(h->query, "beta=true");
    EXPECT_EQ(h->content_length, 12u);
    EXPECT_EQ((*h)["AUTHORIZATION"], "Bearer k");
    EXPECT_TRUE(h->expect_continue);
    EXPECT_TRUE(h->keep_alive);
}

TEST(request_head, keeps_alive_by_version_and_connection) {
    const std::string host = "Host: h\r\n";
    EXPECT_TRUE(read("GET / HTTP/1.1\r\n" + host + "\r\n")->keep_alive);
    EXPECT_FALSE(read("GET / HTTP/1.1\r\n" + host + "Connection: x, Close\r\n\r\n")->keep_alive);
    EXPECT_FALSE(read("GET / HTTP/1.0\r\n\r\n")->keep_alive);
    EXPECT_TRUE(read("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")->keep_alive);
}

TEST(request_head, takes_an_absolute_target_of_its_own_host_only) {
    EXPECT_EQ(read("GET http://h:1/models HTTP/1.1\r\nHost: h:1\r\n\r\n")->path, "/models");
    EXPECT_FALSE(read("GET http://other/models HTTP/1.1\r\nHost: h:1\r\n\r\n"));
}

struct offence {
    const char* why;
    std::string head;
    errc code = errc::malformed_http;
};

TEST(request_head, refuses_what_another_server_might_read_otherwise) {
    const std::string start = "POST / HTTP/1.1\r\nHost: h\r\n";
    const std::vector<offence> offences{
        {"folded field", start + "X: a\r\n b\r\n\r\n"},
        {"folded by tab", start + "X: a\r\n\tb\r\n\r\n"},
        {"two lengths", start + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n"},
        {"length with sign", start + "Content-Length: +1\r\n\r\n"},
        {"length of two values", start + "Content-Length: 1, 1\r\n\r\n"},
        {"length in hex", start + "Content-Length: 0x1\r\n\r\n"},
        {"length of eleven digits", start + "Content-Length: 12345678901\r\n\r\n"},
        {"empty length", start + "Content-Length: \r\n\r\n"},
        {"length and chunks", start + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"},
        {"gzip, chunked", start + "Transfer-Encoding: gzip, chunked\r\n\r\n"},
        {"chunked twice", start + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"},
        {"identity", start + "Transfer-Encoding: identity\r\n\r\n"},
        {"chunks in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"},
        {"imitated length", start + "Content_Length: 5\r\n\r\n"},
        {"imitated encoding", start + "Transfer_Encoding: chunked\r\n\r\n"},
        {"no host", "GET / HTTP/1.1\r\n\r\n"},
        {"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"},
        {"bare line feed", "GET / HTTP/1.1\nHost: h\r\n\r\n"},
        {"control character", start + std::string("X: a\x01z\r\n\r\n")},
        {"NUL", start + std::string("X: a\0z\r\n\r\n", 10)},
        {"blank before colon", start + "X : a\r\n\r\n"},
        {"blank in target", "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n"},
        {"byte over 0x7e in target", "GET /\xc3\xa4 HTTP/1.1\r\nHost: h\r\n\r\n"},
        {"asterisk target", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n"},
        {"HTTP/2", "GET / HTTP/2.0\r\nHost: h\r\n\r\n"},
        {"body of GET", "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\n"},
        {"odd expectation", start + "Expect: something\r\n\r\n"},
        {"no head at all", "\x16\x03\x01\r\n\r\n"},
        {"other method", "PUT / HTTP/1.1\r\nHost: h\r\n\r\n", errc::method_not_allowed},
        {"connect", "CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n", errc::method_not_allowed}};
    for (const offence& o : offences) {
        const auto h = read(o.head);
        EXPECT_FALSE(h) << "accepted: " << o.why;
        if (!h) {
            EXPECT_EQ(h.error().code, o.code) << o.why << ": " << h.error().detail;
            EXPECT_EQ(h.error().from, origin::client) << o.why;
        }
    }
}

TEST(request_head, bounds_the_number_of_fields) {
    std::string head = "GET / HTTP/1.1\r\nHost: h\r\n";
    for (int i = 0; i < 100; ++i) head += "X-" + std::to_string(i) + ": 1\r\n";
    const auto h = read(head + "\r\n");
    ASSERT_FALSE(h);
    EXPECT_EQ(h.error().code, errc::head_too_large);
}

TEST(answer_head, reads_status_and_framing) {
    const auto a =
        parse_answer_head("HTTP/1.1 429 Too Many\r\nRetry-After: 3\r\nContent-Length: 2\r\n\r\n", limits{});
    ASSERT_TRUE(a) << a.error().detail;
    EXPECT_EQ(a->status, 429u);
    EXPECT_EQ(a->content_length, 2u);
    EXPECT_EQ((*a)["retry-after"], "3");
    EXPECT_FALSE(parse_answer_head("HTTP/1.0 200 OK\r\n\r\n", limits{})->keep_alive);
}

TEST(answer_head, distrusts_the_upstream_as_much) {
    for (const char* head :
         {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
          "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n", "SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 999 Odd\r\n\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"}) {
        const auto a = parse_answer_head(head, limits{});
        EXPECT_FALSE(a) << "accepted: " << head;
        if (!a) EXPECT_EQ(a.error().from, origin::upstream);
    }
}

TEST(head_length, ends_with_the_blank_line) {
    EXPECT_EQ(head_length("GET / HTTP/1.1\r\n\r\nbody"), 18u);
    EXPECT_EQ(head_length("GET / HTTP/1.1\r\n"), 0u);
    EXPECT_EQ(head_length("GET /\n\nx"), 7u);
}

TEST(hop_by_hop, covers_what_connection_names) {
    EXPECT_TRUE(is_hop_by_hop("transfer-encoding", ""));
    EXPECT_TRUE(is_hop_by_hop("X-Private", "close, x-private"));
    EXPECT_FALSE(is_hop_by_hop("Content-Type", "close"));
    EXPECT_FALSE(is_hop_by_hop("Retry-After", ""));
}

}  // namespace
}  // namespace weir::net
