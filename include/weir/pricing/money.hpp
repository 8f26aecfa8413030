#pragma once
// Money, in integers.
//
// Unit: one pico of a currency, 1e-12. "1 USD per million tokens" is exactly 1'000'000 pico-USD a token, so a
// list price with six decimals is exact and a bill does not depend on the order of addition.
// Range: int64 holds 9.2 million USD for one request; sums are kept in 128 bits (pico_sum).

#include "weir/base/usage.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>

namespace weir::pricing {

struct pico {
    std::int64_t value = 0;
    auto operator<=>(const pico&) const = default;
};

// Both end at the ends of the range instead of passing them: a peer that reports 10^18 tokens gets a row with
// an absurd cost, not a small or negative one.
constexpr pico operator+(pico a, pico b) noexcept {
    pico sum;
    if (__builtin_add_overflow(a.value, b.value, &sum.value)) sum.value = a.value < 0 ? INT64_MIN : INT64_MAX;
    return sum;
}
constexpr pico operator*(pico per_token, std::int64_t tokens) noexcept {
    pico product;
    if (__builtin_mul_overflow(per_token.value, tokens, &product.value)) {
        product.value = (per_token.value < 0) != (tokens < 0) ? INT64_MIN : INT64_MAX;
    }
    return product;
}

// Sum over many rows.
class pico_sum {
public:
    void add(pico p) noexcept { value_ += p.value; }
    void add(const pico_sum& other) noexcept { value_ += other.value_; }
    // Decimal integer of picos: "1234567".
    std::string to_integer_text() const;
    // Units of the currency with all twelve decimals, trailing zeros cut but for two: "0.0126", "12.60".
    std::string to_decimal_text() const;
    void subtract(const pico_sum& other) noexcept { value_ -= other.value_; }
    // An equal share of this sum, towards zero; parts > 0.
    pico_sum per(std::int64_t parts) const noexcept {
        pico_sum each;
        each.value_ = value_ / parts;
        return each;
    }
    // This sum as thousandths of `whole`, towards zero; nullopt where whole is not positive.
    std::optional<std::int64_t> per_mille_of(const pico_sum& whole) const noexcept;
    auto operator<=>(const pico_sum&) const = default;

private:
    __extension__ using int128 = __int128;
    int128 value_ = 0;
};

// Price of one token in each bucket, in one currency, at one instant.
struct token_prices {
    pico hit;
    pico miss;
    pico output;
    bool operator==(const token_prices&) const = default;
};

constexpr pico cost(const usage& u, const token_prices& p) noexcept {
    return p.hit * u.hit + p.miss * u.miss + p.output * u.output;
}

// Flash off-peak since 2026-09-10: 0.003, 0.15 and 0.60 USD a million.
static_assert(cost({1'000'000, 0, 0, 0}, {{3'000}, {150'000}, {600'000}}) == pico{3'000'000'000});

}  // namespace weir::pricing
