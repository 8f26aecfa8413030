#pragma once
// A gzip body made readable, within a bound: a few kilobytes can be made to inflate to gigabytes.

#include "weir/base/error.hpp"
#include "weir/net/body_buffer.hpp"

#include <cstddef>
#include <string_view>

namespace weir::net {

// All members of `packed` (RFC 1952), one after another. Faults of the client: malformed_http where it is no
// gzip, is cut short, or fails its check sum; body_too_large where it inflates to more than `bytes_max`.
result<body_buffer> inflate_gzip(std::string_view packed, std::size_t bytes_max, body_pool& pool);

}  // namespace weir::net
