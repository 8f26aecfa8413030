#pragma once
// What models do in the simulated month: who is right, and how much they write. Fixed by task, attempt and
// cell; the rules are those of assumptions.hpp.

#include "plan.hpp"

#include <cstddef>
#include <cstdint>

namespace weir::month {

// Who answers: places in tier_names and effort_names.
struct cell {
    std::size_t tier = 0;
    std::size_t effort = 0;
    bool operator==(const cell&) const = default;
};

// 0 .. 1000. `calls`: tool calls since the human text, after which a model may have lost its thread.
std::int64_t ability_of(const scenario& s, kind what, const cell& who, std::int64_t calls) noexcept;

// attempt: 0 is the first. The whole task, as its last answer shows it.
bool is_right(const scenario& s, const task& t, const cell& who, std::int64_t attempt,
              std::int64_t calls) noexcept;
// A step of an agent at its `tries`-th try of this attempt, 0 the first.
bool step_succeeds(const scenario& s, const task& t, std::size_t step, const cell& who, std::int64_t attempt,
                   std::int64_t tries, std::int64_t calls) noexcept;

// Tokens of the `nth` answer of a task, by cell.
struct written {
    std::int64_t visible = 0;
    std::int64_t thinking = 0;
    std::int64_t all() const noexcept { return visible + thinking; }
};
written written_by(const cell& who, kind what, std::uint64_t task_seed, std::uint64_t nth) noexcept;

}  // namespace weir::month
