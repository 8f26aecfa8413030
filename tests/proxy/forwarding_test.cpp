// Endpoints that pass as they are: files, tools, the balance.
#include "support/gzip.hpp"
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

TEST(forwarding, a_tool_that_was_asked_and_left_may_cost_its_fee) {
    gate asked;
    running_weir weir([&](wire& w, int) {
        read_message(w);
        asked.open();
        w.wait_end(patience);
    });
    {
        wire client = weir.connect();
        client.send(post("{}", "", "/v1/tools/search"));
        ASSERT_TRUE(asked.pass());
    }
    const auto total = weir.stop_and_report();
    EXPECT_EQ(total.requests, 1);
    EXPECT_EQ(total.estimated, 1) << "whether it was billed is not known";
    EXPECT_EQ(total.cost.to_integer_text(), "750000000");
}

TEST(forwarding, answers_without_a_body_and_long_ones_pass_as_they_came) {
    const std::string long_file(300'000, 'f');
    const struct {
        std::string request, answer, body;
        int status;
    } all[] = {
        {get("/v1/files/f1", "DELETE"), "HTTP/1.1 204 No Content\r\nX-Kept: 1\r\n\r\n", "", 204},
        {get("/v1/files/f1"), "HTTP/1.1 304 Not Modified\r\nX-Kept: 1\r\nETag: \"e\"\r\n\r\n", "", 304},
        {get("/v1/files/f1"), with_length("200 OK", long_file, "X-Kept: 1\r\n"), long_file, 200},
        {get("/v1/files/f1"),
         "HTTP/1.1 200 OK\r\nX-Kept: 1\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(long_file) +
             "0\r\n\r\n",
         long_file, 200},
    };
    for (const auto& one : all) {
        running_weir weir(
            [&](wire& w, int) {
                read_message(w);
                w.send(one.answer);
                w.wait_end(patience);
            },
            [](config::settings& s) { s.bounds.answer_held_bytes_max = 64 * 1024; });
        wire client = weir.connect();
        client.send(one.request);
        const http_message answer = read_message(client);
        EXPECT_EQ(answer.status(), one.status) << answer.head;
        EXPECT_EQ(answer.field("X-Kept"), "1") << answer.head;
        EXPECT_TRUE(answer.body == one.body) << answer.body.size() << " bytes";
        client.send(get("/v1/models"));
        EXPECT_EQ(read_message(client).status(), 200) << "the connection goes on behind " << one.status;
        EXPECT_EQ(json::parse(weir.row_of(answer)).at("answer_bytes"), one.body.size());
    }
}

TEST(forwarding, an_answer_that_is_cut_has_no_end) {
    running_weir weir(
        [](wire& w, int) {
            read_message(w);
            w.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(std::string(90'000, 'f')));
            w.reset();
        },
        [](config::settings& s) { s.bounds.answer_held_bytes_max = 64 * 1024; });
    wire client = weir.connect();
    client.send(get("/v1/files/f1"));
    EXPECT_THAT(client.read_to_end(), Not(HasSubstr("0\r\n\r\n")));
    const auto total = weir.stop_and_report();
    EXPECT_EQ(total.requests, 1);
}

TEST(forwarding, a_compressed_body_is_refused_or_inflated_and_never_mislabelled) {
    for (const bool accepted : {false, true}) {
        seen_request seen;
        running_weir weir(seen.answering(with_length("200 OK", ok)),
                          [&](config::settings& s) { s.front.gzip_bodies = accepted; });
        const http_message answer =
            weir.ask(post(gzip(R"({"query":"weirs"})"), "Content-Encoding: gzip\r\n", "/v1/tools/search"));
        EXPECT_EQ(answer.status(), accepted ? 200 : 415) << answer.body;
        EXPECT_EQ(seen.last().body, accepted ? R"({"query":"weirs"})" : "");
        EXPECT_EQ(seen.last().field("Content-Encoding"), "");
    }
}

TEST(forwarding, a_tool_that_was_under_way_when_weir_died_has_its_fee_everywhere) {
    const scratch_folder books;
    gate asked, may_end;
    running_weir weir(
        [&](wire& w, int) {
            read_message(w);
            asked.open();
            may_end.pass();
        },
        [&](config::settings& s) { s.ledger.file = books.path() / "weir.db"; });
    wire client = weir.connect();
    client.send(post("{}", "", "/v1/tools/search"));
    ASSERT_TRUE(asked.pass());
    // What a sudden end would leave on the disk.
    const scratch_folder later;
    std::filesystem::copy(books.path(), later.path());
    may_end.open();
    {
        const auto ledger = metering::ledger::open({.file = later.path() / "weir.db"}, 1, 64);
        ASSERT_TRUE(ledger) << ledger.error().detail;
        (*ledger)->flush();
    }
    const auto lines = metering::make_report(later.path() / "weir.db", {});
    ASSERT_TRUE(lines) << lines.error().detail;
    const metering::report_line& total = lines->back();
    EXPECT_EQ(total.requests, 1);
    EXPECT_EQ(total.currency, "USD");
    EXPECT_EQ(total.cost.to_integer_text(), "750000000");
    EXPECT_EQ(total.baselines.size(), 2U);
    for (const auto& [tier, cost] : total.baselines) {
        EXPECT_EQ(cost.to_integer_text(), "750000000") << tier << " would have cost the same";
    }
}

// Two keys, of which bob's may use what is passed on.
void with_keys(config::settings& s) {
    s.keys = metering::client_keys(
        {{.id = "alice", .hash = metering::hash_key("sk-alice"), .may_route = true, .may_see_balance = true},
         {.id = "bob", .hash = metering::hash_key("sk-bob"), .may_forward = true}});
}
const std::string alice = "Authorization: Bearer sk-alice\r\n";
const std::string bob = "Authorization: Bearer sk-bob\r\n";

json row_of(running_weir& weir, const http_message& answer, const std::string& key) {
    return json::parse(weir.ask(get("/v1/requests/" + answer.field("x-weir-request-id"), "GET", key)).body);
}

TEST(forwarding, a_key_that_may_not_forward_reaches_nobodys_files_or_tools) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", ok)), with_keys);
    const struct {
        std::string request, endpoint;
    } all[] = {
        {get("/v1/files", "GET", alice), "forward:/files"},
        {get("/files/file-1", "GET", alice), "forward:/files/*"},
        {get("/v1/files/file-1", "DELETE", alice), "forward:/files/*"},
        {post("{}", alice, "/v1/files"), "forward:/files"},
        {post("{}", alice, "/v1/tools/search"), "forward:/tools/search"},
    };
    for (const auto& one : all) {
        const http_message answer = weir.ask(one.request);
        EXPECT_EQ(answer.status(), 403) << one.request << answer.body;
        EXPECT_EQ(json::parse(answer.body).at("error").at("code"), "not_allowed") << answer.body;
        const json row = row_of(weir, answer, alice);
        EXPECT_EQ(row.at("endpoint"), one.endpoint) << row;
        EXPECT_EQ(row.at("outcome"), "refused") << row;
        EXPECT_EQ(row.at("status"), 403) << row;
        EXPECT_EQ(row.at("key"), "alice") << row;
        EXPECT_EQ(row.at("cost_pico"), 0) << row;
    }
    for (const char* method : {"GET", "DELETE"}) {
        const http_message answer =
            weir.ask(get("/anthropic/v1/files/file-1", method, "x-api-key: sk-alice\r\n"));
        EXPECT_EQ(answer.status(), 403) << answer.body;
        EXPECT_EQ(json::parse(answer.body).at("error").at("type"), "permission_error") << answer.body;
    }
    EXPECT_EQ(seen.count(), 0U);
}

TEST(forwarding, a_key_that_may_forward_reads_and_deletes_files) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", ok)), with_keys);
    for (const std::string method : {"GET", "DELETE"}) {
        const http_message answer = weir.ask(get("/v1/files/file-1", method, bob));
        EXPECT_EQ(answer.status(), 200) << method << answer.body;
        EXPECT_THAT(seen.last().head, StartsWith(method + " /files/file-1 HTTP/1.1\r\n"));
        EXPECT_THAT(seen.last().head, Not(HasSubstr("sk-bob")));
        EXPECT_EQ(row_of(weir, answer, bob).at("outcome"), "served");
    }
    const http_message of_anthropic =
        weir.ask(get("/anthropic/v1/files/file-1", "DELETE", "x-api-key: sk-bob\r\n"));
    EXPECT_EQ(of_anthropic.status(), 200) << of_anthropic.body;
    EXPECT_THAT(seen.last().head, StartsWith("DELETE /anthropic/v1/files/file-1 HTTP/1.1\r\n"));
    EXPECT_EQ(seen.count(), 3U);
    // to forward is not to see the balance
    EXPECT_EQ(weir.ask(get("/user/balance", "GET", bob)).status(), 403);
    EXPECT_EQ(weir.ask(get("/user/balance", "GET", alice)).status(), 200);
}

std::string post_as(const std::string& media, const std::string& path, const std::string& fields = "") {
    const std::string field = media.empty() ? "" : "Content-Type: " + media + "\r\n";
    return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + field + fields +
           "Content-Length: 2\r\n\r\n{}";
}

TEST(forwarding, only_where_any_media_is_said_a_body_may_be_other_than_json) {
    seen_request seen;
    for (const bool keyed : {false, true}) {
        running_weir weir(seen.answering(with_length("200 OK", ok)), [&](config::settings& s) {
            if (keyed) with_keys(s);
        });
        const std::string key = keyed ? bob : "";
        const std::size_t so_far = seen.count();
        for (const std::string media :
             {"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b",
              "text/plain; application/json", "application/jsonl"}) {
            for (const std::string path : {"/v1/tools/search", "/tools/fetch"}) {
                const http_message answer = weir.ask(post_as(media, path, key));
                EXPECT_EQ(answer.status(), 415) << path << " as " << media << answer.body;
                EXPECT_EQ(json::parse(answer.body).at("error").at("code"), "unsupported_media");
            }
        }
        EXPECT_EQ(seen.count(), so_far) << keyed;
        EXPECT_EQ(weir.ask(post_as("Application/JSON; charset=utf-8", "/tools/search", key)).status(), 200);
        EXPECT_EQ(weir.ask(post_as("text/plain", "/v1/files", key)).status(), 200);
        EXPECT_EQ(weir.ask(post_as("multipart/form-data; boundary=b", "/anthropic/v1/files", key)).status(),
                  200);
        EXPECT_EQ(seen.count(), so_far + 3) << keyed;
    }
}

// A page can send a form to any site without asking first; what tells it from a program are these fields.
TEST(forwarding, an_upload_by_a_page_that_is_not_listed_is_refused) {
    seen_request seen;
    running_weir weir(seen.answering(with_length("200 OK", ok)),
                      [](config::settings& s) { s.front.cors_origins = {"http://localhost:3000"}; });
    const std::string form = "multipart/form-data; boundary=b";
    for (const std::string path : {"/v1/files", "/anthropic/v1/files"}) {
        for (const std::string fields :
             {"Origin: https://evil.example\r\n", "Origin: null\r\n", "Origin: http://localhost:3001\r\n",
              "Sec-Fetch-Site: cross-site\r\n", "Sec-Fetch-Site: Cross-Site\r\nSec-Fetch-Mode: no-cors\r\n",
              "Origin: https://evil.example\r\nSec-Fetch-Site: same-site\r\n"}) {
            const http_message answer = weir.ask(post_as(form, path, fields));
            EXPECT_EQ(answer.status(), 403) << path << ' ' << fields << answer.body;
        }
        EXPECT_EQ(weir.ask(get(path, "GET", "Sec-Fetch-Site: cross-site\r\n")).status(), 403) << path;
    }
    EXPECT_EQ(seen.count(), 0U);
    EXPECT_EQ(weir.ask(post_as(form, "/v1/files", "Origin: http://localhost:3000\r\n")).status(), 200);
    EXPECT_EQ(weir.ask(post_as(form, "/v1/files")).status(), 200);
    EXPECT_EQ(seen.count(), 2U);
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
