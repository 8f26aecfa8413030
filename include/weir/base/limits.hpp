#pragma once
// The bounds of one request. Each has a default that is safe on the open internet, a setting of the same name
// under `limits:` and a test.

#include <cstddef>
#include <cstdint>

namespace weir {

struct limits {
    std::size_t header_bytes_max = 32 * 1024;  // request line and fields; Codex sent 1,277, Claude Code 775
    std::size_t header_fields_max = 100;       // fields of one head
    std::size_t request_bytes_max = 48 * 1024 * 1024;      // DeepSeek's own limit for a body
    std::size_t inflated_bytes_max = 48 * 1024 * 1024;     // a gzip body, inflated
    std::size_t json_depth_max = 128;                      // nesting of a client's body
    std::size_t answer_held_bytes_max = 16 * 1024 * 1024;  // a non-streamed answer is held whole up to this
    std::size_t event_bytes_max = 1024 * 1024;             // one SSE event that is read for usage
    std::size_t upstream_head_bytes_max = 64 * 1024;       // head of an answer
    std::size_t connections_max = 16'384;                  // client connections, all workers together
    std::size_t slots_per_worker = 16'384;                 // requests in flight a worker
};

}  // namespace weir
