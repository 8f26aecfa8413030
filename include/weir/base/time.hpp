#pragma once
// Wall time as it is stored and printed. Intervals are measured with a steady clock, in net/clock.hpp.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

using std::chrono::milliseconds;
using wall_time = std::chrono::sys_time<milliseconds>;

constexpr std::int64_t unix_ms(wall_time t) noexcept { return t.time_since_epoch().count(); }
constexpr wall_time from_unix_ms(std::int64_t ms) noexcept { return wall_time{milliseconds{ms}}; }

// "2026-09-10T04:00:00Z", "2026-09-10T12:00:00+08:00", with or without fractions of a second, or a bare
// date (midnight UTC). Anything else: nullopt. RFC 3339.
std::optional<wall_time> parse_rfc3339(std::string_view text) noexcept;

// "2026-09-10T04:00:00.000Z"
std::string to_rfc3339(wall_time t);

}  // namespace weir
