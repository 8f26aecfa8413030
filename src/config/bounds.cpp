// Bounds and timers: a setting each, of the same name as the field; and how many conversations are known.

#include "parts.hpp"

namespace weir::config {
namespace {

constexpr std::int64_t kib = 1024;
constexpr std::int64_t mib = 1024 * kib;
constexpr std::int64_t gib = 1024 * mib;
constexpr std::int64_t timer_ms_max = 24 * 60 * 60 * 1000;
constexpr std::int64_t sessions_max = 10'000'000;

}  // namespace

const std::vector<named_limit>& named_limits() {
    static const std::vector<named_limit> table = {
        {"header_bytes_max", &limits::header_bytes_max, 1 * kib, 1 * mib},
        {"header_fields_max", &limits::header_fields_max, 8, 10'000},
        {"request_bytes_max", &limits::request_bytes_max, 1 * kib, 1 * gib},
        {"inflated_bytes_max", &limits::inflated_bytes_max, 1 * kib, 1 * gib},
        {"json_depth_max", &limits::json_depth_max, 4, 1024},
        {"answer_held_bytes_max", &limits::answer_held_bytes_max, 64 * kib, 1 * gib},
        {"event_bytes_max", &limits::event_bytes_max, 4 * kib, 64 * mib},
        {"upstream_head_bytes_max", &limits::upstream_head_bytes_max, 1 * kib, 1 * mib},
        {"connections_max", &limits::connections_max, 1, 1'000'000},
        {"slots_per_worker", &limits::slots_per_worker, 1, 1'000'000},
    };
    return table;
}

const std::vector<named_timer>& named_timers() {
    static const std::vector<named_timer> table = {
        {"request_header_ms", &net::timeouts::request_header_ms},
        {"request_body_ms", &net::timeouts::request_body_ms},
        {"keep_alive_idle_ms", &net::timeouts::keep_alive_idle_ms},
        {"client_write_stall_ms", &net::timeouts::client_write_stall_ms},
        {"upstream_resolve_ms", &net::timeouts::upstream_resolve_ms},
        {"upstream_connect_ms", &net::timeouts::upstream_connect_ms},
        {"upstream_tls_ms", &net::timeouts::upstream_tls_ms},
        {"upstream_first_byte_ms", &net::timeouts::upstream_first_byte_ms},
        {"upstream_first_token_ms", &net::timeouts::upstream_first_token_ms},
        {"upstream_idle_ms", &net::timeouts::upstream_idle_ms},
        {"upstream_keep_alive_ms", &net::timeouts::upstream_keep_alive_ms},
        {"upstream_total_ms", &net::timeouts::upstream_total_ms},
        {"blank_lines_held_ms", &net::timeouts::blank_lines_held_ms},
        {"drain_ms", &net::timeouts::drain_ms},
    };
    return table;
}

void read_bounds(section& top, settings& into) {
    if (const auto s = top.find("limits")) {
        section part{*s};
        for (const auto& bound : named_limits())
            part.read(bound.name, into.bounds.*bound.member, bound.min, bound.max);
        part.finish();
    }
    if (const auto s = top.find("timeouts")) {
        section part{*s};
        for (const auto& timer : named_timers())
            part.read(timer.name, into.timers.*timer.member, 0, timer_ms_max);
        part.finish();
    }
}

void read_sessions(section& top, settings& into) {
    const auto s = top.find("sessions");
    if (!s) return;
    section part{*s};
    part.read("entries_max", into.sessions.entries_max, 0, sessions_max);
    part.finish();
}

}  // namespace weir::config
