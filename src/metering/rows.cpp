#include "weir/metering/rows.hpp"

#include "ledger_file.hpp"
#include "outcome_table.hpp"
#include "row_table.hpp"

#include <utility>

namespace weir::metering {

result<void> read_rows(const std::filesystem::path& ledger_file, const row_span& span,
                       const std::function<bool(const row&)>& take) {
    auto file = open_for_reading(ledger_file);
    if (!file) return std::unexpected(std::move(file.error()));
    auto rows = row_table::selection_of_span(file->db, file->version);
    if (!rows) return std::unexpected(std::move(rows.error()));
    rows->bind(1, span.since ? unix_ms(*span.since) : INT64_MIN);
    rows->bind(2, span.until ? unix_ms(*span.until) : INT64_MAX);
    for (;;) {
        const auto more = rows->step();
        if (!more) return std::unexpected(more.error());
        if (!*more || !take(row_table::read_row(*rows))) return {};
    }
}

result<void> read_outcomes(const std::filesystem::path& ledger_file,
                           const std::function<bool(const answer_outcome&)>& take) {
    auto file = open_for_reading(ledger_file);
    if (!file) return std::unexpected(std::move(file.error()));
    if (file->version < row_table::first_version_with_outcomes) return {};
    auto outcomes = outcome_table::selection(file->db);
    if (!outcomes) return std::unexpected(std::move(outcomes.error()));
    for (;;) {
        const auto more = outcomes->step();
        if (!more) return std::unexpected(more.error());
        if (!*more) return {};
        const auto known = outcome_table::read_outcome(*outcomes);
        if (known && !take(*known)) return {};
    }
}

}  // namespace weir::metering
