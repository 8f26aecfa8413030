#include "ngrams.hpp"

#include <array>

namespace weir::classifier {
namespace {

constexpr unsigned char byte_of(char c) noexcept { return static_cast<unsigned char>(c); }
constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

struct decoded {
    std::uint32_t code = 0;
    std::size_t bytes = 0;  // 0: no character begins here
};

decoded decode(std::string_view text, std::size_t at) noexcept {
    const unsigned char lead = byte_of(text[at]);
    const std::size_t bytes = lead >= 0xF0 ? 4U : lead >= 0xE0 ? 3U : lead >= 0xC2 ? 2U : 0U;
    if (bytes == 0 || lead > 0xF4 || at + bytes > text.size()) return {};
    std::uint32_t code = lead & (0xFFU >> (bytes + 1));
    for (std::size_t i = 1; i < bytes; ++i) {
        const unsigned char next = byte_of(text[at + i]);
        if ((next & 0xC0U) != 0x80U) return {};
        code = code << 6U | (next & 0x3FU);
    }
    return {code, bytes};
}

// Written without blanks, so that one character is what a word is elsewhere: Han and kana.
constexpr bool is_character(std::uint32_t c) noexcept {
    return (c >= 0x3041 && c <= 0x30FF) || (c >= 0x3400 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
           (c >= 0x20000 && c <= 0x3FFFF);
}

// Latin-1 signs, punctuation and symbols, CJK punctuation, full-width forms, emoji.
constexpr bool is_sign(std::uint32_t c) noexcept {
    return c < 0xC0 || c == 0xD7 || c == 0xF7 || (c >= 0x2000 && c <= 0x2BFF) ||
           (c >= 0x3000 && c <= 0x3040) || (c >= 0xE000 && c <= 0xF8FF) || (c >= 0xFE00 && c <= 0xFE6F) ||
           (c >= 0xFF00 && c <= 0xFFFF) || c >= 0x10000;
}

constexpr letter kind_of_ascii(char c) noexcept {
    if (is_digit(c)) return letter::digit;
    const char low = lowered(c);
    return (low >= 'a' && low <= 'z') || c == '\'' || c == '_' ? letter::ascii : letter::none;
}

// For a byte that goes on a word its lower case, else 0; 0 as well for bytes beyond ASCII.
constexpr std::array<char, 256> make_word_bytes() noexcept {
    std::array<char, 256> bytes{};
    for (std::size_t i = 0; i < 128; ++i) {
        const auto c = static_cast<char>(i);
        if (kind_of_ascii(c) != letter::none) bytes[i] = lowered(c);
    }
    return bytes;
}
constexpr auto word_bytes = make_word_bytes();

// All numbers are one token: what a request asks does not hang on which they are.
constexpr std::uint64_t number_token = fnv_step(fnv_start, '#');

}  // namespace

glyph glyph_at(std::string_view text, std::size_t at) noexcept {
    if (byte_of(text[at]) < 0x80) return {kind_of_ascii(text[at]), 1};
    const decoded here = decode(text, at);
    if (here.bytes == 0) return {letter::none, 1};
    if (is_character(here.code)) return {letter::character, here.bytes};
    return {is_sign(here.code) ? letter::none : letter::other, here.bytes};
}

read_parts parts_to_read(std::string_view text) noexcept {
    if (text.size() <= words_head_bytes_max + words_tail_bytes_max) return {text, {}};
    const auto inside = [&](std::size_t at) {
        return at < text.size() && (byte_of(text[at]) & 0xC0U) == 0x80U;
    };
    std::size_t head = words_head_bytes_max;
    while (head > 0 && inside(head)) --head;
    std::size_t tail = text.size() - words_tail_bytes_max;
    while (inside(tail)) ++tail;
    return {text.substr(0, head), text.substr(tail)};
}

std::uint64_t take_token(std::string_view text, std::size_t& at) noexcept {
    const glyph first = glyph_at(text, at);
    std::uint64_t hash = fnv_start;
    if (first.kind == letter::character) {
        for (std::size_t i = 0; i < first.bytes; ++i) hash = fnv_step(hash, text[at + i]);
        at += first.bytes;
        return hash;
    }
    const bool number = first.kind == letter::digit;
    while (at < text.size()) {
        if (const char low = word_bytes[byte_of(text[at])]; low != 0) {
            hash = fnv_step(hash, low);
            ++at;
            continue;
        }
        const bool ascii = byte_of(text[at]) < 0x80;
        // "3.14" and "10,000" are one number each
        const bool point =
            number && (text[at] == '.' || text[at] == ',') && at + 1 < text.size() && is_digit(text[at + 1]);
        const glyph here = ascii ? glyph{} : glyph_at(text, at);
        if (!point && here.kind != letter::other) break;
        for (std::size_t i = 0; i < here.bytes; ++i) hash = fnv_step(hash, text[at + i]);
        at += here.bytes;
    }
    return number ? number_token : hash;
}

}  // namespace weir::classifier
