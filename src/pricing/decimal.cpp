#include "weir/pricing/decimal.hpp"

#include <algorithm>
#include <cstdint>

namespace weir::pricing {
namespace {

bool all_digits(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<pico> pico_per_token(std::string_view decimal_per_million) noexcept {
    const std::size_t point = decimal_per_million.find('.');
    const bool has_point = point != std::string_view::npos;
    const std::string_view whole = decimal_per_million.substr(0, point);
    const std::string_view decimals = has_point ? decimal_per_million.substr(point + 1) : std::string_view{};
    if (whole.empty() || whole.size() > price_integer_digits_max || !all_digits(whole)) return std::nullopt;
    if (has_point && decimals.empty()) return std::nullopt;
    if (decimals.size() > price_decimals_max || !all_digits(decimals)) return std::nullopt;

    std::int64_t value = 0;
    for (const char c : whole) value = value * 10 + (c - '0');
    for (std::size_t i = 0; i < price_decimals_max; ++i) {
        value = value * 10 + (i < decimals.size() ? decimals[i] - '0' : 0);
    }
    return pico{value};
}

}  // namespace weir::pricing
