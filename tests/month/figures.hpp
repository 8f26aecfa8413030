#pragma once
// What a month came to, in whole numbers, and the tables of docs/routing.md that show it.

#include "weir/config/settings.hpp"
#include "weir/pricing/money.hpp"

#include "month.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace weir::month {

struct tally {
    std::int64_t tasks = 0;
    std::int64_t right = 0;
    std::int64_t right_at_first = 0;
};

struct figures {
    std::string policy;
    std::int64_t requests = 0;
    std::int64_t on_pro = 0;         // of them
    std::int64_t conversations = 0;  // with at least one request
    std::int64_t moves = 0;          // of the cell between requests of a conversation, housekeeping left out
    std::int64_t prompt_tokens = 0;
    std::int64_t hit_tokens = 0;
    pricing::pico cost;
    tally all;
    std::array<tally, kind_count> by_kind{};
    std::int64_t refused = 0;

    // Of a task that came out right in the end; nothing where none did.
    pricing::pico cost_per_right() const noexcept;
};
figures figures_of(const course& done);

// All policies of the configuration and the oracle, in one scenario.
std::vector<figures> compare(const std::vector<conversation>& plan, const scenario& world,
                             const config::settings& s);

// Markdown: the table of policies, the table by kinds of task, and what they say in words.
std::string tables_of(const scenario& world, const std::vector<figures>& all);
// Markdown: the numbers of assumptions.hpp.
std::string print_assumptions();

inline constexpr std::uint64_t month_seed = 20261101;
// Per mille of the month that check_text() runs: seconds, even with sanitizers.
inline constexpr std::int64_t check_per_mille = 10;
// "seed 20261101, check 0123456789abcdef": changes with whatever changes the tables: policies, prices, the
// router, the generator.
std::string check_text(const config::settings& s);

// All that stands between the marks of docs/routing.md.
std::string print_month(const config::settings& s, std::int64_t per_mille);

}  // namespace weir::month
