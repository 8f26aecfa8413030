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
#include <vector>

namespace weir::metering {

enum class grouping : std::uint8_t { none, model, day, key, reason };

struct report_query {
    std::optional<wall_time> since;  // by the request's start, inclusive
    std::optional<wall_time> until;  // exclusive
    grouping by = grouping::none;
};

struct report_line {
    std::string group;  // model served (sent where none was named), day in UTC, key, reason; "total" for the
                        // last line
    std::int64_t requests = 0;
    usage tokens;
    std::string currency;  // of its rows; "mixed" where they have several, "" where no row has tokens
    pricing::pico_sum cost;
    std::map<std::string, pricing::pico_sum>
        baselines;               // by tier: all requests there, at the same token counts
    std::int64_t estimated = 0;  // rows
    std::int64_t suspect = 0;    // rows
    std::int64_t unpriced = 0;   // rows that the price book had no price for
};

// Lines by group in ascending order and the total last. Requests that were refused before anything was sent
// count as requests with no tokens.
result<std::vector<report_line>> make_report(const std::filesystem::path& ledger_file,
                                             const report_query& query);

enum class report_format : std::uint8_t { table, json, csv };
// table: aligned for a terminal. json: {"by", "lines", "total"}, costs as decimal text and as integer text of
// picos. csv: RFC 4180, CR LF; a text cell that a spreadsheet would take for a formula is led by an
// apostrophe. "saved" is the dearest baseline of the line less its cost.
std::string print(const std::vector<report_line>& lines, grouping by, report_format format);

// One row as JSON, as GET /v1/requests/{id} answers it.
std::string to_json(const row& r);

}  // namespace weir::metering
