#include "weir/metering/client_keys.hpp"

#include "weir/base/digest.hpp"

#include <openssl/crypto.h>

#include <cstddef>
#include <type_traits>

namespace weir::metering {
namespace {

static_assert(std::is_same_v<key_hash, sha256_digest>);

// -1 for what is no hexadecimal digit.
int nibble_of(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

key_hash hash_key(std::string_view key) { return sha256(key); }

std::optional<key_hash> parse_key_hash(std::string_view hex) {
    key_hash hash{};
    if (hex.size() != 2 * hash.size()) return std::nullopt;
    for (std::size_t i = 0; i < hash.size(); ++i) {
        const int high = nibble_of(hex[2 * i]);
        const int low = nibble_of(hex[2 * i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        hash[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return hash;
}

const client_key* client_keys::find(std::string_view presented) const {
    const key_hash hash = hash_key(presented);
    const client_key* found = nullptr;
    // No early end: the time must not tell how far down the list a key stands.
    for (const client_key& key : keys_) {
        if (CRYPTO_memcmp(key.hash.data(), hash.data(), hash.size()) == 0) found = &key;
    }
    return found;
}

}  // namespace weir::metering
