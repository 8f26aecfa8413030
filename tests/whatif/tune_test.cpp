#include "weir/whatif/tune.hpp"

#include "whatif/support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

namespace weir::whatif {
namespace {

using namespace testing;
using ::testing::HasSubstr;
using ::testing::Not;

// The rule that own_traffic hides, as weights would have it: scores that rank well.
router::routing routing_with_own_weights() {
    router::routing routes = routing_with_weights();
    classifier::linear& kind = *routes.policies.front().learned.kind;
    kind.name = "general-1.own";
    kind.bias = 0.5 - 1.9 * 8.7;
    kind.words_scale = 0;
    kind.terms = {{classifier::find_feature("context_tokens").value(), classifier::shape::logarithm, 1, 1.9},
                  {classifier::find_feature("json_schema").value(), classifier::shape::plain, 1, -1.8}};
    return routes;
}

std::vector<past> three_weeks(const router::routing& routes, std::uint64_t seed,
                              std::size_t requests = 3'000) {
    return rows_of(test::own_traffic(routes, test::own_prices(),
                                     {.seed = seed,
                                      .requests = requests,
                                      .between_ms = static_cast<std::int64_t>(21 * 86'400'000 / requests)})
                       .rows());
}

tune_options aiming(aim what, int per_mille) {
    tune_options how;
    how.target = {what, per_mille};
    return how;
}

// A third is held out, so that two points are more than chance makes of some thousand requests.
TEST(tune, meets_its_target_within_two_points_on_held_out_days) {
    const router::routing routes = routing_with_own_weights();
    const auto book = test::own_prices();
    const auto off_by = [](const std::optional<std::int64_t>& held_out, int target) {
        return std::abs(held_out.value_or(0) - target);
    };
    constexpr tune_target share{aim::max_pro_share, 250}, savings{aim::target_savings, 400},
        recall{aim::min_pro_recall, 850};
    const std::vector<std::vector<tune_target>> by_seed{{}, {share, savings}, {savings, recall}, {share}};
    for (std::uint64_t seed = 1; seed < by_seed.size(); ++seed) {
        const auto rows = three_weeks(routes, seed, 12'000);
        for (const tune_target target : by_seed[seed]) {
            const auto t = tune(rows, routes, book, {target, 7, 5});
            ASSERT_TRUE(t && t->held_out) << seed;
            EXPECT_TRUE(t->met);
            EXPECT_GT(t->held_out->requests, 3'500);
            SCOPED_TRACE("seed " + std::to_string(seed) + ", " + yaml_patch(*t, target));
            switch (target.what) {
                case aim::max_pro_share:
                    EXPECT_LE(t->chosen.dearer_per_mille, target.per_mille);
                    EXPECT_LE(off_by(t->held_out->dearer_per_mille, target.per_mille), 20);
                    break;
                case aim::target_savings:
                    EXPECT_GE(t->chosen.saved_per_mille, target.per_mille);
                    EXPECT_LE(off_by(t->held_out->saved_per_mille, target.per_mille), 20);
                    break;
                case aim::min_pro_recall:
                    EXPECT_GE(t->chosen.recall_per_mille, target.per_mille);
                    EXPECT_LE(off_by(t->held_out->recall_per_mille, target.per_mille), 20);
                    break;
            }
        }
    }
}

TEST(tune, takes_the_threshold_nearest_to_the_target_from_the_side_that_meets_it) {
    const router::routing routes = routing_with_own_weights();
    const auto book = test::own_prices();
    const auto rows = three_weeks(routes, 4, 1'500);
    const auto at = [&](int threshold) {
        router::routing with = routes;
        set_threshold(with, threshold);
        return replay(rows, with, book);
    };
    tune_options how = aiming(aim::target_savings, 400);
    how.holdout_days = 0;
    how.curve_points_max = 9;
    const auto t = tune(rows, routes, book, how);
    ASSERT_TRUE(t.has_value());
    EXPECT_FALSE(t->held_out.has_value());
    const auto here = at(t->chosen.threshold);
    EXPECT_EQ(saved_per_mille(here.replayed, here.all.back()), t->chosen.saved_per_mille);
    EXPECT_EQ(here.replayed.cost, t->chosen.cost);
    EXPECT_EQ(dearer_per_mille(here.replayed), t->chosen.dearer_per_mille);
    const auto below = at(t->chosen.threshold - 1);
    EXPECT_LT(saved_per_mille(below.replayed, below.all.back()).value(), 400);

    how.target = {aim::min_pro_recall, 800};
    const auto recall = tune(rows, routes, book, how);
    ASSERT_TRUE(recall.has_value());
    EXPECT_GE(recall_per_mille(at(recall->chosen.threshold).replayed).value(), 800);
    EXPECT_LT(recall_per_mille(at(recall->chosen.threshold + 1).replayed).value(), 800);
}

TEST(tune, draws_a_curve_from_all_to_none) {
    const router::routing routes = routing_with_own_weights();
    const auto rows = three_weeks(routes, 5, 1'000);
    const auto t = tune(rows, routes, test::own_prices(), aiming(aim::max_pro_share, 300));
    ASSERT_TRUE(t.has_value());
    EXPECT_GT(t->curve.size(), 20U);
    EXPECT_EQ(t->curve.front().threshold, 0);
    EXPECT_EQ(t->curve.back().threshold, threshold_max);
    EXPECT_TRUE(std::ranges::is_sorted(t->curve, {}, &curve_point::threshold));
    EXPECT_TRUE(std::ranges::is_sorted(t->curve, std::greater{}, &curve_point::dearer_per_mille));
    EXPECT_EQ(t->curve.front().dearer_per_mille, 1'000)
        << "no line of the policy sends these rows to the cheapest";
    EXPECT_GT(t->curve.front().needed_more, 50);
    for (const curve_point& p : t->curve) EXPECT_EQ(p.requests, t->curve.front().requests);

    const plot drawn = plot_of(*t);
    ASSERT_EQ(drawn.series.size(), 2U);
    EXPECT_EQ(drawn.series[0].points.size(), t->curve.size());
    ASSERT_TRUE(drawn.mark.has_value());
    EXPECT_DOUBLE_EQ(drawn.mark->at.x, static_cast<double>(t->chosen.dearer_per_mille) / 1000);
    EXPECT_THAT(to_svg(drawn), HasSubstr("share of requests above flash"));
}

TEST(tune, leaves_lines_in_force) {
    const auto book = test::own_prices();
    router::routing routes = routing_with_own_weights();
    auto& lines = routes.policies.front().decide;
    lines.insert(lines.begin(),
                 {{router::measured("json_schema", router::comparison::from, 1)}, 0, "", "schema", "x:1"});
    const auto rows = three_weeks(routes, 6, 1'000);
    const auto schemas = std::ranges::count_if(rows, [](const past& r) {
        return r.made_of.features[classifier::find_feature("json_schema").value()] == 1;
    });
    tune_options how = aiming(aim::max_pro_share, 1'000);
    how.holdout_days = 0;
    const auto t = tune(rows, routes, book, how);
    ASSERT_TRUE(t.has_value());
    EXPECT_GT(schemas, 100);
    EXPECT_EQ(t->curve.front().dearer_per_mille, (1'000 - schemas) * 1'000 / 1'000);
}

TEST(tune, says_what_comes_nearest_where_no_threshold_meets_the_target) {
    const router::routing routes = routing_with_own_weights();
    const auto book = test::own_prices();
    const auto rows = three_weeks(routes, 7, 1'000);
    const auto t = tune(rows, routes, book, aiming(aim::target_savings, 990));
    ASSERT_TRUE(t.has_value());
    EXPECT_FALSE(t->met);
    EXPECT_EQ(t->chosen.threshold, threshold_max) << "the cheapest that there is";
    const std::string patch = yaml_patch(*t, {aim::target_savings, 990});
    EXPECT_THAT(patch, HasSubstr("a saving of at least 99.0 %. No threshold gives it; this is the nearest."));
    EXPECT_THAT(patch, HasSubstr("  pro_from_score: 1\n"));
}

TEST(tune, holds_out_the_days_that_it_is_told) {
    const router::routing routes = routing_with_own_weights();
    const auto book = test::own_prices();
    const auto rows = three_weeks(routes, 8, 600);
    struct split {
        std::optional<std::size_t> days;
        std::size_t held;  // of 22 days in UTC, as the first row comes in mid-day
    };
    for (const split& s : std::vector<split>{{std::nullopt, 4}, {1, 1}, {10, 10}, {0, 0}}) {
        tune_options how = aiming(aim::max_pro_share, 300);
        how.holdout_days = s.days;
        const auto t = tune(rows, routes, book, how);
        ASSERT_TRUE(t.has_value());
        EXPECT_EQ(t->held_out.has_value(), s.held > 0);
        if (!t->held_out) continue;
        const auto first = parse_rfc3339(t->held_first_day), last = parse_rfc3339(t->held_last_day);
        ASSERT_TRUE(first && last) << t->held_first_day;
        EXPECT_EQ((*last - *first) / std::chrono::days{1} + 1, static_cast<std::int64_t>(s.held));
        EXPECT_LT(t->last_day, t->held_first_day);
        EXPECT_EQ(t->held_out->requests + t->chosen.requests, 600);
    }
}

TEST(tune, counts_what_its_figures_lack_on_tuned_and_on_held_out_days) {
    const router::routing routes = routing_with_own_weights();
    const auto book = test::own_prices();
    auto rows = three_weeks(routes, 10, 300);
    const std::size_t last = rows.size() - 1;
    rows[0].currency = rows[last].currency = "CNY";
    rows[1].model_asked = "nobody-knows";
    rows[2].made_of.weights = rows[last - 1].made_of.weights = rows[last - 2].made_of.weights = "else/1";
    rows[3].tier = "middle";
    const auto t = tune(rows, routes, book, aiming(aim::max_pro_share, 300));
    ASSERT_TRUE(t && t->held_out);
    EXPECT_EQ(t->but.otherwise_paid, 2);
    EXPECT_EQ(t->but.unroutable, 1);
    EXPECT_EQ(t->but.other_weights, 3);
    EXPECT_EQ(t->but.other_tier, 1);
    EXPECT_EQ(t->chosen.but.otherwise_paid, 1);
    EXPECT_EQ(t->chosen.requests + t->held_out->requests, 297);
}

TEST(tune, prints_a_patch_with_its_reasons) {
    tuning t;
    t.policy = "bounded/1";
    t.weights = "shipped/1";
    t.tiers = {"flash", "pro"};
    t.first_day = "2026-11-01";
    t.last_day = "2026-11-16";
    t.met = true;
    t.chosen.threshold = 42;
    t.chosen.requests = 1'200;
    t.chosen.dearer_per_mille = 310;
    t.chosen.saved_per_mille = 432;
    t.chosen.recall_per_mille = 714;
    t.chosen.needed_more = 77;
    EXPECT_EQ(yaml_patch(t, {aim::max_pro_share, 320}),
              "# Asked for: a share on dearer tiers of at most 32.0 %.\n"
              "# Tuned on 2026-11-01 to 2026-11-16: saves 43.2 % against all pro, 31.0 % of 1200 requests "
              "above flash, recall 71.4 % of 77.\n"
              "# No day was held out.\n"
              "# Into the file of the policy bounded/1, whose learned weights are shipped/1:\n"
              "learned:\n  decides: when_tuned\n  pro_from_score: 0.042\n");
    t.held_first_day = "2026-11-17";
    t.held_last_day = "2026-11-20";
    t.held_out = t.chosen;
    EXPECT_THAT(yaml_patch(t, {aim::max_pro_share, 320}),
                HasSubstr("# Held out, 2026-11-17 to 2026-11-20: saves"));
}

TEST(tune, refuses_what_it_cannot_do) {
    const auto book = test::own_prices();
    const router::routing routes = routing_with_own_weights();
    const auto rows = three_weeks(routes, 9, 100);
    const auto without = tune(rows, router::shipped_routing(), book, {});
    ASSERT_FALSE(without.has_value());
    EXPECT_EQ(without.error().detail, "the policy bounded has no learned score to tune");
    EXPECT_FALSE(tune({}, routes, book, {}).has_value());

    tune_options all_held;
    all_held.holdout_days = 1'000;
    EXPECT_FALSE(tune(rows, routes, book, all_held).has_value());

    std::vector<past> untold = rows;
    for (past& r : untold) r.needed_more.reset();
    EXPECT_FALSE(tune(untold, routes, book, aiming(aim::min_pro_recall, 500)).has_value());
    EXPECT_TRUE(tune(untold, routes, book, aiming(aim::max_pro_share, 500)).has_value());

    std::vector<past> foreign = rows;
    for (past& r : foreign) r.currency = "CNY";
    EXPECT_FALSE(tune(foreign, routes, book, {}).has_value());
}

}  // namespace
}  // namespace weir::whatif
