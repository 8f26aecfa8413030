#pragma once
// A fast hash of bytes that is the same in every run and on every machine, so that it may be stored. Not for
// secrets: whoever wants two texts with one hash can make them.

#include <cstdint>
#include <string_view>

namespace weir {

// XXH64. `seed` chains: hash_bytes(b, hash_bytes(a)) depends on both, on their order and on where a ends.
// Source: the xxHash specification, version 0.1.1, algorithm XXH64.
std::uint64_t hash_bytes(std::string_view bytes, std::uint64_t seed = 0) noexcept;

}  // namespace weir
