// The line that says what is asked, and what of a request is searched for words.

#include "weir/classifier/features.hpp"

#include <gtest/gtest.h>

#include <string>

namespace weir::classifier {
namespace {

// Bit 0: "count"; bit 1: "prove".
features of(const std::string& text) {
    std::string escaped;
    for (const char c : text) escaped += c == '\n' ? "\\n" : c == '"' ? "\\\"" : std::string(1, c);
    const padded_text body(R"({"model":"auto","messages":[{"role":"user","content":")" + escaped + R"("}]})");
    dialect::body_indexer indexer;
    const auto index = indexer.read(dialect::api_kind::chat, body, {});
    EXPECT_TRUE(index) << text;
    const word_matcher words({{"count", {"count"}}, {"proof", {"prove"}}});
    return features_of(body, *index, dialect::ask_of(body, *index, {}), words);
}

constexpr std::uint64_t count = 1, proof = 2;

TEST(lead, is_the_first_line_up_to_a_colon) {
    EXPECT_EQ(of("Count these:\n1. prove it\n2. prove that").lead_words, count);
    EXPECT_EQ(of("Count: prove it").lead_words, count);
    EXPECT_EQ(of("\n\nCount them all.\nProve it.").lead_words, count);
    EXPECT_EQ(of("Prove this.\n\nThen count.").lead_words, proof)
        << "the last line is the lead of lists alone";
}

TEST(lead, is_the_last_line_where_a_list_comes_first) {
    EXPECT_EQ(of("- prove it\n- prove that\n\nCount the items.").lead_words, count);
    EXPECT_EQ(of("1. prove it\n2. prove that\nCount the items.\n").lead_words, count);
    EXPECT_EQ(of("- count\n- prove it").lead_words, count) << "nothing but a list";
    EXPECT_EQ(of("- prove it\n\nCount the items.").material_per_mille / 100, 4) << "the rest is material";
}

TEST(lead, of_a_long_list_is_found_at_its_end) {
    std::string text;
    for (int i = 1; i < 1'000; ++i) text += std::to_string(i) + ". prove it\n";
    EXPECT_EQ(of(text + "\nCount them.").lead_words, count);
}

TEST(words, of_a_long_request_are_looked_for_at_both_ends) {
    const std::string filler(20'000, 'x');
    EXPECT_EQ(of("prove " + filler).words, proof);
    EXPECT_EQ(of(filler + " prove").words, proof);
    EXPECT_EQ(of(filler + " prove " + filler).words, 0U);
}

TEST(words, of_prose_between_apostrophes_or_backticks_are_none) {
    const auto finds = [](const std::string& text) { return (of(text).words & proof) != 0; };
    EXPECT_FALSE(finds("Count the letters in 'prove it now'."));
    EXPECT_FALSE(finds("Is `prove it` a command?"));
    EXPECT_FALSE(finds("Translate 'don't prove it' into French"));
    EXPECT_TRUE(finds("Call `prove` and see")) << "a name of code";
    EXPECT_TRUE(finds("Don't guess, prove the dogs' theorem")) << "apostrophes";
    EXPECT_TRUE(finds("If f'(x) = g'(x), prove f = g + c")) << "primes";
    EXPECT_TRUE(finds("'never closed prove it"));
}

TEST(words, in_quotation_marks_are_none) {
    EXPECT_EQ(of(R"(count the words of "prove it")").words, count);
    const std::string filler(20'000, 'x');
    EXPECT_EQ(of(filler + "\ncount the words of \"prove it\"").words, count) << "at the end as well";
}

TEST(words, with_typographic_apostrophes_are_those_with_straight_ones) {
    const word_matcher words({{"none", {"don't count"}}});
    const padded_text body(
        R"({"model":"auto","messages":[{"role":"user","content":"Please don’t count."}]})");
    dialect::body_indexer indexer;
    const auto index = indexer.read(dialect::api_kind::chat, body, {});
    ASSERT_TRUE(index);
    EXPECT_EQ(features_of(body, *index, dialect::ask_of(body, *index, {}), words).words, 1U);
}

}  // namespace
}  // namespace weir::classifier
