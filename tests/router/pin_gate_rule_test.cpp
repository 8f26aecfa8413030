#include "weir/router/decide.hpp"

#include "shipped_policy.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace weir::router {
namespace {

using dialect::speaker;

struct request {
    dialect::body_index index;
    classifier::features f;
    circumstances about;

    explicit request(std::string model = "auto") {
        index.model_name = std::move(model);
        index.messages.push_back(said_by(speaker::user));
    }
    request& image() {
        index.images = 1, f.images = 1;
        return *this;
    }
    request& file() {
        index.files = 1, f.files = 1;
        return *this;
    }
    request& tool(std::string type) {
        index.tools = 1, f.tools = 1;
        index.tool_types.push_back(std::move(type));
        return *this;
    }
    request& proof() {
        f.words = bit_of("proof");
        return *this;
    }
};

result<decision> decided(const request& r, const routing& routes = shipped_routing()) {
    return decide(routes, r.index, r.f, r.about);
}

std::string told(const result<decision>& d) {
    if (!d) return "refused " + std::to_string(static_cast<int>(d.error().code)) + " " + d.error().detail;
    return d->model + " " + d->tier_name + "." + d->effort + " " + d->reason + "/" + d->effort_reason;
}

TEST(name, decides_between_pin_route_and_404) {
    struct named {
        std::string name;
        std::string told;
    };
    const std::vector<named> names = {
        {"auto", "model-f flash.low default/effort 5"},
        {"claude-opus-4-6", "model-f flash.low default/effort 5"},
        {"claude-", "model-f flash.low default/effort 5"},
        {"gpt-4o", "model-f flash.low default/effort 5"},
        {"gpt-silent", "model-f flash.none pin/pin"},
        {"pinned-flash", "model-f-dated flash.low pin/effort 5"},
        {"pinned-pro", "model-p pro.keep pin/effort 6"},
        {"thinker", "model-f flash.keep pin/pin"},
        {"Auto", "refused 103 no model is called \"Auto\""},
        {"auto2", "refused 103 no model is called \"auto2\""},
        {"xclaude-1", "refused 103 no model is called \"xclaude-1\""},
        {"claude", "refused 103 no model is called \"claude\""},
        {"*", "refused 103 no model is called \"*\""},
        {"", "refused 103 no model is called \"\""},
    };
    for (const auto& n : names) EXPECT_EQ(told(decided(request{n.name})), n.told) << n.name;
}

TEST(name, a_long_unlisted_one_is_cut_between_characters_in_the_error) {
    const auto d = decided(request{std::string(79, 'a') + "\xE6\xB1\x82" + std::string(100'000, 'b')});
    ASSERT_FALSE(d);
    EXPECT_EQ(d.error().code, errc::model_not_found);
    EXPECT_EQ(d.error().field, "model");
    EXPECT_EQ(d.error().detail, "no model is called \"" + std::string(79, 'a') + "...\"");
}

TEST(pin, is_not_moved_by_a_policy_line_a_rule_or_a_header) {
    routing routes = shipped_routing();
    routes.rules = {rule{"all to pro", {always{}}, 1, "", std::nullopt, "rule 1"}};
    request r{"pinned-flash"};
    r.f.tool_calls = 9;
    r.about.tier_wanted = "pro";
    r.about.traffic_class = "batch";
    const auto d = decided(r, routes);
    ASSERT_TRUE(d) << told(d);
    EXPECT_EQ(d->tier_name, "flash") << told(d);
    EXPECT_EQ(d->reason, "pin") << told(d);
    EXPECT_EQ(d->score, 0);
    EXPECT_EQ(d->where, "");
}

TEST(pin, on_the_dearer_tier_scores_1000) {
    const auto d = decided(request{"pinned-pro"});
    ASSERT_TRUE(d);
    EXPECT_EQ(d->score, 1000);
}

TEST(header, x_weir_tier_fixes_the_tier_of_a_routed_name) {
    request r;
    r.about.tier_wanted = "pro";
    EXPECT_EQ(told(decided(r)), "model-p pro.keep pin/effort 6");
    EXPECT_EQ(told(decided(r.image())), "refused 113 this model reads no images");
}

TEST(header, a_tier_or_class_that_is_unknown_is_refused_by_its_name) {
    request tier;
    tier.about.tier_wanted = "gold";
    const auto no_tier = decided(tier);
    ASSERT_FALSE(no_tier);
    EXPECT_EQ(no_tier.error().code, errc::invalid_field);
    EXPECT_EQ(no_tier.error().field, "x-weir-tier");

    request traffic{"pinned-pro"};
    traffic.about.traffic_class = "nightly";
    const auto no_class = decided(traffic);
    ASSERT_FALSE(no_class);
    EXPECT_EQ(no_class.error().code, errc::invalid_field);
    EXPECT_EQ(no_class.error().field, "x-weir-class");
}

TEST(header, x_weir_tier_does_not_make_an_unlisted_name_known) {
    request r{"o3"};
    r.about.tier_wanted = "pro";
    EXPECT_EQ(told(decided(r)), "refused 103 no model is called \"o3\"");
}

TEST(image_gate, moves_a_routed_request_to_a_tier_that_reads_them) {
    request r = request{}.image();
    r.f.words = bit_of("proof");
    const auto d = decided(r);
    EXPECT_EQ(told(d), "model-f flash.low gate_images/effort 5");
    EXPECT_EQ(d->score, 0);
    EXPECT_EQ(d->where, "");
}

TEST(image_gate, leaves_a_tier_that_reads_them_alone) {
    EXPECT_EQ(told(decided(request{}.image())), "model-f flash.low default/effort 5");
    EXPECT_EQ(told(decided(request{"pinned-flash"}.image())), "model-f-dated flash.low pin/effort 5");
}

TEST(image_gate, refuses_where_no_tier_reads_them) {
    routing routes = shipped_routing();
    routes.tiers[0].images = false;
    EXPECT_EQ(told(decided(request{}.image(), routes)),
              "refused 114 no model that could answer reads images");
}

TEST(image_gate, prefers_a_dearer_tier_to_a_cheaper_one) {
    routing routes = shipped_routing();
    routes.tiers.push_back({"ultra", "deepseek", "model-u", true, 0, 0});
    request r = request{}.image();
    r.f.words = bit_of("proof");
    EXPECT_EQ(told(decided(r, routes)), "model-u ultra.keep gate_images/effort 6");
}

TEST(file_gate, is_the_same_for_files) {
    EXPECT_EQ(told(decided(request{}.file().proof())), "model-f flash.low gate_files/effort 5");
    EXPECT_EQ(told(decided(request{}.file())), "model-f flash.low default/effort 5");
    EXPECT_EQ(told(decided(request{"pinned-flash"}.file())), "model-f-dated flash.low pin/effort 5");
    const auto pro = decided(request{"pinned-pro"}.file());
    EXPECT_EQ(told(pro), "refused 116 this model reads no files");
    ASSERT_FALSE(pro);
    EXPECT_EQ(pro.error().field, "messages");
    EXPECT_EQ(told(decided(request{"pinned-pro"}.file().image())), "refused 113 this model reads no images");
    routing routes = shipped_routing();
    routes.tiers[0].files = false;
    EXPECT_EQ(told(decided(request{}.file(), routes)), "refused 114 no model that could answer reads files");
    routes.tiers[1].files = true;
    EXPECT_EQ(told(decided(request{}.file(), routes)), "model-p pro.keep gate_files/effort 6");
}

TEST(tool_gate, keeps_a_tool_that_one_tier_runs_itself_from_the_others) {
    EXPECT_EQ(told(decided(request{}.tool("read").proof())), "model-f flash.keep gate_tools/effort 2");
    EXPECT_EQ(told(decided(request{}.tool("custom").tool("search").proof())),
              "model-f flash.keep gate_tools/effort 2");
    EXPECT_EQ(told(decided(request{"pinned-flash"}.tool("search"))), "model-f-dated flash.keep pin/effort 2");
    const auto pro = decided(request{"pinned-pro"}.tool("search"));
    EXPECT_EQ(told(pro), "refused 117 this model does not run these tools");
    ASSERT_FALSE(pro);
    EXPECT_EQ(pro.error().field, "tools");
    routing routes = shipped_routing();
    routes.tiers[1].server_tools = {"draw"};
    EXPECT_EQ(told(decided(request{}.tool("search").tool("draw"), routes)),
              "refused 114 no model that could answer runs these tools");
}

TEST(tool_gate, leaves_a_tool_alone_that_no_tier_names) {
    EXPECT_EQ(told(decided(request{}.tool("custom").proof())), "model-p pro.keep proof/effort 6");
    EXPECT_EQ(told(decided(request{"pinned-pro"}.tool("web_search"))), "model-p pro.keep pin/effort 6");
    routing routes = shipped_routing();
    routes.tiers[1].server_tools = routes.tiers[0].server_tools;
    EXPECT_EQ(told(decided(request{}.tool("search").proof(), routes)), "model-p pro.keep proof/effort 6");
}

TEST(context_gate, strikes_a_tier_only_when_the_estimate_is_a_fifth_over) {
    routing routes = shipped_routing();
    routes.tiers[1].context_tokens_max = 200'000;
    struct edge {
        std::int64_t tokens;
        std::string told;
    };
    for (const auto& e : std::vector<edge>{{199'999, "model-p pro.keep long_context/effort 6"},
                                           {239'999, "model-p pro.keep long_context/effort 6"},
                                           {240'000, "model-f flash.high gate_context/effort 4"},
                                           {1'258'290, "model-f flash.high gate_context/effort 4"}}) {
        request r;
        r.f.context_tokens = e.tokens;
        EXPECT_EQ(told(decided(r, routes)), e.told) << e.tokens;
    }
}

TEST(context_gate, refuses_what_no_tier_could_hold) {
    request r;
    r.f.context_tokens = 1'258'291;
    const auto d = decided(r);
    ASSERT_FALSE(d) << told(d);
    EXPECT_EQ(d.error().code, errc::no_candidate);
    EXPECT_NE(d.error().detail.find("1258291 tokens"), std::string::npos) << d.error().detail;
    request pin{"pinned-flash"};
    pin.f.context_tokens = 2'000'000;
    EXPECT_EQ(decided(pin).error().code, errc::no_candidate);
}

TEST(context_gate, a_tier_without_a_stated_context_is_never_struck) {
    routing routes = shipped_routing();
    routes.tiers[1].context_tokens_max = 0;
    request r;
    r.f.context_tokens = 9'000'000'000;
    EXPECT_EQ(told(decided(r, routes)), "model-p pro.keep long_context/effort 6");
}

TEST(rule, the_first_that_matches_decides_before_the_policy) {
    routing routes = shipped_routing();
    routes.rules = {
        rule{"nightly", {class_is{"batch"}, key_is{"cron"}}, 0, "none", std::nullopt, "weir.yaml:1"},
        rule{"opus", {model_is{"claude-opus*"}}, 1, "", std::nullopt, "weir.yaml:2"},
        rule{"no proofs", {words_in{list_of("proof")}}, 0, "", std::nullopt, "weir.yaml:3"}};
    request nightly;
    nightly.about.traffic_class = "batch";
    nightly.about.key_id = "cron";
    EXPECT_EQ(told(decided(nightly, routes)), "model-f flash.none rule/rule");
    EXPECT_EQ(decided(nightly, routes)->where, "weir.yaml:1");
    nightly.about.key_id = "other";
    EXPECT_EQ(told(decided(nightly, routes)), "model-p pro.keep default/effort 6");

    request opus{"claude-opus-4-6"};
    opus.f.words = bit_of("proof");
    EXPECT_EQ(told(decided(opus, routes)), "model-p pro.keep rule/effort 6");
    EXPECT_EQ(decided(opus, routes)->score, 1000);

    request proof;
    proof.f.words = bit_of("proof");
    EXPECT_EQ(told(decided(proof, routes)), "model-f flash.low rule/effort 5");
    EXPECT_EQ(decided(proof, routes)->score, 0);
}

TEST(rule, with_an_effort_alone_leaves_the_tier_to_the_policy) {
    routing routes = shipped_routing();
    routes.rules = {rule{"hard", {key_is{"alice"}}, std::nullopt, "max", std::nullopt, "rule 1"}};
    request r;
    r.about.key_id = "alice";
    r.f.words = bit_of("proof");
    const auto d = decided(r, routes);
    EXPECT_EQ(told(d), "model-p pro.max proof/rule");
    EXPECT_EQ(text_of(d->effort_members), R"("reasoning_effort":"max")");
}

TEST(rule, is_stopped_by_a_gate) {
    routing routes = shipped_routing();
    routes.rules = {rule{"all to pro", {always{}}, 1, "", std::nullopt, "rule 1"}};
    EXPECT_EQ(told(decided(request{}.image(), routes)), "model-f flash.low gate_images/effort 5");
}

}  // namespace
}  // namespace weir::router
