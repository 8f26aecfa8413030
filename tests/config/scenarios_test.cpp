// The twelve scenarios of docs/routing.md, from the client's JSON to the decision, under the shipped files.

#include "weir/classifier/features.hpp"
#include "weir/dialect/ask.hpp"
#include "weir/dialect/body_index.hpp"
#include "weir/dialect/turn_keys.hpp"
#include "weir/router/decide.hpp"

#include "config_folder.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace weir::config {
namespace {

const settings& shipped() {
    static const settings s = [] {
        auto got = load(std::filesystem::path{WEIR_SOURCE_DIR} / "config" / "weir.yaml", variables({}));
        EXPECT_TRUE(got) << all_of(got.error());
        return got ? std::move(*got) : settings{};
    }();
    return s;
}

// Nothing is in custody.
result<router::decision> decided(const std::string& body, router::circumstances about = {}) {
    const settings& s = shipped();
    const padded_text bytes{body};
    dialect::body_indexer indexer;
    const auto index = indexer.read(dialect::api_kind::chat, bytes, s.bounds);
    if (!index) return std::unexpected(index.error());
    about.reasoning_lost = dialect::turns_without_reasoning(*index).size();
    const auto ask = dialect::ask_of(bytes, *index, s.asks);
    const classifier::word_matcher words{s.routes.words};
    const auto f = classifier::features_of(bytes, *index, ask, words);
    const auto& kind = s.routes.default_policy().learned.kind;
    const auto learned = kind ? classifier::score(f, ask.request, *kind) : classifier::learned_card{};
    return router::decide(s.routes, *index, f, about, learned);
}

std::string text_of(const std::vector<dialect::said_member>& members) {
    std::string text;
    for (const auto& m : members) {
        text += (text.empty() ? "" : ",") + ('"' + m.name + "\":");
        text += m.inner.empty() ? m.value : "{\"" + m.inner + "\":" + m.value + '}';
    }
    return text;
}

// The learned score ranks within a step of the weighted sum: what is listed is the step.
std::string told(const result<router::decision>& d) {
    if (!d) return std::string{code_name(d.error().code)};
    return d->model + " " + d->tier_name + "." + d->effort + " {" + text_of(d->effort_members) + "} " +
           d->reason + " " + std::to_string(d->score / 50 * 50);
}

std::string repeated(std::size_t times, const std::string& text) {
    std::string made;
    for (std::size_t i = 0; i < times; ++i) made += text;
    return made;
}

// `text` is JSON text already escaped.
std::string user(const std::string& text) { return R"({"role":"user","content":")" + text + R"("})"; }

std::string body(const std::string& messages, const std::string& more = {}) {
    return R"({"model":"auto","messages":[)" + messages + "]" + more + "}";
}

std::string tools(int count) {
    std::string made = R"(,"tools":[)";
    for (int i = 0; i < count; ++i) {
        made += (i > 0 ? "," : "") + (R"({"type":"function","function":{"name":"tool_)" + std::to_string(i)) +
                R"(","parameters":{"type":"object"}}})";
    }
    return made + "]";
}

// A call and its result. The assistant's reasoning is sent back, as thinking mode wants it.
std::string round(int id, const std::string& arguments, const std::string& answer) {
    const std::string call = "call_" + std::to_string(id);
    return R"(,{"role":"assistant","content":"","reasoning_content":"so","tool_calls":[{"id":")" + call +
           R"(","type":"function","function":{"name":"bash","arguments":")" + arguments +
           R"("}}]},{"role":"tool","tool_call_id":")" + call + R"(","content":")" + answer + R"("})";
}

TEST(scenario, one_a_chat_question) {
    EXPECT_EQ(told(decided(body(user("What is the capital of France?")))),
              R"(deepseek-v4-flash flash.low {"reasoning_effort":"low"} default 0)");
}

TEST(scenario, two_a_scaffold_with_8K_tokens_pasted) {
    const std::string pasted =
        "```sql\\n" + repeated(700, "create table item (id int, name text);\\n") + "```";
    EXPECT_EQ(told(decided(body(user("Write a CRUD scaffold for these tables.\\n\\n" + pasted)))),
              R"(deepseek-v4-flash flash.high {"reasoning_effort":"high"} bounded 300)");
}

TEST(scenario, three_a_refactoring_of_one_file_of_a_thousand_lines) {
    const std::string file =
        "```python\\n" + repeated(1'000, "    value = compute(value, step, other)  # next\\n") + "```";
    EXPECT_EQ(told(decided(body(user("Refactor this module so that it can be tested.\\n\\n" + file)))),
              "deepseek-v4-pro pro.keep {} long_rewrite 1000");
}

TEST(scenario, four_an_agents_first_turn_with_a_small_ask) {
    const std::string system =
        R"({"role":"system","content":")" + repeated(300, "You are a coding agent. ") + R"("},)";
    EXPECT_EQ(
        told(decided(body(system + user("<system-reminder>\\nanalyze the codebase\\n</system-reminder>\\n"
                                        "Create hello.txt with one line, then cat it."),
                          tools(24) + R"(,"reasoning_effort":"high","stream":true)"))),
        "deepseek-v4-flash flash.high {} bounded 400");
}

TEST(scenario, five_the_fifth_tool_round) {
    std::string messages = user("Make the build green.");
    for (int i = 0; i < 5; ++i) messages += round(i, "{\\\"c\\\":" + std::to_string(i) + "}", "done");
    EXPECT_EQ(told(decided(body(messages, tools(24) + R"(,"reasoning_effort":"high")"))),
              "deepseek-v4-pro pro.high {} tool_calls 1000");
}

TEST(scenario, six_a_title) {
    const std::string system =
        R"({"role":"system","content":"You are a title generator. You output ONLY a title."},)";
    const std::string ask = user("Generate a title for this conversation:\\n\\nMigrate the repository to Go");
    EXPECT_EQ(told(decided(body(system + ask))),
              R"(deepseek-v4-flash flash.none {"thinking":{"type":"disabled"}} housekeeping 0)");
    EXPECT_EQ(told(decided(body(system + ask, R"(,"reasoning_effort":"low")"))),
              "deepseek-v4-flash flash.low {} housekeeping 0");
}

TEST(scenario, seven_a_stuck_loop) {
    std::string messages = user("Fix the failing test.");
    for (int i = 0; i < 6; ++i) {
        const bool same = i != 1 && i != 3;
        messages += round(i, same ? "make test" : "ls " + std::to_string(i),
                          same ? "Traceback (most recent call last):\\n[exit code: 1]" : "a.py");
    }
    EXPECT_EQ(told(decided(body(messages, tools(9)))), "deepseek-v4-pro pro.keep {} stuck_loop 1000");
}

TEST(scenario, eight_an_image_on_a_pro_pin) {
    const std::string image =
        R"({"role":"user","content":[{"type":"text","text":"What is this?"},)"
        R"({"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}]})";
    EXPECT_EQ(told(decided(R"({"model":"deepseek-v4-pro","messages":[)" + image + "]}")),
              "unsupported_image");
    EXPECT_EQ(told(decided(body(image))),
              R"(deepseek-v4-flash flash.low {"reasoning_effort":"low"} default 0)");
}

TEST(scenario, nine_an_answer_in_a_schema) {
    EXPECT_EQ(told(decided(body(
                  user("Give me a person."),
                  R"(,"response_format":{"type":"json_schema","json_schema":{"name":"p","schema":{}}})"))),
              R"(deepseek-v4-flash flash.low {"reasoning_effort":"low"} default 0)");
}

TEST(scenario, ten_a_batch_line) {
    router::circumstances batch;
    batch.traffic_class = "batch";
    EXPECT_EQ(told(decided(body(user("Review this function.")), batch)),
              "deepseek-v4-pro pro.keep {} default 1000");
}

TEST(scenario, eleven_a_chinese_proof) {
    EXPECT_EQ(told(decided(body(user("证明：对任意正整数 n，n^3 - n 能被 6 整除。")))),
              "deepseek-v4-pro pro.keep {} proof 1000");
}

TEST(scenario, twelve_a_summary_of_300K_tokens) {
    const std::string document =
        "<document>\\n" + repeated(20'000, "The committee met again and agreed on nothing at all today.\\n") +
        "</document>";
    EXPECT_EQ(told(decided(body(user("Summarize this document.\\n\\n" + document)))),
              "deepseek-v4-pro pro.keep {} long_context 1000");
}

TEST(an_agents_second_request, without_reasoning_in_its_history_thinks_all_the_same) {
    const std::string messages =
        user("Create hello.txt.") +
        R"(,{"role":"assistant","content":"","tool_calls":[{"id":"a","type":"function",)"
        R"("function":{"name":"bash","arguments":"{}"}}]})"
        R"(,{"role":"tool","tool_call_id":"a","content":"ok"})";
    EXPECT_EQ(told(decided(body(messages, tools(9)))), "deepseek-v4-flash flash.keep {} bounded 400");
}

TEST(an_old_model_name, keeps_its_meaning) {
    const std::string messages = R"(,"messages":[)" + user("Prove it.") + "]}";
    EXPECT_EQ(told(decided(R"({"model":"deepseek-chat")" + messages)),
              R"(deepseek-v4-flash flash.none {"thinking":{"type":"disabled"}} pin 0)");
    EXPECT_EQ(told(decided(R"({"model":"deepseek-reasoner")" + messages)),
              "deepseek-v4-flash flash.keep {} pin 0");
    EXPECT_EQ(told(decided(R"({"model":"deepseek-flash")" + messages)), "deepseek-flash flash.keep {} pin 0");
    EXPECT_EQ(told(decided(R"({"model":"o3")" + messages)), "model_not_found");
}

}  // namespace
}  // namespace weir::config
