#include "weir/pricing/decimal.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace weir::pricing {
namespace {

TEST(decimal, every_price_that_was_ever_printed_is_exact) {
    struct line {
        std::string_view text;
        std::int64_t pico_value;
    };
    const std::vector<line> table = {
        {"0.003625", 3'625},
        {"0.0028", 2'800},
        {"0.028", 28'000},
        {"0.03625", 36'250},
        {"0.003", 3'000},
        {"0.15", 150'000},
        {"0.6", 600'000},
        {"0.60", 600'000},
        {"0.145", 145'000},
        {"1.74", 1'740'000},
        {"3.96", 3'960'000},
        {"1", 1'000'000},
        {"13.5", 13'500'000},
        {"27", 27'000'000},
        {"24.0", 24'000'000},
        {"0", 0},
        {"0.000001", 1},
        {"0.000000", 0},
        {"007", 7'000'000},
        {"0.435", 435'000},
        {"999999.999999", 999'999'999'999},
    };
    for (const auto& [text, pico_value] : table) {
        const auto read = pico_per_token(text);
        ASSERT_TRUE(read.has_value()) << text;
        EXPECT_EQ(read->value, pico_value) << text;
    }
}

TEST(decimal, what_is_no_plain_decimal_is_refused) {
    const std::vector<std::string> table = {
        "",
        ".",
        ".5",
        "5.",
        "-1",
        "+1",
        "1e3",
        "1E-3",
        "0x1",
        " 1",
        "1 ",
        "1,5",
        "1.2.3",
        "0.0000001",
        "1000000",
        "nan",
        "inf",
        "null",
        "1_0",
        "1.-5",
        "\xD9\xA1",
        "1.5 ",
        "0.12a",
        "--1",
        "1/2",
        "$0.1",
        "\n0.15",
        "０",
        std::string("1\0", 2),
    };
    for (const std::string& text : table)
        EXPECT_FALSE(pico_per_token(text).has_value()) << '"' << text << '"';
}

}  // namespace
}  // namespace weir::pricing
