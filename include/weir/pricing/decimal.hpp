#pragma once
// Prices as vendors print them, read without a floating-point number in between.

#include "weir/pricing/money.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace weir::pricing {

// Six decimals of a price per million tokens are one pico a token, so more could not be kept.
inline constexpr std::size_t price_decimals_max = 6;
// Below one million units per million tokens: a price beyond it is a slip, and with it a cost over a million
// tokens of each kind still fits 64 bits.
inline constexpr std::size_t price_integer_digits_max = 6;

// A price in units of a currency per million tokens, as pico units a token: "0.003625" -> 3625, "12" ->
// 12000000. Digits, then perhaps a point and one to six digits. No sign, exponent, white space or bare point;
// anything else: nullopt.
std::optional<pico> pico_per_token(std::string_view decimal_per_million) noexcept;

}  // namespace weir::pricing
