#include "weir/state/tallies.hpp"

#include <gtest/gtest.h>

#include <barrier>
#include <cstdint>
#include <thread>
#include <vector>

namespace weir::state {
namespace {

TEST(accepted_tallies, each_class_is_counted_by_itself) {
    accepted_tallies tallies({"interactive", "batch"});
    EXPECT_EQ(tallies.count("interactive"), 0);
    tallies.add("batch");
    tallies.add("batch");
    tallies.add("interactive");
    EXPECT_EQ(tallies.count("interactive"), 1);
    EXPECT_EQ(tallies.count("batch"), 2);
}

TEST(accepted_tallies, counting_goes_on_from_what_the_ledger_knows) {
    accepted_tallies tallies({"interactive", "batch"});
    tallies.set("batch", 999);
    tallies.add("batch");
    EXPECT_EQ(tallies.count("batch"), 1'000);
    EXPECT_EQ(tallies.count("interactive"), 0);
}

TEST(accepted_tallies, a_class_that_the_configuration_lacks_is_not_counted) {
    accepted_tallies tallies({"batch"});
    tallies.set("other", 5);
    tallies.add("other");
    tallies.add("");
    tallies.add("batc");
    EXPECT_EQ(tallies.count("other"), 0);
    EXPECT_EQ(tallies.count("batch"), 0);
    accepted_tallies none({});
    none.add("batch");
    EXPECT_EQ(none.count("batch"), 0);
}

TEST(accepted_tallies, a_name_that_comes_twice_is_one_class) {
    accepted_tallies tallies({"batch", "batch", "interactive"});
    tallies.add("batch");
    tallies.add("interactive");
    EXPECT_EQ(tallies.count("batch"), 1);
    EXPECT_EQ(tallies.count("interactive"), 1);
}

TEST(accepted_tallies, no_addition_of_several_threads_is_lost) {
    constexpr std::int64_t rounds = 100'000;
    accepted_tallies tallies({"interactive", "batch"});
    std::barrier all_there(4);
    std::vector<std::thread> threads;
    for (int me = 0; me < 4; ++me) {
        threads.emplace_back([&] {
            all_there.arrive_and_wait();
            for (int i = 0; i < rounds; ++i) tallies.add(i % 4 == 0 ? "interactive" : "batch");
        });
    }
    for (std::thread& t : threads) t.join();
    EXPECT_EQ(tallies.count("interactive"), rounds);
    EXPECT_EQ(tallies.count("batch"), 3 * rounds);
}

}  // namespace
}  // namespace weir::state
