#include "weir/base/digest.hpp"

#include <openssl/evp.h>

#include <cassert>

namespace weir {

sha256_digest sha256(std::string_view bytes) {
    sha256_digest digest{};
    unsigned length = 0;
    [[maybe_unused]] const int ok =
        EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr);
    assert(ok == 1 && length == digest.size());
    return digest;
}

std::string hex(const sha256_digest& digest, std::size_t bytes) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(2 * bytes);
    for (std::size_t i = 0; i < bytes; ++i) {
        text += digits[digest[i] >> 4];
        text += digits[digest[i] & 15];
    }
    return text;
}

}  // namespace weir
