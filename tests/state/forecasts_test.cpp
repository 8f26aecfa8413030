#include "weir/state/forecasts.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <thread>
#include <vector>

namespace weir::state {
namespace {

constexpr answer_kind plain{};

void note_all(output_forecasts& forecasts, const std::vector<std::int64_t>& answers,
              const answer_kind& kind = plain) {
    for (const std::int64_t tokens : answers) forecasts.note("key", kind, tokens);
}

TEST(output_forecasts, nothing_is_said_before_eight_answers) {
    output_forecasts forecasts;
    for (int seen = 0; seen < 8; ++seen) {
        EXPECT_EQ(forecasts.forecast("key", plain), 0) << "after " << seen;
        forecasts.note("key", plain, 500);
    }
    EXPECT_EQ(forecasts.forecast("key", plain), 500);
}

TEST(output_forecasts, the_median_is_told) {
    struct row {
        std::vector<std::int64_t> answers;
        std::int64_t median;
    };
    const std::vector<row> rows{
        {{1, 2, 3, 4, 5, 6, 7, 8}, 4},
        {{9, 8, 7, 6, 5, 4, 3, 2, 1}, 5},
        {{10, 10, 10, 10, 90'000, 90'000, 90'000, 90'000, 90'000}, 90'000},
        {{0, 0, 0, 0, 0, 0, 0, 64'000}, 0},
        {{5, 5, 5, 5, 5, 5, 5, -1, -7}, 0},
    };
    for (const row& r : rows) {
        output_forecasts forecasts;
        note_all(forecasts, r.answers);
        EXPECT_EQ(forecasts.forecast("key", plain), r.median) << r.answers.size() << " answers";
    }
}

TEST(output_forecasts, the_last_64_answers_count) {
    output_forecasts forecasts;
    note_all(forecasts, std::vector<std::int64_t>(1'000, 10));
    note_all(forecasts, std::vector<std::int64_t>(32, 999));
    EXPECT_EQ(forecasts.forecast("key", plain), 10) << "32 of 64: the lower of two middle ones";
    forecasts.note("key", plain, 999);
    EXPECT_EQ(forecasts.forecast("key", plain), 999);
    note_all(forecasts, std::vector<std::int64_t>(33, 10));
    EXPECT_EQ(forecasts.forecast("key", plain), 10);
}

TEST(output_forecasts, answers_of_another_kind_do_not_count) {
    const std::vector<answer_kind> kinds{{false, false, 100}, {true, false, 100},   {false, true, 100},
                                         {true, true, 100},   {false, false, 1000}, {false, false, 0}};
    output_forecasts forecasts;
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        note_all(forecasts, std::vector<std::int64_t>(8, static_cast<std::int64_t>(i) + 1), kinds[i]);
    }
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        EXPECT_EQ(forecasts.forecast("key", kinds[i]), static_cast<std::int64_t>(i) + 1);
        EXPECT_EQ(forecasts.forecast("another", kinds[i]), 0);
    }
}

TEST(output_forecasts, contexts_are_alike_within_a_power_of_four) {
    const auto alike = [](std::int64_t one, std::int64_t other) {
        output_forecasts forecasts;
        note_all(forecasts, std::vector<std::int64_t>(8, 7), {false, false, one});
        return forecasts.forecast("key", {false, false, other}) == 7;
    };
    for (std::int64_t power = 1; power < 1'000'000'000'000; power *= 4) {
        EXPECT_TRUE(alike(power, 4 * power - 1)) << power;
        EXPECT_FALSE(alike(power, power - 1)) << power;
        EXPECT_FALSE(alike(power, 4 * power)) << power;
    }
    EXPECT_TRUE(alike(0, -5));
    EXPECT_TRUE(alike(std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::max()));
}

TEST(output_forecasts, a_monstrous_count_is_no_overflow) {
    output_forecasts forecasts;
    note_all(forecasts, std::vector<std::int64_t>(8, std::numeric_limits<std::int64_t>::max()));
    EXPECT_EQ(forecasts.forecast("key", plain), std::numeric_limits<std::uint32_t>::max());
}

TEST(output_forecasts, kinds_are_bounded_and_what_is_asked_for_stays) {
    output_forecasts forecasts(10);
    note_all(forecasts, std::vector<std::int64_t>(8, 7));
    for (int i = 0; i < 1'000; ++i) {
        forecasts.note("client " + std::to_string(i), plain, 1);
        EXPECT_EQ(forecasts.forecast("key", plain), 7) << i;
    }
    EXPECT_EQ(forecasts.read().entries, 10u);
    EXPECT_EQ(forecasts.read().evicted, 991u);
    for (int i = 0; i < 10; ++i) forecasts.note("other " + std::to_string(i), plain, 1);
    EXPECT_EQ(forecasts.forecast("key", plain), 0) << "nobody asked for it since";
}

TEST(output_forecasts, no_entries_remember_nothing) {
    output_forecasts forecasts(0);
    note_all(forecasts, std::vector<std::int64_t>(8, 7));
    EXPECT_EQ(forecasts.forecast("key", plain), 0);
    EXPECT_EQ(forecasts.read().entries, 0u);
}

TEST(output_forecasts, several_threads_may_note_and_ask) {
    output_forecasts forecasts(100);
    std::vector<int> wrong(4);
    std::vector<std::thread> threads;
    for (std::size_t me = 0; me < 4; ++me) {
        threads.emplace_back([&forecasts, &wrong, me] {
            for (int i = 0; i < 5'000; ++i) {
                const std::string client = std::to_string(i % 50);
                forecasts.note(client, plain, 10 + i % 50);
                const std::int64_t seen = forecasts.forecast(client, plain);
                if (seen != 0 && seen != 10 + i % 50) ++wrong[me];
            }
        });
    }
    for (std::thread& t : threads) t.join();
    EXPECT_EQ(wrong, std::vector<int>(4));
    EXPECT_EQ(forecasts.forecast("49", plain), 59);
}

}  // namespace
}  // namespace weir::state
