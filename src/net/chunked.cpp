#include "weir/net/chunked.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace weir::net {

namespace {

constexpr unsigned size_digits_max = 15;

int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

const char* chunk_decoder::take(char c) noexcept {
    switch (state_) {
        case state::size_first:
        case state::size:
            if (const int v = hex_value(c); v >= 0) {
                if (++digits_ > size_digits_max) return "chunk size has too many digits";
                left_ = left_ * 16 + static_cast<std::uint64_t>(v);
                state_ = state::size;
                return nullptr;
            }
            if (c != '\r' || state_ == state::size_first) return "chunk size is no plain hexadecimal number";
            state_ = state::size_lf;
            return nullptr;
        case state::size_lf:
            if (c != '\n') return "chunk size does not end with CRLF";
            state_ = left_ == 0 ? state::trailer_start : state::payload;
            return nullptr;
        case state::payload_cr:
            if (c != '\r') return "chunk is longer than its size";
            state_ = state::payload_lf;
            return nullptr;
        case state::payload_lf:
            if (c != '\n') return "chunk does not end with CRLF";
            digits_ = 0;
            state_ = state::size_first;
            return nullptr;
        case state::trailer_start:
            state_ = c == '\r' ? state::end_lf : state::trailer_field;
            break;
        case state::trailer_field:
            if (c == '\r') state_ = state::trailer_field_lf;
            break;
        case state::trailer_field_lf:
            if (c != '\n') return "trailer field does not end with CRLF";
            state_ = state::trailer_start;
            break;
        case state::end_lf:
            if (c != '\n') return "last chunk does not end with CRLF";
            state_ = state::done;
            return nullptr;
        case state::payload:
        case state::done:
            break;
    }
    if (c == '\n' && state_ == state::trailer_field) return "trailer field has a bare line feed";
    return ++trailer_bytes_ > trailer_bytes_max ? "trailer is too long" : nullptr;
}

std::expected<chunk_decoder::progress, const char*> chunk_decoder::decode(char* data, std::size_t size) {
    progress p;
    while (p.consumed < size && state_ != state::done) {
        if (state_ != state::payload) {
            if (const char* wrong = take(data[p.consumed])) return std::unexpected(wrong);
            ++p.consumed;
            continue;
        }
        const std::size_t n = static_cast<std::size_t>(std::min<std::uint64_t>(left_, size - p.consumed));
        if (p.payload != p.consumed) std::memmove(data + p.payload, data + p.consumed, n);
        p.payload += n;
        p.consumed += n;
        left_ -= n;
        if (left_ == 0) state_ = state::payload_cr;
    }
    return p;
}

std::string_view chunk_head(std::size_t bytes, std::array<char, 20>& room) noexcept {
    char* end = std::to_chars(room.data(), room.data() + 16, bytes, 16).ptr;
    *end++ = '\r';
    *end++ = '\n';
    return {room.data(), static_cast<std::size_t>(end - room.data())};
}

}  // namespace weir::net
