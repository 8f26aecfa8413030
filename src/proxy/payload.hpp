#pragma once
// A client's body as weir can read it, whatever endpoint it is for.

#include "weir/config/settings.hpp"
#include "weir/frontend/exchange.hpp"

namespace weir::proxy {

// Freed of gzip where `accept_gzip` is set. Faults: unsupported_media for any other coding, those of
// exchange::read_body and net::inflate_gzip; the client left: an empty detail.
net::task<result<net::body_buffer>> read_payload(frontend::exchange& client,
                                                 const config::settings& settings);

}  // namespace weir::proxy
