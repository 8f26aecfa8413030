#include "json_text.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace weir::dialect {
namespace {

constexpr std::size_t unicode_escape = 6;  // "\u0041"
constexpr std::string_view simple_escapes = "\"\\/bfnrt";
constexpr std::string_view simple_meanings = "\"\\/\b\f\n\r\t";
constexpr char32_t replacement = 0xFFFD;

constexpr int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// The code unit of a "\uXXXX" at `at`.
std::optional<char32_t> code_unit(std::string_view text, std::size_t at) noexcept {
    if (text.size() < at + unicode_escape || text[at] != '\\' || text[at + 1] != 'u') return std::nullopt;
    char32_t unit = 0;
    for (std::size_t i = at + 2; i < at + unicode_escape; ++i) {
        const int digit = hex_value(text[i]);
        if (digit < 0) return std::nullopt;
        unit = unit * 16 + static_cast<char32_t>(digit);
    }
    return unit;
}

constexpr bool is_high(char32_t unit) noexcept { return unit >= 0xD800 && unit < 0xDC00; }
constexpr bool is_low(char32_t unit) noexcept { return unit >= 0xDC00 && unit < 0xE000; }

void append_utf8(std::string& out, char32_t c) {
    const auto put = [&out](char32_t byte) { out += static_cast<char>(byte); };
    if (c < 0x80) {
        put(c);
    } else if (c < 0x800) {
        put(0xC0 | (c >> 6));
        put(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        put(0xE0 | (c >> 12));
        put(0x80 | ((c >> 6) & 0x3F));
        put(0x80 | (c & 0x3F));
    } else {
        put(0xF0 | (c >> 18));
        put(0x80 | ((c >> 12) & 0x3F));
        put(0x80 | ((c >> 6) & 0x3F));
        put(0x80 | (c & 0x3F));
    }
}

// Adds what the escape at `at` means; gives its length, 0 where it is none.
std::size_t append_escape(std::string& out, std::string_view inner, std::size_t at) {
    if (at + 1 == inner.size()) return 0;
    if (const std::size_t simple = simple_escapes.find(inner[at + 1]); simple != std::string_view::npos) {
        out += simple_meanings[simple];
        return 2;
    }
    const auto unit = code_unit(inner, at);
    if (!unit) return 0;
    if (is_high(*unit)) {
        const auto second = code_unit(inner, at + unicode_escape);
        if (second && is_low(*second)) {
            append_utf8(out, 0x10000 + ((*unit - 0xD800) << 10) + (*second - 0xDC00));
            return 2 * unicode_escape;
        }
    }
    append_utf8(out, is_high(*unit) || is_low(*unit) ? replacement : *unit);
    return unicode_escape;
}

}  // namespace

bool has_valid_escapes(std::string_view inner) noexcept {
    for (std::size_t at = inner.find('\\'); at != std::string_view::npos; at = inner.find('\\', at)) {
        if (at + 1 == inner.size()) return false;
        if (simple_escapes.find(inner[at + 1]) != std::string_view::npos) {
            at += 2;
        } else if (code_unit(inner, at)) {
            at += unicode_escape;
        } else {
            return false;
        }
    }
    return true;
}

void append_unescaped(std::string& out, std::string_view inner) {
    out.reserve(out.size() + inner.size());
    std::size_t at = 0;
    while (at < inner.size()) {
        const std::size_t escape = inner.find('\\', at);
        out.append(inner.substr(at, escape - at));
        if (escape == std::string_view::npos) return;
        const std::size_t length = append_escape(out, inner, escape);
        if (length == 0) out += '\\';
        at = escape + (length == 0 ? 1 : length);
    }
}

std::string unescape(std::string_view inner) {
    std::string out;
    append_unescaped(out, inner);
    return out;
}

}  // namespace weir::dialect
