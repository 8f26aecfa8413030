#pragma once
// Who asks what, and when, in the simulated month. The same for every policy: nothing here knows who answers.

#include "weir/base/time.hpp"

#include "assumptions.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace weir::month {

// Of an agent's work: a tool call that has to succeed before the next.
struct step {
    std::int64_t difficulty = 0;
    bool trap = false;  // whoever fails it tries the very same call again
};

// One thing that a human, or a line of a batch, wants.
struct task {
    kind what = kind::chat;
    std::uint64_t seed = 0;       // of all that is drawn for it
    std::int64_t difficulty = 0;  // 0 .. 1000
    std::int64_t wait_ms = 0;     // after the answer before it; the first of a conversation has none
    std::vector<step> steps;      // agents only
    std::string text;             // UTF-8, as the human writes it
};

struct conversation {
    std::size_t id = 0;
    wall_time start;
    std::string key_id;      // whose key
    bool chinese = false;    // written in
    bool has_title = false;  // the client asks for one first
    bool states_effort = false;
    std::vector<task> tasks;  // at least one; all of one kind, but chats mix what needs no tools

    bool agent() const noexcept { return tasks.front().what == kind::agent; }
    bool batch() const noexcept { return tasks.front().what == kind::batch; }
};

// November 2026, Beijing time: people work Monday to Friday from nine to seven and some evenings, batches run
// at night. `per_mille` of its conversations, so that tests can take a part; by time of start.
std::vector<conversation> plan_month(std::uint64_t seed, std::int64_t per_mille);

}  // namespace weir::month
