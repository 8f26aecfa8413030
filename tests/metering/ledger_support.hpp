#pragma once
// What the tests of the ledger share: opening one, asking it, and looking into its file from outside.

#include "weir/metering/ledger.hpp"

#include "support.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace weir::metering::testing {

inline ledger_settings in(const std::filesystem::path& file) {
    ledger_settings s;
    s.file = file;
    s.group_ms = 1;
    s.min_free_bytes = 0;
    return s;
}

inline std::unique_ptr<ledger> opened(const ledger_settings& settings, std::size_t workers = 2,
                                      std::size_t slots = 64) {
    auto book = ledger::open(settings, workers, slots);
    if (!book) throw std::runtime_error(book.error().detail);
    return *std::move(book);
}

inline std::optional<row> found_in(ledger& book, std::int64_t id) {
    std::promise<std::optional<row>> answer;
    book.find({id}, [&](result<std::optional<row>> r) { answer.set_value(*std::move(r)); });
    return answer.get_future().get();
}

// First column of the first row, out of a ledger that is open elsewhere or not at all; "" where there is
// none.
inline std::string asked_text(const std::filesystem::path& file, const std::string& sql) {
    ::sqlite3* db = nullptr;
    std::string value;
    if (::sqlite3_open_v2(file.c_str(), &db, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK) {
        ::sqlite3_stmt* statement = nullptr;
        if (::sqlite3_prepare_v2(db, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK &&
            ::sqlite3_step(statement) == SQLITE_ROW) {
            const auto* const text = reinterpret_cast<const char*>(::sqlite3_column_text(statement, 0));
            value = text ? text : "";
        }
        ::sqlite3_finalize(statement);
    }
    ::sqlite3_close(db);
    return value;
}

// The same where it is a number; -1 where there is none.
inline std::int64_t asked(const std::filesystem::path& file, const std::string& sql) {
    const std::string text = asked_text(file, sql);
    return text.empty() ? -1 : std::stoll(text);
}

// Changes a ledger that is not open.
inline void run_sql(const std::filesystem::path& file, const std::string& sql) {
    ::sqlite3* db = nullptr;
    ASSERT_EQ(::sqlite3_open(file.c_str(), &db), SQLITE_OK);
    EXPECT_EQ(::sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << ::sqlite3_errmsg(db);
    ::sqlite3_close(db);
}

inline std::int64_t rows_in(const std::filesystem::path& file) {
    return asked(file, "SELECT count(*) FROM requests");
}

}  // namespace weir::metering::testing
