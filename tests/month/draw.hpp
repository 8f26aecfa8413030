#pragma once
// Chance that is the same in every run and on every machine: numbers drawn by name from a seed, without a
// state that the order of questions could change.

#include "assumptions.hpp"

#include <cstdint>

namespace weir::month {

// SplitMix64 of what is asked for; `what` and `which` name the question.
constexpr std::uint64_t mixed(std::uint64_t seed, std::uint64_t what, std::uint64_t which = 0) noexcept {
    std::uint64_t z = seed + 0x9e3779b97f4a7c15ULL * (what + 1) + 0xd1342543de82ef95ULL * (which + 1);
    for (int i = 0; i < 2; ++i) {
        z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
        z ^= z >> 31U;
    }
    return z;
}

// least .. most, both included; the bias of the remainder is below one in 10^12.
constexpr std::int64_t drawn(range from, std::uint64_t seed, std::uint64_t what,
                             std::uint64_t which = 0) noexcept {
    const auto span = static_cast<std::uint64_t>(from.most - from.least + 1);
    return from.least + static_cast<std::int64_t>(mixed(seed, what, which) % span);
}

constexpr bool happens(std::int64_t per_mille, std::uint64_t seed, std::uint64_t what,
                       std::uint64_t which = 0) noexcept {
    return drawn({0, 999}, seed, what, which) < per_mille;
}

// What is drawn for: one name each, so that no two questions share their chance.
enum ask_for : std::uint64_t {
    for_user = 1,
    for_language,
    for_kind,
    for_day,
    for_hour,
    for_minute,
    for_turns,
    for_task,
    for_difficulty,
    for_difficulty_again,
    for_steps,
    for_step,
    for_trap,
    for_luck,
    for_words,
    for_telling,
    for_length,
    for_pause,
    for_reading,
    for_tool,
    for_visible,
    for_effort,
    for_title,
    for_lines
};

}  // namespace weir::month
