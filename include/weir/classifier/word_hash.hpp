#pragma once
// The words of a request as buckets of a table: what the learned score knows of its language. Pure.
//
// A token is a word of ASCII letters, digits, apostrophes and underscores in lower case, joined with letters
// of other alphabets as their bytes; a number, whatever its digits, and what begins with one; or one
// character of Chinese or Japanese. N-grams are the tokens, each two that follow one another, with whatever
// stands between them, and the first with the beginning. Each n-gram falls into one bucket. Two that fall
// into the same count once.
//
// Stored weights rely on all of this: a change here makes them another model's.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace weir::classifier {

// Of a longer text the beginning and the end are read: what is asked stands there.
inline constexpr std::size_t words_head_bytes_max = 2 * 1024;
inline constexpr std::size_t words_tail_bytes_max = 1024;

inline constexpr unsigned word_bits_max = 16;  // 65,536 buckets

// The buckets of a text, each once, in the order of the text. Each has the same value, so that the squares of
// all add up to 1.
struct word_buckets {
    std::vector<std::uint32_t> buckets;  // each < 2^bits
    double value = 0;                    // 1 / sqrt(number of buckets); 0 where there are none
};

// `text` is UTF-8; other bytes do no harm. bits is 1 .. word_bits_max. Linear in the text, up to the bounds
// above.
word_buckets buckets_of(std::string_view text, unsigned bits);

}  // namespace weir::classifier
