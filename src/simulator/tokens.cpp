#include "tokens.hpp"

#include <cassert>
#include <cstddef>

namespace weir::simulator {
namespace {

constexpr int ascii_bytes_per_token = 4;

// Calls `began(i)` for each byte i at which a token begins.
template <class F>
void walk(std::string_view text, F&& began) {
    int run = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte < 0x80) {
            if (run == 0 && !began(i)) return;
            run = (run + 1) % ascii_bytes_per_token;
        } else if (byte >= 0xC0) {
            run = 0;
            if (!began(i)) return;
        }
    }
}

}  // namespace

std::int64_t count_tokens(std::string_view text) noexcept {
    std::int64_t count = 0;
    walk(text, [&](std::size_t) { return ++count, true; });
    return count;
}

std::string_view first_tokens(std::string_view text, std::int64_t tokens) noexcept {
    std::int64_t count = 0;
    std::size_t end = text.size();
    walk(text, [&](std::size_t at) {
        if (count++ < tokens) return true;
        end = at;
        return false;
    });
    return text.substr(0, end);
}

std::vector<std::string> split_tokens(std::string_view text, std::int64_t tokens_each) {
    assert(tokens_each >= 1);
    std::vector<std::string> pieces;
    std::int64_t count = 0;
    std::size_t from = 0;
    walk(text, [&](std::size_t at) {
        if (count++ % tokens_each == 0 && at > from) {
            pieces.emplace_back(text.substr(from, at - from));
            from = at;
        }
        return true;
    });
    if (from < text.size()) pieces.emplace_back(text.substr(from));
    return pieces;
}

void token_chain::begin_token() {
    if (count_ > 0 && count_ % unit_tokens_ == 0) units_.push_back(hash());
    ++count_;
}

void token_chain::add_text(std::string_view text) {
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            if (ascii_run_ == 0) begin_token();
            ascii_run_ = (ascii_run_ + 1) % ascii_bytes_per_token;
        } else if (byte >= 0xC0) {
            ascii_run_ = 0;
            begin_token();
        }
        mix(byte);
    }
}

void token_chain::add_mark(char kind) {
    begin_token();
    ascii_run_ = 0;
    // No text holds a byte of 0xFF, so a mark cannot be forged by what a message says.
    mix(0xFF);
    mix(static_cast<unsigned char>(kind));
}

void token_chain::add_image(std::string_view id, std::int64_t tokens) {
    add_mark('i');
    for (const char c : id) mix(static_cast<unsigned char>(c));
    for (std::int64_t i = 1; i < tokens; ++i) {
        begin_token();
        mix(0xFE);
    }
    ascii_run_ = 0;
}

std::uint64_t token_chain::hash() const noexcept { return mixed(hash_ + static_cast<std::uint64_t>(count_)); }

std::uint64_t mixed(std::uint64_t x) noexcept {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

std::uint64_t hash_of(std::string_view text, std::uint64_t seed) noexcept {
    for (const char c : text) seed = (seed ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return seed;
}

}  // namespace weir::simulator
