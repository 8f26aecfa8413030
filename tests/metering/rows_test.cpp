// Rows of a ledger, one after another.

#include "weir/metering/rows.hpp"

#include "ledger_support.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace weir::metering {
namespace {

using testing::described;
using testing::in;
using testing::opened;
using testing::served_row;
using testing::temporary_folder;
using testing::write_file;

std::vector<row> rows_of(const std::filesystem::path& file, const row_span& span = {},
                         std::size_t at_most = 100) {
    std::vector<row> all;
    const auto take = [&](const row& r) {
        all.push_back(r);
        return all.size() < at_most;
    };
    const auto read = read_rows(file, span, take);
    EXPECT_TRUE(read.has_value()) << read.error().detail;
    return all;
}

TEST(rows, come_by_id_with_every_field_from_a_live_ledger) {
    const temporary_folder folder;
    const auto book = opened(in(folder / "l.db"));
    for (const std::int64_t id : {30, 10, 20}) {
        row r = served_row(id);
        r.parent = {id - 1};
        book->settle(r, {});
    }
    book->flush();
    const auto all = rows_of(folder / "l.db");
    ASSERT_EQ(all.size(), 3u);
    for (std::size_t i = 0; i < all.size(); ++i) {
        row expected = served_row(static_cast<std::int64_t>(i + 1) * 10);
        expected.parent = {expected.id.value - 1};
        EXPECT_EQ(described(all[i]), described(expected));
    }
}

TEST(rows, begin_with_since_end_before_until_and_stop_when_told) {
    const temporary_folder folder;
    const auto book = opened(in(folder / "l.db"));
    for (std::int64_t id = 1; id <= 5; ++id) book->settle(served_row(id), {});
    book->flush();
    const auto at = [](std::int64_t id) { return from_unix_ms(served_row(id).started_ms); };
    EXPECT_EQ(rows_of(folder / "l.db", {at(2), at(5)}).size(), 3u);
    EXPECT_EQ(rows_of(folder / "l.db", {at(2), {}}).front().id.value, 2);
    EXPECT_EQ(rows_of(folder / "l.db", {{}, at(2)}).size(), 1u);
    EXPECT_EQ(rows_of(folder / "l.db", {}, 2).size(), 2u);
}

TEST(rows, of_what_is_no_ledger_are_a_fault_that_names_the_file) {
    const temporary_folder folder;
    write_file(folder / "text.db", std::string(8192, 'x'));
    for (const std::string name : {"missing.db", "text.db"}) {
        const auto read = read_rows(folder / name, {}, [](const row&) { return true; });
        ASSERT_FALSE(read.has_value()) << name;
        EXPECT_NE(read.error().detail.find(name), std::string::npos) << read.error().detail;
        EXPECT_FALSE(read_outcomes(folder / name, [](const answer_outcome&) { return true; }).has_value())
            << name;
    }
}

}  // namespace
}  // namespace weir::metering
