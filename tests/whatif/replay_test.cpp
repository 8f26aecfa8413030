#include "weir/whatif/replay.hpp"

#include "whatif/support.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace weir::whatif {
namespace {

using namespace testing;
using router::shipped_routing;

const reason_line* line_of(const replay_report& r, std::string_view reason) {
    const auto found = std::ranges::find(r.reasons, reason, &reason_line::reason);
    return found == r.reasons.end() ? nullptr : &*found;
}

TEST(replay, the_policy_in_force_gives_the_same_tiers_and_costs) {
    const router::routing routes = routing_with_weights();
    const auto book = test::own_prices();
    for (const std::size_t requests_of_session : {1U, 7U}) {
        const auto rows = rows_of(
            test::own_traffic(routes, book, {.seed = 5, .requests_of_session = requests_of_session}).rows());
        const auto r = replay(rows, routes, book);
        EXPECT_EQ(r.policy, "bounded/1");
        EXPECT_EQ(r.requests, 1'000);
        EXPECT_EQ(r.moved, 0) << "requests a conversation: " << requests_of_session;
        EXPECT_EQ(r.replayed.requests, r.actual.requests);
        EXPECT_EQ(r.replayed.cost.to_integer_text(), r.actual.cost.to_integer_text());
        EXPECT_EQ(r.unroutable + r.unpriced + r.otherwise_paid + r.other_tier + r.other_weights, 0);
        EXPECT_TRUE(r.blind.empty());
        // Some of each, or the above says little.
        EXPECT_GT(r.actual.requests[flash], 100);
        EXPECT_GT(r.actual.requests[pro], 20);
    }
}

TEST(replay, all_on_one_tier_costs_what_that_tier_asks_for_the_same_tokens) {
    const auto book = test::own_prices();
    const router::routing routes = routing_with_weights();
    const auto rows = rows_of(test::own_traffic(routes, book, {.seed = 6, .requests = 200}).rows());
    const auto r = replay(rows, routing_always(pro), book);
    pricing::pico_sum on_flash, on_pro;
    for (const past& row : rows) {
        on_flash.add(pricing::cost(row.tokens, flash_prices));
        on_pro.add(pricing::cost(row.tokens, pro_prices));
    }
    EXPECT_EQ(r.all[flash].cost, on_flash);
    EXPECT_EQ(r.all[pro].cost, on_pro);
    EXPECT_EQ(r.replayed.cost, on_pro);
    EXPECT_EQ(r.replayed.requests, (std::vector<std::int64_t>{0, 200}));
    EXPECT_EQ(r.all[pro].name, "all pro");
    EXPECT_EQ(saved_per_mille(r.replayed, r.all[pro]), 0);
    EXPECT_EQ(dearer_per_mille(r.replayed), 1'000);
    EXPECT_EQ(dearer_per_mille(r.all[flash]), 0);
}

TEST(replay, a_conversation_that_moves_pays_its_prompt_as_a_miss_once) {
    const auto book = test::own_prices();
    const router::routing before = routing_always(flash);
    diary d(before, book);
    for (const std::int64_t calls : {0, 2, 3, 4}) {
        const std::int64_t prompt = 1'000 + 100 * calls;
        const std::int64_t hit = calls == 0 ? 0 : prompt - 100;
        d.add({after_calls(calls), {hit, prompt - hit, 50, 0}});
    }
    const auto r = replay(d.rows(), shipped_routing(), book);
    EXPECT_EQ(r.moved, 2);
    EXPECT_EQ(r.actual.cost, sum({pricing::cost({0, 1'000, 50, 0}, flash_prices),
                                  pricing::cost({1'100, 100, 50, 0}, flash_prices),
                                  pricing::cost({1'200, 100, 50, 0}, flash_prices),
                                  pricing::cost({1'300, 100, 50, 0}, flash_prices)}));
    EXPECT_EQ(
        r.replayed.cost,
        sum({pricing::cost({0, 1'000, 50, 0}, flash_prices), pricing::cost({1'100, 100, 50, 0}, flash_prices),
             pricing::cost({0, 1'300, 50, 0}, pro_prices), pricing::cost({1'300, 100, 50, 0}, pro_prices)}));
    // Had all of it been there from the first request on, the cache would have been as warm.
    EXPECT_EQ(r.all[pro].cost, sum({pricing::cost({0, 1'000, 50, 0}, pro_prices),
                                    pricing::cost({1'100, 100, 50, 0}, pro_prices),
                                    pricing::cost({1'200, 100, 50, 0}, pro_prices),
                                    pricing::cost({1'300, 100, 50, 0}, pro_prices)}));
    ASSERT_TRUE(line_of(r, "tool_calls"));
    EXPECT_EQ(line_of(r, "tool_calls")->moved_up, 2);
    EXPECT_EQ(line_of(r, "tool_calls")->moved_down, 0);
}

TEST(replay, a_conversation_that_stays_has_the_hits_that_a_move_lost) {
    const auto book = test::own_prices();
    const router::routing before = shipped_routing();  // moves up at the third call, cold
    diary d(before, book);
    d.add({after_calls(0), {0, 1'000, 50, 0}});
    d.add({after_calls(3), {0, 1'300, 50, 0}});
    const auto r = replay(d.rows(), routing_always(flash), book);
    EXPECT_EQ(r.replayed.cost, sum({pricing::cost({0, 1'000, 50, 0}, flash_prices),
                                    pricing::cost({1'000, 300, 50, 0}, flash_prices)}));
    EXPECT_EQ(line_of(r, "always")->moved_down, 1);
}

TEST(replay, other_conversations_and_those_without_a_name_are_not_warmed) {
    const auto book = test::own_prices();
    const router::routing before = routing_always(flash);
    for (const std::string second : {"other", ""}) {
        diary d(before, book);
        d.add({after_calls(3), {0, 1'000, 50, 0}, second.empty() ? "" : "c"});
        d.add({after_calls(0), {400, 600, 50, 0}, second});
        d.add({after_calls(3), {400, 600, 50, 0}, second.empty() ? "" : "third"});
        const auto r = replay(d.rows(), shipped_routing(), book);
        EXPECT_EQ(r.replayed.cost, sum({pricing::cost({0, 1'000, 50, 0}, pro_prices),
                                        pricing::cost({400, 600, 50, 0}, flash_prices),
                                        pricing::cost({400, 600, 50, 0}, pro_prices)}))
            << '"' << second << '"';
    }
}

TEST(replay, housekeeping_neither_warms_nor_moves_a_conversation) {
    const auto book = test::own_prices();
    const router::routing before = routing_always(flash);
    router::routing after = shipped_routing();
    after.policies.front().session.on = true;
    classifier::features title;
    title.turn = dialect::turn::housekeeping;
    title.tools = 1;  // for the same effort as the others
    diary d(before, book);
    d.add({after_calls(3), {0, 1'000, 50, 0}});
    d.add({title, {200, 100, 10, 0}});
    d.add({after_calls(4), {1'000, 100, 50, 0}});
    const auto r = replay(d.rows(), after, book);
    EXPECT_EQ(r.replayed.cost, sum({pricing::cost({0, 1'000, 50, 0}, pro_prices),
                                    pricing::cost({200, 100, 10, 0}, flash_prices),
                                    pricing::cost({1'000, 100, 50, 0}, pro_prices)}));
}

// Recorded under a policy without sessions: what the replayed one would have remembered is carried along.
TEST(replay, a_tier_that_the_replayed_policy_rose_to_is_kept_inside_the_turn) {
    const auto book = test::own_prices();
    const router::routing before = routing_always(flash);
    classifier::features failing = after_calls(1);
    failing.failed_results_of_last_6 = 3;
    const auto made = [&] {
        diary d(before, book);
        d.add({after_calls(0), {0, 1'000, 50, 0}});
        d.add({failing, {1'000, 100, 50, 0}});
        d.add({after_calls(2), {1'100, 100, 50, 0}});
        return d.rows();
    }();
    router::routing after = shipped_routing();
    EXPECT_EQ(replay(made, after, book).replayed.requests, (std::vector<std::int64_t>{2, 1}));
    after.policies.front().session.on = true;
    const auto kept = replay(made, after, book);
    EXPECT_EQ(kept.replayed.requests, (std::vector<std::int64_t>{1, 2}));
    ASSERT_TRUE(line_of(kept, "session"));
    EXPECT_EQ(line_of(kept, "session")->moved_up, 1);
}

// The records name the cell that the conversation had, not the one that it would have had.
TEST(replay, a_recorded_cell_gives_way_to_the_one_that_the_replayed_policy_gave) {
    const auto book = test::own_prices();
    router::routing before = routing_always(flash);
    before.policies.front().session.on = true;
    router::routing after = shipped_routing();
    after.policies.front().session.on = true;
    made_request next{after_calls(2), {1'100, 100, 50, 0}};
    next.seen = router::session_view{};
    next.seen->tier = flash;
    next.seen->human_turns = 1;
    next.seen->requests = 1;
    next.seen->warm_tokens = {1'000, 0};
    diary d(before, book);
    d.add({after_calls(3), {0, 1'000, 50, 0}}).add(next);
    const auto r = replay(d.rows(), after, book);
    EXPECT_EQ(r.replayed.requests, (std::vector<std::int64_t>{0, 2}));
    EXPECT_TRUE(line_of(r, "session"));
    EXPECT_EQ(replay(d.rows(), before, book).moved, 0);
}

TEST(replay, a_conversation_that_began_before_the_rows_starts_with_the_cell_it_had) {
    const auto book = test::own_prices();
    router::routing routes = shipped_routing();
    routes.policies.front().session.on = true;
    made_request late{after_calls(1), {900, 100, 50, 0}};
    late.seen = router::session_view{};
    late.seen->tier = pro;
    late.seen->human_turns = 1;
    late.seen->requests = 4;
    late.seen->warm_tokens = {0, 900};
    diary d(routes, book);
    d.add(late);
    const auto r = replay(d.rows(), routes, book);
    EXPECT_EQ(r.replayed.requests, (std::vector<std::int64_t>{0, 1}));
    EXPECT_EQ(r.moved, 0);
    EXPECT_EQ(r.replayed.cost, r.actual.cost);
    // Flash alone would have read as much of it by then.
    EXPECT_EQ(r.all[flash].cost, sum({pricing::cost({900, 100, 50, 0}, flash_prices)}));
}

TEST(replay, after_the_idle_time_a_conversation_is_new) {
    const auto book = test::own_prices();
    const router::routing before = routing_always(flash);
    router::routing after = shipped_routing();
    after.policies.front().session.on = true;
    diary d(before, book);
    d.add({after_calls(3), {0, 1'000, 50, 0}}).add({after_calls(1), {1'000, 100, 50, 0}});
    EXPECT_EQ(replay(d.rows(), after, book).replayed.requests[pro], 2);
    d.rows().back().started_ms += after.policies.front().session.idle_ms;
    EXPECT_EQ(replay(d.rows(), after, book).replayed.requests[pro], 1);
}

TEST(replay, an_answer_that_was_replaced_is_paid_where_its_tier_is_asked) {
    const auto book = test::own_prices();
    const router::routing before = routing_always(flash);
    diary d(before, book);
    d.add({after_calls(0), {0, 1'000, 80, 0}});
    past& row = d.rows().back();
    row.replaced = unsent_answer{{0, 1'000, 20, 0}, pricing::cost({0, 1'000, 20, 0}, flash_prices)};
    row.tier = "pro";
    row.cost = pricing::cost({0, 1'000, 80, 0}, pro_prices);
    const auto both = sum({row.cost, row.replaced->cost});

    const auto same = replay(d.rows(), before, book);
    EXPECT_EQ(same.actual.cost, both);
    EXPECT_EQ(same.replayed.cost, both);
    EXPECT_EQ(same.moved, 0);
    EXPECT_EQ(same.replayed.requests, (std::vector<std::int64_t>{0, 1}));

    const auto at_once = replay(d.rows(), routing_always(pro), book);
    EXPECT_EQ(at_once.replayed.cost, sum({row.cost}));
    EXPECT_EQ(at_once.all[pro].cost, sum({row.cost}));
    EXPECT_EQ(at_once.all[flash].cost, sum({row.replaced->cost}));
}

TEST(replay, what_cannot_be_decided_or_priced_is_left_out_and_counted) {
    const auto book = test::own_prices();
    const router::routing before = shipped_routing();
    diary d(before, book);
    d.add({after_calls(0), {0, 100, 10, 0}});
    d.add({after_calls(0), {0, 100, 10, 0}});
    d.add({after_calls(0), {0, 100, 10, 0}});
    d.add({after_calls(0), {0, 100, 10, 0}});
    d.rows()[1].model_asked = "nobody-knows";
    d.rows()[2].currency = "CNY";
    d.rows()[3].tier = "middle";
    router::routing after = before;
    const auto r = replay(d.rows(), after, book);
    EXPECT_EQ(r.requests, 2);
    EXPECT_EQ(r.unroutable, 1);
    EXPECT_EQ(r.otherwise_paid, 1);
    EXPECT_EQ(r.other_tier, 1);
    EXPECT_EQ(r.actual.requests, (std::vector<std::int64_t>{1, 0}));
    after.tiers.back().model = "without-a-price";
    EXPECT_EQ(replay(d.rows(), after, book).unpriced, 3);
    EXPECT_EQ(replay({}, before, book).requests, 0);
    EXPECT_EQ(saved_per_mille(replay({}, before, book).actual, replay({}, before, book).all[pro]),
              std::nullopt);
}

TEST(replay, a_word_list_that_the_records_do_not_know_is_named) {
    const auto book = test::own_prices();
    const router::routing before = shipped_routing();
    diary d(before, book);
    d.add({after_calls(0), {0, 100, 10, 0}});
    router::routing after = before;
    after.words.push_back({"trivia", {"who"}});
    EXPECT_TRUE(replay(d.rows(), after, book).blind.empty()) << "no line asks for it";
    after.policies.front().decide.insert(
        after.policies.front().decide.begin(),
        {{router::words_in{after.words.size() - 1}}, pro, "", "closed_book", "policy.yaml:9"});
    const auto r = replay(d.rows(), after, book);
    ASSERT_EQ(r.blind.size(), 1U);
    EXPECT_EQ(r.blind.front().list, "trivia");
    EXPECT_EQ(r.blind.front().lines, 1);
    EXPECT_EQ(r.blind.front().requests, 1);
    EXPECT_EQ(r.moved, 0);
}

TEST(replay, weights_with_other_words_are_named_and_refitted_ones_are_the_same) {
    const auto book = test::own_prices();
    const router::routing before = routing_with_weights();
    const auto rows = rows_of(test::own_traffic(before, book, {.seed = 7, .requests = 20}).rows());
    router::routing after = before;
    classifier::linear& kind = *after.policies.front().learned.kind;
    kind.version = 2;
    EXPECT_EQ(replay(rows, after, book).other_weights, 20);
    kind.name = "general-1.own";
    EXPECT_EQ(replay(rows, after, book).other_weights, 0);
    kind.name = "else";
    kind.words.clear();
    EXPECT_EQ(replay(rows, after, book).other_weights, 0) << "without words nothing is taken over";
}

TEST(replay, the_learned_score_is_made_again_with_the_weights_at_hand) {
    const auto book = test::own_prices();
    const router::routing before = routing_with_weights();
    const auto rows = rows_of(test::own_traffic(before, book, {.seed = 8, .requests = 300}).rows());
    router::routing after = before;
    set_threshold(after, 1'000);
    const auto none = replay(rows, after, book);
    set_threshold(after, 0);
    const auto all = replay(rows, after, book);
    EXPECT_LT(none.replayed.requests[pro], 100);
    EXPECT_EQ(all.replayed.requests[pro], 300);
    after.policies.front().learned.kind->bias = 30;
    set_threshold(after, 900);
    EXPECT_EQ(replay(rows, after, book).replayed.requests[pro], 300) << "the recorded score is not looked at";
}

TEST(threshold, is_the_learned_ones_where_there_is_one_and_else_that_of_each_class) {
    router::routing learned = routing_with_weights();
    learned.policies.front().learned.decides = router::learned_rule::use::never;
    set_threshold(learned, 420);
    EXPECT_EQ(learned.policies.front().learned.pro_from_score, 420);
    EXPECT_TRUE(learned.policies.front().learned.deciding());
    EXPECT_EQ(learned.policies.front().classes.front().pro_from_score, 600);

    router::routing weighted = shipped_routing();
    set_threshold(weighted, 420);
    for (const auto& c : weighted.policies.front().classes) EXPECT_EQ(c.pro_from_score, 420) << c.name;
}

TEST(needed_more, is_known_from_the_cheapest_tiers_answers_alone) {
    struct known {
        std::string tier;
        std::optional<bool> accepted;
        bool replaced;
        std::optional<bool> needed;
        bool broken_off = false;
    };
    for (const known& k : std::vector<known>{{"flash", true, false, false},
                                             {"flash", false, false, true},
                                             {"flash", std::nullopt, false, std::nullopt},
                                             {"pro", true, false, std::nullopt},
                                             {"pro", false, false, std::nullopt},
                                             {"pro", true, true, true},
                                             {"pro", std::nullopt, true, true},
                                             {"pro", true, true, std::nullopt, true},
                                             {"flash", false, true, std::nullopt, true}}) {
        past row;
        row.tier = k.tier;
        row.made_of.tiers = {"flash", "pro"};
        row.made_of.tier = k.replaced || k.tier == "flash" ? 0 : 1;
        if (k.replaced) row.replaced.emplace().broken_off = k.broken_off;
        EXPECT_EQ(needed_more(row, k.accepted), k.needed)
            << k.tier << ' ' << k.replaced << ' ' << k.broken_off;
    }
}

TEST(columns, say_shares_in_thousandths) {
    column c;
    EXPECT_EQ(dearer_per_mille(c), 0);
    c.requests = {3, 1};
    EXPECT_EQ(dearer_per_mille(c), 250);
    EXPECT_EQ(recall_per_mille(c), std::nullopt);
    c.needed_more = 3;
    c.needed_more_given = 2;
    EXPECT_EQ(recall_per_mille(c), 666);
    column whole;
    c.cost.add({40});
    whole.cost.add({100});
    EXPECT_EQ(saved_per_mille(c, whole), 600);
    EXPECT_EQ(saved_per_mille(whole, c), -1'500);
    EXPECT_EQ(percent_text(432), "43.2");
    EXPECT_EQ(percent_text(-5), "-0.5");
    EXPECT_EQ(percent_text(-1'500), "-150.0");
}

}  // namespace
}  // namespace weir::whatif
