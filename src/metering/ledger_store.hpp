#pragma once
// What the ledger keeps on disk: the database, its lock and the disk's free space. Used by one thread at a
// time.

#include "weir/base/error.hpp"
#include "weir/metering/answer_outcome.hpp"
#include "weir/metering/row.hpp"

#include "database.hpp"
#include "files.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace weir::metering {

class ledger_store {
public:
    // Takes FILE.lock, opens or creates the database and its schema. After an unclean end the whole file is
    // checked first. Faults name the file: held by another process, not a ledger, damaged, not to be written.
    static result<ledger_store> open(const std::filesystem::path& file);

    struct written {
        std::uint64_t rows = 0;             // that were inserted
        std::vector<int> accepted_changes;  // of each outcome: noted::accepted_change
    };
    // One transaction; on the disk when it returns. Rows whose id is there already are left out. After a
    // fault nothing of it was written.
    result<written> write(const std::vector<const row*>& rows,
                          const std::vector<const answer_outcome*>& outcomes);

    result<std::optional<row>> find(request_id id);
    // Whether an attempt of this request, on the tier that it has now, has a row of its own. A request tries
    // a tier once.
    result<bool> has_attempt(const row& of);
    result<std::map<std::string, std::int64_t>> count_accepted();

    // Rows lie in the write-ahead log, and not yet in the file.
    bool needs_checkpoint() const noexcept { return db_.wal_pages() > 0; }
    // The log is so long that a busy ledger should not wait for a quiet moment.
    bool log_is_long() const noexcept;
    // false: a reader was in the way, nothing is lost.
    result<bool> checkpoint() { return db_.checkpoint(); }

    std::optional<std::int64_t> free_bytes() const noexcept { return files::free_bytes(file_); }

private:
    struct statements {
        statement insertion;
        statement selection;
        statement outcome_insertion;
        statement feedback_selection;
    };
    static result<statements> prepare(database& db);
    ledger_store(std::filesystem::path file, files::descriptor lock, database db, statements prepared);
    result<written> write_all(const std::vector<const row*>& rows,
                              const std::vector<const answer_outcome*>& outcomes);

    std::filesystem::path file_;
    files::descriptor lock_;
    database db_;
    statements prepared_;
};

}  // namespace weir::metering
