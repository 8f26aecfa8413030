#pragma once
// What lets a web page ask, and read the answer: only pages listed under cors.origins. Source: Fetch
// Standard, CORS protocol.

#include "weir/frontend/exchange.hpp"
#include "weir/frontend/settings.hpp"

#include <optional>

namespace weir::proxy {

// Fields of any answer to a listed page; none for others, whose browsers then keep the answer to themselves.
frontend::field_list cors_fields(const net::request_head& head, const frontend::settings& front);

// The answer to a browser that asks before it sends; nullopt where no listed page asks.
std::optional<frontend::response> cors_preflight(const net::request_head& head,
                                                 const frontend::settings& front);

}  // namespace weir::proxy
