#pragma once
// Names of requests: 63 bits that grow with time, so that they serve as the ledger's key, and their text
// form.

#include "weir/base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

// 41 bits of milliseconds since 2026-01-01T00:00:00Z, 6 bits of worker, 16 bits that start at random and
// count.
struct request_id {
    std::int64_t value = 0;
    auto operator<=>(const request_id&) const = default;
};

// "req_" and 13 characters of Crockford's base 32, in the order of the values.
std::string to_text(request_id id);
std::optional<request_id> parse_request_id(std::string_view text) noexcept;
wall_time time_of(request_id id) noexcept;

// One for each worker. A clock that jumps back does not make an id twice: the last time given out is kept.
class request_ids {
public:
    // worker < 64; seed: any random number
    request_ids(unsigned worker, std::uint16_t seed) noexcept : worker_(worker), count_(seed) {}
    request_id next(wall_time now) noexcept;

private:
    std::int64_t worker_;
    std::uint16_t count_;
    std::uint32_t in_this_ms_ = 0;
    std::int64_t last_ms_ = 0;
};

}  // namespace weir
