// The ledger when things go wrong: kill -9, a second process, a full disk, files that are not what they
// should be.

#include "ledger_support.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <future>
#include <vector>

namespace weir::metering {
namespace {

using testing::asked;
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

TEST(ledger_failure, a_second_opener_is_refused_until_the_first_is_gone) {
    const temporary_folder folder;
    auto first = opened(in(folder / "l.db"));
    const auto second = ledger::open(in(folder / "l.db"), 1, 1);
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().code, errc::ledger);
    EXPECT_NE(second.error().detail.find("held by another process"), std::string::npos)
        << second.error().detail;
    const auto slot = first->begin(0, begun_row(1));
    EXPECT_TRUE(slot.has_value()) << "the refused opener touched the in-flight table";
    first->settle(served_row(1), *slot);
    first.reset();
    EXPECT_TRUE(ledger::open(in(folder / "l.db"), 1, 1).has_value());
}

// A process that begins requests 0..begun-1, settles the first `settled` of them, waits for `flushed` of
// those to be committed and is then killed without a chance to say anything.
void run_and_kill(const std::filesystem::path& file, int begun, int settled, int flushed) {
    const ::pid_t child = ::fork();
    if (child == 0) {
        ledger_settings settings = in(file);
        settings.group_ms = 60'000;
        auto book = ledger::open(settings, 1, 1024);
        if (!book) ::_exit(3);
        std::vector<slot_ref> slots;
        for (int i = 0; i < begun; ++i) {
            const auto slot = (*book)->begin(0, begun_row(i));
            if (!slot) ::_exit(4);
            slots.push_back(*slot);
        }
        for (int i = 0; i < settled; ++i) {
            (*book)->settle(served_row(i), slots[static_cast<std::size_t>(i)]);
            if (i + 1 == flushed) (*book)->flush();
        }
        ::raise(SIGKILL);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
}

TEST(ledger_failure, after_kill_9_every_request_that_began_is_a_row_once) {
    const temporary_folder folder;
    run_and_kill(folder / "l.db", 300, 200, 150);
    ASSERT_FALSE(HasFatalFailure());
    const auto book = opened(in(folder / "l.db"));
    EXPECT_EQ(rows_in(folder / "l.db"), 300);
    // Committed rows stand; settled but not committed ones are known by their slots only.
    EXPECT_EQ(book->counters().interrupted, 150u);
    EXPECT_EQ(asked(folder / "l.db", "SELECT count(*) FROM requests WHERE outcome = 5 AND estimated = 1"),
              150);
    EXPECT_EQ(described(*found_in(*book, 10)), described(served_row(10)));
    const row interrupted = *found_in(*book, 250);
    EXPECT_EQ(interrupted.how, outcome::interrupted);
    EXPECT_EQ(interrupted.cost.value, begun_row(250).cost.value) << "never silently nothing";
    EXPECT_EQ(interrupted.tokens.miss, 400);
    EXPECT_EQ(book->in_flight(), 0u);
    EXPECT_EQ(
        asked(folder / "l.db", "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"),
        1);
}

TEST(ledger_failure, an_attempt_that_was_committed_is_not_counted_again_by_its_requests_slot) {
    for (const bool second_began : {false, true}) {
        const temporary_folder folder;
        const ::pid_t child = ::fork();
        if (child == 0) {
            auto book = ledger::open(in(folder / "l.db"), 1, 8);
            row begun = begun_row(1);
            if (second_began) begun.tier = "another";
            if (!book || !(*book)->begin(0, begun)) ::_exit(3);
            row attempt = served_row(1);
            attempt.id = {2};
            attempt.parent = {1};
            attempt.how = outcome::replaced;
            attempt.started_ms = begun.started_ms;
            attempt.tier = begun_row(1).tier;
            (*book)->settle(attempt, {});
            (*book)->flush();
            ::raise(SIGKILL);
        }
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFSIGNALED(status)) << status;
        const auto book = opened(in(folder / "l.db"));
        EXPECT_EQ(book->counters().interrupted, 1U);
        const row request = found_in(*book, 1).value_or(row{});
        EXPECT_EQ(request.how, outcome::interrupted);
        EXPECT_EQ(request.cost.value, second_began ? begun_row(1).cost.value : 0)
            << "what the second may have cost is known by its slot";
    }
}

TEST(ledger_failure, an_interrupted_row_is_not_inserted_again_by_later_starts) {
    const temporary_folder folder;
    run_and_kill(folder / "l.db", 5, 2, 2);
    ASSERT_FALSE(HasFatalFailure());
    EXPECT_EQ(opened(in(folder / "l.db"))->counters().interrupted, 3u);
    EXPECT_EQ(opened(in(folder / "l.db"))->counters().interrupted, 0u);
    EXPECT_EQ(rows_in(folder / "l.db"), 5);
}

TEST(ledger_failure, a_start_that_was_killed_before_it_forgot_the_slots_doubles_nothing) {
    const temporary_folder folder;
    run_and_kill(folder / "l.db", 8, 0, 0);
    ASSERT_FALSE(HasFatalFailure());
    const std::string old_slots = content_of(folder / "l.db.inflight");
    EXPECT_EQ(opened(in(folder / "l.db"))->counters().interrupted, 8u);
    // The rows are committed, and the table is as it was before that start.
    write_file(folder / "l.db.inflight", old_slots);
    write_file(folder / "l.db.inflight.new", "half a table");
    const auto book = opened(in(folder / "l.db"));
    EXPECT_EQ(book->counters().interrupted, 0u);
    EXPECT_EQ(rows_in(folder / "l.db"), 8);
    EXPECT_TRUE(book->begin(0, begun_row(100)).has_value());
}

// No file of this process may grow while it lives: writes past the end fail as on a full disk.
class full_disk {
public:
    full_disk() {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        handler_ = ::signal(SIGXFSZ, SIG_IGN);
        ::rlimit none = before_;
        none.rlim_cur = 0;
        ::setrlimit(RLIMIT_FSIZE, &none);
    }
    ~full_disk() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        ::signal(SIGXFSZ, handler_);
    }
    full_disk(const full_disk&) = delete;
    full_disk& operator=(const full_disk&) = delete;

private:
    ::rlimit before_{};
    void (*handler_)(int) = SIG_DFL;
};

TEST(ledger_failure, a_failed_write_is_not_tried_again_and_ends_paid_calls_for_good) {
    const temporary_folder folder;
    {
        const auto book = opened(in(folder / "l.db"), 1, 8);
        const auto slot = book->begin(0, begun_row(1));
        ASSERT_TRUE(slot.has_value());
        std::promise<bool> first;
        {
            const full_disk full;
            book->settle(served_row(1), *slot, [&](bool ok) { first.set_value(ok); });
            EXPECT_FALSE(first.get_future().get());
        }
        EXPECT_FALSE(book->healthy());
        EXPECT_NE(book->failure().find("l.db"), std::string::npos) << book->failure();
        EXPECT_EQ(book->begin(0, begun_row(2)).error().code, errc::ledger);
        // There is room again, but nobody knows what the kernel kept.
        std::promise<bool> second;
        book->settle(served_row(3), {}, [&](bool ok) { second.set_value(ok); });
        EXPECT_FALSE(second.get_future().get());
        book->flush();
        EXPECT_EQ(book->counters().waiting, 0u);
        EXPECT_EQ(book->counters().rows, 0u);
        EXPECT_EQ(book->in_flight(), 1u) << "its slot is all that is left of the request";
    }
    const auto again = opened(in(folder / "l.db"));
    EXPECT_TRUE(again->healthy());
    EXPECT_EQ(again->counters().interrupted, 1u);
    EXPECT_EQ(found_in(*again, 1).value_or(row{}).how, outcome::interrupted);
}

TEST(ledger_failure, places_that_cannot_be_written_are_faults_that_name_the_file) {
    const temporary_folder folder;
    std::filesystem::create_directory(folder / "dir.db");
    write_file(folder / "text.db",
               "this is no database, but it is long enough to look at" + std::string(4096, 'x'));
    write_file(folder / "plain", "");
    for (const std::string name : {"missing/l.db", "dir.db", "text.db", "plain/l.db"}) {
        const auto book = ledger::open(in(folder / name), 1, 4);
        ASSERT_FALSE(book.has_value()) << name;
        EXPECT_EQ(book.error().code, errc::ledger) << name;
        EXPECT_NE(book.error().detail.find(name), std::string::npos) << book.error().detail;
    }
}

TEST(ledger_failure, a_folder_that_may_not_be_written_is_a_fault) {
    if (::geteuid() == 0) GTEST_SKIP() << "nothing is forbidden to root";
    const temporary_folder folder;
    std::filesystem::create_directory(folder / "closed");
    ::chmod((folder / "closed").c_str(), 0500);
    const auto book = ledger::open(in(folder / "closed/l.db"), 1, 4);
    ::chmod((folder / "closed").c_str(), 0700);
    ASSERT_FALSE(book.has_value());
    EXPECT_NE(book.error().detail.find("closed/l.db"), std::string::npos) << book.error().detail;
}

TEST(ledger_failure, a_foreign_database_and_a_later_schema_are_refused_and_left_alone) {
    const temporary_folder folder;
    run_sql(folder / "other.db", "CREATE TABLE contacts (name TEXT)");
    const auto foreign = ledger::open(in(folder / "other.db"), 1, 4);
    ASSERT_FALSE(foreign.has_value());
    EXPECT_NE(foreign.error().detail.find("not a ledger of weir"), std::string::npos)
        << foreign.error().detail;
    EXPECT_EQ(asked(folder / "other.db", "SELECT count(*) FROM sqlite_schema"), 1);

    opened(in(folder / "later.db")).reset();
    for (const std::string version : {"4", "99", "0", "-1"}) {
        run_sql(folder / "later.db", "PRAGMA user_version = " + version);
        const auto later = ledger::open(in(folder / "later.db"), 1, 4);
        ASSERT_FALSE(later.has_value()) << version;
        EXPECT_NE(later.error().detail.find("schema " + version), std::string::npos) << later.error().detail;
        EXPECT_EQ(asked(folder / "later.db", "PRAGMA user_version"), std::stoi(version));
    }
}

TEST(ledger_failure, damage_is_found_at_the_start_after_an_unclean_end) {
    const temporary_folder folder;
    {
        const auto book = opened(in(folder / "l.db"));
        for (std::int64_t id = 5'000; id < 7'000; ++id) book->settle(served_row(id), {});
    }
    run_and_kill(folder / "l.db", 1, 1, 1);
    ASSERT_FALSE(HasFatalFailure());
    std::string bytes = content_of(folder / "l.db");
    ASSERT_GT(bytes.size(), 200'000u);
    for (std::size_t at = 100'000; at < 104'096; ++at) bytes[at] = '\x5A';
    write_file(folder / "l.db", bytes);
    const auto book = ledger::open(in(folder / "l.db"), 1, 4);
    ASSERT_FALSE(book.has_value());
    EXPECT_EQ(book.error().code, errc::ledger);
    EXPECT_NE(book.error().detail.find("l.db"), std::string::npos) << book.error().detail;
}

}  // namespace
}  // namespace weir::metering
