#pragma once
// SQLite, as far as the ledger needs it; the only code that calls it. Faults are errc::ledger and name the
// file.

#include "weir/base/error.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace weir::metering {

// A prepared statement. Parameters count from 1, columns from 0. Texts that are bound must outlive step() and
// reset(); texts that are read live until the next step() or reset().
class statement {
public:
    statement() = default;
    statement(sqlite3_stmt* prepared, std::string name);
    statement(statement&& other) noexcept;
    statement& operator=(statement&& other) noexcept;
    ~statement();

    void bind(int parameter, std::int64_t value) noexcept;
    void bind(int parameter, std::string_view value) noexcept;
    void bind(int parameter, std::optional<double> value) noexcept;  // nullopt is NULL
    // true: a row is there; false: done.
    result<bool> step();
    void reset() noexcept;
    std::int64_t integer(int column) const noexcept;
    std::string_view text(int column) const noexcept;
    std::optional<double> real(int column) const noexcept;  // nullopt where it is NULL

private:
    sqlite3_stmt* prepared_ = nullptr;
    std::string name_;  // of the file
};

class database {
public:
    enum class access : std::uint8_t {
        write,     // created where it is missing, readable by its owner only
        read,      // a live file, by another process; nothing is ever written
        immutable  // a file that nobody writes, in a place that cannot be written
    };
    static result<database> open(const std::filesystem::path& file, access how);

    database(database&& other) noexcept;
    database& operator=(database&&) = delete;
    ~database();

    result<void> run(const std::string& sql);
    result<statement> prepare(std::string_view sql);
    // First column of the first row.
    result<std::int64_t> integer(std::string_view sql);
    result<std::string> text(std::string_view sql);
    // Rows that the last insertion changed: 0 where it was ignored.
    std::int64_t changes() const noexcept;
    // Pages in the write-ahead log after the last commit.
    std::int64_t wal_pages() const noexcept { return *wal_pages_; }
    // Moves the log into the file and cuts it to nothing, without waiting for readers. false: one was in the
    // way.
    result<bool> checkpoint();

private:
    database(sqlite3* handle, std::string name);
    sqlite3* handle_ = nullptr;
    std::string name_;
    std::unique_ptr<std::int64_t> wal_pages_;  // SQLite keeps its address
};

}  // namespace weir::metering
