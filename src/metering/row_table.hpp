#pragma once
// The schema of a ledger, and the table of requests: rows in and out of it.

#include "weir/metering/row.hpp"

#include "database.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::metering::row_table {

// PRAGMA user_version of this schema, and PRAGMA application_id ("weir" in ASCII) of a ledger's file.
inline constexpr std::int64_t schema_version = 3;
inline constexpr std::int64_t application_id = 0x77656972;

using baselines = std::vector<std::pair<std::string, pricing::pico>>;

// "flash=123,pro=456": a column for each tier would tie the schema to the tiers of one configuration. In
// names the bytes % = , are written as %25 %3D %2C.
std::string to_text(const baselines& what);
// Parts that to_text() cannot have written are left out.
baselines parse_baselines(std::string_view text);

// Creates the tables in a new file, and brings those of an earlier version to this one, in one transaction.
// Faults: a file that is no ledger, or one of a later version.
result<void> prepare_schema(database& db);
// For readers: nothing is created or changed. The version of the file's schema, 1 to schema_version; faults
// as above. Columns that came later are not there in a file of an earlier version.
result<std::int64_t> check_schema(database& db);
inline constexpr std::int64_t first_version_with_mends = 2;
inline constexpr std::int64_t first_version_with_outcomes = 3;

// A statement that inserts one row unless its id is there already.
result<statement> insertion(database& db);
// Binds and runs it; `r` must not change meanwhile. true: inserted; false: the id was there.
result<bool> insert(database& db, statement& into, const row& r);

// A statement that finds one row by its id, bound as parameter 1; its columns are read by read_row().
result<statement> selection(database& db);
// A statement that steps to a row where an attempt was replaced: when its request started is bound as
// parameter 1, the request's id as 2, the tier as 3.
result<statement> selection_of_attempt(database& db);
row read_row(const statement& at);
// A statement that gives the rows that began at or after parameter 1 and before parameter 2, in milliseconds,
// by id, from a file of `version`. Columns it does not have are given their defaults.
result<statement> selection_of_span(database& db, std::int64_t version);

}  // namespace weir::metering::row_table
