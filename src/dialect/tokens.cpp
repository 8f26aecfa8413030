#include "weir/dialect/tokens.hpp"

#include <algorithm>
#include <cstddef>

namespace weir::dialect {
namespace {

// Tenths of a token a character, by its length in UTF-8.
constexpr std::int64_t tenths_ascii = 3;
constexpr std::int64_t tenths_two_bytes = 4;
constexpr std::int64_t tenths_longer = 6;
constexpr std::int64_t escape_bytes = 6;  // "\u4e2d"

std::int64_t tenths_of(std::string_view text) noexcept {
    // Sums of a byte each, over blocks too short to overflow them: so the compiler counts many bytes at once.
    constexpr std::size_t block = 192;
    std::int64_t ascii = 0;
    std::int64_t two = 0;
    std::int64_t longer = 0;
    while (!text.empty()) {
        const std::string_view part = text.substr(0, block);
        std::uint8_t ascii_here = 0;
        std::uint8_t two_here = 0;
        std::uint8_t longer_here = 0;
        for (const char c : part) {
            const auto byte = static_cast<unsigned char>(c);
            ascii_here = static_cast<std::uint8_t>(ascii_here + (byte < 0x80));
            two_here = static_cast<std::uint8_t>(two_here + (byte >= 0xC0 && byte < 0xE0));
            longer_here = static_cast<std::uint8_t>(longer_here + (byte >= 0xE0));
        }
        ascii += ascii_here;
        two += two_here;
        longer += longer_here;
        text.remove_prefix(part.size());
    }
    return ascii * tenths_ascii + two * tenths_two_bytes + longer * tenths_longer;
}

// What "\uXXXX" was counted too much. The second half of a surrogate pair counts nothing.
std::int64_t escape_excess_tenths(std::string_view text) noexcept {
    constexpr std::int64_t as_written = escape_bytes * tenths_ascii;
    std::int64_t excess = 0;
    for (std::size_t at = text.find('\\'); at != std::string_view::npos && at + 5 < text.size();
         at = text.find('\\', at)) {
        if (text[at + 1] != 'u') {
            at += 2;
            continue;
        }
        const char high = static_cast<char>(text[at + 2] | 0x20);
        const char next = static_cast<char>(text[at + 3] | 0x20);
        if (high == 'd' && next >= 'c') {
            excess += as_written;
        } else if (high == '0' && next < '8') {
            const bool ascii = next == '0' && text[at + 4] < '8';
            excess += as_written - (ascii ? tenths_ascii : tenths_two_bytes);
        } else {
            excess += as_written - tenths_longer;
        }
        at += escape_bytes;
    }
    return excess;
}

constexpr std::int64_t whole_tokens(std::int64_t tenths) noexcept {
    return (std::max<std::int64_t>(tenths, 0) + 9) / 10;
}

}  // namespace

std::int64_t estimate_tokens(std::string_view text) noexcept { return whole_tokens(tenths_of(text)); }

std::int64_t estimate_input_tokens(padded_view body, const body_index& index) noexcept {
    const std::string_view text = body.text();
    const auto images = static_cast<std::int64_t>(index.image_bytes) * tenths_ascii;
    return whole_tokens(tenths_of(text) - escape_excess_tenths(text) - images);
}

}  // namespace weir::dialect
