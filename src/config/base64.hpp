#pragma once
// Base64 with padding, as in RFC 4648.

#include <optional>
#include <string>
#include <string_view>

namespace weir::config {

std::string to_base64(std::string_view bytes);

// White space is passed over. nullopt: another character, a wrong length, or bits that no byte has.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace weir::config
