// What an earlier weir left: a ledger of schema 1 and an in-flight table of the first layout.

#include "weir/metering/inflight.hpp"
#include "weir/metering/report.hpp"
#include "weir/metering/rows.hpp"

#include "ledger_support.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace weir::metering {
namespace {

using testing::asked;
using testing::asked_text;
using testing::begun_row;
using testing::content_of;
using testing::described;
using testing::found_in;
using testing::in;
using testing::opened;
using testing::rows_in;
using testing::run_sql;
using testing::served_row;
using testing::temporary_folder;
using testing::write_file;

constexpr std::string_view first_schema = R"sql(
CREATE TABLE requests (
  id              INTEGER PRIMARY KEY,
  started_ms      INTEGER NOT NULL,
  ended_ms        INTEGER NOT NULL,
  duration_us     INTEGER NOT NULL,
  first_byte_us   INTEGER NOT NULL,
  key_id          TEXT NOT NULL,
  endpoint        TEXT NOT NULL,
  stream          INTEGER NOT NULL,
  model_asked     TEXT NOT NULL,
  model_sent      TEXT NOT NULL,
  model_served    TEXT NOT NULL,
  tier            TEXT NOT NULL,
  effort          TEXT NOT NULL,
  reason          TEXT NOT NULL,
  policy          TEXT NOT NULL,
  score           INTEGER NOT NULL,
  hit             INTEGER NOT NULL,
  miss            INTEGER NOT NULL,
  output          INTEGER NOT NULL,
  reasoning       INTEGER NOT NULL,
  estimated       INTEGER NOT NULL,
  suspect         INTEGER NOT NULL,
  price_version   TEXT NOT NULL,
  currency        TEXT NOT NULL,
  price_tariff    TEXT NOT NULL,
  cost_pico       INTEGER NOT NULL,
  baselines       TEXT NOT NULL,
  outcome         INTEGER NOT NULL,
  status          INTEGER NOT NULL,
  upstream_status INTEGER NOT NULL,
  error           TEXT NOT NULL,
  finish_reason   TEXT NOT NULL,
  attempts        INTEGER NOT NULL,
  request_bytes   INTEGER NOT NULL,
  answer_bytes    INTEGER NOT NULL
) STRICT;
)sql";

// A request that was served, 42, and one that was refused, 43.
constexpr std::string_view two_rows = R"sql(
INSERT INTO requests VALUES (42, 1795000000042, 1795000000292, 250123, 90456, 'team-a', 'chat', 1, 'auto',
  'deepseek-v4-flash', 'deepseek-v4-flash-0910', 'flash', 'low', 'bounded', 'bounded/1', 300, 100, 20, 30, 10,
  0, 1, '2026-11-21', 'USD', 'off_peak', 21300000, 'flash=21300000,pro=74800000', 0, 200, 200, '', 'stop', 1,
  1234, 5678);
INSERT INTO requests VALUES (43, 0, 0, 0, -1, '', '', 0, '', '', '', '', '', '', '', 0, 0, 0, 0, 0, 0, 0, '',
  'USD', '', 0, '', 1, 400, 0, '', '', 0, 0, 0);
)sql";

void make_first_ledger(const std::filesystem::path& file) {
    run_sql(file, "PRAGMA journal_mode = WAL;" + std::string(first_schema) + std::string(two_rows) +
                      "PRAGMA application_id = 2003134834; PRAGMA user_version = 1;");
}

row row_42() {
    row r = served_row(42);
    r.session.clear();
    r.fingerprint.clear();
    r.mended.clear();
    r.checked.clear();
    r.traffic_class.clear();
    r.decision.clear();
    return r;
}

// Every column with its type, default and place.
std::string columns_of(const std::filesystem::path& file) {
    return asked_text(file,
                      "SELECT group_concat(cid || name || ' ' || type || \"notnull\" || "
                      "ifnull(dflt_value, '-') || pk, ';') FROM pragma_table_info('requests')");
}

TEST(upgrade, a_ledger_of_schema_1_keeps_its_rows_and_takes_new_ones) {
    const temporary_folder folder;
    make_first_ledger(folder / "l.db");
    for (int start = 1; start <= 2; ++start) {
        const auto book = opened(in(folder / "l.db"));
        EXPECT_EQ(asked(folder / "l.db", "PRAGMA user_version"), 3);
        const auto old = found_in(*book, 42);
        ASSERT_TRUE(old.has_value());
        EXPECT_EQ(described(*old), described(row_42()));
        row r = served_row(100 + start);
        r.served_other = true;
        r.parent = {42};
        book->settle(r, {});
        const auto found = found_in(*book, 100 + start);
        ASSERT_TRUE(found.has_value()) << book->failure();
        EXPECT_EQ(described(*found), described(r));
        EXPECT_EQ(rows_in(folder / "l.db"), 2 + start);
    }
}

TEST(upgrade, a_ledger_that_came_from_schema_1_has_the_columns_of_a_new_one) {
    const temporary_folder folder;
    make_first_ledger(folder / "old.db");
    const std::string count = "SELECT count(*) FROM pragma_table_info('requests')";
    EXPECT_EQ(asked(folder / "old.db", count), 35);
    opened(in(folder / "old.db")).reset();
    opened(in(folder / "new.db")).reset();
    EXPECT_EQ(asked(folder / "old.db", count), 43);
    EXPECT_EQ(columns_of(folder / "old.db"), columns_of(folder / "new.db"));
    EXPECT_EQ(asked(folder / "new.db", "PRAGMA user_version"), 3);
    const std::string outcomes = "SELECT sql FROM sqlite_schema WHERE name = 'outcomes'";
    EXPECT_NE(asked_text(folder / "old.db", outcomes), "");
    EXPECT_EQ(asked_text(folder / "old.db", outcomes), asked_text(folder / "new.db", outcomes));
}

// As the weir before outcomes made it.
void make_second_ledger(const std::filesystem::path& file) {
    make_first_ledger(file);
    run_sql(file, R"sql(
ALTER TABLE requests ADD COLUMN session      TEXT NOT NULL DEFAULT '';
ALTER TABLE requests ADD COLUMN fingerprint  TEXT NOT NULL DEFAULT '';
ALTER TABLE requests ADD COLUMN served_other INTEGER NOT NULL DEFAULT 0;
ALTER TABLE requests ADD COLUMN mended       TEXT NOT NULL DEFAULT '';
ALTER TABLE requests ADD COLUMN checked      TEXT NOT NULL DEFAULT '';
UPDATE requests SET session = 's', fingerprint = 'fp', mended = 'user_id', checked = 'schema_fits'
  WHERE id = 42;
PRAGMA user_version = 2;)sql");
}

TEST(upgrade, a_ledger_of_schema_2_keeps_its_rows_and_takes_outcomes) {
    const temporary_folder folder;
    make_second_ledger(folder / "l.db");
    row old = row_42();
    old.session = "s";
    old.fingerprint = "fp";
    old.mended = "user_id";
    old.checked = "schema_fits";
    const auto seen_by_reader = [&] {
        std::vector<std::string> seen;
        const auto take = [&seen](const row& r) {
            seen.push_back(described(r));
            return true;
        };
        EXPECT_TRUE(read_rows(folder / "l.db", {}, take).has_value());
        return seen;
    };
    const auto before = seen_by_reader();
    ASSERT_EQ(before.size(), 2u);
    EXPECT_EQ(before.front(), described(old)) << "read as it is";
    EXPECT_EQ(asked(folder / "l.db", "PRAGMA user_version"), 2) << "and left so";
    const auto book = opened(in(folder / "l.db"));
    EXPECT_EQ(asked(folder / "l.db", "PRAGMA user_version"), 3);
    const auto found = found_in(*book, 42);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(described(*found), described(old));
    book->note({{42}, 1, outcome_kind::feedback, true, {}, ""});
    book->flush();
    EXPECT_EQ(asked(folder / "l.db", "SELECT count(*) FROM outcomes"), 1);
    EXPECT_EQ(seen_by_reader(), before);
}

TEST(upgrade, a_step_that_fails_changes_nothing) {
    const temporary_folder folder;
    make_first_ledger(folder / "l.db");
    // The first columns can be added, this one cannot.
    run_sql(folder / "l.db", "ALTER TABLE requests ADD COLUMN mended TEXT");
    const std::string before = columns_of(folder / "l.db");
    const auto book = ledger::open(in(folder / "l.db"), 1, 4);
    ASSERT_FALSE(book.has_value());
    EXPECT_EQ(book.error().code, errc::ledger);
    EXPECT_NE(book.error().detail.find("l.db: duplicate column name: mended"), std::string::npos)
        << book.error().detail;
    EXPECT_EQ(columns_of(folder / "l.db"), before);
    EXPECT_EQ(asked(folder / "l.db", "PRAGMA user_version"), 1);
}

TEST(upgrade, a_report_reads_a_ledger_of_schema_1_and_leaves_it_so) {
    const temporary_folder folder;
    make_first_ledger(folder / "l.db");
    const std::string before = content_of(folder / "l.db");
    using enum grouping;
    for (const grouping by :
         {none, model, day, key, reason, endpoint, session, fingerprint, tier, effort, cell}) {
        const auto lines = make_report(folder / "l.db", {{}, {}, by});
        ASSERT_TRUE(lines.has_value()) << lines.error().detail;
        const report_line& total = lines->back();
        EXPECT_EQ(total.requests, 2);
        EXPECT_EQ(total.cost.to_integer_text(), "21300000");
        EXPECT_TRUE(total.served_other.empty());
        EXPECT_TRUE(total.mended.empty());
        EXPECT_TRUE(total.checked.empty());
        EXPECT_EQ(total.mended_rows, 0);
        EXPECT_EQ(total.unknown(), 2);
    }
    EXPECT_EQ(make_report(folder / "l.db", {{}, {}, endpoint})->at(1).group, "chat");
    EXPECT_EQ(content_of(folder / "l.db"), before);
}

// As the first layout wrote it for one partition of three slots.
constexpr std::string_view first_header = "57454952464c543101000000000100000100000003000000cbfe5519a3e1463f";
constexpr std::string_view first_slot =
    "dbaa3452a796837b4d000000000000004d5e56eea1010000008793030000000000879303000000000052bc0f00000000"
    "0000000000000000000000009001000000000000d20400002c01000202067465616d2d62000000000000000000000000"
    "0000000000000000000000000011646565707365656b2d76342d666c6173680000000000000000000000000000046175"
    "746f00000000000000000000000370726f0000000000000000036c6f770000000007626f756e64656400000000000000"
    "000a323032362d31312d32310003555344046368617400000005666c6173680000000000000370726f00000000000000"
    "00000000000000000000000000000000";
constexpr std::size_t header_bytes = 4096;
constexpr std::size_t first_slot_bytes = 256;

std::string bytes_of(std::string_view hex) {
    std::string bytes;
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
    }
    return bytes;
}

// The first slot is free, the second taken, the third as it is said.
std::string first_table(const std::string& third = {}) {
    std::string bytes = bytes_of(first_header);
    bytes.resize(header_bytes + first_slot_bytes, '\0');
    bytes += bytes_of(first_slot) + third;
    bytes.resize(header_bytes + 3 * first_slot_bytes, '\0');
    return bytes;
}

row row_77() {
    row r = begun_row(77);
    r.tier = "pro";
    r.key_id = "team-b";
    r.stream = false;
    r.how = outcome::interrupted;
    r.estimated = true;
    r.suspect = false;
    r.ended_ms = r.started_ms;
    r.duration_us = 0;
    r.first_byte_us = -1;
    r.session.clear();
    r.mended.clear();
    r.policy.clear();
    r.traffic_class.clear();
    r.decision.clear();
    r.finish_reason.clear();
    r.status = r.upstream_status = r.attempts = 0;
    r.answer_bytes = 0;
    return r;
}

TEST(upgrade, slots_of_the_first_layout_become_rows_and_the_table_is_laid_anew) {
    const temporary_folder folder;
    write_file(folder / "t", first_table());
    auto table = inflight_table::open(folder / "t", 1, 4);
    ASSERT_TRUE(table.has_value()) << table.error().detail;
    EXPECT_EQ(table->damaged(), 0u);
    ASSERT_EQ(table->left_over().size(), 1u);
    EXPECT_EQ(described(table->left_over().front()), described(row_77()));
    EXPECT_EQ(content_of(folder / "t"), first_table()) << "until its rows are committed";
    ASSERT_TRUE(table->forget_left_over().has_value());
    EXPECT_EQ(std::filesystem::file_size(folder / "t"), header_bytes + 4 * 512);
    EXPECT_TRUE(table->take(0, begun_row(1)).has_value());
}

TEST(upgrade, a_table_of_the_first_layout_with_nothing_in_it_is_laid_anew_at_once) {
    const temporary_folder folder;
    std::string bytes = bytes_of(first_header);
    bytes.resize(header_bytes + 3 * first_slot_bytes, '\0');
    write_file(folder / "t", bytes);
    auto table = inflight_table::open(folder / "t", 1, 4);
    ASSERT_TRUE(table.has_value()) << table.error().detail;
    EXPECT_TRUE(table->left_over().empty());
    EXPECT_EQ(std::filesystem::file_size(folder / "t"), header_bytes + 4 * 512);
}

TEST(upgrade, a_damaged_slot_of_the_first_layout_is_counted_and_not_believed) {
    const std::string whole = bytes_of(first_slot);
    for (std::size_t at = 0; at < first_slot_bytes; at += 5) {
        const temporary_folder folder;
        std::string broken = whole;
        broken[at] = static_cast<char>(broken[at] ^ 0x40);
        write_file(folder / "t", first_table(broken));
        const auto table = inflight_table::open(folder / "t", 1, 4);
        ASSERT_TRUE(table.has_value()) << table.error().detail;
        EXPECT_EQ(table->left_over().size(), 1u) << "byte " << at;
        EXPECT_EQ(table->damaged(), 1u) << "byte " << at;
    }
}

TEST(upgrade, what_was_in_flight_under_an_earlier_weir_is_in_the_ledger_once) {
    const temporary_folder folder;
    make_first_ledger(folder / "l.db");
    write_file(folder / "l.db.inflight", first_table());
    EXPECT_EQ(opened(in(folder / "l.db"))->counters().interrupted, 1u);
    const auto book = opened(in(folder / "l.db"));
    EXPECT_EQ(book->counters().interrupted, 0u);
    const auto found = found_in(*book, 77);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(described(*found), described(row_77()));
    EXPECT_EQ(rows_in(folder / "l.db"), 3);
}

}  // namespace
}  // namespace weir::metering
