#pragma once
// File names in a request.

#include "weir/dialect/ask.hpp"

#include <cstdint>
#include <string_view>

namespace weir::dialect {

// Different names such as "src/a.py" whose extension is one of rules.file_extensions. Addresses with a scheme
// ("https://..."), "www." names and rules.not_files are none; "./a.py" and "a.py" are one. Of a text beyond
// 64 KiB the first and the last 32 are looked at.
std::uint32_t count_file_names(std::string_view text, const ask_rules& rules);

}  // namespace weir::dialect
