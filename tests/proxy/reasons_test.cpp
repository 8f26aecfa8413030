// Codes of decisions: each has a sentence, and stands in the documents.

#include "weir/proxy/explanation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace weir::proxy {
namespace {

using testing::HasSubstr;

TEST(reasons, every_code_has_one_sentence_and_stands_once) {
    std::set<std::string_view> seen;
    for (const reason_meaning& r : reason_list()) {
        EXPECT_TRUE(seen.insert(r.code).second) << r.code;
        EXPECT_TRUE(r.text.ends_with('.')) << r.code << ": " << r.text;
        EXPECT_EQ(r.text, reason_text(r.code));
    }
    for (const char* const code :
         {"housekeeping", "error_cost",  "stuck_loop",   "failing",       "tool_calls",   "long_context",
          "long_output",  "mechanical",  "long_rewrite", "crosses_files", "proof",        "score",
          "default",      "bounded",     "pin",          "session",       "session_warm", "min_tier",
          "rule",         "gate_images", "gate_files",   "gate_tools",    "gate_context", "answer_failed"}) {
        EXPECT_TRUE(seen.contains(code)) << code;
    }
    EXPECT_EQ(reason_text("house_rule"), "");
}

// Every line of a shipped policy is explained: a code without a sentence is a line that nobody described.
TEST(reasons, of_the_shipped_policies_have_their_sentence) {
    const std::regex reason(R"(reason: (\w+))");
    int seen = 0;
    for (const auto& entry : std::filesystem::directory_iterator(WEIR_SOURCE_DIR "/config/policies")) {
        std::ifstream in(entry.path());
        for (std::string text; std::getline(in, text);) {
            std::smatch match;
            if (text.starts_with('#') || !std::regex_search(text, match, reason)) continue;
            ++seen;
            EXPECT_NE(reason_text(match[1].str()), "") << entry.path() << ": " << text;
        }
    }
    EXPECT_GT(seen, 10);
}

TEST(reasons, stand_in_the_documents) {
    std::ifstream in(WEIR_SOURCE_DIR "/docs/routing.md");
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    for (const reason_meaning& r : reason_list()) {
        EXPECT_THAT(text, HasSubstr("| `" + std::string(r.code) + "` |"))
            << "no row of a table begins with it";
    }
}

TEST(reasons, of_the_worked_example_stand_in_the_shipped_policy_where_it_says) {
    std::ifstream in(WEIR_SOURCE_DIR "/docs/routing.md");
    const std::regex looked_at(R"(^  (?:no |yes)  bounded\.yaml:(\d+) +(\w+) )");
    std::ifstream policy(WEIR_SOURCE_DIR "/config/policies/bounded.yaml");
    std::vector<std::string> lines;
    for (std::string line; std::getline(policy, line);) lines.push_back(line);
    int seen = 0;
    for (std::string text; std::getline(in, text);) {
        std::smatch match;
        if (!std::regex_search(text, match, looked_at)) continue;
        ++seen;
        const std::size_t at = std::stoul(match[1].str());
        ASSERT_LE(at, lines.size()) << text;
        EXPECT_THAT(lines[at - 1], HasSubstr("reason: " + match[2].str())) << text;
    }
    EXPECT_GT(seen, 3);
}

}  // namespace
}  // namespace weir::proxy
