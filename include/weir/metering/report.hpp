#pragma once
// Sums over the ledger, for people and for scripts. Reads a live ledger without locking it.

#include "weir/base/error.hpp"
#include "weir/base/time.hpp"
#include "weir/metering/row.hpp"
#include "weir/pricing/money.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir::metering {

enum class grouping : std::uint8_t {
    none,
    model,
    day,
    key,
    reason,
    endpoint,
    session,
    fingerprint,
    tier,
    effort,
    cell  // tier and effort: "flash.low"
};
// Those that compare what answers: their tables say what an accepted answer cost.
constexpr bool compares_answers(grouping by) noexcept {
    return by == grouping::tier || by == grouping::effort || by == grouping::cell;
}

struct report_query {
    std::optional<wall_time> since;  // by the request's start, inclusive
    std::optional<wall_time> until;  // exclusive
    grouping by = grouping::none;
};

// Rows whose answer came from another entry of the price book than the model that was sent.
struct served_otherwise {
    std::int64_t requests = 0;
    // What they cost less what the sent model would have cost at the same token counts; below zero: saved.
    pricing::pico_sum difference;
    std::int64_t uncompared = 0;  // rows whose own tier has no baseline; they are not in the difference
};

struct report_line {
    std::string group;  // model served (sent where none was named; also for grouping::fingerprint), day in
                        // UTC, key, reason, endpoint, session, tier, effort, cell; "total" for the last line
    std::string fingerprint;    // system_fingerprint of the answers, for grouping::fingerprint
    std::int64_t requests = 0;  // attempts that were replaced are none
    usage tokens;
    std::string currency;  // of its rows; "mixed" where they have several, "" where no row has tokens
    pricing::pico_sum cost;
    std::map<std::string, pricing::pico_sum>
        baselines;               // by tier: all requests there, at the same token counts
    std::int64_t estimated = 0;  // rows
    std::int64_t suspect = 0;    // rows
    std::int64_t unpriced = 0;   // rows that the price book had no price for
    // By model sent and model served.
    std::map<std::pair<std::string, std::string>, served_otherwise> served_other;
    std::int64_t mended_rows = 0;                 // rows with one mend or more
    std::map<std::string, std::int64_t> mended;   // rows by mend; a row with two mends is in both
    std::map<std::string, std::int64_t> checked;  // rows by what the check of their answer said
    // How many attempts were replaced; their tokens and cost are in the sums above, of their own group.
    std::int64_t replaced = 0;
    // Requests by what is known of their answers: metering::acceptances. The others are unknown.
    std::int64_t accepted = 0;
    std::int64_t rejected = 0;
    // The part of the cost that is of accepted and rejected requests, their replaced attempts included.
    pricing::pico_sum judged_cost;

    std::int64_t unknown() const noexcept { return requests - accepted - rejected; }
};
// What an accepted answer cost: all that the group's attempts cost, whatever became of them, over the
// accepted ones. nullopt where none was accepted. With `judged_only` the requests that nothing is known of
// are left out, so that groups can be compared of which not the same part was judged.
std::optional<pricing::pico_sum> cost_per_accepted(const report_line& line, bool judged_only);

// Lines by group in ascending order and the total last. Requests that were refused before anything was sent
// count as requests with no tokens. A ledger of an earlier schema is read as it is; what it has no column for
// counts as absent.
result<std::vector<report_line>> make_report(const std::filesystem::path& ledger_file,
                                             const report_query& query);

enum class report_format : std::uint8_t { table, json, csv };
// table: aligned for a terminal; below it, where there are any in the total, one line for each pair of models
// sent and served, one for the mends and one for the checks. json: {"by", "lines", "total"}, costs as decimal
// text and as integer text of picos. csv: RFC 4180, CR LF; a text cell that a spreadsheet would take for a
// formula is led by an apostrophe. "saved" is the dearest baseline of the line less its cost.
std::string print(const std::vector<report_line>& lines, grouping by, report_format format);

// One row as JSON, as GET /v1/requests/{id} answers it.
std::string to_json(const row& r);

}  // namespace weir::metering
