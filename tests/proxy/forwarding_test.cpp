// Endpoints that pass as they are: files, tools, the balance.
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

const std::string ok = R"({"ok":true})";

std::string get(const std::string& path, const std::string& method = "GET", const std::string& fields = "") {
    return method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n";
}

TEST(forwarding, files_go_up_as_they_are_whatever_their_media) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", ok)));
    const std::string body = std::string("--b\r\n\0\xff binary", 15) + "\r\n--b--\r\n";
    const http_message answer = weir.ask(
        "POST /v1/files HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\n"
        "Content-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body);
    EXPECT_EQ(answer.status(), 200) << answer.body;
    EXPECT_EQ(answer.body, ok);
    EXPECT_EQ(seen.last().body, body);
    EXPECT_THAT(seen.last().head, StartsWith("POST /files HTTP/1.1\r\n"));
    EXPECT_THAT(seen.last().head, HasSubstr("Content-Type: multipart/form-data; boundary=b\r\n"));
    EXPECT_THAT(seen.last().head, HasSubstr("Authorization: Bearer sk-upstream-secret\r\n"));
    const json row = json::parse(weir.row_of(answer));
    EXPECT_EQ(row.at("endpoint"), "forward:/files");
    EXPECT_EQ(row.at("outcome"), "served");
}

TEST(forwarding, a_file_is_named_by_one_plain_segment) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", ok)));
    EXPECT_EQ(weir.ask(get("/v1/files/file-abc_1.txt?x=1")).status(), 200);
    EXPECT_THAT(seen.last().head, StartsWith("GET /files/file-abc_1.txt?x=1 HTTP/1.1\r\n"));
    EXPECT_EQ(weir.ask(get("/files/file-1", "DELETE")).status(), 200);
    EXPECT_THAT(seen.last().head, StartsWith("DELETE /files/file-1 HTTP/1.1\r\n"));
    const std::size_t so_far = seen.count();
    for (const char* path : {"/files/..", "/files/.", "/files/a%2f..%2fuser", "/files/a/b", "/files/a;b"}) {
        EXPECT_EQ(weir.ask(get(path)).status(), 404) << path;
    }
    EXPECT_EQ(seen.count(), so_far);
}

TEST(forwarding, a_body_where_none_belongs_is_refused_and_never_becomes_a_request_of_its_own) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", ok)));
    const std::string inner = "GET /user/balance HTTP/1.1\r\nHost: x\r\n\r\n";
    const http_message answer =
        weir.ask("DELETE /v1/files/file-1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
                 std::to_string(inner.size()) + "\r\n\r\n" + inner);
    EXPECT_EQ(answer.status(), 400) << answer.body;
    EXPECT_EQ(seen.count(), 0U);
}

TEST(forwarding, head_is_answered_by_its_head_alone) {
    seen_request seen;
    running_weir weir(
        seen.answering("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n"));
    wire w = weir.connect();
    w.send(get("/v1/files", "HEAD", "Connection: close\r\n"));
    const std::string heard = w.read_to_end();
    EXPECT_THAT(heard, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_TRUE(heard.ends_with("\r\n\r\n")) << heard;
    EXPECT_THAT(seen.last().head, StartsWith("HEAD /files HTTP/1.1\r\n"));
}

TEST(forwarding, what_is_not_listed_does_not_pass) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", ok)));
    EXPECT_EQ(weir.ask(get("/v1/embeddings")).status(), 404);
    EXPECT_EQ(weir.ask(get("/v1/tools/search")).status(), 405);
    EXPECT_EQ(weir.ask(post("{}", "", "/v1/tools/shell")).status(), 404);
    EXPECT_EQ(seen.count(), 0U);
}

TEST(forwarding, a_tool_costs_its_fee_where_it_succeeds) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", ok)));
    const http_message answer = weir.ask(post(R"({"query":"weirs"})", "", "/v1/tools/search"));
    EXPECT_EQ(answer.status(), 200) << answer.body;
    EXPECT_THAT(seen.last().head, StartsWith("POST /v1/tools/search HTTP/1.1\r\n"));
    const json row = json::parse(weir.row_of(answer));
    EXPECT_EQ(row.at("cost_pico"), 750'000'000) << "0.75 dollars a thousand; " << row;
    EXPECT_EQ(row.at("price_tariff"), "fee") << row;
    EXPECT_EQ(row.at("tokens").at("output"), 0) << row;
}

TEST(forwarding, an_error_of_a_tool_is_free) {
    running_weir weir([](wire& w, int) {
        read_message(w);
        w.send(with_length("504 Gateway Timeout", ok));
    });
    const http_message answer = weir.ask(post("{}", "", "/v1/tools/search"));
    EXPECT_EQ(answer.status(), 504);
    EXPECT_EQ(json::parse(weir.row_of(answer)).at("cost_pico"), 0);
}

TEST(forwarding, the_balance_is_for_keys_that_may_see_it) {
    seen_request seen;
    const auto keys = [](config::settings& s) {
        s.keys = metering::client_keys({{"alice", metering::hash_key("sk-alice"), false, false},
                                        {"bob", metering::hash_key("sk-bob"), false, true}});
    };
    running_weir weir(seen.answering(with_length("200 OK", ok)), keys);
    const http_message refused = weir.ask(get("/user/balance", "GET", "Authorization: Bearer sk-alice\r\n"));
    EXPECT_EQ(refused.status(), 403) << refused.body;
    EXPECT_EQ(json::parse(refused.body).at("error").at("code"), "not_allowed") << refused.body;
    EXPECT_EQ(seen.count(), 0U);
    const http_message seen_by_bob =
        weir.ask(get("/v1/user/balance", "GET", "Authorization: Bearer sk-bob\r\n"));
    EXPECT_EQ(seen_by_bob.status(), 200) << seen_by_bob.body;
    EXPECT_THAT(seen.last().head, StartsWith("GET /user/balance HTTP/1.1\r\n"));
    EXPECT_THAT(seen.last().head, Not(HasSubstr("sk-bob")));
    weir.stop();
}

}  // namespace
}  // namespace weir
