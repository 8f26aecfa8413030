#include "weir/base/hash.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace weir {
namespace {

// 0, 1, 2 ... as bytes, every one of them once before any comes again.
std::string counting(std::size_t length) {
    std::string out;
    for (std::size_t i = 0; i < length; ++i) out += static_cast<char>(i % 256);
    return out;
}

struct known_value {
    std::string text;
    std::uint64_t seed;
    std::uint64_t hash;
};
// Made with libxxhash 0.8.1.
std::vector<known_value> known_values() {
    return {
        {"", 0, 0xEF46DB3751D8E999U},
        {"", 123, 0xE0DB84DE91F3E198U},
        {"a", 0, 0xD24EC4F1A98C6E5BU},
        {"a", 123, 0x5E820EB0DDEB5AEBU},
        {"abc", 0, 0x44BC2CF5AD770999U},
        {"abc", 123, 0x2DF10692FE3004B9U},
        {"asdf", 0, 0x415872F599CEA71EU},
        {"asdf", 123, 0x172FDC4DE8C27FA6U},
        {"Call me Ishmael. Some years ago--never mind how long precisely-", 0, 0x02A2E85470D6FD96U},
        {"Call me Ishmael. Some years ago--never mind how long precisely-", 123, 0x8166E5A8C312239BU},
        {counting(4), 0, 0xFFCED8604453CC1EU},
        {counting(8), 0, 0x884A173614B81B8DU},
        {counting(13), 0, 0x13D17C4C779723A8U},
        {counting(13), 0xFFFFFFFFFFFFFFFFU, 0xDF16CE003B750916U},
        {counting(31), 0, 0xC346D2B59B4D8EE1U},
        {counting(32), 0, 0xCBF59C5116FF32B4U},
        {counting(33), 0, 0x0C535D1ACAFB8EADU},
        {counting(64), 0, 0xF7C67301DB6713F0U},
        {counting(1000), 0, 0x6EF436B00EBA4078U},
        {counting(1000), 0xFFFFFFFFFFFFFFFFU, 0x24814D650587EC25U},
    };
}

TEST(hash, has_the_values_of_the_reference_implementation) {
    for (const known_value& k : known_values()) {
        EXPECT_EQ(hash_bytes(k.text, k.seed), k.hash) << k.text.size() << " bytes, seed " << k.seed;
    }
}

TEST(hash, does_not_look_beyond_the_bytes) {
    const std::string text = counting(200);
    for (std::size_t length = 0; length <= 100; ++length) {
        const std::string alone = text.substr(0, length);
        EXPECT_EQ(hash_bytes(std::string_view(text).substr(0, length)), hash_bytes(alone)) << length;
        // A copy of its own, at another alignment.
        const std::string shifted = "x" + alone;
        EXPECT_EQ(hash_bytes(std::string_view(shifted).substr(1)), hash_bytes(alone)) << length;
    }
}

TEST(hash, a_seed_chains_in_order) {
    const auto chain = [](std::string_view a, std::string_view b) { return hash_bytes(b, hash_bytes(a)); };
    EXPECT_EQ(chain("one", "two"), chain("one", "two"));
    EXPECT_NE(chain("one", "two"), chain("two", "one"));
    EXPECT_NE(chain("one", "two"), chain("onet", "wo"));
    EXPECT_NE(chain("one", ""), hash_bytes("one"));
    EXPECT_NE(hash_bytes("", 0), hash_bytes("", 1));
}

TEST(hash, every_bit_of_the_input_moves_about_half_of_the_output) {
    for (const std::size_t length : {1U, 3U, 4U, 7U, 8U, 15U, 31U, 32U, 33U, 64U, 100U}) {
        const std::string text = counting(length);
        const std::uint64_t whole = hash_bytes(text);
        double moved = 0;
        for (std::size_t bit = 0; bit < length * 8; ++bit) {
            std::string other = text;
            other[bit / 8] = static_cast<char>(other[bit / 8] ^ (1 << (bit % 8)));
            const int distance = std::popcount(whole ^ hash_bytes(other));
            EXPECT_GE(distance, 10) << "bit " << bit << " of " << length << " bytes";
            EXPECT_LE(distance, 54) << "bit " << bit << " of " << length << " bytes";
            moved += distance;
        }
        moved /= static_cast<double>(length * 8);
        EXPECT_NEAR(moved, 32, 5) << "of " << length << " bytes";
    }
}

TEST(hash, counted_names_fall_into_all_of_the_low_bits) {
    constexpr std::size_t buckets = 1024;
    std::set<std::uint64_t> hashes;
    std::set<std::uint64_t> low;
    std::set<std::uint64_t> high;
    for (std::size_t i = 0; i < 20 * buckets; ++i) {
        const std::uint64_t hash = hash_bytes("session-" + std::to_string(i));
        hashes.insert(hash);
        low.insert(hash % buckets);
        high.insert(hash >> 54);
    }
    EXPECT_EQ(hashes.size(), 20 * buckets);
    EXPECT_EQ(low.size(), buckets);
    EXPECT_EQ(high.size(), buckets);
}

}  // namespace
}  // namespace weir
