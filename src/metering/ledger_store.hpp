#pragma once
// What the ledger keeps on disk: the database, its lock and the disk's free space. Used by one thread at a
// time.

#include "weir/base/error.hpp"
#include "weir/metering/row.hpp"

#include "database.hpp"
#include "files.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

namespace weir::metering {

class ledger_store {
public:
    // Takes FILE.lock, opens or creates the database and its schema. After an unclean end the whole file is
    // checked first. Faults name the file: held by another process, not a ledger, damaged, not to be written.
    static result<ledger_store> open(const std::filesystem::path& file);

    // One transaction; on the disk when it returns. Rows whose id is there already are left out. Gives the
    // number of rows that were inserted; after a fault none of them was.
    result<std::uint64_t> insert(const std::vector<const row*>& rows);

    result<std::optional<row>> find(request_id id);

    // Rows lie in the write-ahead log, and not yet in the file.
    bool needs_checkpoint() const noexcept { return db_.wal_pages() > 0; }
    // The log is so long that a busy ledger should not wait for a quiet moment.
    bool log_is_long() const noexcept;
    // false: a reader was in the way, nothing is lost.
    result<bool> checkpoint() { return db_.checkpoint(); }

    std::optional<std::int64_t> free_bytes() const noexcept { return files::free_bytes(file_); }

private:
    ledger_store(std::filesystem::path file, files::descriptor lock, database db, statement insertion,
                 statement selection);

    std::filesystem::path file_;
    files::descriptor lock_;
    database db_;
    statement insertion_;
    statement selection_;
};

}  // namespace weir::metering
