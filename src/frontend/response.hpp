#pragma once
// Heads of answers, rendered.

#include "weir/base/time.hpp"
#include "weir/frontend/exchange.hpp"

#include <string>
#include <string_view>

namespace weir::frontend {

// "OK", "Bad Request"; "Unknown" for a status without a registered phrase.
std::string_view reason_phrase(int status) noexcept;

// "Sun, 22 Nov 2026 01:02:03 GMT", as Date wants it. RFC 9110 5.6.7.
std::string http_date(wall_time t);

enum class body_framing : std::uint8_t { length, chunked, until_close };

// Status line, fields, Date, framing and Connection, with the blank line. Control characters in values become
// blanks, so that no value can start a line of its own.
std::string render_head(int status, const field_list& fields, wall_time now, body_framing framing,
                        std::size_t body_bytes, bool keep_alive, unsigned client_minor);

}  // namespace weir::frontend
