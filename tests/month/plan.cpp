#include "plan.hpp"

#include "draw.hpp"
#include "texts.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace weir::month {

namespace {

using namespace std::chrono_literals;

constexpr std::int64_t conversations = 2000;  // of people
constexpr std::int64_t batch_jobs = 24;
constexpr range lines_of_job{60, 150};
constexpr std::int64_t line_every_ms = 5000;
constexpr std::int64_t users = 12;
constexpr std::int64_t chinese_per_mille = 400;
constexpr std::int64_t days = 30;
constexpr std::chrono::hours beijing{8};
constexpr auto first_day = std::chrono::sys_days{std::chrono::November / 1 / 2026};

// What a conversation begins with, per mille of all.
constexpr std::array<std::pair<kind, std::int64_t>, 6> openings{{{kind::chat, 400},
                                                                 {kind::knowledge, 80},
                                                                 {kind::document, 100},
                                                                 {kind::rewrite, 80},
                                                                 {kind::proof, 90},
                                                                 {kind::agent, 250}}};

// The hours of a working day that people ask in, Beijing; two an hour, so that lunch and evenings are thin.
constexpr std::array<int, 22> asked_hours{9,  9,  9,  10, 10, 10, 11, 11, 12, 13, 14,
                                          14, 14, 15, 15, 15, 16, 16, 17, 17, 20, 22};
constexpr std::int64_t weekend_per_mille = 80;

kind opening_of(std::uint64_t seed) {
    std::int64_t left = drawn({0, 999}, seed, for_kind);
    for (const auto& [what, share] : openings) {
        if (left < share) return what;
        left -= share;
    }
    return kind::agent;
}

bool weekend(std::int64_t day) {
    const std::chrono::weekday w{first_day + std::chrono::days{day}};
    return w == std::chrono::Saturday || w == std::chrono::Sunday;
}

// A day of the month that is, or is not, one of a weekend.
std::int64_t day_of(std::uint64_t seed, bool at_weekend) {
    for (std::uint64_t again = 0;; ++again) {
        const std::int64_t day = drawn({0, days - 1}, seed, for_day, again);
        if (weekend(day) == at_weekend) return day;
    }
}

wall_time beijing_time(std::int64_t day, std::int64_t hour, std::int64_t minute) {
    return wall_time{first_day + std::chrono::days{day} + std::chrono::hours{hour} +
                     std::chrono::minutes{minute} - beijing};
}

wall_time start_of(std::uint64_t seed) {
    const std::int64_t day = day_of(seed, happens(weekend_per_mille, seed, for_hour, 1));
    const auto place = drawn({0, static_cast<std::int64_t>(asked_hours.size()) - 1}, seed, for_hour);
    return beijing_time(day, asked_hours[static_cast<std::size_t>(place)], drawn({0, 59}, seed, for_minute));
}

// More steps where the task is harder, but not always: short ones can be hard.
std::size_t steps_of(const task& t) {
    if (happens(300, t.seed, for_steps, 1)) {
        return static_cast<std::size_t>(drawn({0, 2}, t.seed, for_steps));
    }
    const std::int64_t most = 4 + t.difficulty * 20 / 1000;
    return static_cast<std::size_t>(drawn({1, most}, t.seed, for_steps));
}

void put_steps(task& t) {
    const std::size_t count = steps_of(t);
    for (std::size_t i = 0; i < count; ++i) {
        step s;
        s.trap = happens(trap_per_mille, t.seed, for_trap, i);
        const std::int64_t apart = drawn({-150, 150}, t.seed, for_step, i);
        s.difficulty = t.difficulty - step_easier + apart + (s.trap ? trap_harder : 0);
        t.steps.push_back(s);
    }
}

task task_of(kind what, std::uint64_t seed, bool chinese) {
    task t;
    t.what = what;
    t.seed = seed;
    const range d = habits_of[static_cast<std::size_t>(what)].difficulty;
    t.difficulty = (drawn(d, seed, for_difficulty) + drawn(d, seed, for_difficulty_again)) / 2;
    if (what == kind::agent) put_steps(t);
    t.text = text_of(t, chinese);
    return t;
}

std::int64_t wait_before(std::uint64_t seed) {
    const bool pause = happens(pause_per_mille, seed, for_pause);
    return drawn(pause ? pause_seconds : reading_seconds, seed, for_reading) * 1000;
}

// A chat goes on with questions of its own kind or plain ones; an agent is given more work.
kind next_kind(kind opening, std::uint64_t seed) {
    if (opening == kind::agent) return opening;
    return happens(400, seed, for_kind, 1) ? opening : kind::chat;
}

conversation talk_of(std::uint64_t seed) {
    conversation c;
    c.start = start_of(seed);
    c.key_id = "user" + std::to_string(drawn({1, users}, seed, for_user));
    c.chinese = happens(chinese_per_mille, seed, for_language);
    c.has_title = happens(title_per_mille, seed, for_title);
    const kind opening = opening_of(seed);
    const range turns = opening == kind::agent ? range{1, 5} : range{1, 4};
    const auto count = static_cast<std::uint64_t>(drawn(turns, seed, for_turns));
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::uint64_t own = mixed(seed, for_task, i);
        c.tasks.push_back(task_of(i == 0 ? opening : next_kind(opening, own), own, c.chinese));
        if (i > 0) c.tasks.back().wait_ms = wait_before(own);
    }
    c.states_effort = c.agent() && happens(effort_stated_per_mille, seed, for_effort);
    return c;
}

// Its lines are conversations of their own, one after the other.
void add_job(std::uint64_t seed, std::int64_t per_mille, std::vector<conversation>& into) {
    const wall_time start =
        beijing_time(day_of(seed, false), drawn({1, 5}, seed, for_hour), drawn({0, 59}, seed, for_minute));
    const bool chinese = happens(chinese_per_mille, seed, for_language);
    const auto lines = static_cast<std::uint64_t>(drawn(lines_of_job, seed, for_lines) * per_mille / 1000);
    for (std::uint64_t i = 0; i < lines; ++i) {
        conversation c;
        c.start = start + milliseconds{static_cast<std::int64_t>(i) * line_every_ms};
        c.key_id = "nightly";
        c.chinese = chinese;
        c.tasks.push_back(task_of(kind::batch, mixed(seed, for_task, i), chinese));
        into.push_back(std::move(c));
    }
}

}  // namespace

std::vector<conversation> plan_month(std::uint64_t seed, std::int64_t per_mille) {
    std::vector<conversation> all;
    for (std::int64_t i = 0; i < conversations * per_mille / 1000; ++i) {
        all.push_back(talk_of(mixed(seed, for_kind, static_cast<std::uint64_t>(i))));
    }
    for (std::int64_t i = 0; i < batch_jobs; ++i) {
        add_job(mixed(seed, for_lines, static_cast<std::uint64_t>(i)), per_mille, all);
    }
    for (std::size_t i = 0; i < all.size(); ++i) all[i].id = i;
    std::ranges::sort(all, {}, [](const conversation& c) { return std::pair(c.start, c.id); });
    for (std::size_t i = 0; i < all.size(); ++i) all[i].id = i;
    return all;
}

}  // namespace weir::month
