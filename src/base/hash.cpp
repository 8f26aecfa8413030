#include "weir/base/hash.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

namespace weir {
namespace {

constexpr std::uint64_t prime_1 = 0x9E3779B185EBCA87U;
constexpr std::uint64_t prime_2 = 0xC2B2AE3D27D4EB4FU;
constexpr std::uint64_t prime_3 = 0x165667B19E3779F9U;
constexpr std::uint64_t prime_4 = 0x85EBCA77C2B2AE63U;
constexpr std::uint64_t prime_5 = 0x27D4EB2F165667C5U;

constexpr std::size_t lane_count = 4;
constexpr std::size_t stripe_bytes = lane_count * sizeof(std::uint64_t);
using lanes = std::array<std::uint64_t, lane_count>;

// Little-endian, on whatever machine.
template <class word>
word read_word(const char* at) noexcept {
    word value;
    std::memcpy(&value, at, sizeof value);
    if constexpr (std::endian::native == std::endian::big) value = std::byteswap(value);
    return value;
}

constexpr std::uint64_t add_word(std::uint64_t lane, std::uint64_t word) noexcept {
    return std::rotl(lane + word * prime_2, 31) * prime_1;
}

// Four lanes, so that a step need not wait for the one before it.
std::uint64_t hash_stripes(const char* at, std::size_t stripes, std::uint64_t seed) noexcept {
    lanes lane{seed + prime_1 + prime_2, seed + prime_2, seed, seed - prime_1};
    for (; stripes > 0; --stripes, at += stripe_bytes) {
        for (std::size_t i = 0; i < lane_count; ++i) {
            lane[i] = add_word(lane[i], read_word<std::uint64_t>(at + i * sizeof(std::uint64_t)));
        }
    }
    std::uint64_t hash =
        std::rotl(lane[0], 1) + std::rotl(lane[1], 7) + std::rotl(lane[2], 12) + std::rotl(lane[3], 18);
    for (const std::uint64_t l : lane) hash = (hash ^ add_word(0, l)) * prime_1 + prime_4;
    return hash;
}

constexpr std::uint64_t avalanche(std::uint64_t hash) noexcept {
    hash = (hash ^ (hash >> 33)) * prime_2;
    hash = (hash ^ (hash >> 29)) * prime_3;
    return hash ^ (hash >> 32);
}

}  // namespace

std::uint64_t hash_bytes(std::string_view bytes, std::uint64_t seed) noexcept {
    const std::size_t stripes = bytes.size() / stripe_bytes;
    std::uint64_t hash = stripes > 0 ? hash_stripes(bytes.data(), stripes, seed) : seed + prime_5;
    hash += bytes.size();
    std::string_view rest = bytes.substr(stripes * stripe_bytes);
    for (; rest.size() >= 8; rest.remove_prefix(8)) {
        hash = std::rotl(hash ^ add_word(0, read_word<std::uint64_t>(rest.data())), 27) * prime_1 + prime_4;
    }
    if (rest.size() >= 4) {
        hash ^= read_word<std::uint32_t>(rest.data()) * prime_1;
        hash = std::rotl(hash, 23) * prime_2 + prime_3;
        rest.remove_prefix(4);
    }
    for (const char c : rest) {
        hash = std::rotl(hash ^ static_cast<unsigned char>(c) * prime_5, 11) * prime_1;
    }
    return avalanche(hash);
}

}  // namespace weir
