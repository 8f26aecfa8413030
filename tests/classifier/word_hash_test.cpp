#include "weir/classifier/word_hash.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

namespace weir::classifier {
namespace {

constexpr unsigned bits = 16;

std::vector<std::uint32_t> buckets(std::string_view text) { return buckets_of(text, bits).buckets; }

// Buckets of `part` that are not among those of `whole`.
std::size_t missing(std::string_view whole, std::string_view part) {
    const auto all = buckets(whole);
    const std::set<std::uint32_t> known(all.begin(), all.end());
    const auto some = buckets(part);
    return static_cast<std::size_t>(
        std::ranges::count_if(some, [&](std::uint32_t b) { return !known.contains(b); }));
}

TEST(word_hash, words_and_pairs_of_them_are_counted_once_each) {
    // two words, the pair, and the first with the beginning
    EXPECT_EQ(buckets("fix it").size(), 4U);
    EXPECT_EQ(buckets("fix").size(), 2U);
    // "fix fix" adds one pair; a third adds nothing
    EXPECT_EQ(buckets("fix fix").size(), 3U);
    EXPECT_EQ(buckets("fix fix fix").size(), 3U);
    for (const char* nothing : {"", " ", "...", "\n\t", "!?", "\xE3\x80\x82", "\xF0\x9F\x98\x80"}) {
        EXPECT_TRUE(buckets(nothing).empty()) << nothing;
        EXPECT_EQ(buckets_of(nothing, bits).value, 0) << nothing;
    }
}

TEST(word_hash, the_squares_of_all_values_are_one) {
    for (const char* text : {"one", "a b c d e f", "\xE8\xAF\x81\xE6\x98\x8E"}) {
        const word_buckets b = buckets_of(text, bits);
        EXPECT_NEAR(b.value * b.value * static_cast<double>(b.buckets.size()), 1, 1e-12) << text;
    }
}

TEST(word_hash, case_numbers_and_punctuation_make_no_difference) {
    for (const auto& [one, other] : std::vector<std::pair<std::string, std::string>>{
             {"Fix THE test", "fix the test"},
             {"fix the test", "fix, the... test!"},
             {"fix\nthe\ttest", "fix the test"},
             {"add 12 and 7", "add 3.14 and 10,000"},
             {"the 3rd", "the 44"},
             {"\xE8\xAF\x81\xE6\x98\x8E\xEF\xBC\x8C\xE5\x93\x88", "\xE8\xAF\x81\xE6\x98\x8E\xE5\x93\x88"},
         }) {
        EXPECT_EQ(buckets(one), buckets(other)) << one << " | " << other;
    }
    for (const auto& [one, other] : std::vector<std::pair<std::string, std::string>>{
             {"fix the test", "fix test the"},
             {"dont", "don't"},
             {"r\xC3\xA9sum\xC3\xA9", "resume"},
             {"snake_case", "snake case"},
             {"\xE8\xAF\x81\xE6\x98\x8E", "\xE6\x98\x8E\xE8\xAF\x81"},
         }) {
        EXPECT_NE(buckets(one), buckets(other)) << one << " | " << other;
    }
}

TEST(word_hash, chinese_and_japanese_count_by_the_character_and_by_two) {
    const std::string prove = "\xE8\xAF\x81\xE6\x98\x8E";  // two characters
    EXPECT_EQ(buckets(prove).size(), 4U);
    EXPECT_EQ(missing("\xE8\xAF\xB7" + prove + "\xE5\xAE\x83", "\xE6\x98\x8E"), 1U)
        << "all but the pair with the beginning";
    EXPECT_EQ(buckets("\xE3\x81\x8B\xE3\x81\xAA").size(), 4U);
    // Cyrillic and accents are words
    EXPECT_EQ(buckets("\xD0\xB4\xD0\xBE\xD0\xBA").size(), 2U);
    EXPECT_EQ(buckets("caf\xC3\xA9").size(), 2U);
    EXPECT_EQ(buckets("port\xE8\xAF\x81").size(), 4U);
}

TEST(word_hash, buckets_stay_below_their_number_and_fill_them_evenly) {
    std::string text;
    for (int i = 0; i < 300; ++i)
        text += "w" + std::string(static_cast<std::size_t>(i % 7), 'x') + static_cast<char>('a' + i % 26) +
                static_cast<char>('a' + i / 26 % 26) + " ";
    for (const unsigned few : {1U, 4U, 10U}) {
        const auto all = buckets_of(text, few).buckets;
        EXPECT_TRUE(std::ranges::all_of(all, [&](std::uint32_t b) { return b < 1U << few; })) << few;
        EXPECT_EQ(std::set(all.begin(), all.end()).size(), all.size()) << few;
    }
    EXPECT_EQ(buckets_of(text, 4).buckets.size(), 16U);
    // 600 n-grams over 1,024 buckets leave about e^-0.6 of them empty
    const auto used = static_cast<double>(buckets_of(text, 10).buckets.size());
    EXPECT_NEAR(used / 1024, 1 - std::exp(-600.0 / 1024), 0.06);
}

TEST(word_hash, of_a_long_text_the_beginning_and_the_end_are_read) {
    const std::string filler(words_head_bytes_max, '.');
    const std::string tail_filler(words_tail_bytes_max, '.');
    EXPECT_EQ(buckets("first" + filler + "last").size(), 4U);
    EXPECT_EQ(buckets("first" + filler + "hidden" + tail_filler + "last"),
              buckets("first" + filler + "another" + tail_filler + "last"));
    EXPECT_NE(buckets("first" + filler + "hidden" + tail_filler + "last"),
              buckets("first" + filler + "hidden" + tail_filler + "least"));
    // a cut never falls into a character
    std::string characters;
    while (characters.size() < words_head_bytes_max + words_tail_bytes_max + 100)
        characters += "\xE8\xAF\x81";
    EXPECT_EQ(buckets(characters).size(), 3U);
    EXPECT_EQ(buckets("x" + characters).size(), 5U);
    EXPECT_EQ(buckets("xy" + characters).size(), 5U);
}

TEST(word_hash, broken_text_does_no_harm) {
    for (const std::string& text :
         {std::string("a\xFF\xFE z"), std::string("\xE8\xAF"), std::string("\xF5zzz"),
          std::string("\x80\x80"), std::string("a\0b", 3), std::string("\xC0\xAF"),
          std::string("\xE8"
                      "abc")}) {
        const auto all = buckets(text);
        EXPECT_LE(all.size(), 2 * text.size()) << text;
    }
    EXPECT_EQ(buckets("a\xFF z"), buckets("a z"));
}

// Weights in files go by these numbers.
TEST(word_hash, the_same_words_fall_into_the_same_buckets_for_ever) {
    EXPECT_EQ(buckets_of("Prove 7", 13).buckets, (std::vector<std::uint32_t>{3528, 3013, 2830, 4055}));
}

}  // namespace
}  // namespace weir::classifier
