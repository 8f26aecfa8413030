#include "ledger_file.hpp"

#include "row_table.hpp"

#include <system_error>
#include <utility>

namespace weir::metering {
namespace {

result<ledger_file> open_checked(const std::filesystem::path& file, database::access how) {
    auto db = database::open(file, how);
    if (!db) return std::unexpected(std::move(db.error()));
    const auto version = row_table::check_schema(*db);
    if (!version) return std::unexpected(version.error());
    return ledger_file{*std::move(db), *version};
}

}  // namespace

result<ledger_file> open_for_reading(const std::filesystem::path& file) {
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) {
        return weir_fault(errc::ledger, file.string() + ": no such ledger");
    }
    auto live = open_checked(file, database::access::read);
    if (live) return live;
    // A reader of a WAL database needs a file for the shared index beside it. Where none can be made and
    // there is no log, nobody writes, and the file can be read as it is.
    std::filesystem::path log = file;
    log += "-wal";
    if (std::filesystem::exists(log, ignored)) return live;
    return open_checked(file, database::access::immutable);
}

}  // namespace weir::metering
