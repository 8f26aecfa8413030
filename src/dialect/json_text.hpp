#pragma once
// JSON strings as text: escapes checked and undone.

#include <string>
#include <string_view>

namespace weir::dialect {

// `inner`: what stands between the quotes. True where each escape is one of RFC 8259. A surrogate that stands
// alone is within that grammar, so it passes: what the upstream makes of it is the upstream's.
bool has_valid_escapes(std::string_view inner) noexcept;

// The text of a string, UTF-8; lone surrogates become U+FFFD. An escape that is none or cut off is kept as
// written.
std::string unescape(std::string_view inner);
// The same, added to `out`.
void append_unescaped(std::string& out, std::string_view inner);

}  // namespace weir::dialect
