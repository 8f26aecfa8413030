#include "rounding.hpp"

#include <charconv>
#include <cmath>

namespace weir::classifier {
namespace {

constexpr int digits_kept = 7;
constexpr std::size_t text_bytes_max = 32;  // of a number of so many digits with sign and exponent

void round(double& number) noexcept {
    if (!std::isfinite(number)) return;
    char text[text_bytes_max];
    const auto [end, failed] =
        std::to_chars(text, text + sizeof text, number, std::chars_format::scientific, digits_kept - 1);
    if (failed == std::errc{}) (void)std::from_chars(text, end, number);
}

}  // namespace

void round_for_a_file(linear& kind) {
    for (double* number : {&kind.bias, &kind.words_scale, &kind.slope, &kind.offset}) round(*number);
    for (linear_term& t : kind.terms) {
        for (double* number : {&t.scale, &t.weight, &t.low, &t.high}) round(*number);
    }
    const double unit = word_unit(kind);
    if (unit == 0) return;
    for (float& weight : kind.words)
        weight = static_cast<float>(std::round(static_cast<double>(weight) / unit) * unit);
}

}  // namespace weir::classifier
