#pragma once
// The simulator's tokens. Rule: up to four ASCII bytes in a row are a token, any other code point is one by
// itself, and so is a mark between parts of a prompt. A token never depends on what follows it, except that
// ASCII goes on until four bytes or a mark; so equal prefixes that end at a mark have equal tokens.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::simulator {

std::int64_t count_tokens(std::string_view text) noexcept;

// The longest prefix of `text` with at most `tokens` tokens.
std::string_view first_tokens(std::string_view text, std::int64_t tokens) noexcept;

// `text` in pieces of `tokens_each` (>= 1) tokens; the last may be shorter. Pieces never split a code point.
std::vector<std::string> split_tokens(std::string_view text, std::int64_t tokens_each);

// Counts a prompt and names its prefixes: unit k is a hash of everything up to token (k + 1) * unit_tokens.
class token_chain {
public:
    // seed: what no prefix may be shared across, such as the model and the tenant
    token_chain(std::int64_t unit_tokens, std::uint64_t seed) noexcept
        : unit_tokens_(unit_tokens), hash_(seed) {}

    void add_text(std::string_view text);
    void add_mark(char kind);                                  // one token
    void add_image(std::string_view id, std::int64_t tokens);  // as many tokens, named by `id`

    std::int64_t count() const noexcept { return count_; }
    std::uint64_t hash() const noexcept;
    // Only units that a later token follows, so that a whole prompt never counts as cached.
    const std::vector<std::uint64_t>& units() const noexcept { return units_; }

private:
    void begin_token();
    void mix(unsigned char byte) noexcept { hash_ = (hash_ ^ byte) * 0x100000001b3ULL; }

    std::int64_t unit_tokens_;
    std::uint64_t hash_;
    std::int64_t count_ = 0;
    int ascii_run_ = 0;  // bytes of the ASCII token that is open, 0: none is
    std::vector<std::uint64_t> units_;
};

// A well mixed 64-bit value of `x` (the finaliser of splitmix64).
std::uint64_t mixed(std::uint64_t x) noexcept;

// FNV-1a, for seeds.
std::uint64_t hash_of(std::string_view text, std::uint64_t seed = 0xcbf29ce484222325ULL) noexcept;

}  // namespace weir::simulator
