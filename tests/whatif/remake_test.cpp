// From a decision to its record, and from there to the same decision.

#include "weir/whatif/record.hpp"

#include "router/shipped_policy.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace weir::whatif {
namespace {

using random = std::mt19937_64;

std::int64_t below(random& r, std::int64_t end) {
    return std::uniform_int_distribution<std::int64_t>(0, end - 1)(r);
}

// What a request is decided from, made up.
struct made_up {
    dialect::body_index index;
    classifier::features features;
    classifier::learned_card learned;
    std::optional<router::session_view> session;
    std::array<pricing::token_prices, 2> prices{
        {{{3'000}, {150'000}, {600'000}}, {{15'000}, {750'000}, {3'000'000}}}};
    router::circumstances about;
};

// Of two bodies in three something fires, so that all kinds of lines get their turn.
void make_up(made_up& m, random& r) {
    constexpr std::array<const char*, 6> models = {"auto", "auto",         "claude-x",
                                                   "auto", "pinned-flash", "gpt-silent"};
    constexpr std::array<const char*, 5> efforts = {"low", "medium", "max", "unheard of", ""};
    constexpr std::array<const char*, 3> tools = {"search", "bash_20250124", "other"};
    constexpr std::array<const char*, 3> classes = {"", "interactive", "batch"};
    constexpr std::array<const char*, 3> tiers = {"", "", "pro"};
    m.index = {};
    m.index.api = static_cast<dialect::api_kind>(below(r, dialect::api_count));
    m.index.model_name = models[static_cast<std::size_t>(below(r, models.size()))];
    if (below(r, 3) == 0) m.index.effort = efforts[static_cast<std::size_t>(below(r, efforts.size()))];
    m.index.thinking = static_cast<dialect::thinking_word>(below(r, 5));
    m.index.tool_choice = static_cast<dialect::tool_choice_word>(below(r, 6));
    if (below(r, 4) == 0)
        m.index.tool_types.emplace_back(tools[static_cast<std::size_t>(below(r, tools.size()))]);
    for (std::size_t i = 0; i < classifier::feature_list().size(); ++i) {
        const auto& known = classifier::feature_list()[i];
        const bool fires = below(r, 12) == 0;
        if (known.value)
            m.features.*known.value = fires ? below(r, std::min<std::int64_t>(known.max, 200'000) + 1) : 0;
    }
    m.features.context_tokens = below(r, 60'000);
    m.features.turn = static_cast<dialect::turn>(below(r, 3));
    m.features.words = below(r, 3) == 0 ? static_cast<std::uint64_t>(below(r, 32)) : 0;
    m.learned = {static_cast<int>(below(r, 1'001)), static_cast<double>(below(r, 100)) / 7};
    m.session.reset();
    if (below(r, 2) == 0) {
        m.session = router::session_view{static_cast<std::size_t>(below(r, 2)),
                                         below(r, 2) == 0 ? "high" : "keep",
                                         "session",
                                         1 + below(r, 5),
                                         1 + below(r, 40),
                                         below(r, 900),
                                         below(r, 4) == 0,
                                         {below(r, 90'000), below(r, 90'000)}};
    }
    m.about = {};
    m.about.traffic_class = classes[static_cast<std::size_t>(below(r, classes.size()))];
    m.about.tier_wanted = below(r, 10) == 0 ? "flash" : "";
    m.about.tier_min = tiers[static_cast<std::size_t>(below(r, tiers.size()))];
    m.about.error_cost_usd_milli = m.features.error_cost_usd_milli;
    m.about.override_effort = below(r, 4) == 0;
    m.about.reasoning_lost = static_cast<std::size_t>(below(r, 2));
    m.about.session = m.session ? &*m.session : nullptr;
    m.about.accepted_of_class = below(r, 2'000);
    m.about.prices = m.prices;
}

router::routing routing_with_sessions() {
    router::routing routes = router::shipped_routing();
    router::policy& with = routes.policies.front();
    with.session.on = true;
    with.check.on = true;
    with.check.then = 1;
    with.classes[1].flash_after_accepted = 1'000;
    with.learned.kind.emplace();
    with.learned.kind->name = "shipped";
    with.learned.kind->version = 3;
    routes.thinking.missing_reasoning = router::thinking_rules::missing::thinking_off;
    return routes;
}

std::string described(const router::decision& d) {
    std::string text = d.tier_name + '.' + d.effort + ' ' + d.model + ' ' + d.reason + " (" +
                       d.policy_reason + ") " + d.effort_reason + ' ' + std::to_string(d.score) + ' ' +
                       std::to_string(d.thinking) + ' ' + d.traffic_class + ' ' +
                       std::to_string(d.moves_session);
    for (const auto& a : d.alternatives) text += ' ' + std::to_string(a.cost.value);
    if (d.sum) text += " sum " + std::to_string(d.sum->stay.value) + ' ' + std::to_string(d.sum->move.value);
    return text;
}

TEST(remake, decides_again_as_it_was_decided) {
    random r(7);
    const router::routing routes = routing_with_sessions();
    std::map<std::string, int> reasons;
    made_up m;
    inputs again;
    for (int i = 0; i < 4'000; ++i) {
        make_up(m, r);
        const auto first = router::decide(routes, m.index, m.features, m.about, m.learned);
        if (!first) continue;
        ++reasons[first->reason];
        const std::string text = write_record(recorded_of(*first, m.index, m.features, m.about, routes));
        const auto read = read_record(text);
        ASSERT_TRUE(read.has_value()) << read.error().detail << '\n' << text;
        EXPECT_EQ(read->reason, first->reason);
        EXPECT_EQ(read->tiers[read->tier], first->tier_name);
        EXPECT_EQ(read->effort_set, first->effort);
        EXPECT_EQ(read->weights, "shipped/3");
        remake(again, *read, m.index.model_name, m.about.key_id, routes);
        again.about.prices = m.prices;
        EXPECT_EQ(again.blind_lists, 0U);
        const auto second = router::decide(routes, again.index, again.features, again.about, again.learned);
        ASSERT_TRUE(second.has_value()) << second.error().detail << '\n' << text;
        ASSERT_EQ(described(*second), described(*first)) << text;
    }
    EXPECT_GE(reasons.size(), 12U) << "the made-up requests are too much alike";
    for (const char* const needed : {"session", "session_warm", "answer_failed", "pin", "proof", "default"}) {
        EXPECT_GT(reasons[needed], 0) << needed;
    }
}

TEST(remake, has_nothing_of_what_a_client_writes_freely) {
    const router::routing routes = routing_with_sessions();
    random r(3);
    made_up m;
    make_up(m, r);
    m.index.model_name = "auto";
    m.index.effort = "CANARY effort";
    m.index.tool_types = {"CANARY tool", "search"};
    m.about.tier_wanted = {};
    m.about.key_id = "CANARY key";
    m.features.images = m.features.files = 0;
    const auto decided = router::decide(routes, m.index, m.features, m.about, m.learned);
    ASSERT_TRUE(decided.has_value()) << decided.error().detail;
    const recorded made = recorded_of(*decided, m.index, m.features, m.about, routes);
    EXPECT_EQ(write_record(made).find("CANARY"), std::string::npos) << write_record(made);
    EXPECT_EQ(made.effort, "") << "said, and unknown";
    EXPECT_EQ(made.server_tools, std::vector<std::string>{"search"});
    m.index.effort = "medium";
    EXPECT_EQ(recorded_of(*decided, m.index, m.features, m.about, routes).effort, "high")
        << "by its name here";
    m.index.effort.reset();
    EXPECT_FALSE(recorded_of(*decided, m.index, m.features, m.about, routes).effort.has_value());
}

TEST(remake, meets_another_configuration_by_the_names_of_tiers_and_lists) {
    recorded from;
    from.tiers = {"flash", "gone", "pro"};
    from.words = {"broad", "unheard of"};
    from.words_absent = {"keyword", "proof", "rewrite"};
    from.features = {1, 77};
    from.session = router::session_view{2, "high", "", 1, 2, 3, false, {10, 20, 30}};
    router::routing routes = router::shipped_routing();
    inputs into;
    remake(into, from, "auto", "team", routes);
    EXPECT_EQ(into.features.turn, dialect::turn::tool);
    EXPECT_EQ(into.features.prompt_chars, 77);
    EXPECT_EQ(into.features.tool_calls, 0) << "an older record has fewer features";
    EXPECT_EQ(into.features.words, router::bit_of("broad"));
    EXPECT_EQ(into.blind_lists, 1U) << "mechanical";
    ASSERT_TRUE(into.session.has_value());
    EXPECT_EQ(into.about.session, &*into.session);
    EXPECT_EQ(into.session->tier, 1U);
    EXPECT_EQ(into.session->warm_tokens, (std::vector<std::int64_t>{10, 30}));
    EXPECT_EQ(into.about.key_id, "team");
    from.session->tier = 1;
    remake(into, from, "auto", "team", routes);
    EXPECT_FALSE(into.session.has_value()) << "its tier is gone";
    EXPECT_EQ(into.about.session, nullptr);
}

TEST(remake, features_beyond_their_range_and_beyond_the_list_do_no_harm) {
    recorded from;
    from.tiers = {"flash"};
    from.features.assign(record_entries_max, INT64_MAX);
    from.reasoning_lost = -5;
    inputs into;
    remake(into, from, "auto", "", router::shipped_routing());
    for (std::size_t i = 0; i < classifier::feature_list().size(); ++i) {
        EXPECT_EQ(classifier::value_of(into.features, i), classifier::feature_list()[i].max)
            << classifier::feature_list()[i].name;
    }
    EXPECT_EQ(into.about.reasoning_lost, 0U);
    from.features.assign(3, INT64_MIN);
    remake(into, from, "auto", "", router::shipped_routing());
    EXPECT_EQ(into.features.prompt_chars, 0);
}

}  // namespace
}  // namespace weir::whatif
