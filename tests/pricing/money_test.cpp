#include "weir/pricing/money.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace weir::pricing {
namespace {

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t smallest = std::numeric_limits<std::int64_t>::min();

pico_sum sum_of(const std::vector<std::int64_t>& values) {
    pico_sum sum;
    for (const std::int64_t v : values) sum.add(pico{v});
    return sum;
}

TEST(money, each_bucket_is_priced_by_its_own_price_and_reasoning_by_none) {
    const token_prices prices{{3'000}, {150'000}, {600'000}};
    EXPECT_EQ(cost({1, 0, 0, 0}, prices).value, 3'000);
    EXPECT_EQ(cost({0, 1, 0, 0}, prices).value, 150'000);
    EXPECT_EQ(cost({0, 0, 1, 0}, prices).value, 600'000);
    EXPECT_EQ(cost({0, 0, 7, 7}, prices).value, 7 * 600'000);
    EXPECT_EQ(cost({120, 34, 56, 20}, prices).value, 120 * 3'000 + 34 * 150'000 + 56 * 600'000);
}

TEST(money, the_end_of_the_range_is_not_passed) {
    EXPECT_EQ((pico{largest} + pico{1}).value, largest);
    EXPECT_EQ((pico{smallest} + pico{-1}).value, smallest);
    EXPECT_EQ((pico{3'000} * largest).value, largest);
    EXPECT_EQ((pico{3'000} * smallest).value, smallest);
    EXPECT_EQ((pico{-3'000} * smallest).value, largest);
    EXPECT_EQ(cost({largest, largest, largest, 0}, {{3'000}, {150'000}, {600'000}}).value, largest);
}

TEST(money, sums_print_as_integers_and_as_decimals) {
    struct line {
        std::vector<std::int64_t> values;
        std::string integer;
        std::string decimal;
    };
    const std::vector<line> table = {
        {{}, "0", "0.00"},
        {{1}, "1", "0.000000000001"},
        {{-1}, "-1", "-0.000000000001"},
        {{12'600'000'000}, "12600000000", "0.0126"},
        {{12'600'000'000'000}, "12600000000000", "12.60"},
        {{100'000'000'000}, "100000000000", "0.10"},
        {{999'999'999'999}, "999999999999", "0.999999999999"},
        {{1'000'000'000'000}, "1000000000000", "1.00"},
        {{-1'050'000'000'000}, "-1050000000000", "-1.05"},
        {{largest, largest, largest}, "27670116110564327421", "27670116.110564327421"},
        {{smallest, smallest}, "-18446744073709551616", "-18446744.073709551616"},
        {{largest, smallest}, "-1", "-0.000000000001"},
    };
    for (const auto& [values, integer, decimal] : table) {
        EXPECT_EQ(sum_of(values).to_integer_text(), integer);
        EXPECT_EQ(sum_of(values).to_decimal_text(), decimal);
    }
}

TEST(money, a_sum_of_sums_is_the_sum_of_all) {
    pico_sum left = sum_of({largest, 5});
    const pico_sum right = sum_of({largest, -7});
    left.add(right);
    EXPECT_EQ(left, sum_of({largest, largest, -2}));
    left.subtract(right);
    EXPECT_EQ(left, sum_of({largest, 5}));
    EXPECT_LT(sum_of({-1}), sum_of({0}));
    EXPECT_LT(sum_of({largest}), sum_of({largest, 1}));
}

TEST(money, a_share_is_cut_to_thousandths_and_needs_a_whole) {
    EXPECT_EQ(sum_of({1}).per_mille_of(sum_of({3})), 333);
    EXPECT_EQ(sum_of({-1}).per_mille_of(sum_of({3})), -333);
    EXPECT_EQ(sum_of({largest, largest}).per_mille_of(sum_of({largest})), 2'000);
    EXPECT_EQ(sum_of({5}).per_mille_of(sum_of({})), std::nullopt);
    EXPECT_EQ(sum_of({5}).per_mille_of(sum_of({-5})), std::nullopt);
}

}  // namespace
}  // namespace weir::pricing
