#include "weir/metering/ledger.hpp"

#include "ledger_support.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <future>
#include <thread>
#include <vector>

namespace weir::metering {
namespace {

using testing::asked;
using testing::begun_row;
using testing::described;
using testing::found_in;
using testing::in;
using testing::opened;
using testing::rows_in;
using testing::served_row;
using testing::temporary_folder;

TEST(ledger, a_settled_row_comes_back_with_every_field) {
    const temporary_folder folder;
    const auto book = opened(in(folder / "l.db"));
    row r = served_row(42);
    r.baselines.emplace_back("a=b,c%d", pricing::pico{-7});
    r.key_id = "k'\"; DROP TABLE requests; --";
    r.error = "upstream_timeout";
    r.how = outcome::aborted;
    r.estimated = true;
    r.currency = "CNY";
    r.served_other = true;
    r.parent = {41};
    book->settle(r, {});
    const auto found = found_in(*book, 42);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(described(*found), described(r));
    EXPECT_FALSE(found_in(*book, 43).has_value());
}

TEST(ledger, a_row_of_a_forwarded_call_needs_no_model_and_no_tier) {
    const temporary_folder folder;
    const auto book = opened(in(folder / "l.db"));
    row r;
    r.id = {7};
    r.endpoint = "forward:/tools/search";
    r.price_tariff = "fee";
    r.cost = {5'000'000'000};
    book->settle(r, {});
    const auto found = found_in(*book, 7);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(described(*found), described(r));
}

TEST(ledger, every_outcome_comes_back_as_itself) {
    const temporary_folder folder;
    const auto book = opened(in(folder / "l.db"));
    for (int i = 0; i <= static_cast<int>(outcome::replaced); ++i) {
        row r = served_row(i);
        r.how = static_cast<outcome>(i);
        book->settle(r, {});
        EXPECT_EQ(found_in(*book, i).value_or(row{}).how, r.how) << i;
        EXPECT_NE(name_of(r.how), "unknown") << i;
    }
}

TEST(ledger, a_slot_is_freed_once_its_row_is_committed) {
    const temporary_folder folder;
    const auto book = opened(in(folder / "l.db"), 1, 2);
    const auto first = book->begin(0, begun_row(1));
    const auto second = book->begin(0, begun_row(2));
    ASSERT_TRUE(first.has_value() && second.has_value());
    const auto third = book->begin(0, begun_row(3));
    ASSERT_FALSE(third.has_value());
    EXPECT_EQ(third.error().code, errc::overloaded);
    EXPECT_EQ(book->in_flight(), 2u);
    book->settle(served_row(1), *first);
    book->flush();
    EXPECT_EQ(book->in_flight(), 1u);
    EXPECT_TRUE(book->begin(0, begun_row(3)).has_value());
}

TEST(ledger, an_id_that_is_there_already_is_left_as_it_is) {
    const temporary_folder folder;
    const auto book = opened(in(folder / "l.db"));
    book->settle(served_row(1), {});
    row second = served_row(1);
    second.tier = "pro";
    bool told = false;
    book->settle(second, {}, [&](bool committed) { told = committed; });
    book->flush();
    EXPECT_TRUE(told) << "the request is in the ledger";
    EXPECT_EQ(found_in(*book, 1)->tier, "flash");
    EXPECT_EQ(book->counters().rows, 1u);
    EXPECT_EQ(rows_in(folder / "l.db"), 1);
}

TEST(ledger, a_look_up_sees_what_was_queued_before_it) {
    const temporary_folder folder;
    ledger_settings slow = in(folder / "l.db");
    slow.group_ms = 20;
    const auto book = opened(slow);
    for (std::int64_t id = 0; id < 200; ++id) {
        book->settle(served_row(id), {});
        if (id % 50 == 49) EXPECT_TRUE(found_in(*book, id).has_value()) << id;
    }
}

TEST(ledger, more_look_ups_than_it_keeps_are_refused_at_once) {
    const temporary_folder folder;
    ledger_settings slow = in(folder / "l.db");
    slow.group_ms = 200;
    const auto book = opened(slow);
    book->settle(served_row(1), {});
    std::atomic<int> with_row{0};
    std::atomic<int> refused{0};
    constexpr int asked_for = 1000;
    for (int i = 0; i < asked_for; ++i) {
        book->find({1}, [&](const result<std::optional<row>>& r) {
            ++(r && *r ? with_row : refused);
            if (!r) EXPECT_EQ(r.error().code, errc::overloaded);
        });
    }
    (void)found_in(*book, 1);
    book->flush();
    while (with_row + refused < asked_for) std::this_thread::yield();
    EXPECT_GT(with_row, 0);
    EXPECT_GT(refused, 0) << "1000 at once fitted";
}

TEST(ledger, flush_returns_when_all_that_was_queued_is_committed) {
    const temporary_folder folder;
    ledger_settings slow = in(folder / "l.db");
    slow.group_ms = 60'000;
    const auto book = opened(slow);
    for (int round = 1; round <= 3; ++round) {
        for (std::int64_t id = 0; id < 10; ++id) book->settle(served_row(round * 100 + id), {});
        book->flush();
        EXPECT_EQ(rows_in(folder / "l.db"), 10 * round);
        EXPECT_EQ(book->counters().waiting, 0u);
    }
    book->flush();
}

TEST(ledger, rows_of_many_threads_are_committed_in_groups_each_once) {
    const temporary_folder folder;
    const auto book = opened(in(folder / "l.db"), 4, 64);
    constexpr int per_thread = 500;
    std::atomic<int> committed{0};
    std::vector<std::thread> threads;
    for (std::uint32_t w = 0; w < 4; ++w) {
        threads.emplace_back([&, w] {
            for (int i = 0; i < per_thread;) {
                const std::int64_t id = std::int64_t{w} * 10'000 + i;
                const auto slot = book->begin(w, begun_row(id));
                if (!slot) {
                    std::this_thread::yield();
                    continue;
                }
                book->settle(served_row(id), *slot, [&](bool ok) { committed += ok ? 1 : 0; });
                ++i;
            }
        });
    }
    for (std::thread& t : threads) t.join();
    book->flush();
    const ledger_counters now = book->counters();
    EXPECT_EQ(committed, 4 * per_thread);
    EXPECT_EQ(now.rows, 4u * per_thread);
    EXPECT_LT(now.groups, now.rows) << "every row had a commit of its own";
    EXPECT_EQ(book->in_flight(), 0u);
    EXPECT_EQ(rows_in(folder / "l.db"), 4 * per_thread);
}

TEST(ledger, closing_writes_what_is_queued_and_leaves_one_file_of_data) {
    const temporary_folder folder;
    ledger_settings slow = in(folder / "l.db");
    slow.group_ms = 60'000;
    {
        const auto book = opened(slow);
        for (std::int64_t id = 0; id < 100; ++id) book->settle(served_row(id), {});
    }
    EXPECT_FALSE(std::filesystem::exists(folder / "l.db-wal"));
    EXPECT_EQ(rows_in(folder / "l.db"), 100);
    EXPECT_EQ(opened(in(folder / "l.db"))->counters().interrupted, 0u);
}

TEST(ledger, power_durability_tells_each_caller_without_waiting_for_a_group) {
    const temporary_folder folder;
    ledger_settings settings = in(folder / "l.db");
    settings.durable = durability::power;
    settings.group_ms = 60'000;
    const auto book = opened(settings);
    EXPECT_EQ(book->durable(), durability::power);
    for (std::int64_t id = 0; id < 20; ++id) {
        std::promise<bool> committed;
        book->settle(served_row(id), {}, [&](bool ok) { committed.set_value(ok); });
        EXPECT_TRUE(committed.get_future().get()) << id;
        EXPECT_EQ(rows_in(folder / "l.db"), id + 1) << "told before the commit";
    }
}

TEST(ledger, too_little_room_on_the_disk_stops_paid_calls_but_not_rows) {
    const temporary_folder folder;
    ledger_settings settings = in(folder / "l.db");
    settings.min_free_bytes = INT64_MAX;
    const auto book = opened(settings);
    EXPECT_FALSE(book->healthy());
    const auto begun = book->begin(0, begun_row(1));
    ASSERT_FALSE(begun.has_value());
    EXPECT_EQ(begun.error().code, errc::ledger);
    EXPECT_EQ(begun.error().from, origin::weir);
    book->settle(served_row(2), {});
    EXPECT_TRUE(found_in(*book, 2).has_value()) << "what was spent is still written";
    EXPECT_EQ(book->failure(), "");
}

TEST(ledger, a_full_queue_stops_new_requests_and_drops_only_rows_without_a_slot) {
    const temporary_folder folder;
    ledger_settings settings = in(folder / "l.db");
    settings.group_ms = 60'000;
    settings.queue_rows_max = 3;
    const auto book = opened(settings, 1, 8);
    const auto slot = book->begin(0, begun_row(1));
    ASSERT_TRUE(slot.has_value());
    for (std::int64_t id = 10; id < 13; ++id) book->settle(served_row(id), {});
    const auto refused = book->begin(0, begun_row(2));
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, errc::overloaded);
    bool kept = true;
    book->settle(served_row(13), {}, [&](bool ok) { kept = ok; });
    EXPECT_FALSE(kept) << "told at once";
    book->settle(served_row(1), *slot);
    book->flush();
    EXPECT_EQ(book->counters().rows, 4u);
    EXPECT_EQ(book->counters().dropped, 1u);
    EXPECT_EQ(asked(folder / "l.db", "SELECT count(*) FROM requests WHERE id = 1"), 1);
    EXPECT_TRUE(book->begin(0, begun_row(2)).has_value());
}

TEST(ledger, the_file_is_for_its_owner_only_and_set_up_as_the_rules_say) {
    const temporary_folder folder;
    const auto book = opened(in(folder / "l.db"));
    book->settle(served_row(1), {});
    book->flush();
    for (const std::string name : {"l.db", "l.db-wal", "l.db.inflight", "l.db.lock"}) {
        struct ::stat about{};
        ASSERT_EQ(::stat((folder / name).c_str(), &about), 0) << name;
        EXPECT_EQ(about.st_mode & 0777U, 0600U) << name;
    }
    EXPECT_EQ(asked(folder / "l.db", "SELECT count(*) FROM pragma_journal_mode WHERE journal_mode = 'wal'"),
              1);
    EXPECT_EQ(asked(folder / "l.db", "SELECT strict FROM pragma_table_list WHERE name = 'requests'"), 1);
    EXPECT_EQ(asked(folder / "l.db", "SELECT count(*) FROM sqlite_schema WHERE type = 'index'"), 0);
}

TEST(ledger, a_worker_that_does_not_exist_gets_no_slot) {
    const temporary_folder folder;
    const auto book = opened(in(folder / "l.db"), 2, 4);
    EXPECT_FALSE(book->begin(2, begun_row(1)).has_value());
    EXPECT_TRUE(book->begin(1, begun_row(1)).has_value());
}

}  // namespace
}  // namespace weir::metering
