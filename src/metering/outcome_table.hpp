#pragma once
// The table of outcomes: what became known about answers, in and out of it. Its schema is with the requests',
// from row_table::first_version_with_outcomes on.

#include "weir/metering/answer_outcome.hpp"

#include "database.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace weir::metering::outcome_table {

result<statement> insertion(database& db);
// Binds and runs it; `o` must not change meanwhile. A request has one outcome of each kind: the last.
result<void> insert(statement& into, const answer_outcome& o);

// A statement that finds the feedback on a request, and what it says now; nullopt where there is none.
result<statement> feedback_selection(database& db);
result<std::optional<bool>> find_feedback(statement& among, request_id request);

// A statement that gives all outcomes, by request.
result<statement> selection(database& db);
// nullopt: of a kind that this weir does not know.
std::optional<answer_outcome> read_outcome(const statement& at);

// Requests whose last feedback accepted the answer, by traffic class.
result<std::map<std::string, std::int64_t>> count_accepted(database& db);

}  // namespace weir::metering::outcome_table
