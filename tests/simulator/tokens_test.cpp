#include "../../src/simulator/tokens.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace weir::simulator {
namespace {

TEST(tokens, four_ascii_bytes_or_one_other_code_point_are_a_token) {
    const std::pair<const char*, std::int64_t> table[]{{"", 0},       {"a", 1},    {"abcd", 1},
                                                       {"abcde", 2},  {"水位", 2}, {"ab水", 2},
                                                       {"ab水cd", 3}, {"🌊🌊", 2}, {"é", 1}};
    for (const auto& [text, tokens] : table) EXPECT_EQ(count_tokens(text), tokens) << text;
}

TEST(tokens, a_prefix_of_n_tokens_has_n_tokens_and_whole_code_points) {
    const std::string text = "Zürich 流量 flows 🌊 over the weir";
    for (std::int64_t n = 0; n <= count_tokens(text); ++n) {
        const std::string_view prefix = first_tokens(text, n);
        EXPECT_EQ(count_tokens(prefix), n) << prefix;
        EXPECT_TRUE(text.starts_with(prefix));
        const bool in_the_middle =
            prefix.size() < text.size() && (static_cast<unsigned char>(text[prefix.size()]) & 0xC0) == 0x80;
        EXPECT_FALSE(in_the_middle) << prefix;
    }
    EXPECT_EQ(first_tokens(text, 1000), text);
}

TEST(tokens, pieces_of_a_text_are_the_text) {
    const std::string text = "déjà vu: 测量 the 水位 twice, then once more";
    for (std::int64_t each = 1; each < 12; ++each) {
        const auto pieces = split_tokens(text, each);
        EXPECT_EQ(std::accumulate(pieces.begin(), pieces.end(), std::string()), text) << each;
        for (std::size_t i = 0; i + 1 < pieces.size(); ++i)
            EXPECT_EQ(count_tokens(pieces[i]), each) << pieces[i];
    }
}

TEST(token_chain, names_every_full_unit_that_something_follows) {
    token_chain chain{4, 1};
    chain.add_mark('u');
    chain.add_text("abcdabcdabcd");
    EXPECT_EQ(chain.count(), 4);
    EXPECT_EQ(chain.units().size(), 0U) << "nothing follows the first unit yet";
    chain.add_text("a");
    EXPECT_EQ(chain.units().size(), 1U);
}

TEST(token_chain, equal_beginnings_have_equal_units_and_other_ones_do_not) {
    const auto units = [](std::uint64_t seed, std::string_view first, std::string_view second) {
        token_chain chain{4, seed};
        chain.add_mark('s');
        chain.add_text(first);
        chain.add_mark('u');
        chain.add_text(second);
        return chain.units();
    };
    const std::string same(40, 'x');
    const auto a = units(1, same, std::string(40, 'y'));
    const auto b = units(1, same, std::string(40, 'z'));
    ASSERT_EQ(a.size(), b.size());
    EXPECT_EQ(a[1], b[1]);
    EXPECT_NE(a.back(), b.back());
    EXPECT_NE(units(2, same, same)[0], a[0]) << "another seed is another cache";
    EXPECT_NE(units(1, "x" + same, same)[2], units(1, same, "x" + same)[2]) << "where a message ends counts";
}

TEST(token_chain, an_image_takes_its_tokens) {
    token_chain chain{128, 1};
    chain.add_image("data:image/png;base64,AAAA", 384);
    EXPECT_EQ(chain.count(), 384);
    EXPECT_EQ(chain.units().size(), 2U);
}

}  // namespace
}  // namespace weir::simulator
