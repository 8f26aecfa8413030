// A decision as people and programs read it: every code has its sentence, every number its place.
#include "weir/proxy/explanation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir::proxy {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::size_t feature(std::string_view name) { return classifier::find_feature(name).value_or(SIZE_MAX); }

router::policy_line line(router::condition when, std::optional<std::size_t> use, std::string reason,
                         std::string where) {
    return {std::move(when), use, {}, std::move(reason), std::move(where)};
}

classifier::linear weights() {
    classifier::linear w;
    w.name = "shipped";
    w.version = 3;
    w.from = {"train.jsonl sha256:0a1b", "2026-11-22", 2510, "AUROC 0.49"};
    w.terms = {{feature("tools"), classifier::shape::plain, 1, -.005, -1e9, 1e9}};
    w.words = {0, 0};
    return w;
}

// Two tiers, two policies, prices in dollars.
config::settings two_tiers() {
    config::settings s;
    s.prices = {"2026-11-21", "usd", {}, {}};
    router::routing& r = s.routes;
    r.tiers = {{"flash", "up", "small-model"}, {"pro", "up", "large-model"}};
    r.words = {{"proof", {"prove"}}, {"broad", {"codebase"}}};
    router::policy bounded;
    bounded.name = "bounded";
    bounded.version = 7;
    bounded.classes = {{"interactive", 0, 600}, {"batch", 1, 700}};
    using enum router::comparison;
    bounded.decide = {
        line({router::turn_is{dialect::turn::housekeeping}}, 0, "housekeeping", "b.yaml:10"),
        line({router::bound{feature("tool_calls"), over, 2}}, 1, "tool_calls", "b.yaml:11"),
        line({router::bound{feature("pasted_share"), from, 500}, router::words_in{1}}, 0, "mechanical",
             "b.yaml:12"),
        line({router::words_in{0}}, 1, "proof", "b.yaml:13"),
        line({router::score_reached{}}, 1, "score", "b.yaml:14"),
        line({router::no_signal{}}, std::nullopt, "default", "b.yaml:15"),
        line({router::always{}}, 0, "bounded", "b.yaml:16"),
    };
    bounded.effort = {{{router::tier_is{0}}, "low", "b.yaml:20"}, {{router::always{}}, "keep", "b.yaml:21"}};
    bounded.learned.kind = weights();
    r.policies = {bounded};
    router::policy other;
    other.name = "other";
    other.version = 1;
    other.decide = {line({router::always{}}, 1, "house_rule", "o.yaml:3")};
    r.policies.push_back(other);
    return s;
}

router::decision on_flash(const std::string& reason, const std::string& where) {
    router::decision d;
    d.tier = 0;
    d.tier_name = "flash";
    d.model = "small-model";
    d.effort = "low";
    d.effort_reason = "b.yaml:20";
    d.reason = reason;
    d.where = where;
    d.traffic_class = "interactive";
    d.card.contributions = {{"prompt_chars_over 2000", 15, 0}, {"words keyword", 1, 300}};
    d.card.score = 300;
    d.score = 234;
    d.learned.score = 390;
    d.learned.words_part = .412;
    return d;
}

router::decision on_pro(const std::string& reason, const std::string& where) {
    router::decision d = on_flash(reason, where);
    d.tier = 1;
    d.tier_name = "pro";
    d.model = "large-model";
    d.effort = "keep";
    d.effort_reason = "b.yaml:21";
    d.score = 1000;
    return d;
}

judgement judged(router::decision d, classifier::features f = {},
                 std::optional<router::session_view> session = std::nullopt) {
    judgement j;
    j.features = f;
    j.session = std::move(session);
    j.route = std::move(d);
    return j;
}

json as_json(const judgement& j, const config::settings& s) {
    const std::string text = explanation_json(j, s);
    const json parsed = json::parse(text, nullptr, false);
    EXPECT_TRUE(parsed.is_object()) << text;
    return parsed;
}

std::string all_of(const json& sentences) {
    std::string text;
    for (const json& one : sentences) text += one.get<std::string>() + '\n';
    return text;
}

TEST(explanation, says_which_line_fired_and_what_those_above_it_measured) {
    const config::settings s = two_tiers();
    classifier::features f;
    f.tool_calls = 2;
    f.pasted_per_mille = 250;
    f.words = 1;
    const json all = as_json(judged(on_pro("proof", "b.yaml:13"), f), s);
    ASSERT_EQ(all["lines"].size(), 4U) << all["lines"];
    const std::vector<std::string> when{
        "turn housekeeping (is human)", "tool_calls over 2 (is 2)",
        "pasted_share from 0.5 (is 0.25), a word of the list broad (none found)",
        "a word of the list proof (found)"};
    for (std::size_t i = 0; i < when.size(); ++i) {
        const json& one = all["lines"][i];
        EXPECT_EQ(one["when"], when[i]);
        EXPECT_EQ(one["line"], s.routes.policies[0].decide[i].where);
        EXPECT_EQ(one["fired"], i == 3) << one;
    }
    EXPECT_THAT(all_of(all["why"]), HasSubstr("Something is to be proved or derived. Said by b.yaml:13.\n"));
}

TEST(explanation, of_a_score_names_its_threshold_and_whose_score_it_is) {
    const config::settings s = two_tiers();
    router::decision d = on_flash("bounded", "b.yaml:16");
    d.traffic_class = "batch";
    const json all = as_json(judged(d), s);
    EXPECT_EQ(all["lines"][4]["when"], "score from 0.7 (is 0.3)");
    EXPECT_EQ(all["lines"][5]["when"], "no weight of the score fires (1 fired)");
    EXPECT_EQ(all["lines"][6]["when"], "always");
    EXPECT_THAT(all_of(all["why"]),
                HasSubstr("The reported score is 0.234: the weighted one, below the threshold of 0.7, as the "
                          "cheapest tier answers.\n"));
}

TEST(explanation, names_the_line_that_decided_among_those_of_one_reason) {
    config::settings s = two_tiers();
    std::vector<router::policy_line>& lines = s.routes.policies[0].decide;
    router::policy_line other = lines[3];
    other.where = "b.yaml:14";
    lines.insert(lines.begin() + 4, other);
    for (const bool by_session : {false, true}) {
        router::decision d = on_pro("proof", "b.yaml:14");
        if (by_session) {
            d.reason = "session";
            d.policy_reason = "proof";
            d.policy_where = std::exchange(d.where, "");
        }
        const json all = as_json(judged(d), s);
        ASSERT_EQ(all["lines"].size(), 5U) << all["lines"];
        EXPECT_EQ(all["lines"][3]["fired"], false);
        EXPECT_EQ(all["lines"][4]["line"], "b.yaml:14");
    }
}

TEST(explanation, looks_for_words_of_the_lead_in_the_lead) {
    config::settings s = two_tiers();
    s.routes.policies[0].decide[3].when = {router::words_in{0, true}, router::no_words_in{1, true}};
    classifier::features f;
    f.words = 0b11;
    f.lead_words = 0b01;
    EXPECT_EQ(
        as_json(judged(on_pro("proof", "b.yaml:13"), f), s)["lines"][3]["when"],
        "a word of the list proof in the lead (found), no word of the list broad in the lead (none found)");
}

TEST(explanation, says_whether_the_learned_score_decides) {
    config::settings s = two_tiers();
    router::learned_rule& rule = s.routes.policies[0].learned;
    const auto why = [&] { return all_of(as_json(judged(on_flash("bounded", "b.yaml:16")), s)["why"]); };
    EXPECT_THAT(why(), HasSubstr("The learned score is 0.39 (weights shipped/3); it is shown and decides"));
    rule.pro_from_score = 410;
    EXPECT_THAT(why(), HasSubstr("0.39 (weights shipped/3); it decides from 0.41 on."));
    EXPECT_EQ(as_json(judged(on_flash("bounded", "b.yaml:16")), s)["lines"][4]["when"],
              "learned score from 0.41 (is 0.39)");
    rule.decides = router::learned_rule::use::never;
    EXPECT_THAT(why(), HasSubstr("this policy never lets it decide."));
    rule.kind.reset();
    EXPECT_THAT(why(), HasSubstr("This policy has no learned score."));
    EXPECT_TRUE(as_json(judged(on_flash("bounded", "b.yaml:16")), s)["learned"].is_null());
}

TEST(explanation, gives_both_scores_with_what_they_are_made_of_and_where_weights_come_from) {
    classifier::features f;
    f.tools = 24;
    const json all = as_json(judged(on_flash("bounded", "b.yaml:16"), f), two_tiers());
    EXPECT_EQ(all["classifier"]["score"], 0.3);
    EXPECT_EQ(all["classifier"]["contributions"][1],
              json::parse(R"({"signal":"words keyword","value":1,"weight":0.3})"));
    EXPECT_EQ(all["learned"]["score"], 0.39);
    EXPECT_EQ(all["learned"]["weights"], "shipped/3");
    EXPECT_EQ(all["learned"]["decides"], false);
    EXPECT_EQ(all["learned"]["from"]["data"], "train.jsonl sha256:0a1b");
    EXPECT_EQ(all["learned"]["from"]["rows"], 2510);
    EXPECT_EQ(all["learned"]["contributions"][1]["weight"], -0.12);
}

TEST(explanation, tells_both_sides_of_the_priced_sum_in_dollars) {
    const config::settings s = two_tiers();
    router::session_view session;
    session.tier = 1;
    session.effort = "high";
    session.human_turns = 3;
    session.requests = 14;
    session.warm_tokens = {0, 24'000};
    router::decision d = on_pro("session_warm", "");
    d.policy_reason = "bounded";
    d.policy_where = "b.yaml:16";
    d.effort_reason = "session";
    // 0.0041 and 0.0062 dollars.
    d.sum = router::priced_sum{1, 0, 25'000, 24'000, 0, 400, 3, {4'100'000'000}, {6'200'000'000}};
    const json all = as_json(judged(d, {}, session), s);
    const std::string why = all_of(all["why"]);
    EXPECT_THAT(why, HasSubstr("staying on pro costs 0.0041 USD (24000 tokens warm there), moving to flash "
                               "costs 0.0062 USD (0 tokens warm there). So it stays.\n"));
    EXPECT_THAT(why, HasSubstr("3 requests are expected, with a prompt of 25000 tokens and answers of 400:"));
    EXPECT_THAT(why, HasSubstr("The policy alone would have said bounded, by b.yaml:16.\n"));
    EXPECT_THAT(why, HasSubstr("The conversation has pro.high, after 3 human turns and 14 requests; it keeps "
                               "the tier.\n"));
    EXPECT_THAT(why, HasSubstr("Effort keep: kept with the conversation's cell"));
    EXPECT_EQ(all["priced_sum"]["from"], "pro");
    EXPECT_EQ(all["priced_sum"]["stay"], "0.0041");
    EXPECT_EQ(all["priced_sum"]["requests"], 3);
    EXPECT_EQ(all["session"]["tier"], "pro");
    EXPECT_EQ(all["session"]["warm_tokens"]["pro"], 24'000);
    EXPECT_EQ(all["lines"].back()["reason"], "bounded") << "what the policy alone would have said";
    d.sum->move = {3'000'000'000};
    d.tier = 0;
    d.tier_name = "flash";
    EXPECT_THAT(all_of(as_json(judged(d, {}, session), s)["why"]),
                AllOf(HasSubstr("So it moves.\n"), HasSubstr("it falls to flash.\n")));
}

TEST(explanation, shows_what_the_other_choice_would_cost) {
    router::decision d = on_flash("bounded", "b.yaml:16");
    d.alternatives = {{0, {123'456'789}}, {1, {1'500'000}}};
    const json all = as_json(judged(d), two_tiers());
    EXPECT_THAT(all_of(all["why"]),
                HasSubstr("costs about 0.000123 USD on flash (chosen), 0.000002 USD on pro.\n"));
    EXPECT_EQ(all["alternatives"][0]["cost"], "0.000123456789") << all["alternatives"];
    EXPECT_EQ(all["alternatives"][0]["chosen"], true);
    EXPECT_EQ(all["alternatives"][1]["model"], "large-model");
    EXPECT_EQ(all["currency"], "usd");
    d.alternatives.clear();
    const json unpriced = as_json(judged(d), two_tiers());
    EXPECT_THAT(all_of(unpriced["why"]), Not(HasSubstr("prices")));
    EXPECT_TRUE(unpriced["alternatives"].empty());
    EXPECT_TRUE(unpriced["priced_sum"].is_null());
}

TEST(explanation, says_why_the_effort_is_what_it_is) {
    for (const auto& [reason, said] : std::vector<std::pair<std::string, std::string>>{
             {"client", "the client's own word stands."},
             {"pin", "set by the pin"},
             {"rule", "set by a rule"},
             {"line", "set by the policy line"},
             {"gate_tool_choice", "thinking mode takes no forced tool choice."},
             {"gate_reasoning", "thinking of earlier turns is lost."},
             {"fim", "completions never think."},
             {"default", "the upstream's own default holds."},
             {"b.yaml:20", "said by b.yaml:20: tier flash (is flash)."}}) {
        router::decision d = on_flash("bounded", "b.yaml:16");
        d.effort_reason = reason;
        const json all = as_json(judged(d), two_tiers());
        EXPECT_THAT(all_of(all["why"]), AllOf(HasSubstr("Effort low: "), HasSubstr(said))) << reason;
        EXPECT_EQ(all["effort_reason"], reason);
    }
}

TEST(explanation, of_housekeeping_leaves_the_cell_alone) {
    const config::settings s = two_tiers();
    router::decision d = on_flash("housekeeping", "b.yaml:10");
    d.moves_session = false;
    d.score = 0;
    EXPECT_THAT(all_of(as_json(judged(d), s)["why"]),
                HasSubstr("leaves the cell of its conversation alone."));
    const router::session_view session{1, "high", "client", 1, 1, 0, true, {}};
    EXPECT_THAT(all_of(as_json(judged(d, {}, session), s)["why"]),
                HasSubstr("after 1 human turn and 1 request; its last answer failed its check; this request "
                          "leaves that alone."));
}

TEST(explanation, of_a_pin_or_a_rule_lists_no_line_of_the_policy) {
    for (const char* const reason : {"pin", "rule", "gate_images"}) {
        const json all = as_json(judged(on_pro(reason, "")), two_tiers());
        EXPECT_TRUE(all["lines"].empty()) << reason << all["lines"];
        EXPECT_THAT(all_of(all["why"]), HasSubstr(std::string(reason_text(reason)))) << reason;
    }
}

TEST(explanation, goes_by_the_policy_that_decided) {
    router::decision d = on_pro("house_rule", "o.yaml:3");
    d.policy = 1;
    const json all = as_json(judged(d), two_tiers());
    EXPECT_EQ(all["policy"], "other/1");
    EXPECT_EQ(all["lines"].size(), 1U);
    EXPECT_THAT(all_of(all["why"]),
                HasSubstr("The line house_rule of the policy matched. Said by o.yaml:3.\n"));
}

TEST(explanation, holds_every_feature_under_its_name) {
    classifier::features f;
    f.turn = dialect::turn::tool;
    f.words = 3;
    f.error_cost_usd_milli = 2500;
    f.context_tokens = 12'345;
    const json features = as_json(judged(on_flash("bounded", "b.yaml:16"), f), two_tiers())["features"];
    for (const classifier::feature& known : classifier::feature_list()) {
        EXPECT_TRUE(features.contains(known.name)) << known.name;
    }
    EXPECT_EQ(features["turn"], "tool");
    EXPECT_EQ(features["error_cost_usd"], 2.5);
    EXPECT_EQ(features["context_tokens"], 12'345);
    EXPECT_EQ(features["words"], json::parse(R"(["proof","broad"])"));
}

TEST(explanation, of_a_refusal_is_the_fault_and_the_features) {
    judgement j;
    j.features.prompt_chars = 5;
    j.route = client_fault(errc::model_not_found, "no model is called \"nobody\"", "model");
    const json all = as_json(j, two_tiers());
    EXPECT_EQ(all["error"]["code"], "model_not_found");
    EXPECT_EQ(all["error"]["field"], "model");
    EXPECT_FALSE(all.contains("tier")) << all;
    EXPECT_EQ(all["features"]["prompt_chars"], 5);
    const std::string text = explanation_text(j, two_tiers());
    EXPECT_THAT(text, testing::StartsWith("refused   model_not_found: no model is called \"nobody\"\n"));
}

TEST(explanation, as_text_has_the_same_in_lines) {
    config::settings s = two_tiers();
    classifier::features f;
    f.prompt_chars = 15;
    f.tools = 24;
    auto& terms = s.routes.policies.front().learned.kind->terms;
    for (int i = 0; i < 12; ++i)
        terms.push_back({feature("tools"), classifier::shape::over, 1, .001, -1e9, 1e9});
    const std::string text = explanation_text(judged(on_flash("bounded", "b.yaml:16"), f), s);
    for (const char* const part :
         {"model     small-model\n", "tier      flash\n", "effort    low  (b.yaml:20)\n",
          "reason    bounded  (b.yaml:16)\n", "score     0.234\n", "\nwhy\n  No other line matched",
          "\n  no   b.yaml:11  tool_calls     tool_calls over 2 (is 0)\n",
          "\n  yes  b.yaml:16  bounded        always\n", "\nclassifier 0.3\n",
          "  +0.3  words keyword  (is 1)\n",
          "learned   0.39  (weights shipped/3, fitted 2026-11-22 on 2510 rows of train.jsonl",
          "  +0.412  words  (is 1)\n", "  -0.12  tools  (is 24)\n", "  and 7 smaller ones\n",
          "\nclass     interactive\npolicy    bounded/7\nfeatures\n", "\n  prompt_chars  15\n"}) {
        EXPECT_THAT(text, HasSubstr(part));
    }
    EXPECT_TRUE(text.ends_with('\n'));
}

TEST(explanation, survives_what_cannot_be_named) {
    router::decision d = on_pro("session", "");
    d.tier_name = "\xff";
    d.alternatives = {{9, {1}}};
    d.sum = router::priced_sum{8, 9, 1, 1, 1, 1, 1, {1}, {INT64_MAX}};
    router::session_view session;
    session.tier = 77;
    session.warm_tokens = {1, 2, 3, 4};
    const json all = as_json(judged(d, {}, session), two_tiers());
    EXPECT_EQ(all["tier"], "\xef\xbf\xbd");
    EXPECT_TRUE(all["session"]["tier"].is_null());
    EXPECT_THAT(all_of(all["why"]), HasSubstr("under 0.000001 USD"));
}

}  // namespace
}  // namespace weir::proxy
