// What becomes known about answers: how it is kept, and what it comes to.

#include "weir/metering/answer_outcome.hpp"
#include "weir/metering/rows.hpp"

#include "ledger_support.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>
#include <vector>

namespace weir::metering {
namespace {

using testing::asked;
using testing::asked_text;
using testing::in;
using testing::opened;
using testing::served_row;
using testing::temporary_folder;
using enum outcome_kind;

answer_outcome said(std::int64_t request, outcome_kind kind, bool accepted) {
    return {{request}, 1'795'000'000'000, kind, accepted, std::nullopt, ""};
}

noted note_in(ledger& book, answer_outcome o) {
    std::promise<noted> done;
    book.note(std::move(o), [&](noted n) { done.set_value(n); });
    return done.get_future().get();
}

std::vector<answer_outcome> outcomes_in(const std::filesystem::path& file) {
    std::vector<answer_outcome> all;
    const auto take = [&all](const answer_outcome& o) {
        all.push_back(o);
        return true;
    };
    const auto read = read_outcomes(file, take);
    EXPECT_TRUE(read.has_value()) << read.error().detail;
    return all;
}

TEST(outcomes, an_outcome_comes_back_with_every_field) {
    const temporary_folder folder;
    const auto book = opened(in(folder / "l.db"));
    answer_outcome o = said(42, feedback, true);
    o.score = 0.1;
    o.note = "it's \"fine\"\n\xE5\xA5\xBD";
    EXPECT_TRUE(note_in(*book, o).committed);
    EXPECT_TRUE(note_in(*book, said(7, loop, false)).committed);
    const auto all = outcomes_in(folder / "l.db");
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].request.value, 7);
    EXPECT_EQ(all[0].kind, loop);
    EXPECT_FALSE(all[0].accepted);
    EXPECT_FALSE(all[0].score.has_value());
    EXPECT_EQ(all[1].request.value, 42);
    EXPECT_EQ(all[1].at_ms, o.at_ms);
    EXPECT_EQ(all[1].kind, feedback);
    EXPECT_TRUE(all[1].accepted);
    EXPECT_EQ(all[1].score, 0.1);
    EXPECT_EQ(all[1].note, o.note);
    EXPECT_EQ(book->counters().outcomes, 2u);
    EXPECT_EQ(book->counters().rows, 0u);
}

TEST(outcomes, every_kind_has_a_name_that_is_read_back) {
    for (const outcome_kind kind : {feedback, retried, asked_again, loop, verifier}) {
        EXPECT_EQ(parse_outcome_kind(name_of(kind)), kind) << name_of(kind);
    }
    EXPECT_FALSE(parse_outcome_kind("unknown").has_value());
    EXPECT_FALSE(parse_outcome_kind("").has_value());
}

TEST(outcomes, a_later_one_of_the_same_kind_takes_the_place_of_the_earlier) {
    const temporary_folder folder;
    const auto book = opened(in(folder / "l.db"));
    for (const bool accepted : {true, false, true, false}) book->note(said(1, feedback, accepted));
    book->note(said(1, retried, false));
    book->note(said(2, feedback, true));
    book->flush();
    EXPECT_EQ(asked(folder / "l.db", "SELECT count(*) FROM outcomes"), 3);
    EXPECT_EQ(asked(folder / "l.db", "SELECT accepted FROM outcomes WHERE request = 1 AND kind = 'feedback'"),
              0);
}

TEST(outcomes, the_count_of_accepted_answers_changes_once_for_what_is_said_twice) {
    const temporary_folder folder;
    const auto book = opened(in(folder / "l.db"));
    const struct {
        std::int64_t request;
        outcome_kind kind;
        bool accepted;
        int change;
    } table[] = {{1, feedback, true, 1},  {1, feedback, true, 0},  {1, feedback, false, -1},
                 {1, feedback, false, 0}, {1, feedback, true, 1},  {2, feedback, false, 0},
                 {3, verifier, true, 0},  {3, retried, false, 0},  {3, feedback, true, 1},
                 {3, retried, false, 0},  {3, feedback, false, -1}};
    int step = 0;
    for (const auto& [request, kind, accepted, change] : table) {
        EXPECT_EQ(note_in(*book, said(request, kind, accepted)).accepted_change, change) << "step " << step++;
    }
}

TEST(outcomes, accepted_answers_are_counted_by_class_at_the_next_start) {
    const temporary_folder folder;
    {
        const auto book = opened(in(folder / "l.db"));
        EXPECT_TRUE(book->accepted_by_class().empty());
        for (std::int64_t id = 1; id <= 6; ++id) {
            row r = served_row(id);
            r.traffic_class = id <= 4 ? "batch" : "interactive";
            book->settle(r, {});
        }
        for (const std::int64_t id : {1, 2, 5, 99}) book->note(said(id, feedback, true));
        book->note(said(2, feedback, false));
        book->note(said(3, feedback, true));
        book->note(said(4, verifier, true));
    }
    const auto book = opened(in(folder / "l.db"));
    EXPECT_EQ(book->accepted_by_class(),
              (std::map<std::string, std::int64_t>{{"batch", 2}, {"interactive", 1}}));
}

TEST(outcomes, more_than_wait_are_turned_away_at_once) {
    const temporary_folder folder;
    ledger_settings slow = in(folder / "l.db");
    slow.group_ms = 60'000;
    const auto book = opened(slow);
    book->settle(served_row(1), {});
    // What is turned away is answered on this thread, before note() returns.
    std::atomic<int> turned_away{0};
    constexpr int queue = 10'000, extra = 5;
    for (int i = 0; i < queue + extra; ++i) {
        book->note(said(i, loop, false), [&](noted n) { turned_away += n.committed ? 0 : 1; });
    }
    EXPECT_EQ(turned_away, extra);
    EXPECT_EQ(book->counters().outcomes_dropped, static_cast<std::uint64_t>(extra));
    book->flush();
    EXPECT_EQ(turned_away, extra);
    EXPECT_EQ(asked(folder / "l.db", "SELECT count(*) FROM outcomes"), queue);
}

TEST(outcomes, rows_and_outcomes_of_many_threads_are_all_committed) {
    const temporary_folder folder;
    const auto book = opened(in(folder / "l.db"));
    constexpr int threads_count = 4, each = 200;
    std::atomic<int> committed{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < threads_count; ++t) {
        threads.emplace_back([&, t] {
            for (std::int64_t i = 0; i < each; ++i) {
                const std::int64_t id = t * 1000 + i;
                book->settle(served_row(id), {});
                book->note(said(id, feedback, true), [&](noted n) { committed += n.accepted_change; });
            }
        });
    }
    for (std::thread& t : threads) t.join();
    book->flush();
    EXPECT_EQ(committed, threads_count * each);
    EXPECT_EQ(asked(folder / "l.db",
                    "SELECT count(*) FROM outcomes JOIN requests ON requests.id = outcomes.request"),
              threads_count * each);
}

TEST(outcomes, one_that_cannot_be_written_is_told_so_and_stops_the_ledger) {
    const temporary_folder folder;
    const auto book = opened(in(folder / "l.db"));
    testing::run_sql(folder / "l.db", "DROP TABLE outcomes");
    EXPECT_FALSE(note_in(*book, said(1, feedback, true)).committed);
    EXPECT_FALSE(book->healthy());
    EXPECT_NE(book->failure().find("no such table: outcomes"), std::string::npos) << book->failure();
    EXPECT_FALSE(note_in(*book, said(2, feedback, true)).committed);
}

TEST(outcomes, a_kind_that_this_weir_does_not_know_is_passed_over) {
    const temporary_folder folder;
    opened(in(folder / "l.db"))->note(said(1, loop, false));
    testing::run_sql(folder / "l.db", "INSERT INTO outcomes VALUES (1, 0, 'telepathy', 1, NULL, '')");
    EXPECT_EQ(outcomes_in(folder / "l.db").size(), 1u);
}

TEST(outcomes, what_is_known_of_an_answer_comes_from_feedback_first_and_never_from_silence) {
    using enum acceptance;
    struct event {
        outcome_kind kind;
        bool accepted;
    };
    const struct {
        std::vector<event> events;
        acceptance known;
    } table[] = {
        {{}, unknown},
        {{{feedback, true}}, accepted},
        {{{feedback, false}}, rejected},
        {{{feedback, false}, {feedback, true}}, accepted},
        {{{feedback, true}, {feedback, false}}, rejected},
        {{{retried, false}}, rejected},
        {{{asked_again, false}}, rejected},
        {{{loop, false}}, rejected},
        {{{verifier, false}}, rejected},
        {{{verifier, true}}, unknown},
        {{{verifier, true}, {loop, false}}, rejected},
        {{{retried, false}, {feedback, true}}, accepted},
        {{{feedback, true}, {retried, false}}, accepted},
        {{{feedback, false}, {verifier, true}}, rejected},
    };
    int place = 0;
    for (const auto& [events, known] : table) {
        acceptances all;
        for (const event& e : events) all.add(said(1, e.kind, e.accepted));
        EXPECT_EQ(all.of({1}), known) << "row " << place;
        EXPECT_EQ(all.of({2}), unknown) << "row " << place++;
    }
}

}  // namespace
}  // namespace weir::metering
