#pragma once
// Parts of a request: what it quotes, and the line that leads it.

#include <string>
#include <string_view>

namespace weir::classifier {

inline constexpr std::size_t quotation_bytes_max = 400;  // a longer one is no quotation
inline constexpr std::size_t lead_bytes_max = 240;
inline constexpr std::size_t searched_bytes_max = 32 * 1024;  // of a text, for quotations

// The text with a blank in place of each quotation: "..." and its kin of other typographies, within one line.
// Apostrophes and backticks are none: names of code stand in them.
std::string without_quotations(std::string_view text);

// The first line that is not empty, up to a colon. Cut at lead_bytes_max, between characters.
std::string_view lead_of(std::string_view text) noexcept;

}  // namespace weir::classifier
