#pragma once
// The month under one policy, request by request in the order of time, and under an oracle that knows every
// answer.

#include "weir/config/settings.hpp"
#include "weir/pricing/money.hpp"

#include "plan.hpp"
#include "talk.hpp"
#include "world.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::month {

// A request that was answered.
struct row {
    std::size_t conversation = 0;
    std::size_t turn = 0;
    std::int64_t attempt = 0;
    bool human = false;
    bool housekeeping = false;
    cell by;
    std::string reason;  // the decision's
    wall_time at;
    usage tokens;
    pricing::pico cost;
};

// What became of a task.
struct task_end {
    std::size_t conversation = 0;
    std::size_t turn = 0;
    kind what = kind::chat;
    bool right_at_first = false;
    bool right = false;
};

struct course {
    std::string policy;
    std::vector<row> rows;        // by time; the oracle's by conversation
    std::vector<task_end> tasks;  // one for each that was asked
    std::size_t refused = 0;      // requests that no cell was found for: their conversations end there
};

inline constexpr std::string_view oracle_name = "oracle";

// `policy`: the name of one of the settings' policies.
course run_policy(const std::vector<conversation>& plan, const scenario& world, const config::settings& s,
                  std::string_view policy);

// For each task the cheapest cell, retries and cold caches included, that gets it right; where none does, the
// cheapest. It looks no further than the task, and no policy can be as good: it knows the answers.
course run_oracle(const std::vector<conversation>& plan, const scenario& world, const config::settings& s);

}  // namespace weir::month
