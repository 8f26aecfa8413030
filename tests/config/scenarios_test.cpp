// The twelve scenarios of docs/routing.md, from the client's JSON to the decision, under the shipped files
// and in each API that can ask for them.

#include "weir/classifier/features.hpp"
#include "weir/dialect/ask.hpp"
#include "weir/dialect/body_index.hpp"
#include "weir/dialect/turn_keys.hpp"
#include "weir/router/decide.hpp"

#include "config_folder.hpp"
#include "scenario_bodies.hpp"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>

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
result<router::decision> decided(const std::string& body, router::circumstances about = {},
                                 dialect::api_kind api = dialect::api_kind::chat) {
    const settings& s = shipped();
    const padded_text bytes{body};
    dialect::body_indexer indexer;
    const auto index = indexer.read(api, bytes, s.bounds);
    if (!index) return std::unexpected(index.error());
    about.reasoning_lost = dialect::turns_without_reasoning(*index).size();
    const auto ask = dialect::ask_of(bytes, *index, s.asks);
    const classifier::word_matcher words{s.routes.words};
    const auto f = classifier::features_of(bytes, *index, ask, words);
    const auto& kind = s.routes.default_policy().learned.kind;
    const auto learned = kind ? classifier::score(f, ask.request, *kind) : classifier::learned_card{};
    return router::decide(s.routes, *index, f, about, learned);
}

// The learned score ranks within a step of the weighted sum: what is listed is the step.
std::string told(const result<router::decision>& d) {
    if (!d) return std::string{code_name(d.error().code)};
    return d->tier_name + "." + d->effort + " " + d->reason + " " + std::to_string(d->score / 50 * 50);
}

std::string text_of(const std::vector<dialect::said_member>& members) {
    std::string text;
    for (const auto& m : members) {
        text += (text.empty() ? "" : ",") + ('"' + m.name + "\":");
        text += m.inner.empty() ? m.value : "{\"" + m.inner + "\":" + m.value + '}';
    }
    return text;
}

constexpr std::array all_apis = {dialect::api_kind::chat, dialect::api_kind::responses,
                                 dialect::api_kind::messages};

class scenario : public testing::TestWithParam<dialect::api_kind> {
protected:
    static std::string of(const conversation& c, const router::circumstances& about = {}) {
        return told(decided(written_in(GetParam(), c), about, GetParam()));
    }
};

TEST_P(scenario, one_a_chat_question) {
    EXPECT_EQ(of({.human = "What is the capital of France?"}), "flash.low default 0");
}

TEST_P(scenario, two_a_scaffold_with_8K_tokens_pasted) {
    const std::string pasted =
        "```sql\\n" + repeated(700, "create table item (id int, name text);\\n") + "```";
    EXPECT_EQ(of({.human = "Write a CRUD scaffold for these tables.\\n\\n" + pasted}),
              "flash.high bounded 300");
}

TEST_P(scenario, three_a_refactoring_of_one_file_of_a_thousand_lines) {
    const std::string file =
        "```python\\n" + repeated(1'000, "    value = compute(value, step, other)  # next\\n") + "```";
    EXPECT_EQ(of({.human = "Refactor this module so that it can be tested.\\n\\n" + file}),
              "pro.keep long_rewrite 1000");
}

TEST_P(scenario, four_an_agents_first_turn_with_a_small_ask) {
    conversation c{.system = repeated(300, "You are a coding agent. "),
                   .human =
                       "<system-reminder>\\nanalyze the codebase\\n</system-reminder>\\n"
                       "Create hello.txt with one line, then cat it.",
                   .tools = 24,
                   .effort = "high"};
    EXPECT_EQ(of(c), "flash.high bounded 400");
}

TEST_P(scenario, five_the_fifth_tool_round) {
    conversation c{.human = "Make the build green.", .tools = 24, .effort = "high"};
    for (int i = 0; i < 5; ++i) c.calls.push_back({std::to_string(i), "done"});
    EXPECT_EQ(of(c), "pro.high tool_calls 1000");
    c.human = "Let --quiet hide the progress bar too.";
    c.calls.resize(2);
    EXPECT_EQ(of(c), "flash.high bounded 400") << "two calls are within bounds";
}

TEST_P(scenario, six_a_title) {
    conversation c{.system = "You are a title generator. You output ONLY a title.",
                   .human = "Generate a title for this conversation:\\n\\nMigrate the repository to Go"};
    EXPECT_EQ(of(c), "flash.none housekeeping 0");
    c.effort = "low";
    EXPECT_EQ(of(c), "flash.low housekeeping 0");
    const auto d = decided(written_in(GetParam(), c), {}, GetParam());
    EXPECT_FALSE(d && d->moves_session) << "the conversation stays as it was";
}

TEST_P(scenario, seven_a_stuck_loop) {
    conversation c{.human = "Fix the failing test.", .tools = 9};
    for (int i = 0; i < 6; ++i) {
        const bool same = i != 1 && i != 3;
        c.calls.push_back(
            same ? written_call{"make test", "Traceback (most recent call last):\\n[exit code: 1]"}
                 : written_call{"ls " + std::to_string(i), "a.py"});
    }
    EXPECT_EQ(of(c), "pro.keep stuck_loop 1000");
}

TEST_P(scenario, eight_an_image_on_a_pro_pin) {
    conversation c{.model = "deepseek-v4-pro", .human = "What is this?", .image = true};
    EXPECT_EQ(of(c), "unsupported_image");
    c.model = "auto";
    EXPECT_EQ(of(c), "flash.low default 0");
}

TEST_P(scenario, nine_an_answer_in_a_schema) {
    // Messages has no such demand at DeepSeek; asked for without one it is the same question.
    EXPECT_EQ(of({.human = "Give me a person.", .schema = true}), "flash.low default 0");
}

TEST_P(scenario, ten_a_batch_line) {
    router::circumstances batch;
    batch.traffic_class = "batch";
    EXPECT_EQ(of({.human = "Review this function."}, batch), "pro.keep default 1000");
    batch.accepted_of_class = 999;
    EXPECT_EQ(of({.human = "Review this function."}, batch), "pro.keep default 1000");
    batch.accepted_of_class = 1'000;
    EXPECT_EQ(of({.human = "Review this function."}, batch), "flash.low default 0");
}

TEST_P(scenario, eleven_a_chinese_proof) {
    EXPECT_EQ(of({.human = "证明：对任意正整数 n，n^3 - n 能被 6 整除。"}), "pro.keep proof 1000");
}

TEST_P(scenario, twelve_a_summary_of_300K_tokens) {
    const std::string document =
        "<document>\\n" + repeated(20'000, "The committee met again and agreed on nothing at all today.\\n") +
        "</document>";
    EXPECT_EQ(of({.human = "Summarize this document.\\n\\n" + document}), "pro.keep long_context 1000");
}

std::string name_of(const testing::TestParamInfo<dialect::api_kind>& api) {
    return std::array{"chat", "responses", "messages"}[static_cast<std::size_t>(api.index)];
}
INSTANTIATE_TEST_SUITE_P(in, scenario, testing::ValuesIn(all_apis), name_of);

TEST(a_cell, is_said_in_the_words_of_each_API) {
    const auto said = [](dialect::api_kind api, const conversation& c) {
        const auto d = decided(written_in(api, c), {}, api);
        return d ? d->model + " " + text_of(d->effort_members) : std::string(code_name(d.error().code));
    };
    const conversation question{.human = "What is the capital of France?"};
    const conversation title{.system = "You are a title generator. You output ONLY a title.",
                             .human = "Generate a title for this conversation:\\n\\nMigrate it to Go"};
    using enum dialect::api_kind;
    EXPECT_EQ(said(chat, question), R"(deepseek-v4-flash "reasoning_effort":"low")");
    EXPECT_EQ(said(responses, question), R"(deepseek-v4-flash "reasoning":{"effort":"low"})");
    EXPECT_EQ(said(messages, question), R"(deepseek-v4-flash "output_config":{"effort":"low"})");
    EXPECT_EQ(said(chat, title), R"(deepseek-v4-flash "thinking":{"type":"disabled"})");
    EXPECT_EQ(said(responses, title), R"(deepseek-v4-flash "reasoning":{"effort":"none"})");
    EXPECT_EQ(said(messages, title), R"(deepseek-v4-flash "thinking":{"type":"disabled"})");
}

TEST(an_agents_second_request, without_reasoning_in_its_history_thinks_all_the_same) {
    const std::string messages =
        R"({"role":"user","content":"Create hello.txt."})"
        R"(,{"role":"assistant","content":"","tool_calls":[{"id":"a","type":"function",)"
        R"("function":{"name":"bash","arguments":"{}"}}]})"
        R"(,{"role":"tool","tool_call_id":"a","content":"ok"})";
    const std::string tools = R"("tools":[{"type":"function","function":{"name":"a"}},)"
                              R"({"type":"function","function":{"name":"b"}}])";
    EXPECT_EQ(told(decided(R"({"model":"auto","messages":[)" + messages + "]," + tools + "}")),
              "flash.keep bounded 400");
}

TEST(an_old_model_name, keeps_its_meaning) {
    const auto asked = [](const std::string& model) {
        const auto d = decided(written_in(dialect::api_kind::chat, {.model = model, .human = "Prove it."}));
        return d ? d->model + " " + told(d) + " " + text_of(d->effort_members) : told(d);
    };
    EXPECT_EQ(asked("deepseek-chat"), R"(deepseek-v4-flash flash.none pin 0 "thinking":{"type":"disabled"})");
    EXPECT_EQ(asked("deepseek-reasoner"), "deepseek-v4-flash flash.keep pin 0 ");
    EXPECT_EQ(asked("deepseek-flash"), "deepseek-flash flash.keep pin 0 ");
    EXPECT_EQ(asked("o3"), "model_not_found");
}

}  // namespace
}  // namespace weir::config
