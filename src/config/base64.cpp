#include "base64.hpp"

#include <array>
#include <cstdint>

namespace weir::config {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t no_digit = 255;

constexpr std::array<std::uint8_t, 256> make_digits() {
    std::array<std::uint8_t, 256> digits{};
    digits.fill(no_digit);
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        digits[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
    return digits;
}
constexpr auto digits = make_digits();

bool is_space(char c) noexcept { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

}  // namespace

std::string to_base64(std::string_view bytes) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            const bool there = at + i < bytes.size();
            group = group << 8U | (there ? static_cast<unsigned char>(bytes[at + i]) : 0U);
        }
        const std::size_t used = bytes.size() - at < 3 ? bytes.size() - at + 1 : 4;
        for (std::size_t i = 0; i < 4; ++i) text += i < used ? alphabet[group >> (18 - 6 * i) & 63U] : '=';
    }
    return text;
}

std::optional<std::string> from_base64(std::string_view text) {
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3);
    std::uint32_t group = 0;
    std::size_t count = 0, padding = 0;  // digits of this group, and how many of them are '='
    for (const char c : text) {
        if (is_space(c)) continue;
        // after padding nothing may come
        if (padding > 0 && (c != '=' || count == 0)) return std::nullopt;
        const std::uint8_t digit = digits[static_cast<unsigned char>(c)];
        if (c == '=') {
            if (count < 2) return std::nullopt;
            ++padding;
        } else if (digit == no_digit) {
            return std::nullopt;
        }
        group = group << 6U | (c == '=' ? 0U : digit);
        if (++count < 4) continue;
        for (std::size_t i = 0; i < 3; ++i) {
            const auto byte = static_cast<char>(group >> (16 - 8 * i) & 0xFFU);
            if (i < 3 - padding)
                bytes += byte;
            else if (byte != 0)
                return std::nullopt;
        }
        group = 0;
        count = 0;
    }
    if (count != 0) return std::nullopt;
    return bytes;
}

}  // namespace weir::config
