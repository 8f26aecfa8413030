#include "weir/whatif/refit.hpp"

#include "weir/classifier/measures.hpp"

#include "whatif/support.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace weir::whatif {
namespace {

using namespace testing;

double auroc_on(const classifier::linear& kind, const std::vector<test::own_request>& requests,
                const router::routing& routes) {
    std::vector<classifier::judged> judged;
    inputs with;
    for (const test::own_request& r : requests) {
        remake(with, r.row.made_of, r.row.model_asked, r.row.key_id, routes);
        judged.push_back(
            {static_cast<double>(classifier::learned_score(with.features, with.learned.words_part, kind)),
             r.needs_more});
    }
    return classifier::auroc(judged).value_or(0);
}

// The first requests until `count` outcomes are known.
std::vector<past> until_known(const std::vector<test::own_request>& requests, std::size_t count) {
    std::vector<past> rows;
    for (const test::own_request& r : requests) {
        if (count == 0) break;
        rows.push_back(r.row);
        if (r.row.needed_more) --count;
    }
    return rows;
}

TEST(refit, three_hundred_outcomes_beat_general_weights_on_the_next_thousand_requests) {
    const router::routing routes = routing_with_weights();
    const auto book = test::own_prices();
    const classifier::linear base = general_weights();
    for (const std::uint64_t seed : {11U, 12U, 13U, 14U, 15U}) {
        auto all = test::own_traffic(routes, book, {.seed = seed, .requests = 3'000, .judged = 0.4}).rows();
        const auto known = until_known(all, 300);
        ASSERT_LT(known.size() + 1'000, all.size());
        const std::vector<test::own_request> next(
            all.begin() + static_cast<std::ptrdiff_t>(known.size()),
            all.begin() + static_cast<std::ptrdiff_t>(known.size()) + 1'000);
        const auto made = refit_on(known, routes, base);
        ASSERT_TRUE(made.has_value()) << made.error().detail;
        EXPECT_EQ(made->rows, 300U);
        const double before = auroc_on(base, next, routes), after = auroc_on(made->weights, next, routes);
        EXPECT_GE(after, before + 0.1) << "seed " << seed << ": " << before << " -> " << after;
        EXPECT_GT(after, 0.75) << "seed " << seed;
        ASSERT_TRUE(made->auroc_after && made->auroc_before);
        EXPECT_GT(*made->auroc_after, *made->auroc_before);
    }
}

TEST(refit, the_same_rows_give_the_same_weights) {
    const router::routing routes = routing_with_weights();
    const auto rows =
        rows_of(test::own_traffic(routes, test::own_prices(), {.seed = 3, .requests = 400}).rows());
    const auto one = refit_on(rows, routes, general_weights());
    const auto other = refit_on(rows, routes, general_weights());
    ASSERT_TRUE(one && other);
    EXPECT_EQ(one->weights.bias, other->weights.bias);
    ASSERT_EQ(one->weights.terms.size(), other->weights.terms.size());
    for (std::size_t i = 0; i < one->weights.terms.size(); ++i) {
        EXPECT_EQ(one->weights.terms[i].weight, other->weights.terms[i].weight) << i;
    }
    EXPECT_EQ(one->weights.words, general_weights().words) << "there is no text to learn words from";
}

TEST(refit, the_hash_is_that_of_the_rows_that_were_fitted_on) {
    const router::routing routes = routing_with_weights();
    auto rows = rows_of(test::own_traffic(routes, test::own_prices(), {.seed = 3, .requests = 400}).rows());
    const auto hash = [&] {
        const auto made = refit_on(rows, routes, general_weights());
        return made ? made->sha256 : made.error().detail;
    };
    const std::string first = hash();
    EXPECT_EQ(first.size(), 64U);
    EXPECT_EQ(hash(), first);
    EXPECT_GT(std::erase_if(rows, [](const past& r) { return !r.needed_more; }), 0U);
    EXPECT_EQ(hash(), first) << "of what nothing is known is no part of it";
    rows.front().needed_more = !*rows.front().needed_more;
    const std::string other_outcome = hash();
    EXPECT_NE(other_outcome, first);
    rows.front().made_of.features[1] += 1;
    EXPECT_NE(hash(), other_outcome);
}

TEST(refit, refitted_weights_say_whose_words_they_have) {
    classifier::linear base = general_weights();
    EXPECT_EQ(own_name(base), "general-1.own");
    EXPECT_EQ(words_of("general/1"), "general/1");
    EXPECT_EQ(words_of("general-1.own/4"), "general/1");
    EXPECT_EQ(words_of("two-words-12.own/1"), "two-words/12");
    EXPECT_EQ(words_of(""), "");
    EXPECT_EQ(words_of(".own/1"), "");

    const router::routing routes = routing_with_weights();
    const auto rows =
        rows_of(test::own_traffic(routes, test::own_prices(), {.seed = 4, .requests = 300}).rows());
    const auto first = refit_on(rows, routes, base);
    ASSERT_TRUE(first.has_value());
    EXPECT_EQ(first->weights.name, "general-1.own");
    EXPECT_EQ(first->weights.version, 1);
    const auto second = refit_on(rows, routes, first->weights);
    ASSERT_TRUE(second.has_value()) << second.error().detail;
    EXPECT_EQ(second->weights.name, "general-1.own");
    EXPECT_EQ(second->weights.version, 2);
    EXPECT_EQ(second->rows, first->rows);
}

TEST(refit, rows_whose_words_were_weighed_otherwise_are_left_out) {
    const router::routing routes = routing_with_weights();
    auto rows = rows_of(test::own_traffic(routes, test::own_prices(), {.seed = 5, .requests = 300}).rows());
    std::size_t other = 0;
    for (std::size_t i = 0; i < 50; ++i) {
        rows[i].made_of.weights = "else/1";
        other += rows[i].needed_more ? 1 : 0;
    }
    for (std::size_t i = 50; i < 100; ++i) rows[i].made_of.weights = "general-1.own/3";
    const auto made = refit_on(rows, routes, general_weights());
    ASSERT_TRUE(made.has_value());
    EXPECT_EQ(made->other_words, other);
    EXPECT_GT(other, 20U);
    classifier::linear wordless = general_weights();
    wordless.words.clear();
    EXPECT_EQ(refit_on(rows, routes, wordless)->other_words, 0U);
}

TEST(refit, too_few_outcomes_are_refused_with_their_number) {
    const router::routing routes = routing_with_weights();
    auto rows = rows_of(test::own_traffic(routes, test::own_prices(), {.seed = 6, .requests = 300}).rows());
    std::vector<past> few(rows.begin(), rows.begin() + 10);
    const auto refused = refit_on(few, routes, general_weights());
    ASSERT_FALSE(refused.has_value());
    EXPECT_NE(refused.error().detail.find("are the least"), std::string::npos) << refused.error().detail;
    for (past& r : rows) {
        if (r.needed_more) r.needed_more = false;
    }
    EXPECT_FALSE(refit_on(rows, routes, general_weights()).has_value()) << "all of one kind";
    EXPECT_FALSE(refit_on({}, routes, general_weights()).has_value());
}

}  // namespace
}  // namespace weir::whatif
