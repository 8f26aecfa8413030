#pragma once
// Rows and outcomes of a ledger one after another, for programs that work through all of them. Reads a live
// ledger without locking it, and those of earlier schemas as they are.

#include "weir/base/error.hpp"
#include "weir/base/time.hpp"
#include "weir/metering/answer_outcome.hpp"
#include "weir/metering/row.hpp"

#include <filesystem>
#include <functional>
#include <optional>

namespace weir::metering {

// By the request's start: since inclusive, until exclusive.
struct row_span {
    std::optional<wall_time> since;
    std::optional<wall_time> until;
};

// Calls `take` for each row in the order of the ids, which is that of the starts on one worker; false from it
// ends the reading. What a row of an earlier schema has no column for is empty. Faults: errc::ledger with the
// file.
result<void> read_rows(const std::filesystem::path& ledger_file, const row_span& span,
                       const std::function<bool(const row&)>& take);

// Calls `take` for each outcome, by request; none where the schema has no table for them. Faults as above.
result<void> read_outcomes(const std::filesystem::path& ledger_file,
                           const std::function<bool(const answer_outcome&)>& take);

}  // namespace weir::metering
