#pragma once
// Elements that agents put into a human's message.

#include <string>
#include <string_view>
#include <vector>

namespace weir::dialect {

// The name of the tag that `text` begins with, "<name>" or "<name attribute>"; empty where it begins with
// none.
std::string_view tag_at(std::string_view text) noexcept;
// The same of "</name>".
std::string_view closing_tag_at(std::string_view text) noexcept;

// `text` without the elements of these names, without white space at either end. A tag that is never closed
// stays.
std::string strip_envelopes(std::string_view text, const std::vector<std::string>& names);

// Without white space at either end.
std::string_view trim(std::string_view text) noexcept;
// The same, but the first line keeps its indentation.
std::string_view trim_lines(std::string_view text) noexcept;

}  // namespace weir::dialect
