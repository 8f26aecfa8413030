#include "weir/base/utf8.hpp"

#include <bit>
#include <cstdint>
#include <cstring>

namespace weir {

std::size_t count_code_points(std::string_view text) noexcept {
    constexpr std::uint64_t lowest_bits = 0x0101010101010101U;
    std::size_t continuing = 0;
    std::size_t at = 0;
    for (; at + sizeof(std::uint64_t) <= text.size(); at += sizeof(std::uint64_t)) {
        std::uint64_t bytes;
        std::memcpy(&bytes, text.data() + at, sizeof bytes);
        // the highest bit of a byte is set and the next one is not
        continuing += static_cast<std::size_t>(std::popcount((bytes >> 7U) & ~(bytes >> 6U) & lowest_bits));
    }
    for (; at < text.size(); ++at) continuing += continues_a_character(text[at]) ? 1 : 0;
    return text.size() - continuing;
}

}  // namespace weir
