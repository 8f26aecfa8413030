#include "weir/classifier/features.hpp"
#include "weir/classifier/score.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace weir::classifier {
namespace {

word_matcher matcher(std::vector<std::vector<std::string>> lists) {
    std::vector<word_list> named;
    for (auto& words : lists) named.push_back({"list", std::move(words)});
    return word_matcher(std::move(named));
}

TEST(word_matcher, ascii_words_match_whole_and_in_any_case) {
    const auto words = matcher({{"port", "Prove"}});
    for (const char* text : {"port", "Port it", "to PORT.", "(port)", "re-port", "port\xE4\xBB\xA3",
                             "\xE8\xAF\xB7port", "prove", "x\nprove\ny", "'prove'"}) {
        EXPECT_EQ(words.match(text), 1u) << text;
    }
    for (const char* text : {"", "report", "ports", "port_x", "_port", "port2", "export", "\xC3\xA9port",
                             "port\xC3\xA9", "improved", "por t"}) {
        EXPECT_EQ(words.match(text), 0u) << text;
    }
}

TEST(word_matcher, phrases_match_over_blanks_and_line_breaks) {
    const auto words = matcher({{"show that", "across the project"}});
    for (const char* text :
         {"show that", "Show  that x", "please show\nthat", "show\r\n   that", "ACROSS THE PROJECT!"})
        EXPECT_EQ(words.match(text), 1u) << text;
    for (const char* text : {"show", "showthat", "show thatch", "slideshow that", "show, that"})
        EXPECT_EQ(words.match(text), 0u) << text;
}

TEST(word_matcher, words_of_other_scripts_match_anywhere) {
    const auto words = matcher({{"\xE8\xAF\x81\xE6\x98\x8E"}});
    EXPECT_EQ(words.match("\xE8\xAF\xB7\xE8\xAF\x81\xE6\x98\x8E\xE5\xAE\x83"), 1u);
    EXPECT_EQ(words.match("\xE8\xAF\x81 \xE6\x98\x8E"), 0u);
}

TEST(word_matcher, each_list_has_its_bit) {
    std::vector<std::vector<std::string>> lists;
    for (int i = 0; i < 64; ++i) lists.push_back({"word" + std::to_string(i), "shared"});
    const auto words = matcher(lists);
    EXPECT_EQ(words.match("word0 word63"), std::uint64_t{1} | std::uint64_t{1} << 63);
    EXPECT_EQ(words.match("shared"), ~std::uint64_t{0});
    EXPECT_EQ(matcher({}).match("anything"), 0u);
    EXPECT_EQ(matcher({{"", " "}}).match("anything  at all"), 0u);
    EXPECT_EQ(words.lists().size(), 64u);
}

weighted three_weights() {
    return {{{signal::prompt_chars_over, 2000, 0, 300, "prompt_chars_over 2000"},
             {signal::tools_over, 1, 0, 400, "tools_over 1"},
             {signal::words, 0, 1, 300, "words keyword"}}};
}

struct score_case {
    std::int64_t chars;
    std::int64_t tools;
    std::uint64_t words;
    int score;
};

TEST(score, it_is_what_fired_out_of_all_weights) {
    for (const auto& c : std::vector<score_case>{{0, 0, 0, 0},
                                                 {2000, 1, 1, 0},
                                                 {2001, 1, 0, 300},
                                                 {0, 2, 0, 400},
                                                 {0, 0, 2, 300},
                                                 {2001, 0, 3, 600},
                                                 {0, 24, 2, 700},
                                                 {9999, 9, 2, 1000}}) {
        features f;
        f.prompt_chars = c.chars, f.tools = c.tools, f.words = c.words;
        EXPECT_EQ(score(f, three_weights()).score, c.score) << c.chars << " " << c.tools << " " << c.words;
    }
}

TEST(score, nothing_else_is_in_the_sum) {
    features f;
    f.tool_calls = f.same_call_of_last_6 = f.failed_results_of_last_6 = f.files_named = f.pasted_lines =
        f.pasted_per_mille = 1000;
    f.context_tokens = f.images = f.max_tokens = 1'000'000;
    f.json_schema = true;
    EXPECT_EQ(score(f, three_weights()).score, 0);
}

TEST(score, contributions_are_told_in_order_and_divided_by_the_total) {
    features f;
    f.prompt_chars = 5, f.tools = 3;
    weighted kind{{{signal::prompt_chars_over, 2, 0, 1, "a"},
                   {signal::tools_over, 3, 0, 1, "b"},
                   {signal::words, 0, 63, 1, "c"}}};
    f.words = std::uint64_t{1} << 63;
    const score_card card = score(f, kind);
    ASSERT_EQ(card.contributions.size(), 3u);
    EXPECT_EQ(card.contributions[0].name, "a");
    EXPECT_EQ(card.contributions[0].value, 5);
    EXPECT_EQ(card.contributions[0].weight, 333);
    EXPECT_EQ(card.contributions[1].weight, 0);
    EXPECT_EQ(card.contributions[1].value, 3);
    EXPECT_EQ(card.contributions[2].value, 1);
    EXPECT_EQ(card.score, 667);
    EXPECT_EQ(score(f, {}).score, 0);
}

TEST(features, they_are_taken_from_the_ask_and_the_index) {
    const std::string text =
        R"({"model":"auto","max_tokens":9,"response_format":{"type":"json_schema"},"tools":[{},)"
        R"({}],"messages":[{"role":"system","content":"prove"},)"
        R"({"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}},)"
        R"({"type":"text","text":"Port a.py and b.py: \u4e2d\n> prove\n"}]},)"
        R"({"role":"assistant","tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}},)"
        R"({"function":{"name":"f","arguments":"{}"}}]},)"
        R"({"role":"tool","tool_call_id":"a","content":"bad: 1"}]})";
    const padded_text body(text);
    dialect::body_indexer indexer;
    const auto index = indexer.read(dialect::api_kind::chat, body, limits{});
    ASSERT_TRUE(index);
    dialect::ask_rules rules;
    rules.file_extensions = {"py"};
    rules.failure_marks = {"bad: #"};
    const features f =
        features_of(body, *index, dialect::ask_of(body, *index, rules), matcher({{"prove"}, {"port"}}));
    EXPECT_EQ(f.turn, dialect::turn::tool);
    EXPECT_EQ(f.prompt_chars, 29);
    EXPECT_EQ(f.tools, 2);
    EXPECT_EQ(f.words, 2u) << "the quoted word and the system's must not count";
    EXPECT_EQ(f.tool_calls, 2);
    EXPECT_EQ(f.same_call_of_last_6, 2);
    EXPECT_EQ(f.failed_results_of_last_6, 1);
    EXPECT_EQ(f.files_named, 2);
    EXPECT_EQ(f.pasted_lines, 1);
    EXPECT_EQ(f.pasted_per_mille, 8 * 1000 / 30);
    EXPECT_EQ(f.images, 1);
    EXPECT_EQ(f.files, 0);
    EXPECT_EQ(f.max_tokens, 9);
    EXPECT_TRUE(f.json_schema);
    const auto chars = static_cast<std::int64_t>(text.size());
    EXPECT_GT(f.context_tokens, (chars - 80) * 3 / 10);
    EXPECT_LT(f.context_tokens, chars * 3 / 10);
}

}  // namespace
}  // namespace weir::classifier
