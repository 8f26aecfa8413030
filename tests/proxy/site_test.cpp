// The endpoints beside chat.
#include "support/running_weir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <set>

namespace weir {
namespace {

using namespace test;
using nlohmann::json;
using testing::HasSubstr;

const scripted_upstream::script answering = [](wire& w, int) {
    while (!read_message(w).head.empty()) w.send(with_length("200 OK", answer_json));
};

TEST(site, lists_the_models_that_can_be_asked_for) {
    running_weir weir(answering);
    for (const char* path : {"/models", "/v1/models", "/beta/models", "/beta/v1/models"}) {
        const http_message answer = weir.ask(get(path));
        ASSERT_EQ(answer.status(), 200) << path << answer.body;
        EXPECT_EQ(json::parse(answer.body)["object"], "list") << answer.body;
        std::set<std::string> ids;
        for (const auto& m : json::parse(answer.body)["data"]) ids.insert(m["id"]);
        for (const char* id : {"auto", "deepseek-v4-flash", "deepseek-v4-pro", "deepseek-flash"}) {
            EXPECT_TRUE(ids.contains(id)) << id << " is not in " << answer.body;
        }
        EXPECT_FALSE(ids.contains("claude-*")) << "a pattern is no model";
    }
}

TEST(site, lists_the_same_models_under_the_base_of_anthropic_in_its_words) {
    running_weir weir(answering);
    const json of_openai = json::parse(weir.ask(get("/v1/models")).body);
    for (const char* path :
         {"/anthropic/models", "/anthropic/v1/models", "/anthropic/v1/models?limit=1000"}) {
        const http_message answer = weir.ask(get(path));
        ASSERT_EQ(answer.status(), 200) << path << answer.body;
        const json list = json::parse(answer.body);
        ASSERT_EQ(list["data"].size(), of_openai["data"].size()) << answer.body;
        for (std::size_t i = 0; i < list["data"].size(); ++i) {
            const json id = of_openai["data"][i]["id"];
            EXPECT_EQ(list["data"][i], (json{{"type", "model"},
                                             {"id", id},
                                             {"display_name", id},
                                             {"created_at", "1970-01-01T00:00:00Z"}}));
        }
        EXPECT_EQ(list["has_more"], false) << answer.body;
        EXPECT_EQ(list["first_id"], of_openai["data"].front()["id"]) << answer.body;
        EXPECT_EQ(list["last_id"], of_openai["data"].back()["id"]) << answer.body;
        EXPECT_FALSE(list.contains("object")) << answer.body;
    }
}

TEST(site, lists_models_for_a_key_in_the_field_of_its_base) {
    running_weir weir(answering, [](config::settings& s) {
        s.keys = metering::client_keys({{.id = "alice", .hash = metering::hash_key("sk-alice")}});
    });
    const auto status = [&](const std::string& path, const std::string& field) {
        return weir.ask("GET " + path + " HTTP/1.1\r\nHost: h\r\n" + field + "\r\n").status();
    };
    const std::string own = "x-api-key: sk-alice\r\n", bearer = "Authorization: Bearer sk-alice\r\n";
    for (const char* path : {"/anthropic/models", "/anthropic/v1/models"}) {
        EXPECT_EQ(status(path, own), 200) << path;
        EXPECT_EQ(status(path, bearer), 200) << path;
        EXPECT_EQ(status(path, "x-api-key: sk-eve\r\n"), 401) << path;
        EXPECT_EQ(status(path, ""), 401) << path;
    }
    for (const char* path : {"/models", "/v1/models", "/beta/models", "/beta/v1/models"}) {
        EXPECT_EQ(status(path, bearer), 200) << path;
        EXPECT_EQ(status(path, own), 401) << path;
        EXPECT_EQ(status(path, ""), 401) << path;
    }
    const http_message refused = weir.ask(get("/anthropic/v1/models"));
    EXPECT_EQ(json::parse(refused.body).at("error").at("type"), "authentication_error") << refused.body;
}

TEST(site, answers_at_its_root) {
    running_weir weir(answering);
    EXPECT_EQ(weir.ask(get("/")).status(), 200);
    wire client = weir.connect();
    client.send(get("/", "HEAD") + get("/v1/models"));
    EXPECT_THAT(client.read_through("\r\n\r\n"), HasSubstr("200 OK"));
    EXPECT_THAT(client.read_through("\r\n\r\n"), HasSubstr("200 OK")) << "HEAD had a body";
}

TEST(site, refuses_what_it_does_not_serve_in_the_clients_words) {
    running_weir weir(answering);
    const http_message unknown = weir.ask(get("/v2/chat"));
    EXPECT_EQ(unknown.status(), 404);
    EXPECT_EQ(json::parse(unknown.body)["error"]["code"], "not_found");
    const http_message method = weir.ask(get("/v1/chat/completions"));
    EXPECT_EQ(method.status(), 405);
    EXPECT_EQ(method.field("Allow"), "POST");
    EXPECT_EQ(json::parse(method.body)["error"]["code"], "method_not_allowed");
    const http_message head =
        weir.ask("GET /v1/models HTTP/1.1\r\nHost: h\r\nX: " + std::string(40'000, 'a') + "\r\n\r\n");
    EXPECT_EQ(head.status(), 431);
    EXPECT_EQ(json::parse(head.body)["error"]["code"], "head_too_large");
    EXPECT_EQ(weir.ask(get("/v1/requests/req_none")).status(), 404);
}

TEST(site, the_admin_listener_says_whether_weir_lives_and_counts) {
    running_weir weir(answering);
    weir.ask(post(hello));
    weir.ask(post("not json"));
    weir.ask(get("/nothing"));
    const auto admin = [&](const std::string& path) {
        wire w = weir.connect_admin();
        w.send(get(path));
        return read_message(w);
    };
    EXPECT_EQ(admin("/livez").status(), 200);
    EXPECT_EQ(admin("/readyz").status(), 200);
    const http_message metrics = admin("/metrics");
    EXPECT_THAT(metrics.body, HasSubstr("weir_requests_total{"));
    EXPECT_THAT(metrics.body, HasSubstr("not_found"));
    EXPECT_EQ(weir.ask(get("/metrics")).status(), 404) << "metrics are not for clients";
}

TEST(site, two_workers_share_a_port_and_a_ledger) {
    running_weir weir(answering, [](config::settings& s) { s.front.workers = 2; });
    for (int i = 0; i < 20; ++i) EXPECT_EQ(weir.ask(post(hello)).status(), 200);
    EXPECT_EQ(weir.stop_and_report().requests, 20);
}

TEST(server, lets_a_request_under_way_end_when_it_is_told_to_stop) {
    gate asked, answer_now;
    running_weir weir([&](wire& w, int) {
        read_message(w);
        asked.open();
        answer_now.pass();
        w.send(with_length("200 OK", answer_json));
        w.wait_end(patience);
    });
    wire client = weir.connect();
    client.send(post(hello));
    ASSERT_TRUE(asked.pass());
    std::thread stopping([&] {
        weir.server().stop([&](std::chrono::milliseconds) {
            answer_now.open();
            std::this_thread::yield();
            return false;
        });
    });
    const http_message answer = read_message(client);
    EXPECT_EQ(answer.status(), 200);
    EXPECT_EQ(answer.field("Connection"), "close");
    stopping.join();
    EXPECT_EQ(weir.stop_and_report().requests, 1);
}

TEST(server, cuts_what_does_not_end_and_still_writes_its_row) {
    gate asked;
    running_weir weir([&](wire& w, int) {
        read_message(w);
        asked.open();
        w.wait_end(patience);
    });
    wire client = weir.connect();
    client.send(post(hello));
    ASSERT_TRUE(asked.pass());
    EXPECT_EQ(weir.stop_and_report().requests, 1);
}

TEST(server, says_which_port_is_taken) {
    running_weir weir(answering);
    scratch_folder folder;
    config::settings s = shipped_settings(folder.path(), 1);
    s.front.listen = {"203.0.113.1", 80};
    const auto opened = proxy::server::open(std::move(s));
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().detail, HasSubstr("203.0.113.1:80"));
}

}  // namespace
}  // namespace weir
