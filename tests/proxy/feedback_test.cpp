// POST /v1/feedback, and what the ledger's files hold of a request.
#include "weir/metering/rows.hpp"
#include "weir/whatif/record.hpp"

#include "support/running_weir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

namespace weir {
namespace {

using namespace test;
using metering::answer_outcome;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

const scripted_upstream::script answering = [](wire& w, int) {
    while (!read_message(w).head.empty()) w.send(with_length("200 OK", answer_json));
};

std::string feedback(const json& body, const std::string& fields = "") {
    return post(body.dump(), fields, "/v1/feedback");
}

// weir with the path of its ledger.
struct weir_and_ledger {
    explicit weir_and_ledger(const running_weir::change& changed = [](config::settings&) {})
        : weir(answering, [&](config::settings& s) {
              changed(s);
              file = s.ledger.file;
          }) {}
    std::filesystem::path file;
    running_weir weir;

    // The id of a request that was asked now.
    std::string asked(const std::string& fields = "") {
        const http_message answer = weir.ask(post(hello, fields));
        EXPECT_EQ(answer.status(), 200) << answer.body;
        return answer.field("x-weir-request-id");
    }
    std::vector<answer_outcome> outcomes() const {
        std::vector<answer_outcome> all;
        const auto take = [&all](const answer_outcome& o) {
            all.push_back(o);
            return true;
        };
        EXPECT_TRUE(metering::read_outcomes(file, take).has_value());
        return all;
    }
};

TEST(feedback, is_in_the_ledger_when_it_is_answered) {
    weir_and_ledger w;
    const std::string id = w.asked();
    const http_message said = w.weir.ask(
        feedback({{"request_id", id}, {"accepted", true}, {"score", 0.75}, {"note", "just right"}}));
    EXPECT_EQ(said.status(), 200) << said.body;
    EXPECT_EQ(said.body, R"({"recorded":true})");
    ASSERT_EQ(w.outcomes().size(), 1U);
    const answer_outcome o = w.outcomes().front();
    EXPECT_EQ(to_text(o.request), id);
    EXPECT_EQ(o.kind, metering::outcome_kind::feedback);
    EXPECT_TRUE(o.accepted);
    EXPECT_EQ(o.score, 0.75);
    EXPECT_EQ(o.note, "just right");
    EXPECT_GT(o.at_ms, 0);
    // Without the version, and in another mind.
    const http_message again =
        w.weir.ask(post(json{{"request_id", id}, {"accepted", false}}.dump(), "", "/feedback"));
    EXPECT_EQ(again.status(), 200) << again.body;
    ASSERT_EQ(w.outcomes().size(), 1U);
    EXPECT_FALSE(w.outcomes().front().accepted);
    EXPECT_EQ(w.outcomes().front().note, "") << "the last word stands alone";
    const auto total = w.weir.stop_and_report();
    EXPECT_EQ(total.requests, 1) << "feedback is no request";
    EXPECT_EQ(total.rejected, 1);
}

TEST(feedback, that_is_not_as_it_must_be_is_refused_with_the_member_named) {
    weir_and_ledger w;
    const std::string id = w.asked();
    const std::string id_member = R"("request_id":")" + id + '"';
    const struct {
        std::string body;
        std::string field;
    } table[] = {
        {"", ""},
        {"no", ""},
        {"[]", ""},
        {R"({)" + id_member + R"(,"accepted":true)", ""},
        {R"({)" + id_member + R"(,"accepted":true,"note":")" + "\xFF" + R"("})", ""},
        {R"({)" + id_member + R"(,"accepted":true,"note":"\ud800"})", ""},
        {R"({"accepted":true})", "request_id"},
        {R"({"request_id":7,"accepted":true})", "request_id"},
        {R"({"request_id":")" + std::string(65, 'r') + R"(","accepted":true})", "request_id"},
        {R"({)" + id_member + R"(})", "accepted"},
        {R"({)" + id_member + R"(,"accepted":"true"})", "accepted"},
        {R"({)" + id_member + R"(,"accepted":1})", "accepted"},
        {R"({)" + id_member + R"(,"accepted":null})", "accepted"},
        {R"({)" + id_member + R"(,"accepted":true,"accepted":false})", "accepted"},
        {R"({)" + id_member + R"(,"accepted":true,"score":1.01})", "score"},
        {R"({)" + id_member + R"(,"accepted":true,"score":-0.1})", "score"},
        {R"({)" + id_member + R"(,"accepted":true,"score":"1"})", "score"},
        {R"({)" + id_member + R"(,"accepted":true,"score":null})", "score"},
        {R"({)" + id_member + R"(,"accepted":true,"note":["x"]})", "note"},
        {R"({)" + id_member + R"(,"accepted":true,"note":")" + std::string(1025, 'n') + R"("})", "note"},
        {R"({)" + id_member + R"(,"accepted":true,"rating":5})", "rating"},
    };
    for (const auto& [body, field] : table) {
        const http_message refused = w.weir.ask(post(body, "", "/v1/feedback"));
        EXPECT_EQ(refused.status(), 400) << body << '\n' << refused.body;
        const json error = json::parse(refused.body, nullptr, false).value("error", json::object());
        EXPECT_EQ(error.value("type", ""), "invalid_request_error") << body << '\n' << refused.body;
        if (field.empty()) continue;
        EXPECT_EQ(error.at("param"), field) << body << '\n' << refused.body;
    }
    EXPECT_THAT(w.outcomes(), testing::IsEmpty());
    const std::string longest = std::string(1024, 'n');
    EXPECT_EQ(w.weir.ask(feedback({{"request_id", id}, {"accepted", true}, {"score", 1}, {"note", longest}}))
                  .status(),
              200);
}

TEST(feedback, longer_than_any_note_needs_or_compressed_is_not_read) {
    weir_and_ledger w;
    const http_message big =
        w.weir.ask(post("{\"note\":\"" + std::string(20'000, 'n') + "\"}", "", "/v1/feedback"));
    EXPECT_EQ(big.status(), 413) << big.body;
    const http_message packed = w.weir.ask(post("{}", "Content-Encoding: gzip\r\n", "/v1/feedback"));
    EXPECT_EQ(packed.status(), 415) << packed.body;
    EXPECT_EQ(w.weir.ask(get("/v1/feedback")).status(), 405);
}

TEST(feedback, on_what_this_key_did_not_ask_is_not_found) {
    weir_and_ledger w([](config::settings& s) {
        s.keys = metering::client_keys({{.id = "alice", .hash = metering::hash_key("sk-alice")},
                                        {.id = "bob", .hash = metering::hash_key("sk-bob")}});
    });
    const std::string alice = "Authorization: Bearer sk-alice\r\n", bob = "Authorization: Bearer sk-bob\r\n";
    const std::string id = w.asked(alice);
    const json yes{{"request_id", id}, {"accepted", true}};
    EXPECT_EQ(w.weir.ask(feedback(yes)).status(), 401);
    const http_message of_bob = w.weir.ask(feedback(yes, bob));
    EXPECT_EQ(of_bob.status(), 404) << of_bob.body;
    EXPECT_EQ(json::parse(of_bob.body).at("error").at("code"), "not_found") << of_bob.body;
    for (const std::string other : {"req_none", "", "req_0000000000001"}) {
        const http_message unknown = w.weir.ask(feedback({{"request_id", other}, {"accepted", true}}, alice));
        EXPECT_EQ(unknown.status(), 404) << other << unknown.body;
        EXPECT_EQ(unknown.body, of_bob.body) << "whose it is cannot be told from the refusal";
    }
    EXPECT_THAT(w.outcomes(), testing::IsEmpty());
    EXPECT_EQ(w.weir.ask(feedback(yes, alice)).status(), 200);
}

TEST(feedback, on_a_request_that_had_no_answer_is_refused) {
    weir_and_ledger w;
    const std::string id =
        w.weir.ask(post(R"({"model":"none-of-ours","messages":[]})")).field("x-weir-request-id");
    ASSERT_NE(id, "");
    const http_message answer = w.weir.ask(feedback({{"request_id", id}, {"accepted", false}}));
    EXPECT_EQ(answer.status(), 400) << answer.body;
    EXPECT_THAT(answer.body, testing::HasSubstr("had no answer"));
    EXPECT_THAT(w.outcomes(), testing::IsEmpty());
}

std::string bytes_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// The database, its log, the in-flight table: whatever is beside the ledger.
std::string everything_beside(const std::filesystem::path& ledger) {
    std::string all;
    for (const auto& entry : std::filesystem::directory_iterator(ledger.parent_path())) {
        if (entry.is_regular_file()) all += bytes_of(entry.path());
    }
    return all;
}

// Whatever a client may write that weir reads, with a word in it that must be nowhere afterwards.
std::string canary_body() {
    return R"({"model":"auto","user":"CANARY-user","prompt_cache_key":"CANARY-cache",)"
           R"("reasoning_effort":"CANARY-effort","metadata":{"a":"CANARY-metadata"},"messages":[)"
           R"({"role":"system","content":"CANARY-system prove CANARY-system.cpp"},)"
           R"({"role":"user","content":[{"type":"text","text":"CANARY-text: prove it in CANARY-file.py"}]},)"
           R"({"role":"assistant","content":"CANARY-answer","tool_calls":[{"id":"CANARY-id",)"
           R"("type":"function",)"
           R"("function":{"name":"CANARY_call","arguments":"{\"a\":\"CANARY-argument\"}"}}]},)"
           R"({"role":"tool","tool_call_id":"CANARY-id","content":"CANARY-result: error"},)"
           R"({"role":"user","content":"CANARY-ask: translate\n```\nCANARY-fence\n```"}],)"
           R"("tools":[{"type":"function","function":{"name":"CANARY_tool","description":"CANARY-about"}},)"
           R"({"type":"CANARY_type"}]})";
}

TEST(ledger_files, hold_nothing_of_a_prompt_and_all_of_its_decision) {
    for (const auto durable : {metering::durability::process, metering::durability::power}) {
        weir_and_ledger w([&](config::settings& s) { s.ledger.durable = durable; });
        const http_message answer = w.weir.ask(post(canary_body(), "x-session-id: CANARY-session\r\n"));
        ASSERT_EQ(answer.status(), 200) << answer.body;
        const std::string id = answer.field("x-weir-request-id");
        const json row = json::parse(w.weir.row_of(answer));
        EXPECT_EQ(row.at("outcome"), "served") << row;
        ASSERT_EQ(
            w.weir.ask(feedback({{"request_id", id}, {"accepted", true}, {"note", "parakeet"}})).status(),
            200);
        const std::string live = everything_beside(w.file);
        EXPECT_THAT(live, Not(HasSubstr("CANARY")));
        EXPECT_THAT(live, HasSubstr("parakeet")) << "the test looks into the wrong files";
        std::string decision;
        const auto take = [&decision](const metering::row& r) {
            decision = r.decision;
            return true;
        };
        ASSERT_TRUE(metering::read_rows(w.file, {}, take).has_value());
        const auto record = whatif::read_record(decision);
        ASSERT_TRUE(record.has_value()) << record.error().detail << '\n' << decision;
        EXPECT_EQ(record->features.size(), classifier::feature_list().size());
        EXPECT_EQ(row.at("tier"), record->tiers.at(record->tier)) << decision;
        EXPECT_EQ(record->effort, "") << "said in no known word";
        w.weir.stop();
        EXPECT_THAT(everything_beside(w.file), Not(HasSubstr("CANARY")));
    }
}

// An agent and the one that it started: memory knows each by its system text as well.
TEST(ledger_files, tell_the_conversations_under_one_header_apart) {
    weir_and_ledger w;
    const std::string started = R"({"model":"auto","messages":[{"role":"system","content":"You search."},)"
                                R"({"role":"user","content":"What is a weir?"}]})";
    for (const std::string& body : {hello, started, hello})
        EXPECT_EQ(w.weir.ask(post(body, "x-session-id: one\r\n")).status(), 200);
    EXPECT_EQ(w.weir.ask(post(hello)).status(), 200);
    w.weir.stop();
    std::vector<std::string> sessions, conversations;
    const auto take = [&](const metering::row& r) {
        const auto record = whatif::read_record(r.decision);
        EXPECT_TRUE(record.has_value()) << r.decision;
        sessions.push_back(r.session);
        conversations.push_back(record ? record->conversation : "");
        return true;
    };
    ASSERT_TRUE(metering::read_rows(w.file, {}, take).has_value());
    ASSERT_EQ(sessions.size(), 4U);
    EXPECT_EQ(sessions[0], sessions[1]);
    EXPECT_NE(conversations[0], conversations[1]);
    EXPECT_EQ(conversations[0], conversations[2]);
    EXPECT_NE(conversations[0], conversations[3]);
    EXPECT_EQ(conversations[3], sessions[3]) << "no header names it";
    EXPECT_EQ(conversations[0].size(), 16U);
}

// A request that is upstream has a slot in the in-flight table.
TEST(ledger_files, hold_nothing_of_a_prompt_that_is_in_flight) {
    gate asked, looked;
    std::filesystem::path file;
    running_weir weir(
        [&](wire& w, int) {
            read_message(w);
            asked.open();
            looked.pass();
            w.send(with_length("200 OK", answer_json));
            w.wait_end(patience);
        },
        [&](config::settings& s) { file = s.ledger.file; });
    wire client = weir.connect();
    client.send(post(canary_body(), "x-session-id: CANARY-session\r\n"));
    ASSERT_TRUE(asked.pass());
    const std::string during = everything_beside(file);
    looked.open();
    EXPECT_THAT(during, Not(HasSubstr("CANARY")));
    EXPECT_THAT(during, HasSubstr("deepseek-")) << "the slot is not in these files";
    EXPECT_EQ(read_message(client).status(), 200);
}

}  // namespace
}  // namespace weir
