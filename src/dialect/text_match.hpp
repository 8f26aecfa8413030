#pragma once
// Finds phrases and marks of config/clients.yaml in text. Built for one request: no allocation for each
// phrase.

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::dialect {

constexpr std::size_t gap_bytes_max = 60;  // what `*` in a phrase may stand for

constexpr char to_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
constexpr bool is_word(char c) noexcept {
    return (c >= '0' && c <= '9') || (to_lower(c) >= 'a' && to_lower(c) <= 'z') || c == '_';
}
// ASCII letters in either case are the same.
bool equal_in_any_case(std::string_view a, std::string_view b) noexcept;

// Phrases, any case. One that begins with a letter or digit begins at the start of a word.
class phrase_index {
public:
    explicit phrase_index(const std::vector<std::string>& phrases);  // kept by reference
    bool occurs_in(std::string_view text) const noexcept;
    bool begins(std::string_view text) const noexcept;

private:
    bool matches_at(std::string_view text, std::size_t at) const noexcept;

    const std::vector<std::string>& phrases_;
    std::array<std::uint16_t, 256> first_{};  // 1 + index of the first phrase that begins with a byte
    std::vector<std::uint16_t> next_;         // 1 + index of the next one
};

// Marks of failures, as written, of two bytes or more: `^` first is the start of a line, `#` last a whole
// number other than 0.
class mark_index {
public:
    explicit mark_index(const std::vector<std::string>& marks);  // kept by reference
    bool occurs_in(std::string_view text) const noexcept;

private:
    bool matches_at(std::string_view text, std::size_t at,
                    const std::array<std::uint16_t, 256>& first) const noexcept;

    const std::vector<std::string>& marks_;
    std::array<std::uint16_t, 256> at_line_start_{};  // as in phrase_index
    std::array<std::uint16_t, 256> anywhere_{};
    std::vector<std::uint16_t> next_;
    std::bitset<65536> pairs_;  // the first two bytes of marks that may stand anywhere
};

}  // namespace weir::dialect
