#include "weir/state/reasoning_store.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace weir::state {
namespace {

using keys = std::vector<std::string>;

std::string text_of(const std::shared_ptr<const kept_reasoning>& found) {
    return found ? found->text : "(none)";
}

// Bounds of one shard, so that the order of leaving is exact.
store_bounds small(std::size_t entries_max) { return {1024 * 1024, entries_max, 100'000, 1'000}; }

TEST(reasoning_store, what_is_kept_is_found_by_any_of_its_keys) {
    reasoning_store store({});
    store.keep("alice", keys{"call:1", "call:2", "text:x"}, {"thought", "signed"}, 0);
    for (const std::string key : {"call:1", "call:2", "text:x"}) {
        const auto found = store.find("alice", keys{key}, 1);
        ASSERT_TRUE(found) << key;
        EXPECT_EQ(found->text, "thought");
        EXPECT_EQ(found->signature, "signed");
    }
    EXPECT_FALSE(store.find("alice", keys{"call:3"}, 1));
    EXPECT_FALSE(store.find("alice", keys{}, 1));
}

TEST(reasoning_store, the_first_key_that_is_known_counts) {
    reasoning_store store({});
    store.keep("a", keys{"call:1"}, {"by call", ""}, 0);
    store.keep("a", keys{"text:t"}, {"by text", ""}, 0);
    EXPECT_EQ(text_of(store.find("a", keys{"call:1", "text:t"}, 1)), "by call");
    EXPECT_EQ(text_of(store.find("a", keys{"call:9", "text:t"}, 1)), "by text");
}

TEST(reasoning_store, an_empty_thought_is_kept_too) {
    reasoning_store store({});
    store.keep("a", keys{"call:1"}, {"", ""}, 0);
    EXPECT_EQ(text_of(store.find("a", keys{"call:1"}, 1)), "");
}

TEST(reasoning_store, no_owner_sees_what_is_anothers) {
    reasoning_store store({});
    store.keep("alice", keys{"call:1"}, {"hers", ""}, 0);
    store.keep("bob", keys{"call:1"}, {"his", ""}, 0);
    store.keep("", keys{"call:1"}, {"nobody's", ""}, 0);
    EXPECT_EQ(text_of(store.find("alice", keys{"call:1"}, 1)), "hers");
    EXPECT_EQ(text_of(store.find("bob", keys{"call:1"}, 1)), "his");
    EXPECT_EQ(text_of(store.find("", keys{"call:1"}, 1)), "nobody's");
    EXPECT_FALSE(store.find("carol", keys{"call:1"}, 1));
    // The same bytes, cut elsewhere.
    EXPECT_FALSE(store.find("alicec", keys{"all:1"}, 1));
    EXPECT_FALSE(store.find("ali", keys{"cecall:1"}, 1));
}

TEST(reasoning_store, the_later_of_two_with_one_key_stands) {
    reasoning_store store({});
    store.keep("a", keys{"call:1"}, {std::string(5000, 'x'), ""}, 0);
    const auto before = store.read();
    store.keep("a", keys{"call:1"}, {"new", ""}, 1);
    EXPECT_EQ(text_of(store.find("a", keys{"call:1"}, 2)), "new");
    const auto after = store.read();
    EXPECT_EQ(after.entries, 1u);
    EXPECT_EQ(after.bytes, before.bytes - 4997);
    EXPECT_EQ(after.evicted, 0u) << "an overwritten one did not go for want of room";
}

TEST(reasoning_store, nothing_is_found_after_its_time) {
    reasoning_store store({1024 * 1024, 100, 1000, 500});
    store.keep("a", keys{"call:1"}, {"thought", ""}, 10'000);
    EXPECT_TRUE(store.find("a", keys{"call:1"}, 10'000));
    EXPECT_TRUE(store.find("a", keys{"call:1"}, 10'499)) << "being used does not matter";
    EXPECT_FALSE(store.find("a", keys{"call:1"}, 10'500));
    EXPECT_EQ(store.read().entries, 0u);
    EXPECT_EQ(store.read().bytes, 0u);
}

TEST(reasoning_store, what_is_out_of_time_leaves_when_the_next_one_comes) {
    reasoning_store store(small(10));
    store.keep("a", keys{"call:1", "call:2", "call:3"}, {"old", ""}, 0);
    store.keep("a", keys{"call:4"}, {"new", ""}, 1'000);
    EXPECT_EQ(store.read().entries, 1u);
    EXPECT_EQ(store.read().evicted, 0u);
}

TEST(reasoning_store, an_endless_time_to_keep_is_no_overflow) {
    reasoning_store store({1024 * 1024, 100, 1000, std::numeric_limits<std::int64_t>::max()});
    store.keep("a", keys{"call:1"}, {"thought", ""}, 5'000);
    EXPECT_TRUE(store.find("a", keys{"call:1"}, std::numeric_limits<std::int64_t>::max() - 1));
}

TEST(reasoning_store, the_least_recently_used_goes_first) {
    reasoning_store store(small(3));
    store.keep("a", keys{"1"}, {"one", ""}, 0);
    store.keep("a", keys{"2"}, {"two", ""}, 1);
    store.keep("a", keys{"3"}, {"three", ""}, 2);
    EXPECT_TRUE(store.find("a", keys{"1"}, 3));
    store.keep("a", keys{"4"}, {"four", ""}, 4);
    EXPECT_FALSE(store.find("a", keys{"2"}, 5)) << "1 was used after it was kept, 2 was not";
    EXPECT_TRUE(store.find("a", keys{"3"}, 5));
    EXPECT_TRUE(store.find("a", keys{"1"}, 5));
    EXPECT_TRUE(store.find("a", keys{"4"}, 5));
    store.keep("a", keys{"5", "6"}, {"five", ""}, 6);
    EXPECT_FALSE(store.find("a", keys{"3"}, 7));
    EXPECT_FALSE(store.find("a", keys{"1"}, 7));
    EXPECT_EQ(store.read().evicted, 3u);
}

TEST(reasoning_store, entries_are_bounded_however_small_the_bound) {
    for (const std::size_t bound : {1u, 2u, 15u, 16u, 17u, 100u, 1'000u, 5'000u}) {
        store_bounds bounds;
        bounds.entries_max = bound;
        reasoning_store store(bounds);
        for (int i = 0; i < 6'000; ++i) store.keep("a", keys{"call:" + std::to_string(i)}, {"x", ""}, i);
        EXPECT_LE(store.read().entries, bound);
        EXPECT_GE(store.read().entries, bound - bound / 10) << "of " << bound;
        EXPECT_EQ(store.read().entries + store.read().evicted, 6'000u);
        EXPECT_TRUE(store.find("a", keys{"call:5999"}, 6'000)) << bound;
    }
}

TEST(reasoning_store, bytes_are_bounded_and_counted) {
    for (const std::size_t bound : {2'000u, 40'000u, 1'000'000u, 4'000'000u}) {
        reasoning_store store({bound, 100'000, 1'500, 1'000'000});
        for (int i = 0; i < 4'000; ++i) {
            store.keep("a", keys{"call:" + std::to_string(i)}, {std::string(1'000, 'x'), "s"}, i);
            ASSERT_LE(store.read().bytes, bound) << i;
        }
        EXPECT_GE(store.read().entries * 1'001, bound / 2) << "room for " << bound << " is used";
        EXPECT_GT(store.read().evicted, 0u) << bound;
        EXPECT_TRUE(store.find("a", keys{"call:3999"}, 4'000)) << bound;
    }
}

TEST(reasoning_store, the_bounds_hold_a_turn_of_the_greatest_size) {
    // Spread over all shards, 2 MiB would leave each too little for it.
    const store_bounds bounds{2 * 1024 * 1024, 65'536, 1024 * 1024, 1'000};
    reasoning_store store(bounds);
    store.keep("a", keys{"call:1"}, {std::string(bounds.turn_bytes_max, 'x'), ""}, 0);
    EXPECT_TRUE(store.find("a", keys{"call:1"}, 1));
}

TEST(reasoning_store, a_turn_over_its_bound_is_not_kept) {
    reasoning_store store(small(10));
    store.keep("a", keys{"call:1"}, {std::string(100'000, 'x'), ""}, 0);
    store.keep("a", keys{"call:2"}, {std::string(100'000, 'x'), "s"}, 0);
    EXPECT_TRUE(store.find("a", keys{"call:1"}, 1));
    EXPECT_FALSE(store.find("a", keys{"call:2"}, 1)) << "the signature counts";
    EXPECT_EQ(store.read().entries, 1u);
}

TEST(reasoning_store, no_bytes_or_no_entries_switch_it_off) {
    for (const store_bounds bounds :
         {store_bounds{0, 100, 1'000, 1'000}, store_bounds{1'000'000, 0, 1'000, 1'000},
          store_bounds{100, 100, 1'000, 1'000}}) {
        reasoning_store store(bounds);
        store.keep("a", keys{"call:1"}, {"thought", ""}, 0);
        EXPECT_FALSE(store.find("a", keys{"call:1"}, 1));
        EXPECT_EQ(store.read().entries, 0u);
        EXPECT_EQ(store.read().bytes, 0u);
        EXPECT_EQ(store.read().evicted, 0u);
    }
}

TEST(reasoning_store, four_threads_never_see_a_mixture) {
    reasoning_store store({200'000, 2'000, 10'000, 1'000'000});
    constexpr int rounds = 2'000;
    std::vector<std::size_t> wrong(4);
    std::vector<std::size_t> found(4);
    std::vector<std::thread> threads;
    for (std::size_t me = 0; me < 4; ++me) {
        threads.emplace_back([&store, &wrong, &found, me] {
            for (int i = 0; i < rounds; ++i) {
                // Two owners, so that threads write and read the same entries.
                const std::string owner = me % 2 == 0 ? "even" : "odd";
                const std::string name = "call:" + std::to_string(i % 50);
                const std::string text = owner + name + std::string(static_cast<std::size_t>(i % 700), 'x');
                store.keep(owner, keys{name, "text:" + name}, {text, owner}, i);
                const auto back = store.find(owner, keys{"text:" + name}, i);
                if (!back) continue;
                ++found[me];
                if (!back->text.starts_with(owner + name) || back->signature != owner) ++wrong[me];
                if (store.read().bytes > 200'000) ++wrong[me];
            }
        });
    }
    for (std::thread& t : threads) t.join();
    for (std::size_t me = 0; me < 4; ++me) {
        EXPECT_EQ(wrong[me], 0u);
        EXPECT_GT(found[me], 0u);
    }
}

}  // namespace
}  // namespace weir::state
