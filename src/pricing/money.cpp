#include "weir/pricing/money.hpp"

#include <algorithm>
#include <cstddef>

namespace weir::pricing {
namespace {

constexpr std::size_t decimals_of_a_unit = 12;  // one pico is 1e-12
constexpr std::size_t decimals_shown_min = 2;

}  // namespace

std::string pico_sum::to_integer_text() const {
    // Negating the smallest value would overflow, so digits are taken from the negative side.
    std::string digits;
    int128 rest = value_ < 0 ? value_ : -value_;
    do {
        digits.push_back(static_cast<char>('0' - static_cast<int>(rest % 10)));
        rest /= 10;
    } while (rest != 0);
    if (value_ < 0) digits.push_back('-');
    std::ranges::reverse(digits);
    return digits;
}

std::string pico_sum::to_decimal_text() const {
    std::string text = to_integer_text();
    const bool negative = text.front() == '-';
    if (negative) text.erase(0, 1);
    if (text.size() <= decimals_of_a_unit) text.insert(0, decimals_of_a_unit + 1 - text.size(), '0');
    const std::size_t point = text.size() - decimals_of_a_unit;
    text.insert(point, 1, '.');
    const std::size_t shortest = point + 1 + decimals_shown_min;
    while (text.size() > shortest && text.back() == '0') text.pop_back();
    return negative ? "-" + text : text;
}

std::optional<std::int64_t> pico_sum::per_mille_of(const pico_sum& whole) const noexcept {
    if (whole.value_ <= 0) return std::nullopt;
    // A bill whose thousandfold leaves 128 bits does not exist; whoever adds up damaged rows gets no share.
    int128 thousandfold = 0;
    if (__builtin_mul_overflow(value_, static_cast<int128>(1000), &thousandfold)) return std::nullopt;
    const int128 share = thousandfold / whole.value_;
    if (share > INT64_MAX || share < INT64_MIN) return std::nullopt;
    return static_cast<std::int64_t>(share);
}

}  // namespace weir::pricing
