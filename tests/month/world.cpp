#include "world.hpp"

#include "draw.hpp"

#include <algorithm>

namespace weir::month {

namespace {

constexpr std::size_t flash = 0;

std::int64_t luck(std::uint64_t seed, std::uint64_t which) noexcept {
    return drawn({-luck_most, luck_most}, seed, for_luck, which);
}

}  // namespace

std::int64_t ability_of(const scenario& s, kind what, const cell& who, std::int64_t calls) noexcept {
    const std::int64_t fresh = s.ability[who.tier][static_cast<std::size_t>(skill_of(what))][who.effort];
    if (who.tier != flash || s.drift_per_call == 0) return fresh;
    const std::int64_t lost = std::max<std::int64_t>(calls - s.drift_after_calls, 0) * s.drift_per_call;
    return fresh - std::min(lost, s.drift_most);
}

bool is_right(const scenario& s, const task& t, const cell& who, std::int64_t attempt,
              std::int64_t calls) noexcept {
    const std::int64_t wanted = t.difficulty + luck(t.seed, static_cast<std::uint64_t>(attempt));
    return wanted <= ability_of(s, t.what, who, calls);
}

bool step_succeeds(const scenario& s, const task& t, std::size_t step, const cell& who, std::int64_t attempt,
                   std::int64_t tries, std::int64_t calls) noexcept {
    const auto which = static_cast<std::uint64_t>(attempt * (step_tries_max + 1) + tries);
    const std::int64_t wanted = t.steps[step].difficulty + luck(mixed(t.seed, for_step, step), which);
    return wanted <= ability_of(s, t.what, who, calls);
}

written written_by(const cell& who, kind what, std::uint64_t task_seed, std::uint64_t nth) noexcept {
    const habits& usual = habits_of[static_cast<std::size_t>(what)];
    written w;
    w.visible = drawn(usual.visible_tokens, task_seed, for_visible, nth);
    const std::int64_t by_effort = usual.thinking_tokens * thinking_by_effort[who.effort] / 1000;
    const std::int64_t by_tier = by_effort * thinking_by_tier[who.tier] / 1000;
    // Half as much to half as much again.
    w.thinking = by_tier * drawn({500, 1500}, task_seed, for_reading, nth) / 1000;
    return w;
}

}  // namespace weir::month
