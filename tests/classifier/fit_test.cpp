#include "weir/classifier/fit.hpp"

#include "weir/classifier/measures.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace weir::classifier {
namespace {

constexpr unsigned bits = 8;

// Numbers that look random and are the same everywhere.
class numbers {
public:
    explicit numbers(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next() {
        state_ += 0x9E3779B97F4A7C15U;
        std::uint64_t x = state_;
        x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
        x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
        return x ^ (x >> 31U);
    }
    std::int64_t below(std::int64_t bound) {
        return static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(bound));
    }
    double unit() { return static_cast<double>(next() >> 11U) / 9007199254740992.0; }

private:
    std::uint64_t state_;
};

recipe toy_recipe() {
    recipe how;
    how.terms = {{find_feature("tools").value(), shape::logarithm, 1},
                 {find_feature("tool_calls").value(), shape::plain, 1}};
    how.bits = bits;
    how.terms_l2 = 1;
    how.words_l2 = 1;
    return how;
}

// Pro where there are more than four calls, or where the request says "prove".
std::vector<example> toy_rows(std::size_t count, std::uint64_t seed) {
    numbers random(seed);
    const std::vector<std::string> asks = {"rename this", "prove this", "list them", "say hello"};
    std::vector<example> rows;
    for (std::size_t i = 0; i < count; ++i) {
        example row;
        row.f.tools = random.below(20);
        row.f.tool_calls = random.below(9);
        const auto ask = static_cast<std::size_t>(random.below(4));
        row.words = buckets_of(asks[ask], bits);
        row.pro = row.f.tool_calls > 4 || ask == 1;
        row.source = static_cast<std::uint32_t>(random.below(6));
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<judged> judge(const std::vector<example>& rows, const linear& kind) {
    std::vector<judged> made;
    for (const example& row : rows) {
        double words = 0;
        for (const std::uint32_t b : row.words.buckets) words += static_cast<double>(kind.words.at(b));
        made.push_back({learned_score(row.f, words * row.words.value, kind) / 1000.0, row.pro});
    }
    return made;
}

TEST(fit, a_separable_problem_is_learned) {
    const linear kind = fit(toy_rows(600, 1), toy_recipe());
    const auto fresh = judge(toy_rows(600, 2), kind);
    EXPECT_GT(auroc(fresh).value_or(0), .99);
    EXPECT_GT(accuracy(fresh, .5), .94);
    EXPECT_LT(calibration_error(fresh), .08);
    EXPECT_EQ(kind.words.size(), std::size_t{1} << bits);
    EXPECT_GT(kind.terms[1].weight, 10 * std::abs(kind.terms[0].weight)) << "tools mean nothing here";
}

TEST(fit, the_same_rows_give_the_same_weights_bit_by_bit) {
    const linear one = fit(toy_rows(200, 3), toy_recipe());
    const linear two = fit(toy_rows(200, 3), toy_recipe());
    EXPECT_EQ(one.bias, two.bias);
    EXPECT_EQ(one.words, two.words);
    EXPECT_EQ(one.slope, two.slope);
    EXPECT_EQ(one.offset, two.offset);
    for (std::size_t i = 0; i < one.terms.size(); ++i)
        EXPECT_EQ(one.terms[i].weight, two.terms[i].weight) << i;
    EXPECT_NE(one.words, fit(toy_rows(200, 4), toy_recipe()).words);
}

TEST(fit, what_tells_nothing_weighs_nothing) {
    numbers random(5);
    std::vector<example> rows;
    for (int i = 0; i < 400; ++i) {
        example row;
        row.f.tools = random.below(20);
        row.f.tool_calls = 3;  // always the same
        row.pro = random.below(2) == 1;
        row.source = static_cast<std::uint32_t>(i % 7);
        rows.push_back(row);
    }
    const linear kind = fit(rows, toy_recipe());
    EXPECT_EQ(kind.terms[1].weight, 0);
    for (const judged& each : judge(rows, kind)) EXPECT_NEAR(each.score, .5, .12);
}

TEST(fit, rows_of_one_kind_or_none_give_a_constant) {
    auto rows = toy_rows(50, 6);
    for (example& row : rows) row.pro = true;
    const auto all_pro = judge(rows, fit(rows, toy_recipe()));
    for (const judged& each : all_pro) EXPECT_GT(each.score, .8);
    const linear nothing = fit({}, toy_recipe());
    EXPECT_EQ(learned_score(rows[0].f, 0, nothing), 500);
}

TEST(fit, a_number_far_beyond_the_training_counts_no_more_than_the_largest_there) {
    const linear kind = fit(toy_rows(300, 7), toy_recipe());
    features far, farther;
    far.tool_calls = 1'000;
    farther.tool_calls = 1'000'000'000;
    EXPECT_EQ(learned_score(far, 0, kind), learned_score(farther, 0, kind));
    features most;
    most.tool_calls = 8;
    EXPECT_GE(learned_score(far, 0, kind), learned_score(most, 0, kind));
}

// Each family has its own word for what needs the dearer tier: known families are easy, a new one is not.
TEST(fit, held_out_parts_are_judged_by_weights_that_never_saw_them) {
    numbers random(8);
    const std::vector<std::string> signs = {"alpha", "beta", "gamma", "delta"};
    std::vector<example> rows;
    std::vector<std::uint32_t> family, shuffled;
    for (int i = 0; i < 800; ++i) {
        const auto which = static_cast<std::size_t>(i % 4);
        example row;
        row.pro = random.below(2) == 1;
        row.words = buckets_of((row.pro ? signs[which] + "yes" : signs[which] + "no"), 12);
        row.source = static_cast<std::uint32_t>(which);
        rows.push_back(std::move(row));
        family.push_back(static_cast<std::uint32_t>(which));
        shuffled.push_back(static_cast<std::uint32_t>(random.below(5)));
    }
    recipe how = toy_recipe();
    how.bits = 12;
    const auto measure = [&](const std::vector<std::uint32_t>& parts) {
        const auto given = held_out(rows, parts, how);
        std::vector<judged> made;
        for (std::size_t i = 0; i < rows.size(); ++i) made.push_back({given[i], rows[i].pro});
        return auroc(made).value_or(0);
    };
    EXPECT_GT(measure(shuffled), .99);
    EXPECT_LT(measure(family), .6);
}

TEST(fit, progress_is_told_part_by_part) {
    const auto rows = toy_rows(60, 9);
    std::vector<std::uint32_t> parts;
    for (const example& row : rows) parts.push_back(row.source % 3);
    std::vector<std::size_t> seen;
    (void)held_out(rows, parts, toy_recipe(), [&](std::size_t done, std::size_t of) {
        EXPECT_EQ(of, 3U);
        seen.push_back(done);
    });
    EXPECT_EQ(seen, (std::vector<std::size_t>{1, 2, 3}));
}

TEST(fit, the_default_recipe_takes_what_a_request_shows_and_not_what_surrounds_it) {
    const recipe how = default_recipe();
    const auto has = [&](std::string_view name) {
        for (const linear_term& t : how.terms) {
            if (feature_list()[t.feature].name == name) return true;
        }
        return false;
    };
    for (const char* name : {"turn", "prompt_chars", "tools", "tool_calls", "pasted_share", "json_schema"})
        EXPECT_TRUE(has(name)) << name;
    for (const char* name : {"max_tokens", "session_turns", "warm_tokens", "error_cost_usd"})
        EXPECT_FALSE(has(name)) << name;
}

// An operator whose rule is another than the shipped one: here what counts are failures.
std::vector<outcome> own_traffic(std::size_t count, std::uint64_t seed) {
    numbers random(seed);
    std::vector<outcome> rows;
    for (std::size_t i = 0; i < count; ++i) {
        outcome row;
        row.f.tools = random.below(30);
        row.f.tool_calls = random.below(9);
        row.f.failed_results_of_last_6 = random.below(5);
        row.f.session_turns = random.below(20);
        row.words_part = 2 * random.unit() - 1;
        const double sum = 1.5 * static_cast<double>(row.f.failed_results_of_last_6) - 3 + 2 * row.words_part;
        row.pro = random.unit() < 1 / (1 + std::exp(-sum));
        rows.push_back(row);
    }
    return rows;
}

double auroc_of(const std::vector<outcome>& rows, const linear& kind) {
    std::vector<judged> made;
    for (const outcome& row : rows)
        made.push_back({learned_score(row.f, row.words_part, kind) / 1000.0, row.pro});
    return auroc(made).value_or(0);
}

TEST(refit, three_hundred_outcomes_beat_weights_made_for_other_traffic) {
    const linear shipped = fit(toy_rows(600, 10), toy_recipe());
    for (const std::uint64_t seed : {11U, 12U, 13U}) {
        const linear own = refit(shipped, own_traffic(300, seed));
        const auto later = own_traffic(1000, seed + 100);
        EXPECT_GT(auroc_of(later, own), auroc_of(later, shipped) + .1) << seed;
        EXPECT_GT(auroc_of(later, own), .8) << seed;
        EXPECT_EQ(own.words, shipped.words) << "the words stay";
        EXPECT_EQ(own.slope, 1);
        EXPECT_EQ(own.offset, 0);
    }
}

TEST(refit, a_few_outcomes_barely_move_good_weights) {
    const linear shipped = refit(fit(toy_rows(600, 14), toy_recipe()), own_traffic(2000, 15));
    const auto later = own_traffic(1000, 16);
    const double before = auroc_of(later, shipped);
    for (const std::size_t count : {1U, 5U, 20U}) {
        EXPECT_GT(auroc_of(later, refit(shipped, own_traffic(count, 17))), before - .05) << count;
    }
    const linear same = refit(shipped, {});
    EXPECT_EQ(same.bias, shipped.bias);
    EXPECT_EQ(same.terms.size(), shipped.terms.size());
}

TEST(refit, every_feature_gets_a_term_and_the_sum_carries_the_calibration) {
    linear shipped = fit(toy_rows(300, 18), toy_recipe());
    shipped.slope = .5;
    shipped.offset = -1;
    refit_recipe stiff;
    stiff.l2 = {1e9};
    const auto rows = own_traffic(200, 19);
    const linear own = refit(shipped, rows, stiff);
    EXPECT_EQ(own.terms.size(), feature_list().size());
    EXPECT_NEAR(own.words_scale, .5 * shipped.words_scale, 1e-3);
    for (std::size_t i = 0; i < shipped.terms.size(); ++i)
        EXPECT_NEAR(own.terms[i].weight, .5 * shipped.terms[i].weight, 1e-3) << i;
}

TEST(refit, outcomes_that_count_more_move_more) {
    const linear shipped = fit(toy_rows(300, 20), toy_recipe());
    auto rows = own_traffic(200, 21);
    features f;
    const int before = learned_score(f, 0, refit(shipped, rows));
    for (outcome& row : rows) row.weight = row.pro ? 5 : 1;
    EXPECT_GT(learned_score(f, 0, refit(shipped, rows)), before);
}

}  // namespace
}  // namespace weir::classifier
