#include "ledger_store.hpp"

#include "outcome_table.hpp"
#include "row_table.hpp"

#include <utility>

namespace weir::metering {
namespace {

constexpr std::int64_t wal_pages_max = 16 * 1024;  // 64 MiB of pages of 4 KiB

std::filesystem::path beside(const std::filesystem::path& file, std::string_view suffix) {
    std::filesystem::path path = file;
    path += suffix;
    return path;
}

// synchronous=FULL: in WAL a commit is on the disk when it returns; with NORMAL a power failure takes the
// last ones. mmap_size=0: a damaged page or a shrunken file must be an error code, not a signal.
constexpr const char* settings =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA mmap_size = 0; PRAGMA journal_size_limit = "
    "0;"
    "PRAGMA foreign_keys = OFF; PRAGMA cell_size_check = ON;";

result<void> set_up(database& db, const std::filesystem::path& file, bool unclean) {
    if (auto set = db.run(settings); !set) return set;
    const auto mode = db.text("PRAGMA journal_mode");
    if (!mode) return std::unexpected(mode.error());
    if (*mode != "wal") {
        return weir_fault(errc::ledger,
                          file.string() + ": no write-ahead log possible here, journal mode is " + *mode);
    }
    if (unclean) {
        const auto verdict = db.text("PRAGMA integrity_check(1)");
        if (!verdict) return std::unexpected(verdict.error());
        if (*verdict != "ok") return weir_fault(errc::ledger, file.string() + ": damaged: " + *verdict);
    }
    return row_table::prepare_schema(db);
}

}  // namespace

ledger_store::ledger_store(std::filesystem::path file, files::descriptor lock, database db,
                           statements prepared)
    : file_(std::move(file)), lock_(std::move(lock)), db_(std::move(db)), prepared_(std::move(prepared)) {}

result<ledger_store::statements> ledger_store::prepare(database& db) {
    auto insertion = row_table::insertion(db);
    if (!insertion) return std::unexpected(std::move(insertion.error()));
    auto selection = row_table::selection(db);
    if (!selection) return std::unexpected(std::move(selection.error()));
    auto outcome_insertion = outcome_table::insertion(db);
    if (!outcome_insertion) return std::unexpected(std::move(outcome_insertion.error()));
    auto feedback_selection = outcome_table::feedback_selection(db);
    if (!feedback_selection) return std::unexpected(std::move(feedback_selection.error()));
    return statements{*std::move(insertion), *std::move(selection), *std::move(outcome_insertion),
                      *std::move(feedback_selection)};
}

result<ledger_store> ledger_store::open(const std::filesystem::path& file) {
    auto held = files::lock(beside(file, ".lock"));
    if (!held) return std::unexpected(std::move(held.error()));
    // A clean end empties the log; SQLite itself would only replay what is left of it.
    const bool unclean = files::exists_with_bytes(beside(file, "-wal"));
    auto db = database::open(file, database::access::write);
    if (!db) return std::unexpected(std::move(db.error()));
    if (auto ready = set_up(*db, file, unclean); !ready) return std::unexpected(std::move(ready.error()));
    auto prepared = prepare(*db);
    if (!prepared) return std::unexpected(std::move(prepared.error()));
    return ledger_store(file, *std::move(held), *std::move(db), *std::move(prepared));
}

result<ledger_store::written> ledger_store::write(const std::vector<const row*>& rows,
                                                  const std::vector<const answer_outcome*>& outcomes) {
    if (auto begun = db_.run("BEGIN IMMEDIATE"); !begun) return std::unexpected(std::move(begun.error()));
    auto done = write_all(rows, outcomes);
    if (done) {
        if (auto committed = db_.run("COMMIT"); !committed)
            done = std::unexpected(std::move(committed.error()));
    }
    // What failed is what is reported; SQLite may have rolled back by itself already.
    if (!done) (void)db_.run("ROLLBACK");
    return done;
}

result<ledger_store::written> ledger_store::write_all(const std::vector<const row*>& rows,
                                                      const std::vector<const answer_outcome*>& outcomes) {
    written sum;
    for (const row* const r : rows) {
        const auto done = row_table::insert(db_, prepared_.insertion, *r);
        if (!done) return std::unexpected(done.error());
        sum.rows += *done ? 1 : 0;
    }
    for (const answer_outcome* const o : outcomes) {
        int change = 0;
        if (o->kind == outcome_kind::feedback) {
            const auto before = outcome_table::find_feedback(prepared_.feedback_selection, o->request);
            if (!before) return std::unexpected(before.error());
            change = (o->accepted ? 1 : 0) - (before->value_or(false) ? 1 : 0);
        }
        if (auto done = outcome_table::insert(prepared_.outcome_insertion, *o); !done) {
            return std::unexpected(std::move(done.error()));
        }
        sum.accepted_changes.push_back(change);
    }
    return sum;
}

result<std::optional<row>> ledger_store::find(request_id id) {
    prepared_.selection.bind(1, id.value);
    const auto there = prepared_.selection.step();
    std::optional<row> found;
    if (there && *there) found = row_table::read_row(prepared_.selection);
    prepared_.selection.reset();
    if (!there) return std::unexpected(there.error());
    return found;
}

result<bool> ledger_store::has_attempt(const row& of) {
    auto attempts = row_table::selection_of_attempt(db_);
    if (!attempts) return std::unexpected(std::move(attempts.error()));
    attempts->bind(1, of.started_ms);
    attempts->bind(2, of.id.value);
    attempts->bind(3, std::string_view{of.tier});
    return attempts->step();
}

result<std::map<std::string, std::int64_t>> ledger_store::count_accepted() {
    return outcome_table::count_accepted(db_);
}

bool ledger_store::log_is_long() const noexcept { return db_.wal_pages() > wal_pages_max; }

}  // namespace weir::metering
