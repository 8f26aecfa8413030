#pragma once
// One pass over a text that calls back with the hash of each n-gram; allocates nothing. The rules are those
// of word_hash.hpp.

#include "weir/classifier/word_hash.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace weir::classifier {

// What a byte or a character is to a word.
enum class letter : std::uint8_t { none, ascii, digit, other, character };

// One character of a text and how many bytes it has; bytes that are no UTF-8 are none, one by one.
struct glyph {
    letter kind = letter::none;
    std::size_t bytes = 1;
};
glyph glyph_at(std::string_view text, std::size_t at) noexcept;

// A text's parts that are read, cut between characters; the second is empty for a short text.
struct read_parts {
    std::string_view head, tail;
};
read_parts parts_to_read(std::string_view text) noexcept;

// splitmix64: every bit of the input moves every bit of the output. Source: Steele, Lea, Flood, "Fast
// Splittable Pseudorandom Number Generators", 2014.
constexpr std::uint64_t mixed(std::uint64_t x) noexcept {
    x += 0x9E3779B97F4A7C15U;
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31U);
}

inline constexpr std::uint64_t fnv_start = 0xCBF29CE484222325U;
constexpr std::uint64_t fnv_step(std::uint64_t hash, char c) noexcept {
    return (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
}
constexpr char lowered(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// The token that begins at `at`, where glyph_at() is not none; moves `at` behind it.
std::uint64_t take_token(std::string_view text, std::size_t& at) noexcept;

// `begins`: the first token pairs with the beginning.
template <class Take>
void for_each_ngram(std::string_view text, bool begins, Take&& take) {
    std::uint64_t before = 0;  // stands for the beginning
    bool paired = begins;
    for (std::size_t at = 0; at < text.size();) {
        const glyph here = glyph_at(text, at);
        if (here.kind == letter::none) {
            at += here.bytes;
            continue;
        }
        const std::uint64_t token = take_token(text, at);
        take(mixed(token));
        if (paired) take(mixed(mixed(before) + token));
        before = token;
        paired = true;
    }
}

// Calls `take` with each bucket of the text once and gives their number.
template <class Take>
std::size_t for_each_bucket(std::string_view text, unsigned bits, Take&& take) {
    std::array<std::uint64_t, (std::size_t{1} << word_bits_max) / 64> seen;
    const std::size_t used = ((std::size_t{1} << bits) + 63) / 64;
    for (std::size_t i = 0; i < used; ++i) seen[i] = 0;
    std::size_t count = 0;
    const auto once = [&](std::uint64_t hash) {
        const auto bucket = static_cast<std::uint32_t>(hash >> (64U - bits));
        std::uint64_t& word = seen[bucket / 64];
        const std::uint64_t bit = std::uint64_t{1} << (bucket % 64);
        if ((word & bit) != 0) return;
        word |= bit;
        ++count;
        take(bucket);
    };
    const read_parts parts = parts_to_read(text);
    for_each_ngram(parts.head, true, once);
    for_each_ngram(parts.tail, false, once);
    return count;
}

}  // namespace weir::classifier
