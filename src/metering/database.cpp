#include "database.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cassert>
#include <utility>

namespace weir::metering {
namespace {

// How long another process, such as a person's shell, may hold a lock before a call fails.
constexpr int busy_ms = 2'000;
constexpr int owner_only = 0600;

std::unexpected<fault> sqlite_fault(const std::string& name, ::sqlite3* handle, int code) {
    // SQLite has no handle only where memory ran out, and no text on it then.
    const char* const what = handle ? ::sqlite3_errmsg(handle) : ::sqlite3_errstr(code);
    const int extended = handle ? ::sqlite3_extended_errcode(handle) : code;
    return weir_fault(errc::ledger, name + ": " + what + " (SQLite " + std::to_string(extended) + ")");
}

// A path as a URI, so that parameters can follow it. https://www.sqlite.org/uri.html
std::string uri_of(const std::filesystem::path& file) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    constexpr std::string_view plain = "/-._~";
    std::string uri = "file:";
    for (const char c : file.string()) {
        const auto byte = static_cast<unsigned char>(c);
        const bool letter_or_digit =
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (letter_or_digit || plain.contains(c)) {
            uri += c;
        } else {
            uri += {'%', digits[byte >> 4U], digits[byte & 15U]};
        }
    }
    return uri;
}

int note_wal_pages(void* where, ::sqlite3* /*handle*/, const char* /*schema*/, int pages) noexcept {
    *static_cast<std::int64_t*>(where) = pages;
    return SQLITE_OK;
}

// SQLite would create the file for everybody to read; its -wal and -shm take the mode from it.
void create_private(const std::filesystem::path& file) noexcept {
    const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, owner_only);
    if (fd >= 0) ::close(fd);
}

}  // namespace

statement::statement(::sqlite3_stmt* prepared, std::string name)
    : prepared_(prepared), name_(std::move(name)) {}
statement::statement(statement&& other) noexcept
    : prepared_(std::exchange(other.prepared_, nullptr)), name_(std::move(other.name_)) {}
statement& statement::operator=(statement&& other) noexcept {
    std::swap(prepared_, other.prepared_);
    std::swap(name_, other.name_);
    return *this;
}
statement::~statement() { ::sqlite3_finalize(prepared_); }

void statement::bind(int parameter, std::int64_t value) noexcept {
    [[maybe_unused]] const int code = ::sqlite3_bind_int64(prepared_, parameter, value);
    assert(code == SQLITE_OK);
}

void statement::bind(int parameter, std::string_view value) noexcept {
    // A null pointer would be NULL, not the empty text.
    const char* const data = value.data() ? value.data() : "";
    [[maybe_unused]] const int code =
        ::sqlite3_bind_text64(prepared_, parameter, data, value.size(), SQLITE_STATIC, SQLITE_UTF8);
    assert(code == SQLITE_OK || code == SQLITE_TOOBIG || code == SQLITE_NOMEM);
}

void statement::bind(int parameter, std::optional<double> value) noexcept {
    [[maybe_unused]] const int code = value ? ::sqlite3_bind_double(prepared_, parameter, *value)
                                            : ::sqlite3_bind_null(prepared_, parameter);
    assert(code == SQLITE_OK);
}

result<bool> statement::step() {
    const int code = ::sqlite3_step(prepared_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return sqlite_fault(name_, ::sqlite3_db_handle(prepared_), code);
}

void statement::reset() noexcept { ::sqlite3_reset(prepared_); }

std::int64_t statement::integer(int column) const noexcept {
    return ::sqlite3_column_int64(prepared_, column);
}

std::string_view statement::text(int column) const noexcept {
    const auto* const data = reinterpret_cast<const char*>(::sqlite3_column_text(prepared_, column));
    const int size = ::sqlite3_column_bytes(prepared_, column);
    return data ? std::string_view(data, static_cast<std::size_t>(size)) : std::string_view{};
}

std::optional<double> statement::real(int column) const noexcept {
    if (::sqlite3_column_type(prepared_, column) == SQLITE_NULL) return std::nullopt;
    return ::sqlite3_column_double(prepared_, column);
}

database::database(::sqlite3* handle, std::string name)
    : handle_(handle), name_(std::move(name)), wal_pages_(std::make_unique<std::int64_t>(0)) {}
database::database(database&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)),
      name_(std::move(other.name_)),
      wal_pages_(std::move(other.wal_pages_)) {}
database::~database() { ::sqlite3_close_v2(handle_); }

result<database> database::open(const std::filesystem::path& file, access how) {
    int flags = SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;
    std::string uri = uri_of(file);
    if (how == access::write) {
        create_private(file);
        flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    } else {
        flags |= SQLITE_OPEN_READONLY;
        if (how == access::immutable) uri += "?immutable=1";
    }
    ::sqlite3* handle = nullptr;
    const int code = ::sqlite3_open_v2(uri.c_str(), &handle, flags, nullptr);
    database opened(handle, file.string());
    if (code != SQLITE_OK) return sqlite_fault(opened.name_, handle, code);
    ::sqlite3_extended_result_codes(handle, 1);
    ::sqlite3_busy_timeout(handle, busy_ms);
    // A file from elsewhere gets no functions and no writable schema out of us.
    ::sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    ::sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    if (how == access::write) {
        // Checkpoints are ours alone; a hook of our own also takes the place of SQLite's automatic one.
        ::sqlite3_wal_autocheckpoint(handle, 0);
        ::sqlite3_wal_hook(handle, note_wal_pages, opened.wal_pages_.get());
    } else if (auto only = opened.run("PRAGMA query_only = 1"); !only) {
        return std::unexpected(std::move(only.error()));
    }
    return opened;
}

result<void> database::run(const std::string& sql) {
    const int code = ::sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return sqlite_fault(name_, handle_, code);
    return {};
}

result<statement> database::prepare(std::string_view sql) {
    ::sqlite3_stmt* prepared = nullptr;
    const int code = ::sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
    if (code != SQLITE_OK) return sqlite_fault(name_, handle_, code);
    return statement(prepared, name_);
}

result<std::int64_t> database::integer(std::string_view sql) {
    auto asked = prepare(sql);
    if (!asked) return std::unexpected(std::move(asked.error()));
    if (auto stepped = asked->step(); !stepped) return std::unexpected(std::move(stepped.error()));
    return asked->integer(0);
}

result<std::string> database::text(std::string_view sql) {
    auto asked = prepare(sql);
    if (!asked) return std::unexpected(std::move(asked.error()));
    if (auto stepped = asked->step(); !stepped) return std::unexpected(std::move(stepped.error()));
    return std::string(asked->text(0));
}

std::int64_t database::changes() const noexcept { return ::sqlite3_changes64(handle_); }

result<bool> database::checkpoint() {
    // A report that takes its time must not hold up the rows of those who are served meanwhile.
    ::sqlite3_busy_timeout(handle_, 0);
    const int code =
        ::sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    ::sqlite3_busy_timeout(handle_, busy_ms);
    if (code == SQLITE_OK) {
        *wal_pages_ = 0;
        return true;
    }
    if ((code & 0xFF) == SQLITE_BUSY) return false;
    return sqlite_fault(name_, handle_, code);
}

}  // namespace weir::metering
