#pragma once
// The coroutine type of everything that waits, on a concrete executor: one io_context a worker, so nothing in
// here needs a lock or a strand.

#include "weir/base/error.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstddef>
#include <expected>

namespace weir::net {

namespace asio = boost::asio;

using executor = asio::io_context::executor_type;

template <class T>
using task = asio::awaitable<T, executor>;

// `auto [ec, n] = co_await socket.async_read_some(buffer, as_result);`
constexpr auto as_result = asio::as_tuple(asio::use_awaitable_t<executor>{});

// What one read or write came to. The end of the peer's bytes is the error asio::error::eof; a deadline that
// ran out is asio::error::timed_out.
using io_size = std::expected<std::size_t, error_code>;
using io_done = std::expected<void, error_code>;

}  // namespace weir::net
