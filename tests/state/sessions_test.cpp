#include "weir/state/sessions.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <thread>
#include <vector>

namespace weir::state {
namespace {

constexpr std::int64_t idle_ms = 1'000;
// Bounds of one shard, so that the order of leaving is exact.
session_bounds small(std::size_t entries_max) { return {entries_max, idle_ms}; }

routed tool_turn(std::size_t tier, std::string effort = "keep") {
    return {tier, effort, "", false, 0, {}, effort};
}
routed human_turn(std::uint64_t ask, std::int64_t id, std::size_t tier = 0) {
    return {tier, "keep", "", true, ask, {id}, "keep"};
}
answered told(std::size_t tier, std::int64_t prompt, std::int64_t output) {
    return {tier, prompt, output, false};
}

bool has(const session_store& store, const std::string& key, std::int64_t now_ms) {
    return store.find(key, now_ms).has_value();
}

TEST(session_store, a_request_leaves_its_cell) {
    session_store store({});
    EXPECT_FALSE(has(store, "a", 0));
    store.note("a", {1, "high", "bounded.yaml:52", true, 77, {5}, "high"}, 10);
    const auto s = store.find("a", 11);
    ASSERT_TRUE(s);
    EXPECT_EQ(s->tier, 1u);
    EXPECT_EQ(s->effort, "high");
    EXPECT_EQ(s->effort_reason, "bounded.yaml:52");
    EXPECT_EQ(s->human_turns, 1);
    EXPECT_EQ(s->requests, 1);
    EXPECT_EQ(s->answers, 0);
    EXPECT_TRUE(s->warm.empty());
    EXPECT_FALSE(has(store, "b", 11));
    store.note("a", tool_turn(0, "low"), 12);
    const auto later = store.find("a", 13);
    ASSERT_TRUE(later);
    EXPECT_EQ(later->tier, 0u);
    EXPECT_EQ(later->effort, "low");
    EXPECT_EQ(later->effort_reason, "");
    EXPECT_EQ(later->human_turns, 1) << "a result of a tool is no turn of a human";
    EXPECT_EQ(later->requests, 2);
}

TEST(session_store, an_ask_is_remembered_by_the_request_that_was_answered_first) {
    session_store store({});
    const auto expect = [&](std::uint64_t ask, std::int64_t ms, std::int64_t id, std::int64_t turns) {
        const auto s = store.find("a", 1'000);
        ASSERT_TRUE(s);
        EXPECT_EQ(s->ask_hash, ask);
        EXPECT_EQ(s->asked_ms, ms);
        EXPECT_EQ(s->asked_in.value, id);
        EXPECT_EQ(s->human_turns, turns);
    };
    store.note("a", human_turn(7, 100), 10);
    expect(7, 10, 100, 1);
    store.note("a", {0, "keep", "", false, 7, {101}, "keep"}, 20);
    expect(7, 10, 100, 1);
    store.note("a", human_turn(7, 102), 30);
    expect(7, 10, 102, 2);
    EXPECT_FALSE(store.find("a", 31)->ask_answered) << "nobody has answered so far";
    store.note("a", answered{0, 50, 5, false, false}, 32);
    EXPECT_FALSE(store.find("a", 33)->ask_answered) << "an answer that broke off is none";
    store.note("a", told(0, 50, 5), 34);
    EXPECT_TRUE(store.find("a", 35)->ask_answered);
    store.note("a", human_turn(7, 103), 40);
    expect(7, 10, 102, 3);
    store.note("a", human_turn(0, 104), 50);
    expect(7, 10, 102, 4);
    store.note("a", human_turn(8, 105), 60);
    expect(8, 60, 105, 5);
    EXPECT_FALSE(store.find("a", 61)->ask_answered);
}

TEST(session_store, an_answer_warms_its_tier) {
    session_store store({});
    store.note("a", tool_turn(1), 0);
    store.note("a", told(1, 500, 20), 10);
    store.note("a", told(1, 700, 30), 20);
    const auto one = store.find("a", 21);
    ASSERT_TRUE(one);
    ASSERT_EQ(one->warm.size(), 2u);
    EXPECT_EQ(one->warm[0].prompt_tokens, 0);
    EXPECT_EQ(one->warm[1].prompt_tokens, 700);
    EXPECT_EQ(one->warm[1].at_ms, 20);
    EXPECT_EQ(one->answers, 2);
    EXPECT_EQ(one->output_tokens, 50);
    store.note("a", tool_turn(0), 25);
    store.note("a", told(0, 710, 1), 30);
    const auto both = store.find("a", 31);
    ASSERT_TRUE(both);
    EXPECT_EQ(both->warm[0].prompt_tokens, 710);
    EXPECT_EQ(both->warm[0].at_ms, 30);
    EXPECT_EQ(both->warm[1].prompt_tokens, 700) << "the other tier keeps what it read";
}

TEST(session_store, a_pins_answer_warms_its_tier_and_counts_for_nothing_else) {
    session_store store({});
    store.note("a", tool_turn(0), 0);
    store.note("a", {0, 500, 20, true}, 10);
    store.note("a", {1, 700, 900, false, true, true}, 20);
    const auto s = store.find("a", 21);
    ASSERT_TRUE(s);
    EXPECT_EQ(s->warm.at(1).prompt_tokens, 700);
    EXPECT_TRUE(s->failed_check) << "the next turn is still the dearer tier's";
    EXPECT_EQ(s->answers, 1);
    EXPECT_EQ(s->output_tokens, 20);
}

TEST(session_store, an_answer_without_usage_warms_nothing) {
    session_store store({});
    store.note("a", tool_turn(0), 0);
    store.note("a", told(0, 500, 20), 10);
    store.note("a", {0, 0, 0, true}, 20);
    const auto s = store.find("a", 21);
    ASSERT_TRUE(s);
    EXPECT_TRUE(s->failed_check);
    EXPECT_EQ(s->answers, 1);
    ASSERT_EQ(s->warm.size(), 1u);
    EXPECT_EQ(s->warm[0].prompt_tokens, 500);
    EXPECT_EQ(s->warm[0].at_ms, 10);
    store.note("a", told(0, 510, 20), 30);
    EXPECT_FALSE(store.find("a", 31)->failed_check) << "the last answer counts";
}

TEST(session_store, another_effort_finds_the_cache_cold) {
    session_store store({});
    store.note("a", tool_turn(0, "low"), 0);
    store.note("a", told(0, 500, 20), 10);
    store.note("a", tool_turn(1, "high"), 20);
    store.note("a", told(1, 500, 20), 30);
    EXPECT_EQ(store.find("a", 31)->warm.at(0).prompt_tokens, 500) << "another tier says nothing of this one";
    store.note("a", tool_turn(1, "high"), 40);
    EXPECT_EQ(store.find("a", 41)->warm.at(1).prompt_tokens, 500);
    store.note("a", tool_turn(1, "max"), 50);
    EXPECT_EQ(store.find("a", 51)->warm.at(1).prompt_tokens, 0);
    EXPECT_EQ(store.find("a", 51)->warm.at(0).prompt_tokens, 500);
}

TEST(session_store, an_effort_that_the_client_states_is_part_of_the_cache_as_well) {
    session_store store({});
    const auto stated = [&](const char* effort, std::int64_t now_ms) {
        store.note("a", {0, "", "", false, 0, {}, effort}, now_ms);
    };
    stated("high", 0);
    store.note("a", told(0, 100, 1), 1);
    stated("high", 2);
    EXPECT_EQ(store.find("a", 2)->warm.at(0).prompt_tokens, 100);
    stated("max", 3);
    EXPECT_EQ(store.find("a", 3)->warm.at(0).prompt_tokens, 0);
}

TEST(session_store, whether_the_last_request_was_answered_is_told_apart_from_the_ask) {
    session_store store({});
    store.note("a", human_turn(7, 1), 0);
    store.note("a", told(0, 100, 1), 1);
    store.note("a", tool_turn(0), 2);
    EXPECT_TRUE(store.find("a", 2)->ask_answered);
    EXPECT_FALSE(store.find("a", 2)->last_answered);
    store.note("a", told(0, 100, 1), 3);
    EXPECT_TRUE(store.find("a", 3)->last_answered);
}

TEST(session_store, an_answer_to_what_is_forgotten_is_nothing) {
    session_store store(small(10));
    store.note("a", told(0, 500, 20), 0);
    EXPECT_FALSE(has(store, "a", 1));
    store.note("a", tool_turn(0), 1);
    store.note("a", told(0, 500, 20), 1 + idle_ms);
    EXPECT_FALSE(has(store, "a", 2 + idle_ms));
    EXPECT_EQ(store.read().entries, 0u);
}

TEST(session_store, what_is_idle_is_forgotten_and_any_use_keeps_it) {
    session_store store(small(10));
    store.note("a", human_turn(7, 100), 0);
    EXPECT_TRUE(has(store, "a", 999));
    store.note("a", told(0, 5, 5), 1'998);
    EXPECT_TRUE(has(store, "a", 2'997));
    store.note("a", tool_turn(1), 3'996);
    EXPECT_TRUE(has(store, "a", 4'995));
    EXPECT_FALSE(has(store, "a", 5'995));
    store.note("a", tool_turn(1), 5'996);
    EXPECT_EQ(store.find("a", 5'997)->requests, 1) << "it begins anew";
    EXPECT_EQ(store.find("a", 5'997)->ask_hash, 0u);
    EXPECT_EQ(store.read().evicted, 0u);
}

TEST(session_store, what_is_idle_leaves_when_the_next_one_comes) {
    session_store store(small(10));
    for (const char* key : {"a", "b", "c"}) store.note(key, tool_turn(0), 0);
    store.note("d", tool_turn(0), idle_ms);
    EXPECT_EQ(store.read().entries, 1u);
    EXPECT_EQ(store.read().evicted, 0u) << "not for want of room";
}

TEST(session_store, an_endless_idle_time_is_no_overflow) {
    constexpr std::int64_t latest = std::numeric_limits<std::int64_t>::max();
    session_store store({10, latest});
    store.note("a", tool_turn(0), 5'000);
    EXPECT_TRUE(has(store, "a", latest));
}

TEST(session_store, a_clock_of_another_thread_that_is_behind_takes_nothing_back) {
    session_store store(small(10));
    store.note("a", tool_turn(0), 900);
    EXPECT_TRUE(has(store, "a", 890));
    EXPECT_TRUE(has(store, "a", 1'895));
}

TEST(session_store, the_least_recently_used_goes_first) {
    session_store store(small(3));
    store.note("1", tool_turn(0), 0);
    store.note("2", tool_turn(0), 1);
    store.note("3", tool_turn(0), 2);
    EXPECT_TRUE(has(store, "1", 3));
    store.note("2", told(0, 1, 1), 4);
    store.note("4", tool_turn(0), 5);
    EXPECT_FALSE(has(store, "3", 6)) << "1 was looked at since, and 2 was answered";
    EXPECT_TRUE(has(store, "1", 6));
    EXPECT_TRUE(has(store, "2", 6));
    EXPECT_TRUE(has(store, "4", 6));
    EXPECT_EQ(store.read().evicted, 1u);
}

TEST(session_store, any_number_of_notes_leaves_as_many_as_there_is_room_for) {
    constexpr std::size_t notes = 200'000;
    constexpr std::size_t room = 1'000;
    session_store store({room, idle_ms * 1'000'000});
    for (std::size_t i = 0; i < notes; ++i) {
        store.note("session " + std::to_string(i), tool_turn(0), static_cast<std::int64_t>(i));
    }
    EXPECT_EQ(store.read().entries, room);
    EXPECT_EQ(store.read().evicted, notes - room);
    EXPECT_TRUE(has(store, "session 199999", notes));
}

TEST(session_store, the_bound_is_exact_for_any_number) {
    for (const std::size_t bound : {1U, 2U, 63U, 64U, 129U, 1'000U, 1'025U}) {
        session_store store({bound, idle_ms * 1'000'000});
        for (std::size_t i = 0; i < 20 * bound + 200; ++i) store.note(std::to_string(i), tool_turn(0), 0);
        EXPECT_EQ(store.read().entries, bound);
    }
}

TEST(session_store, no_entries_remember_nothing) {
    session_store store({0, idle_ms});
    store.note("a", human_turn(7, 100), 0);
    store.note("a", told(0, 5, 5), 0);
    EXPECT_FALSE(has(store, "a", 0));
    EXPECT_EQ(store.read().entries, 0u);
    EXPECT_EQ(store.read().evicted, 0u);
}

TEST(session_store, four_threads_never_see_a_mixture) {
    session_store store({300, idle_ms});
    constexpr int rounds = 5'000;
    std::vector<std::size_t> wrong(4);
    std::vector<std::size_t> found(4);
    std::vector<std::thread> threads;
    for (std::size_t me = 0; me < 4; ++me) {
        threads.emplace_back([&store, &wrong, &found, me] {
            for (int i = 0; i < rounds; ++i) {
                const std::string key = std::to_string(i % 400);
                // Tier, effort and reason of one note belong together. Longer than a string holds in itself.
                const std::string word = "effort of the thread number " + std::to_string(me);
                store.note(key, {me, word, word, true, me + 1, {i}, word}, i / 10);
                store.note(key, told(me, i + 1, 1), i / 10);
                const auto s = store.find(key, i / 10);
                if (!s) continue;
                ++found[me];
                const std::string expected = "effort of the thread number " + std::to_string(s->tier);
                if (s->effort != expected || s->effort_reason != expected) ++wrong[me];
                if (s->answers > s->requests + 4 || s->warm.size() > 4) ++wrong[me];
            }
        });
    }
    for (std::thread& t : threads) t.join();
    EXPECT_LE(store.read().entries, 300u);
    for (std::size_t me = 0; me < 4; ++me) {
        EXPECT_EQ(wrong[me], 0u);
        EXPECT_GT(found[me], 0u);
    }
}

TEST(session_store, what_several_threads_add_is_all_there) {
    session_store store({});
    constexpr int rounds = 3'000;
    std::vector<std::thread> threads;
    for (int me = 0; me < 4; ++me) {
        threads.emplace_back([&store] {
            for (int i = 0; i < rounds; ++i) {
                const std::string key = std::to_string(i % 3);
                store.note(key, tool_turn(0), 0);
                store.note(key, told(0, 10, 2), 0);
            }
        });
    }
    for (std::thread& t : threads) t.join();
    for (const char* key : {"0", "1", "2"}) {
        const auto s = store.find(key, 0);
        ASSERT_TRUE(s) << key;
        EXPECT_EQ(s->requests, 4 * rounds / 3);
        EXPECT_EQ(s->answers, 4 * rounds / 3);
        EXPECT_EQ(s->output_tokens, 2 * 4 * rounds / 3);
    }
}

}  // namespace
}  // namespace weir::state
