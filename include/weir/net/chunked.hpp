#pragma once
// Chunked transfer coding, both ways. The decoder is a strict machine without I/O: payload is compacted in
// place, so what one read brought is what one write passes on.
//
// Stricter than RFC 9112 7.1 allows: no chunk extensions, CRLF only, sizes of at most 15 hex digits; trailer
// fields are read up to a bound and dropped.

#include "weir/base/error.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string_view>

namespace weir::net {

class chunk_decoder {
public:
    static constexpr std::size_t trailer_bytes_max = 4096;

    struct progress {
        std::size_t payload = 0;   // bytes of payload, moved to the front of `data`
        std::size_t consumed = 0;  // bytes of framing and payload used; the rest is not of this body
    };

    // Reads `size` bytes at `data`, split anywhere. Uses all of them unless the body ends before.
    // nullopt-like failure: the framing is broken, with a word on what; the connection is beyond repair.
    std::expected<progress, const char*> decode(char* data, std::size_t size);

    bool done() const noexcept { return state_ == state::done; }

private:
    enum class state : std::uint8_t {
        size_first,
        size,
        size_lf,
        payload,
        payload_cr,
        payload_lf,
        trailer_start,
        trailer_field,
        trailer_field_lf,
        end_lf,
        done
    };
    // One byte of framing; nullptr, or what is wrong with it.
    const char* take(char c) noexcept;

    state state_ = state::size_first;
    std::uint64_t left_ = 0;
    unsigned digits_ = 0;
    std::size_t trailer_bytes_ = 0;
};

// "1a2b\r\n" for a chunk of `bytes` > 0; the view is into `room`. After the payload comes "\r\n", at the end
// last_chunk.
std::string_view chunk_head(std::size_t bytes, std::array<char, 20>& room) noexcept;
inline constexpr std::string_view chunk_tail = "\r\n";
inline constexpr std::string_view last_chunk = "0\r\n\r\n";

}  // namespace weir::net
