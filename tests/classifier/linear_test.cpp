#include "weir/classifier/linear.hpp"

#include "weir/classifier/word_hash.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <ranges>
#include <string>
#include <vector>

namespace weir::classifier {
namespace {

std::size_t named(std::string_view name) { return find_feature(name).value(); }

// tools and pasted_share count, the word "prove" speaks for the dearer tier and "hello" against it.
linear small() {
    linear kind;
    kind.bias = -1;
    kind.terms = {{named("tools"), shape::logarithm, 2, 1.5},
                  {named("pasted_share"), shape::plain, 1000, -0.5},
                  {named("tool_calls"), shape::over, 2, 3}};
    kind.words.assign(std::size_t{1} << 10, 0.0F);
    for (const std::uint32_t b : buckets_of("prove", 10).buckets) kind.words[b] = 2;
    for (const std::uint32_t b : buckets_of("hello", 10).buckets) kind.words[b] = -2;
    return kind;
}

int by_hand(double sum) { return static_cast<int>(std::lround(1000 / (1 + std::exp(-sum)))); }

TEST(linear, shapes_are_as_they_say) {
    features f;
    f.tools = 7;
    f.pasted_per_mille = 250;
    struct known {
        linear_term term;
        double value;
    };
    for (const auto& [term, value] : std::vector<known>{
             {{named("tools"), shape::plain, 2}, 3.5},
             {{named("tools"), shape::logarithm, 2}, std::log(8.0) / 2},
             {{named("tools"), shape::over, 7}, 0},
             {{named("tools"), shape::over, 6}, 1},
             {{named("pasted_share"), shape::plain, 1000}, .25},
             {{named("files"), shape::logarithm, 1}, 0},
             {{named("tools"), shape::plain, 1, 0, 0, 5}, 5},
             {{named("tools"), shape::plain, 1, 0, 8, 9}, 8},
         }) {
        EXPECT_NEAR(term_value(f, term), value, 1e-12)
            << feature_list()[term.feature].name << ' ' << static_cast<int>(term.how);
    }
}

TEST(linear, the_score_is_the_sigmoid_of_the_sum) {
    const linear kind = small();
    features f;
    EXPECT_EQ(learned_score(f, 0, kind), by_hand(-1));
    f.tools = 3;
    f.pasted_per_mille = 500;
    const double terms = 1.5 * std::log(4.0) / 2 - .25;
    EXPECT_EQ(learned_score(f, 0, kind), by_hand(-1 + terms));
    f.tool_calls = 3;
    EXPECT_EQ(learned_score(f, .5, kind), by_hand(-1 + terms + 3 + .5));
}

TEST(linear, calibration_moves_the_score_and_not_the_order) {
    linear kind = small();
    kind.slope = .5;
    kind.offset = .25;
    features f;
    EXPECT_EQ(learned_score(f, 0, kind), by_hand(-.25));
    EXPECT_LT(learned_score(f, -1, kind), learned_score(f, 1, kind));
}

TEST(linear, words_count_by_their_scale_alone) {
    linear kind = small();
    const double one = words_part("Prove!", kind);
    EXPECT_NEAR(one, 2 * std::sqrt(2.0), 1e-6) << "two buckets of 2, each of value 1 / sqrt(2)";
    EXPECT_NEAR(words_part("hello", kind), -one, 1e-6);
    EXPECT_EQ(words_part("", kind), 0);
    kind.words_scale = .5;
    EXPECT_EQ(words_part("prove", kind), one) << "the part is before the scale";
    EXPECT_EQ(learned_score({}, one, kind), by_hand(-1 + one / 2));
    kind.words.clear();
    EXPECT_EQ(words_part("prove", kind), 0);
}

TEST(linear, a_score_is_explained_by_what_its_terms_add_the_largest_first) {
    linear kind = small();
    kind.slope = 2;
    kind.offset = .5;
    features f;
    f.tools = 3;
    f.pasted_per_mille = 500;
    f.tool_calls = 4;
    const learned_card card = score(f, "prove", kind);
    EXPECT_EQ(card.score, learned_score(f, words_part("prove", kind), kind));
    EXPECT_EQ(card.words_part, words_part("prove", kind));
    std::vector<std::string> names;
    double sum = 0;
    const auto terms = contributions(f, card.words_part, kind);
    for (const contribution& c : terms) {
        names.push_back(c.name);
        sum += static_cast<double>(c.weight);
    }
    EXPECT_EQ(names,
              (std::vector<std::string>{"tool_calls over 2", "words", "tools", "bias", "pasted_share"}));
    EXPECT_EQ(terms[0].weight, 6000);
    EXPECT_EQ(terms[0].value, 4);
    EXPECT_EQ(terms[3].weight, -1500);
    EXPECT_EQ(terms[4].weight, -500);
    EXPECT_EQ(by_hand(sum / 1000), card.score) << "they are the whole logit";
}

TEST(linear, numbers_without_measure_give_a_score_within_bounds) {
    linear kind = small();
    for (const double wild : {1e300, -1e300, std::numeric_limits<double>::infinity(),
                              -std::numeric_limits<double>::infinity(), std::nan("")}) {
        const int got = learned_score({}, wild, kind);
        EXPECT_GE(got, 0) << wild;
        EXPECT_LE(got, 1000) << wild;
    }
    features f;
    f.tools = std::numeric_limits<std::int64_t>::max();
    f.tool_calls = -5;
    EXPECT_LE(learned_score(f, 0, kind), 1000);
    kind.terms[0].weight = 1e300;
    EXPECT_EQ(contributions(f, 0, kind)[0].weight, 1'000'000'000);
}

}  // namespace
}  // namespace weir::classifier
