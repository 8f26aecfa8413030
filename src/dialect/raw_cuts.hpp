#pragma once
// Stretches of a JSON string that are left out, found without undoing its escapes.

#include "weir/dialect/body_index.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace weir::dialect {

// First place at or after `from` where `wanted` stands; npos where there is none. Faster than
// std::string_view::find for words of common letters in long texts.
std::size_t find_text(std::string_view text, std::string_view wanted, std::size_t from) noexcept;

// What is to be left out of `inner`, the inside of a JSON string: lines that begin with one of `line_starts`,
// their line break included, and `name` where it stands as a word. In order; none touches another.
std::vector<place> cuts_of(std::string_view inner, const std::vector<std::string>& line_starts,
                           std::string_view name);

// `inner` without these. Stands in `scratch` where there are any.
std::string_view without_cuts(std::string_view inner, const std::vector<place>& cuts, std::string& scratch);

}  // namespace weir::dialect
