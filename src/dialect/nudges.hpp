#pragma once
// Words of the human that ask for no more than to go on: "continue", "still broken, try again".

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace weir::dialect {

inline constexpr std::size_t nudge_bytes_max = 120;  // a longer text says something of its own

// Whether all that `text` says, between its punctuation, is among `nudges`; ASCII letters in either case are
// the same. False for a text without a word.
bool is_nudge(std::string_view text, const std::vector<std::string>& nudges) noexcept;

}  // namespace weir::dialect
