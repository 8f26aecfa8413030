#pragma once
// Lengths of UTF-8 text in characters, and places to cut it. Bytes that are no UTF-8 do no harm.

#include <cstddef>
#include <string_view>

namespace weir {

constexpr bool continues_a_character(char c) noexcept {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

// Characters: bytes that do not continue another. Eight at a time, for texts of a body's length.
std::size_t count_code_points(std::string_view text) noexcept;

// The last place at or before `at` that is not inside a character.
constexpr std::size_t cut_before(std::string_view text, std::size_t at) noexcept {
    if (at >= text.size()) return text.size();
    while (at > 0 && continues_a_character(text[at])) --at;
    return at;
}
// The first place at or after `at` that is not.
constexpr std::size_t cut_after(std::string_view text, std::size_t at) noexcept {
    while (at < text.size() && continues_a_character(text[at])) ++at;
    return at < text.size() ? at : text.size();
}

}  // namespace weir
