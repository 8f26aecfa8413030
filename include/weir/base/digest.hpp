#pragma once
// SHA-256, for keys and names that must not be guessed or undone.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace weir {

using sha256_digest = std::array<std::uint8_t, 32>;
sha256_digest sha256(std::string_view bytes);

// Lower-case hexadecimal digits of the first `bytes` of a digest.
std::string hex(const sha256_digest& digest, std::size_t bytes = 32);

}  // namespace weir
