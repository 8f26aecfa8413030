// What the next request and weir's own check tell of an answer: outcomes in the ledger, through the whole of
// weir.
#include "weir/metering/rows.hpp"

#include "support/running_weir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace weir {
namespace {

using namespace test;
using metering::answer_outcome;
using metering::outcome_kind;
using nlohmann::json;

const std::string good = with_length("200 OK", answer_json);

// Answers in turn, the last one for all that follow.
scripted_upstream::script in_turn(std::vector<std::string> answers) {
    const auto next = std::make_shared<std::atomic<std::size_t>>(0);
    return [answers = std::move(answers), next](wire& w, int) {
        while (!read_message(w).head.empty()) {
            w.send(answers[std::min(next->fetch_add(1), answers.size() - 1)]);
        }
    };
}

struct outcomes_of_weir {
    explicit outcomes_of_weir(std::vector<std::string> answers, const running_weir::change& changed = {})
        : weir(in_turn(std::move(answers)), [&](config::settings& s) {
              if (changed) changed(s);
              file = s.ledger.file;
          }) {}
    std::filesystem::path file;
    running_weir weir;

    std::string ask(const std::string& body, const std::string& fields = "") {
        return weir.ask(post(body, fields)).field("x-weir-request-id");
    }
    // "retried of ID: no", in the order of time, once weir has ended.
    std::vector<std::string> told() {
        weir.stop();
        std::vector<std::string> all;
        const auto take = [&all](const answer_outcome& o) {
            all.push_back(std::string(name_of(o.kind)) + " of " + to_text(o.request) + ": " +
                          (o.accepted ? "yes" : "no"));
            return true;
        };
        EXPECT_TRUE(metering::read_outcomes(file, take).has_value());
        return all;
    }
};

const std::string again = "x-stainless-retry-count: 1\r\n";

TEST(outcomes, the_same_ask_again_says_that_its_answer_was_none) {
    outcomes_of_weir w({good});
    const std::string first = w.ask(hello);
    w.ask(hello);
    w.ask(R"({"model":"auto","messages":[{"role":"user","content":"And a dam?"}]})");
    EXPECT_THAT(w.told(), testing::ElementsAre("asked_again of " + first + ": no"));
}

TEST(outcomes, a_word_that_is_said_over_and_over_is_no_question_asked_again) {
    const auto talk = [](int turns, const std::string& text) {
        std::string messages = R"({"role":"user","content":"Tell me a long story."})";
        for (int i = 0; i < turns; ++i) {
            messages +=
                R"(,{"role":"assistant","content":"Once"},{"role":"user","content":")" + text + R"("})";
        }
        return R"({"model":"auto","messages":[)" + messages + "]}";
    };
    outcomes_of_weir w({good});
    w.ask(talk(1, "thanks"));
    w.ask(talk(2, "thanks"));
    const std::string question = "What is the difference between a weir and a dam?";
    const std::string first = w.ask(talk(3, question));
    w.ask(talk(4, question));
    EXPECT_THAT(w.told(), testing::ElementsAre("asked_again of " + first + ": no"));
}

TEST(outcomes, a_library_that_sends_again_is_told_apart) {
    outcomes_of_weir w({good});
    const std::string first = w.ask(hello);
    w.ask(hello, again);
    EXPECT_THAT(w.told(), testing::ElementsAre("retried of " + first + ": no"));
}

TEST(outcomes, nobody_rejects_an_answer_that_never_came) {
    const std::string overloaded = with_length("503 Service Unavailable", R"({"error":{"message":"busy"}})");
    outcomes_of_weir w({overloaded, overloaded, good});
    w.ask(hello);
    w.ask(hello, again);
    const std::string answered = w.ask(hello, again);
    w.ask(hello);
    EXPECT_THAT(w.told(), testing::ElementsAre("asked_again of " + answered + ": no"))
        << "only the request that was answered can have been answered badly";
}

TEST(outcomes, an_upstream_that_broke_off_by_itself_was_not_rejected) {
    json broken = json::parse(answer_json);
    broken["choices"][0]["finish_reason"] = "insufficient_system_resource";
    outcomes_of_weir w({with_length("200 OK", broken.dump()), good},
                       [](config::settings& s) { s.routes.policies.front().check = {}; });
    w.ask(hello);
    w.ask(hello, again);
    EXPECT_THAT(w.told(), testing::IsEmpty());
}

TEST(outcomes, a_check_that_finds_the_upstream_out_of_room_says_nothing_about_the_model) {
    json broken = json::parse(answer_json);
    broken["choices"][0]["finish_reason"] = "insufficient_system_resource";
    // Neither tier has room.
    outcomes_of_weir w({with_length("200 OK", broken.dump())});
    w.ask(hello);
    EXPECT_THAT(w.told(), testing::IsEmpty());
}

TEST(outcomes, nobody_rejects_a_turn_whose_last_request_was_not_answered) {
    const std::string overloaded = with_length("503 Service Unavailable", R"({"error":{"message":"busy"}})");
    outcomes_of_weir w({good, overloaded, good});
    w.ask(hello);
    json with_result = json::parse(hello);
    with_result["messages"].push_back(
        {{"role", "assistant"},
         {"content", nullptr},
         {"tool_calls",
          {{{"id", "c1"}, {"type", "function"}, {"function", {{"name", "look"}, {"arguments", "{}"}}}}}}});
    with_result["messages"].push_back({{"role", "tool"}, {"tool_call_id", "c1"}, {"content", "seen"}});
    w.ask(with_result.dump());
    w.ask(hello);
    EXPECT_THAT(w.told(), testing::IsEmpty()) << "the conversation is begun anew because it broke off";
}

TEST(outcomes, a_streamed_answer_that_fails_its_check_is_known_to_be_none) {
    const std::string end = R"(data: {"model":"deepseek-v4-flash","choices":[{"index":0,"delta":{},)"
                            R"("finish_reason":"length"}],)" +
                            usage_json + "}\n\n";
    outcomes_of_weir w(
        {stream_head + chunk(event(R"({"content":"A low"})")) + chunk(end + done_event) + "0\r\n\r\n"});
    const std::string streamed = w.ask(hello_stream);
    EXPECT_THAT(w.told(), testing::ElementsAre("verifier of " + streamed + ": no"));
}

}  // namespace
}  // namespace weir
