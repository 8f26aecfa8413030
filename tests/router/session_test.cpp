// What a conversation's past does to its next request.

#include "weir/router/decide.hpp"

#include "shipped_policy.hpp"

#include <gtest/gtest.h>

namespace weir::router {
namespace {

// Off-peak of November 2026, pico-USD a token.
const std::vector<pricing::token_prices> off_peak = {{{3'000}, {150'000}, {600'000}},
                                                     {{22'000}, {660'000}, {1'980'000}}};

struct conversation {
    dialect::body_index index;
    classifier::features f;
    session_view past;
    circumstances about;
    routing routes = shipped_routing();

    conversation() {
        index.model_name = "auto";
        index.messages.push_back(said_by(dialect::speaker::user));
        f.prompt_chars = 40;
        f.context_tokens = 25'000;
        past.tier = 1;
        past.effort = "keep";
        past.human_turns = 1;
        past.requests = 6;
        past.output_tokens_mean = 200;
        past.warm_tokens = {0, 25'000};
        about.prices = off_peak;
        routes.policies[0].session.on = true;
    }
    result<decision> next() {
        about.session = &past;
        return decide(routes, index, f, about);
    }
};

std::string told(const result<decision>& d) {
    if (!d) return "refused: " + d.error().detail;
    std::string text = d->tier_name + "." + d->effort + " " + d->reason + " " + std::to_string(d->score) +
                       " (effort: " + d->effort_reason + ", policy: " + d->policy_reason + ")";
    if (d->sum) {
        text += " stay " + std::to_string(d->sum->stay.value) + " move " + std::to_string(d->sum->move.value);
    }
    return text;
}

TEST(session, a_new_human_turn_stays_where_its_prompt_is_warm) {
    conversation c;
    const auto d = c.next();
    ASSERT_TRUE(d);
    EXPECT_EQ(d->tier_name, "pro") << told(d);
    EXPECT_EQ(d->reason, "session_warm") << told(d);
    EXPECT_EQ(d->policy_reason, "default") << told(d);
    EXPECT_EQ(d->score, 1000) << told(d);
    ASSERT_TRUE(d->sum);
    EXPECT_EQ(d->sum->warm_from, 25'000);
    EXPECT_EQ(d->sum->warm_to, 0);
    EXPECT_EQ(d->sum->requests, 3) << "six a turn so far, capped";
    // 25,000 hit and 200 out, then twice the grown prompt with 200 new tokens
    EXPECT_EQ(d->sum->stay.value, 25'000 * 22'000LL + 200 * 1'980'000LL + (25'000 + 25'200) * 22'000LL +
                                      2 * 200 * (660'000LL + 1'980'000LL))
        << told(d);
    EXPECT_EQ(d->sum->move.value, 25'000 * 150'000LL + 200 * 600'000LL + (25'000 + 25'200) * 3'000LL +
                                      2 * 200 * (150'000LL + 600'000LL))
        << told(d);
}

TEST(session, it_moves_down_where_the_sum_is_lower) {
    struct {
        const char* why;
        void (*set)(conversation&);
    } const cheaper[] = {
        {"long answers", [](conversation& c) { c.past.output_tokens_mean = 3'000; }},
        {"the cheaper model is warm too", [](conversation& c) { c.past.warm_tokens = {24'000, 25'000}; }},
        {"nothing is warm any more", [](conversation& c) { c.past.warm_tokens = {0, 0}; }},
        {"a short prompt", [](conversation& c) { c.f.context_tokens = 2'000; }},
    };
    for (const auto& one : cheaper) {
        conversation c;
        one.set(c);
        const auto d = c.next();
        ASSERT_TRUE(d) << one.why;
        EXPECT_EQ(d->tier_name, "flash") << one.why << ": " << told(d);
        EXPECT_EQ(d->reason, "default") << one.why << ": " << told(d);
        EXPECT_TRUE(d->sum) << one.why << ": the terms are told also where it moves";
    }
}

TEST(session, inside_a_turn_it_never_falls_and_rises_at_once) {
    conversation c;
    c.f.turn = dialect::turn::tool;
    c.f.tool_calls = 1;
    c.past.warm_tokens = {0, 0};
    auto d = c.next();
    ASSERT_TRUE(d);
    EXPECT_EQ(d->reason, "session") << told(d);
    EXPECT_EQ(d->tier_name, "pro") << told(d);

    c.past.tier = 0;
    c.f.tool_calls = 3;
    d = c.next();
    EXPECT_EQ(d->reason, "tool_calls") << told(d);
    EXPECT_EQ(d->tier_name, "pro") << told(d);
}

TEST(session, housekeeping_and_pins_go_their_own_way_and_leave_it_alone) {
    conversation c;
    c.f.turn = dialect::turn::housekeeping;
    auto d = c.next();
    EXPECT_EQ(d->reason, "housekeeping") << told(d);
    EXPECT_EQ(d->effort, "none") << told(d);
    EXPECT_FALSE(d->moves_session);

    c.f.turn = dialect::turn::human;
    c.index.model_name = "pinned-flash";
    d = c.next();
    EXPECT_EQ(d->reason, "pin") << told(d);
    EXPECT_FALSE(d->moves_session);
}

TEST(session, without_prices_it_stays_and_without_rules_it_is_not_asked) {
    conversation c;
    c.past.warm_tokens = {0, 0};
    c.about.prices = {};
    auto d = c.next();
    EXPECT_EQ(d->reason, "session_warm") << told(d);
    EXPECT_FALSE(d->sum);
    EXPECT_TRUE(d->alternatives.empty());

    c.routes.policies[0].session.on = false;
    d = c.next();
    EXPECT_EQ(d->reason, "default") << told(d);
}

TEST(session, falls_only_as_its_rules_say) {
    conversation c;
    c.routes.policies[0].session.down = session_rules::fall::never;
    c.past.warm_tokens = {0, 0};
    auto d = c.next();
    EXPECT_EQ(d->reason, "session") << told(d);
    c.routes.policies[0].session.down = session_rules::fall::at_a_new_human_turn;
    c.past.warm_tokens = {0, 25'000};
    d = c.next();
    EXPECT_EQ(d->reason, "default") << told(d);
}

TEST(session, effort_stays_with_the_cell_until_the_cell_changes) {
    conversation c;
    c.past.tier = 0;
    c.past.effort = "low";
    c.f.context_tokens = 9'000;  // the lines alone would say high
    auto d = c.next();
    EXPECT_EQ(d->effort, "low") << told(d);
    EXPECT_EQ(d->effort_reason, "session") << told(d);
    EXPECT_EQ(d->session_effort, "low");

    c.f.files_named = 2;
    d = c.next();
    EXPECT_EQ(d->tier_name, "pro") << told(d);
    EXPECT_EQ(d->effort, "keep") << told(d);
    EXPECT_EQ(d->effort_reason, "effort 6") << told(d);

    c.f.files_named = 0;
    c.index.effort = "max";
    d = c.next();
    EXPECT_EQ(d->effort, "max") << told(d);
    EXPECT_EQ(d->effort_reason, "client") << told(d);
    EXPECT_EQ(d->session_effort, "") << "the client's word is not the cell's";
}

TEST(session, a_line_that_names_more_effort_raises_the_cell_and_none_lowers_it) {
    conversation c;
    c.past.tier = 0;
    c.past.effort = "low";
    c.f.files_named = 2;
    c.routes.policies[0].decide.front() = {{over("files_named", 1)}, 0, "max", "many", "line 1"};
    auto d = c.next();
    EXPECT_EQ(d->effort, "max") << told(d);
    EXPECT_EQ(d->session_effort, "max") << told(d);
    c.past.effort = "max";
    c.routes.policies[0].decide.front().effort = "keep";
    d = c.next();
    EXPECT_EQ(d->effort, "max") << told(d);
    c.past.effort = "low";
    d = c.next();
    EXPECT_EQ(d->effort, "keep") << told(d);
}

TEST(session, an_answer_that_failed_on_its_way_makes_the_next_turn_the_dearer_tiers) {
    conversation c;
    c.past.tier = 0;
    c.past.failed_check = true;
    c.routes.policies[0].check.on = true;
    c.routes.policies[0].check.then = 1;
    auto d = c.next();
    EXPECT_EQ(d->reason, "answer_failed") << told(d);
    EXPECT_EQ(d->tier_name, "pro") << told(d);
    c.routes.policies[0].check.on = false;
    d = c.next();
    EXPECT_EQ(d->reason, "default") << told(d);
}

TEST(alternatives, say_what_each_tier_would_cost_with_what_is_warm_there) {
    conversation c;
    const auto d = c.next();
    ASSERT_TRUE(d);
    ASSERT_EQ(d->alternatives.size(), 2U);
    EXPECT_EQ(d->alternatives[0].cost.value, 25'000 * 150'000LL + 200 * 600'000LL);
    EXPECT_EQ(d->alternatives[1].cost.value, 25'000 * 22'000LL + 200 * 1'980'000LL);
}

TEST(least_tier, lifts_what_weir_decides_and_no_pin) {
    conversation c;
    c.past.tier = 0;
    c.about.tier_min = "pro";
    auto d = c.next();
    EXPECT_EQ(d->reason, "min_tier") << told(d);
    EXPECT_EQ(d->tier_name, "pro") << told(d);
    c.index.model_name = "pinned-flash";
    d = c.next();
    EXPECT_EQ(d->reason, "pin") << told(d);
    c.index.model_name = "auto";
    c.about.tier_min = "huge";
    d = c.next();
    ASSERT_FALSE(d);
    EXPECT_EQ(d.error().field, "x-weir-min-tier");
}

TEST(least_tier, is_not_undercut_by_a_gate) {
    conversation c;
    c.past.tier = 0;
    c.about.tier_min = "pro";
    c.f.images = 1;
    const auto d = c.next();
    ASSERT_FALSE(d) << told(d);
    EXPECT_EQ(d.error().code, errc::no_candidate);
    c.about.tier_min = "flash";
    EXPECT_EQ(c.next()->tier_name, "flash") << told(c.next());
}

TEST(default_of_a_class, becomes_the_cheapest_after_enough_accepted_answers) {
    conversation c;
    c.routes.policies[0].session.on = false;
    c.routes.policies[0].classes[1].flash_after_accepted = 1'000;
    c.about.traffic_class = "batch";
    c.about.accepted_of_class = 999;
    auto d = c.next();
    EXPECT_EQ(d->tier_name, "pro") << told(d);
    c.about.accepted_of_class = 1'000;
    d = c.next();
    EXPECT_EQ(d->tier_name, "flash") << told(d);
    EXPECT_EQ(d->reason, "default") << told(d);
}

TEST(cell, a_line_may_name_an_effort_and_the_client_still_comes_first) {
    conversation c;
    c.routes.policies[0].session.on = false;
    c.routes.policies[0].decide.front() = {{over("files_named", 1)}, 0, "max", "many", "line 1"};
    c.f.files_named = 2;
    auto d = c.next();
    EXPECT_EQ(d->tier_name + "." + d->effort, "flash.max") << told(d);
    c.index.effort = "low";
    d = c.next();
    EXPECT_EQ(d->effort, "low") << told(d);
    c.about.override_effort = true;
    d = c.next();
    EXPECT_EQ(d->effort, "max") << told(d);
    EXPECT_EQ(text_of(d->effort_members), R"("reasoning_effort":"max")");
}

TEST(override, switches_thinking_on_where_the_client_had_it_off) {
    conversation c;
    c.index.thinking = dialect::thinking_word::disabled;
    auto d = c.next();
    EXPECT_EQ(d->effort, "none") << told(d);
    c.about.override_effort = true;
    c.past.tier = 0;
    c.past.effort = "high";
    d = c.next();
    EXPECT_EQ(text_of(d->effort_members), R"("reasoning_effort":"high","thinking":{"type":"enabled"})");
}

TEST(rule_with_a_policy, lets_that_policy_decide) {
    conversation c;
    c.routes.policies[0].session.on = false;
    policy other;
    other.name = "all-pro";
    other.version = 3;
    other.classes = {{"interactive", 0, 600}};
    other.decide = {{{always{}}, 1, "", "always_pro", "all-pro.yaml:3"}};
    c.routes.policies.push_back(other);
    rule r;
    r.name = "alice";
    r.when = {key_is{"alice"}};
    r.policy = 1;
    c.routes.rules = {r};
    auto d = c.next();
    EXPECT_EQ(d->policy, 0U) << told(d);
    c.about.key_id = "alice";
    d = c.next();
    EXPECT_EQ(d->policy, 1U) << told(d);
    EXPECT_EQ(d->reason, "always_pro") << told(d);
    EXPECT_EQ(d->score, 1000) << "the sum says otherwise than the tier";
    EXPECT_EQ(policy_for(c.routes, c.index, c.f, c.about), 1U);
}

// ---- the learned score ----

struct learned_case {
    conversation c;
    classifier::learned_card card;

    learned_case() {
        c.routes.policies[0].session.on = false;
        c.routes.policies[0].learned.kind = classifier::linear{};
        card.score = 900;
        card.words_part = 1;
    }
    result<decision> next() { return decide(c.routes, c.index, c.f, c.about, card); }
};

TEST(learned, ranks_and_does_not_decide_before_it_was_tuned) {
    learned_case l;
    auto d = l.next();
    EXPECT_EQ(d->tier_name, "flash") << told(d);
    EXPECT_EQ(d->score, 44) << told(d);
    l.card.score = 100;
    const auto lower = l.next();
    EXPECT_LT(lower->score, d->score);
    l.c.f.tools = 2, l.c.f.prompt_chars = 2'001;
    d = l.next();
    EXPECT_EQ(d->reason, "score") << told(d);
    EXPECT_EQ(d->score, 704) << told(d);
}

TEST(learned, decides_from_its_threshold_once_tuned) {
    learned_case l;
    l.c.routes.policies[0].learned.pro_from_score = 430;
    l.card.score = 430;
    auto d = l.next();
    EXPECT_EQ(d->reason, "score") << told(d);
    EXPECT_EQ(d->tier_name, "pro") << told(d);
    EXPECT_EQ(d->score, 430) << told(d);
    l.card.score = 429;
    d = l.next();
    EXPECT_EQ(d->tier_name, "flash") << told(d);
    EXPECT_EQ(d->reason, "bounded") << told(d);
    EXPECT_EQ(d->score, 429) << told(d);
    l.c.routes.policies[0].learned.decides = learned_rule::use::never;
    l.card.score = 1000;
    d = l.next();
    EXPECT_EQ(d->tier_name, "flash") << told(d);
}

TEST(learned, with_no_word_that_it_knows_leaves_the_default) {
    learned_case l;
    l.c.routes.policies[0].learned.pro_from_score = 430;
    l.card = {};
    l.c.about.traffic_class = "batch";
    const auto d = l.next();
    EXPECT_EQ(d->reason, "default") << told(d);
    EXPECT_EQ(d->tier_name, "pro") << told(d);
}

}  // namespace
}  // namespace weir::router
