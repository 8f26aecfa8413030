#pragma once
// The named timers. Each is a setting under `timeouts:` with the same name, a label in metrics and a test.

#include <cstdint>

namespace weir::net {

// Milliseconds; 0 switches a timer off.
struct timeouts {
    std::int64_t request_header_ms = 10'000;      // first byte to blank line of a request's head
    std::int64_t request_body_ms = 60'000;        // the whole body
    std::int64_t keep_alive_idle_ms = 75'000;     // between two requests of a connection
    std::int64_t client_write_stall_ms = 60'000;  // a client that does not read
    std::int64_t upstream_resolve_ms = 5'000;
    std::int64_t upstream_connect_ms = 5'000;
    std::int64_t upstream_tls_ms = 5'000;
    std::int64_t upstream_first_byte_ms = 30'000;    // head or keep-alive after the request was sent
    std::int64_t upstream_first_token_ms = 660'000;  // DeepSeek closes after ten minutes without inference
    std::int64_t upstream_idle_ms = 120'000;     // between two reads of an answer; a keep-alive re-arms it
    std::int64_t upstream_total_ms = 3'600'000;  // a whole answer that is no stream
    // Blank lines that an upstream sends ahead of a whole answer are held so long, then they pass at once:
    // the client's connection needs them too. From then on its status is fixed.
    std::int64_t blank_lines_held_ms = 15'000;
    std::int64_t upstream_keep_alive_ms = 50'000;  // an idle pooled connection is closed
    std::int64_t drain_ms = 30'000;                // at shutdown, for requests in flight
};

}  // namespace weir::net
