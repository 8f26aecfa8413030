// An answer that is none, through the whole of weir: another tier answers, once, and both are paid for.
#include "weir/metering/rows.hpp"

#include "support/messages.hpp"
#include "support/running_weir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <mutex>
#include <string>
#include <vector>

namespace weir {
namespace {

using namespace test;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

const std::string good = with_length("200 OK", answer_json);

std::string said(const std::string& content, const std::string& finish = "stop", const json& more = {}) {
    json answer = json::parse(answer_json);
    json& choice = answer["choices"][0];
    choice["message"]["content"] = content;
    choice["finish_reason"] = finish;
    if (!more.is_null()) choice.update(more, true);
    return with_length("200 OK", answer.dump());
}

// An upstream whose cheap model says one thing and whose dear one another. "" closes the connection.
class two_models {
public:
    two_models(std::string cheap, std::string dear) : cheap_(std::move(cheap)), dear_(std::move(dear)) {}

    scripted_upstream::script script() {
        return [this](wire& w, int) {
            for (;;) {
                const http_message m = read_message(w);
                if (m.head.empty()) return;
                const bool dear = json::parse(m.body)["model"] == "deepseek-v4-pro";
                {
                    const std::lock_guard lock(mutex_);
                    asked_.push_back(json::parse(m.body));
                }
                const std::string& answer = dear ? dear_ : cheap_;
                if (answer.empty()) return w.reset();
                w.send(answer);
            }
        };
    }
    std::vector<json> asked() {
        const std::lock_guard lock(mutex_);
        return asked_;
    }

private:
    std::string cheap_, dear_;
    std::mutex mutex_;
    std::vector<json> asked_;
};

void check_everything(config::settings& s) {
    router::answer_check& check = s.routes.policies.front().check;
    check = {};
    check.on = check.json = check.schema = check.tool_arguments = check.truncated = check.empty =
        check.refusal = check.broken_off = true;
    check.then = 1;
    check.confidence_per_mille = 850;
    s.answers.refusals = {"I'm sorry, but I can't"};
}

// weir before two models, and its rows once it has ended.
class cascade {
public:
    using change = std::function<void(config::settings&)>;

    cascade(
        std::string cheap, std::string dear, const change& more = [](config::settings&) {})
        : models(std::move(cheap), std::move(dear)),
          weir(models.script(), [this, &more](config::settings& s) {
              check_everything(s);
              more(s);
              file_ = folder_.path() / "rows.db";
              s.ledger.file = file_;
              prices_ = s.prices;
          }) {}

    // The request's own rows last, its attempts before them.
    std::vector<metering::row> rows() {
        weir.stop();
        std::vector<metering::row> all;
        const auto read = metering::read_rows(file_, {}, [&](const metering::row& r) {
            all.push_back(r);
            return true;
        });
        EXPECT_TRUE(read.has_value()) << (read ? "" : read.error().detail);
        std::ranges::partition(all, [](const auto& r) { return r.how == metering::outcome::replaced; });
        return all;
    }
    // What a row's tokens cost at the price of the model that was sent.
    pricing::pico price_of(const metering::row& r) const {
        const auto quote = prices_.at(r.model_sent, from_unix_ms(r.started_ms));
        return quote ? cost(r.tokens, quote->prices) : pricing::pico{-1};
    }

    two_models models;

private:
    scratch_folder folder_;
    std::filesystem::path file_;
    pricing::price_book prices_{"", "", {}, {}};

public:
    running_weir weir;
};

const std::string wants_json =
    R"({"model":"auto","messages":[{"role":"user","content":"Name a dam, as json."}],)"
    R"("response_format":{"type":"json_object"}})";
const std::string wants_logprobs =
    R"({"model":"auto","messages":[{"role":"user","content":"What is a weir?"}],"logprobs":true})";
const std::string with_tool =
    R"({"model":"auto","messages":[{"role":"user","content":"The weather, please."}],"tools":[{"type":)"
    R"("function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":)"
    R"({"type":"string"}},"required":["city"]}}}]})";

json call_with(const std::string& arguments) {
    const json function{{"name", "get_weather"}, {"arguments", arguments}};
    const json call{{"id", "call_1"}, {"type", "function"}, {"function", function}};
    return {{"message", {{"content", nullptr}, {"tool_calls", json::array({call})}}}};
}

json rated(double logprob) {
    return {{"logprobs", {{"content", json::array({{{"token", "A"}, {"logprob", logprob}}})}}}};
}

struct wrong_answer {
    std::string failure;
    std::string request;
    std::string answer;
};

const std::vector<wrong_answer>& wrong_answers() {
    static const std::vector<wrong_answer> all = {
        {"json", wants_json, said("Here is one: {}")},
        {"tool_arguments", with_tool, said("", "tool_calls", call_with(R"({"city":)"))},
        {"tool_arguments", with_tool, said("", "tool_calls", call_with(R"({"town":"Ulm"})"))},
        {"truncated", hello, said("A low", "length")},
        {"empty", hello, said(" ")},
        {"refusal", hello, said("I'm sorry, but I can't help with that.")},
        {"broken_off", hello, said("A low", "insufficient_system_resource")},
        {"unsure", wants_logprobs, said("A low dam.", "stop", rated(-0.9))},
    };
    return all;
}

TEST(cascade, each_failure_is_answered_by_the_other_tier_and_both_are_paid_for) {
    for (const wrong_answer& one : wrong_answers()) {
        cascade c(one.answer, good);
        const http_message answer = c.weir.ask(post(one.request));
        EXPECT_EQ(answer.status(), 200) << one.failure << answer.body;
        EXPECT_EQ(answer.body, answer_json) << one.failure;
        EXPECT_EQ(answer.field("x-weir-reason"), "answer_failed") << one.failure;
        EXPECT_EQ(answer.field("x-weir-replaced"), one.failure);
        EXPECT_EQ(answer.field("x-weir-attempts"), "2") << one.failure;
        EXPECT_EQ(answer.field("x-weir-tier"), "pro") << one.failure;
        EXPECT_EQ(answer.field("x-weir-score"), "1.000") << one.failure;
        EXPECT_EQ(c.models.asked().size(), 2U) << one.failure;

        const std::vector<metering::row> rows = c.rows();
        ASSERT_EQ(rows.size(), 2U) << one.failure;
        EXPECT_EQ(rows[0].how, metering::outcome::replaced) << one.failure;
        EXPECT_EQ(rows[0].parent, rows[1].id) << one.failure;
        EXPECT_EQ(rows[0].checked, one.failure);
        EXPECT_EQ(rows[0].tier, "flash") << one.failure;
        EXPECT_NE(rows[0].reason, "answer_failed");
        EXPECT_EQ(rows[0].status, 0) << "no client saw it";
        EXPECT_EQ(to_text(rows[1].id), answer.field("x-weir-request-id"));
        EXPECT_EQ(rows[1].how, metering::outcome::served) << one.failure;
        EXPECT_EQ(rows[1].tier, "pro") << one.failure;
        EXPECT_EQ(rows[1].attempts, 2) << one.failure;
        for (const metering::row& r : rows) {
            EXPECT_EQ(r.tokens, (usage{4, 6, 5, 2})) << one.failure;
            EXPECT_FALSE(r.estimated) << one.failure;
        }
        EXPECT_EQ(rows[0].cost, c.price_of(rows[0])) << one.failure;
    }
}

TEST(cascade, a_good_answer_is_sent_as_it_is) {
    const std::pair<std::string, std::string> all[] = {
        {hello, good},
        {wants_json, said(R"({"name":"Hoover"})")},
        {with_tool, said("", "tool_calls", call_with(R"({"city":"Ulm"})"))},
        {wants_logprobs, said("A low dam.", "stop", rated(-0.1))},
        {hello, said("I'm sorry about the wait: a low dam.")},
    };
    for (const auto& [request, answer] : all) {
        cascade c(answer, good);
        EXPECT_EQ(c.weir.ask(post(request)).field("x-weir-attempts"), "") << answer;
        EXPECT_EQ(c.models.asked().size(), 1U) << answer;
    }
}

TEST(cascade, the_sum_of_both_is_in_the_report_to_the_pico) {
    json from_pro = json::parse(answer_json);
    from_pro["model"] = "deepseek-v4-pro";
    cascade c(said(""), with_length("200 OK", from_pro.dump()));
    c.weir.ask(post(hello));
    const std::vector<metering::row> rows = c.rows();
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[1].model_served, "deepseek-v4-pro");
    EXPECT_EQ(rows[1].cost, c.price_of(rows[1]));
    EXPECT_GT(rows[1].cost, rows[0].cost);
    EXPECT_GT(rows[0].cost, pricing::pico{0});
    EXPECT_EQ(c.weir.stop_and_report().requests, 1) << "an attempt is no request";
}

TEST(cascade, the_second_request_is_the_clients_own_for_the_other_model) {
    cascade c(said(""), good);
    c.weir.ask(
        post(R"({"model":"auto","reasoning_effort":"low","messages":[{"role":"user","content":"Hi"}]})"));
    std::vector<json> asked = c.models.asked();
    ASSERT_EQ(asked.size(), 2U);
    EXPECT_EQ(asked[1]["reasoning_effort"], "low") << "the client's word stands";
    asked[0].erase("model");
    asked[1].erase("model");
    EXPECT_EQ(asked[0], asked[1]);
}

TEST(cascade, other_APIs_have_it_too) {
    json empty_message = json::parse(message_json);
    empty_message["content"][0]["text"] = "";
    cascade messages(with_length("200 OK", empty_message.dump()), with_length("200 OK", message_json));
    const http_message answer = messages.weir.ask(post(hello_messages, "", "/v1/messages"));
    EXPECT_EQ(answer.field("x-weir-replaced"), "empty") << answer.head;
    EXPECT_EQ(json::parse(answer.body)["content"], json::parse(message_json)["content"]);

    const auto response = [](const std::string& text) {
        const json part{{"type", "output_text"}, {"text", text}};
        const json item{{"type", "message"}, {"content", json::array({part})}};
        return with_length("200 OK", json{{"object", "response"},
                                          {"status", "completed"},
                                          {"output", json::array({item})},
                                          {"usage", {{"input_tokens", 10}, {"output_tokens", 5}}}}
                                         .dump());
    };
    cascade responses(response("no json"), response("{}"));
    const std::string asked =
        R"({"model":"auto","input":"A json, please.","text":{"format":{"type":"json_object"}}})";
    const http_message second = responses.weir.ask(post(asked, "", "/v1/responses"));
    EXPECT_EQ(second.field("x-weir-replaced"), "json") << second.head;
    EXPECT_EQ(json::parse(second.body)["output"][0]["content"][0]["text"], "{}");
}

TEST(cascade, what_the_second_says_is_sent_whatever_it_is) {
    cascade c(said(""), said("", "length"));
    const http_message answer = c.weir.ask(post(hello));
    EXPECT_EQ(answer.field("x-weir-replaced"), "empty");
    EXPECT_EQ(answer.field("x-weir-checked"), "truncated");
    EXPECT_EQ(c.models.asked().size(), 2U) << "once, not for ever";
}

TEST(cascade, where_the_second_cannot_answer_the_first_is_sent_after_all) {
    const std::pair<const char*, std::string> all[] = {
        {"refused", with_length("503 Service Unavailable", R"({"error":{"message":"busy"}})")},
        {"too many", with_length("429 Too Many Requests", R"({"error":{"message":"busy"}})")},
        {"closed", ""},
    };
    for (const auto& [what, second] : all) {
        const std::string first = said("A low", "length");
        cascade c(first, second);
        const http_message answer = c.weir.ask(post(hello));
        EXPECT_EQ(answer.status(), 200) << what;
        EXPECT_THAT(first, HasSubstr(answer.body)) << what;
        EXPECT_EQ(answer.field("x-weir-tier"), "flash") << what;
        EXPECT_NE(answer.field("x-weir-reason"), "answer_failed") << what;
        EXPECT_EQ(answer.field("x-weir-checked"), "truncated") << what;
        EXPECT_EQ(answer.field("x-weir-replaced"), "") << what;
        EXPECT_EQ(answer.field("x-weir-attempts"), "2") << what;
        const std::vector<metering::row> rows = c.rows();
        ASSERT_EQ(rows.size(), 2U) << what;
        EXPECT_EQ(rows[0].tokens, (usage{4, 6, 5, 2})) << what;
        EXPECT_EQ(rows[1].how, metering::outcome::served) << what;
        EXPECT_EQ(rows[1].tokens.output, 0) << what << ": the answer's tokens are counted once";
        if (!second.empty()) EXPECT_EQ(rows[1].cost, pricing::pico{0}) << what;
        ASSERT_EQ(rows[1].baselines.size(), 2U) << what;
        EXPECT_TRUE(rows[0].baselines.empty()) << what;
        EXPECT_EQ(rows[1].baselines[0].second, rows[0].cost) << what << ": Flash alone had given that answer";
        EXPECT_GT(rows[1].baselines[1].second, rows[0].cost) << what << ": Pro alone would have cost more";
    }
}

TEST(cascade, an_attempt_that_told_no_usage_is_estimated_by_what_it_said) {
    json unmetered = json::parse(answer_json);
    unmetered.erase("usage");
    unmetered["choices"][0]["finish_reason"] = "length";
    cascade c(with_length("200 OK", unmetered.dump()), good);
    c.weir.ask(post(hello));
    const std::vector<metering::row> rows = c.rows();
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_TRUE(rows[0].estimated);
    EXPECT_GT(rows[0].tokens.output, 0);
    EXPECT_GT(rows[0].answer_bytes, 0);
}

TEST(cascade, nobody_is_second_guessed_who_chose) {
    const std::string pinned =
        R"({"model":"deepseek-v4-flash","messages":[{"role":"user","content":"What is a weir?"}]})";
    cascade named(said(""), good);
    EXPECT_EQ(named.weir.ask(post(pinned)).field("x-weir-tier"), "flash");
    EXPECT_EQ(named.models.asked().size(), 1U);
    cascade by_header(said(""), good);
    EXPECT_EQ(by_header.weir.ask(post(hello, "x-weir-tier: flash\r\n")).field("x-weir-tier"), "flash");
    EXPECT_EQ(by_header.models.asked().size(), 1U);
    cascade off(said(""), good, [](config::settings& s) { s.routes.policies.front().check.on = false; });
    EXPECT_EQ(off.weir.ask(post(hello)).field("x-weir-tier"), "flash");
    EXPECT_EQ(off.models.asked().size(), 1U);
}

TEST(cascade, an_error_is_no_answer) {
    cascade c(with_length("400 Bad Request", R"({"error":{"message":"no"}})"), good);
    EXPECT_EQ(c.weir.ask(post(hello)).status(), 400);
    EXPECT_EQ(c.models.asked().size(), 1U);
}

std::string stream_of(const std::string& finish, const std::string& text) {
    std::string end = last_event;
    end.replace(end.find("stop"), 4, finish);
    return stream_head + chunk(event(R"({"content":")" + text + R"("})")) + chunk(end + done_event) +
           "0\r\n\r\n";
}

TEST(cascade, a_stream_goes_on_and_its_failure_is_noted) {
    cascade c(stream_of("length", "A low"), stream_of("stop", "A low dam."));
    const http_message answer = c.weir.ask(post(hello_stream));
    EXPECT_THAT(answer.body, HasSubstr("A low"));
    EXPECT_EQ(c.models.asked().size(), 1U);
    const std::vector<metering::row> rows = c.rows();
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].checked, "truncated");
    EXPECT_EQ(rows[0].how, metering::outcome::served);
}

const auto hold_streams = [](config::settings& s) { s.routes.policies.front().check.streams_too = true; };

TEST(cascade, a_stream_that_is_held_can_be_replaced) {
    cascade c(stream_of("length", "A low"), stream_of("stop", "A low dam."), hold_streams);
    const http_message answer = c.weir.ask(post(hello_stream));
    EXPECT_THAT(answer.body, HasSubstr("A low dam."));
    EXPECT_THAT(answer.body, Not(HasSubstr(R"("length")")));
    EXPECT_THAT(answer.body, testing::EndsWith(done_event));
    EXPECT_EQ(answer.field("x-weir-replaced"), "truncated");
    const std::vector<metering::row> rows = c.rows();
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].tokens, rows[1].tokens);
}

TEST(cascade, a_good_stream_that_is_held_comes_whole) {
    cascade c(stream_of("stop", "A low dam."), stream_of("stop", "other"), hold_streams);
    const http_message answer = c.weir.ask(post(hello_stream));
    EXPECT_EQ(answer.body, event(R"({"content":"A low dam."})") + last_event + done_event);
    EXPECT_EQ(c.rows().size(), 1U);
}

TEST(cascade, a_stream_too_long_to_hold_goes_on_as_it_comes) {
    cascade c(stream_of("length", std::string(70'000, 'x')), stream_of("stop", "other"),
              [](config::settings& s) {
                  hold_streams(s);
                  s.bounds.answer_held_bytes_max = 64 * 1024;
              });
    const http_message answer = c.weir.ask(post(hello_stream));
    EXPECT_THAT(answer.body, HasSubstr(std::string(70'000, 'x')));
    EXPECT_EQ(answer.field("x-weir-replaced"), "");
    EXPECT_EQ(c.rows().front().checked, "truncated");
}

TEST(cascade, a_stream_that_breaks_while_it_is_held_is_an_ordinary_error) {
    cascade c(stream_head + chunk(event(R"({"content":"A"})")) + "0\r\n\r\n", "", hold_streams);
    const http_message answer = c.weir.ask(post(hello_stream));
    EXPECT_EQ(answer.status(), 502) << answer.head;
    EXPECT_EQ(c.rows().size(), 1U);
}

TEST(cascade, an_answer_whose_head_has_gone_is_not_replaced) {
    gate seen;
    running_weir weir(
        [&](wire& w, int) {
            read_message(w);
            w.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
            while (!seen.is_open()) {
                w.send(chunk("\n"));
                if (w.wait_end(std::chrono::milliseconds{5})) return;
            }
            const std::string empty = said("");
            w.send(chunk(empty.substr(empty.find("\r\n\r\n") + 4)) + "0\r\n\r\n");
            w.wait_end(patience);
        },
        [](config::settings& s) {
            check_everything(s);
            s.timers.blank_lines_held_ms = 20;
        });
    wire client = weir.connect();
    client.send(post(hello));
    http_message answer;
    answer.head = client.read_through("\r\n\r\n");
    seen.open();
    client.read_through("0\r\n\r\n");
    const json row = json::parse(weir.row_of(answer));
    EXPECT_EQ(row["checked"], "empty") << row;
    EXPECT_EQ(weir.upstream().connections(), 1) << row;
}

}  // namespace
}  // namespace weir
