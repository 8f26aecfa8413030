#include "weir/router/decide.hpp"

#include "shipped_policy.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace weir::router {
namespace {

using dialect::speaker;

// A request as the folders before the router describe it.
struct request {
    dialect::body_index index;
    classifier::features f;
    circumstances about;

    request() {
        index.model_name = "auto";
        index.messages.push_back(said_by(speaker::user));
        f.prompt_chars = 40;
        f.context_tokens = 40;
    }
    request& tools(int count) {
        index.tools = static_cast<std::uint32_t>(count);
        f.tools = count;
        return *this;
    }
    request& effort(std::string word) {
        index.effort = std::move(word);
        return *this;
    }
    // `rounds` answers of the assistant, one call each
    request& calls(int rounds, bool reasoning) {
        f.turn = dialect::turn::tool;
        f.tool_calls = rounds;
        for (int i = 0; i < rounds; ++i) {
            index.messages.push_back(said_by(speaker::assistant, reasoning, 1));
            index.messages.push_back(said_by(speaker::tool));
        }
        return *this;
    }
};

struct expected_cell {
    std::string model;
    std::string tier;
    std::string effort;
    std::string members;
    std::string reason;
    int score;
};

std::string told(const result<decision>& d) {
    if (!d) return "refused: " + std::to_string(static_cast<int>(d.error().code)) + " " + d.error().detail;
    return d->model + " " + d->tier_name + "." + d->effort + " {" + text_of(d->effort_members) + "} " +
           d->reason + " " + std::to_string(d->score) + " (effort: " + d->effort_reason +
           ", line: " + d->where + ")";
}

void expect_cell(const request& r, const expected_cell& want, const routing& routes = shipped_routing()) {
    const auto d = decide(routes, r.index, r.f, r.about);
    ASSERT_TRUE(d) << told(d);
    EXPECT_EQ(d->model, want.model) << told(d);
    EXPECT_EQ(d->tier_name, want.tier) << told(d);
    EXPECT_EQ(d->effort, want.effort) << told(d);
    EXPECT_EQ(text_of(d->effort_members), want.members) << told(d);
    EXPECT_EQ(d->reason, want.reason) << told(d);
    EXPECT_EQ(d->score, want.score) << told(d);
}

void expect_refusal(const request& r, errc code, const std::string& field, const std::string& part,
                    const routing& routes = shipped_routing()) {
    const auto d = decide(routes, r.index, r.f, r.about);
    ASSERT_FALSE(d) << told(d);
    EXPECT_EQ(d.error().code, code) << told(d);
    EXPECT_EQ(d.error().from, origin::client) << told(d);
    EXPECT_EQ(d.error().field, field) << told(d);
    EXPECT_NE(d.error().detail.find(part), std::string::npos) << told(d);
}

constexpr const char* low = R"("reasoning_effort":"low")";
constexpr const char* high = R"("reasoning_effort":"high")";
constexpr const char* off = R"("thinking":{"type":"disabled"})";

TEST(scenario, a_chat_question_is_flash_low_by_default) {
    expect_cell(request{}, {"model-f", "flash", "low", low, "default", 0});
}

TEST(scenario, a_scaffold_with_8K_tokens_pasted_is_flash_high_and_scores_300) {
    request r;
    r.f.prompt_chars = 26'000;
    r.f.context_tokens = 8'000;
    expect_cell(r, {"model-f", "flash", "high", high, "bounded", 300});
}

TEST(scenario, a_refactoring_of_a_thousand_pasted_lines_is_pro_at_its_own_effort) {
    request r;
    r.f.prompt_chars = 90'000;
    r.f.context_tokens = 30'000;
    r.f.pasted_lines = 1'000;
    r.f.pasted_per_mille = 990;
    r.f.words = bit_of("rewrite");
    expect_cell(r, {"model-p", "pro", "keep", "", "long_rewrite", 1000});
}

TEST(scenario, an_agents_small_ask_with_effort_stated_is_flash_at_that_effort) {
    expect_cell(request{}.tools(24).effort("high"), {"model-f", "flash", "high", "", "bounded", 400});
}

TEST(scenario, the_fifth_tool_round_is_pro_for_its_tool_calls) {
    expect_cell(request{}.tools(24).effort("high").calls(5, true),
                {"model-p", "pro", "high", "", "tool_calls", 1000});
}

TEST(scenario, a_title_request_is_flash_without_thinking) {
    request r;
    r.f.turn = dialect::turn::housekeeping;
    expect_cell(r, {"model-f", "flash", "none", off, "housekeeping", 0});
    expect_cell(r.effort("low"), {"model-f", "flash", "low", "", "housekeeping", 0});
}

TEST(scenario, a_stuck_loop_is_pro_at_the_clients_own_setting) {
    request r = request{}.tools(9).calls(6, true);
    r.f.same_call_of_last_6 = 4;
    r.f.failed_results_of_last_6 = 4;
    expect_cell(r, {"model-p", "pro", "keep", "", "stuck_loop", 1000});
}

TEST(scenario, an_image_for_a_pro_pin_is_refused) {
    request r;
    r.index.model_name = "pinned-pro";
    r.index.images = 1;
    r.f.images = 1;
    expect_refusal(r, errc::unsupported_image, "messages", "reads no images");
}

TEST(scenario, a_request_with_a_schema_is_flash_low_by_default) {
    request r;
    r.index.response_format = dialect::response_format_word::json_schema;
    r.f.json_schema = 1;
    expect_cell(r, {"model-f", "flash", "low", low, "default", 0});
}

TEST(scenario, a_batch_line_without_a_signal_is_pro_by_the_default_of_its_class) {
    request r;
    r.about.traffic_class = "batch";
    expect_cell(r, {"model-p", "pro", "keep", "", "default", 1000});
}

TEST(scenario, a_short_proof_is_pro) {
    request r;
    r.f.words = bit_of("proof") | bit_of("keyword");
    expect_cell(r, {"model-p", "pro", "keep", "", "proof", 1000});
}

TEST(scenario, a_document_of_300K_tokens_is_pro_though_its_summary_is_mechanical) {
    request r;
    r.f.context_tokens = 300'000;
    r.f.prompt_chars = 1'000'000;
    r.f.pasted_per_mille = 999;
    r.f.words = bit_of("mechanical");
    expect_cell(r, {"model-p", "pro", "keep", "", "long_context", 1000});
}

TEST(line, the_first_that_matches_decides) {
    request r;
    r.f.error_cost_usd_milli = 5'001;
    r.f.words = bit_of("proof");
    expect_cell(r, {"model-p", "pro", "keep", "", "error_cost", 1000});
    r.f.turn = dialect::turn::housekeeping;
    expect_cell(r, {"model-f", "flash", "none", off, "housekeeping", 0});
}

TEST(line, over_is_strict_and_from_is_not) {
    struct at_the_edge {
        std::function<void(request&)> set;
        const char* reason;
    };
    const std::vector<at_the_edge> edges = {
        {[](request& r) { r.f.error_cost_usd_milli = 5'000; }, "default"},
        {[](request& r) { r.f.error_cost_usd_milli = 5'001; }, "error_cost"},
        {[](request& r) { r.f.tool_calls = 2; }, "default"},
        {[](request& r) { r.f.tool_calls = 3; }, "tool_calls"},
        {[](request& r) { r.f.same_call_of_last_6 = 2; }, "default"},
        {[](request& r) { r.f.same_call_of_last_6 = 3; }, "stuck_loop"},
        {[](request& r) { r.f.failed_results_of_last_6 = 2; }, "default"},
        {[](request& r) { r.f.failed_results_of_last_6 = 3; }, "failing"},
        {[](request& r) { r.f.context_tokens = 100'000; }, "default"},
        {[](request& r) { r.f.context_tokens = 100'001; }, "long_context"},
        {[](request& r) { r.f.files_named = 1; }, "default"},
        {[](request& r) { r.f.files_named = 2; }, "crosses_files"},
        {[](request& r) { r.f.words = bit_of("broad"); }, "crosses_files"},
        {[](request& r) { r.f.words = bit_of("mechanical"); }, "default"},
        {[](request& r) { r.f.words = bit_of("mechanical"), r.f.pasted_per_mille = 499; }, "default"},
        {[](request& r) { r.f.words = bit_of("mechanical"), r.f.pasted_per_mille = 500; }, "mechanical"},
        {[](request& r) { r.f.words = bit_of("rewrite"), r.f.pasted_lines = 499; }, "default"},
        {[](request& r) { r.f.words = bit_of("rewrite"), r.f.pasted_lines = 500; }, "long_rewrite"},
        {[](request& r) { r.f.max_tokens = 393'216; }, "default"},
    };
    for (std::size_t i = 0; i < edges.size(); ++i) {
        request r;
        edges[i].set(r);
        const auto d = decide(shipped_routing(), r.index, r.f, r.about);
        ASSERT_TRUE(d) << "row " << i << " " << told(d);
        EXPECT_EQ(d->reason, edges[i].reason) << "row " << i << " " << told(d);
    }
}

TEST(score_line, two_of_three_weights_reach_the_threshold_and_keep_the_classifiers_score) {
    request r = request{}.tools(2);
    r.f.words = bit_of("keyword");
    expect_cell(r, {"model-p", "pro", "keep", "", "score", 700});
    r.f.tools = 0, r.index.tools = 0, r.f.prompt_chars = 2'001;
    expect_cell(r, {"model-p", "pro", "keep", "", "score", 600});
    r.f.prompt_chars = 2'000;
    expect_cell(r, {"model-f", "flash", "low", low, "bounded", 300});
}

TEST(score_line, names_the_line_and_carries_the_contributions) {
    request r = request{}.tools(2);
    r.f.words = bit_of("keyword");
    const auto d = decide(shipped_routing(), r.index, r.f, r.about);
    ASSERT_TRUE(d);
    EXPECT_EQ(d->where, "line score");
    EXPECT_EQ(d->card.score, 700);
    ASSERT_EQ(d->card.contributions.size(), 3U);
    EXPECT_EQ(d->card.contributions[1].weight, 400);
}

TEST(default_of_a_class, holds_where_no_line_matches_at_all) {
    routing routes = shipped_routing();
    routes.policies[0].decide.clear();
    routes.policies[0].effort.clear();
    request r;
    expect_cell(r, {"model-f", "flash", "keep", "", "default", 0}, routes);
    r.about.traffic_class = "batch";
    expect_cell(r, {"model-p", "pro", "keep", "", "default", 1000}, routes);
}

TEST(line, that_waits_for_a_forecast_matches_once_there_is_one) {
    routing routes = shipped_routing();
    routes.policies[0].decide.insert(
        routes.policies[0].decide.begin(),
        policy_line{{over("output_forecast", 10'000)}, 1, "", "long_output", "line 0"});
    request r;
    expect_cell(r, {"model-f", "flash", "low", low, "default", 0}, routes);
    r.f.output_forecast = 10'001;
    expect_cell(r, {"model-p", "pro", "keep", "", "long_output", 1000}, routes);
}

TEST(tier, any_number_of_them_may_stand_between) {
    routing routes = shipped_routing();
    routes.tiers.insert(routes.tiers.begin() + 1,
                        tier{"middle", "deepseek", "model-m", false, 1'000'000, 8'000});
    routes.policies[0].decide = {policy_line{{over("files_named", 0)}, 1, "", "files", "line 1"}};
    request r;
    r.f.files_named = 1;
    expect_cell(r, {"model-m", "middle", "keep", "", "files", 1000}, routes);
}

}  // namespace
}  // namespace weir::router
