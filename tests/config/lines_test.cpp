// Lines that no request can match are refused where they stand, and the line that shadows them is named.

#include "config_folder.hpp"

namespace weir::config {
namespace {

constexpr const char* top = "weir.yaml";
constexpr const char* policy = "policy.yaml";

void expect_each(const std::vector<breakage>& table) {
    for (const breakage& b : table) expect_one_problem(b);
}

// Lines of the small policy between housekeeping, which is line 14, and the score.
breakage lines(const std::string& some, const std::string& message, const std::string& hint = {}) {
    return {policy,
            "  - {when: {error_cost_usd_over: 2.5}, use: pro, reason: error_cost}\n"
            "  - {when: {pasted_share_from: 0.5, words: broad}, use: pro, reason: crosses_files}\n",
            some, message, hint};
}

std::string line(const std::string& when) { return "  - {when: " + when + ", use: pro, reason: r}\n"; }
std::string marked(const std::string& when) { return "  - @{when: " + when + ", use: pro, reason: r}\n"; }

// As many lines as the policy says, all of which can be reached.
void expect_good(const std::string& some) {
    config_folder folder;
    folder.replace(policy, lines(some, "").from, some);
    const auto got = load(folder.path(), variables({}));
    EXPECT_TRUE(got) << some << all_of(got.error());
}

TEST(a_line, whose_own_bounds_leave_nothing_is_refused) {
    expect_each({
        lines(marked("{tool_calls_over: 5, tool_calls_under: 3}"),
              "can never match: it asks for a `tool_calls` of at least 6 and at most 2"),
        lines(marked("{tool_calls_over: 5, tool_calls_under: 6}"), "at least 6 and at most 5"),
        lines(marked("{same_call_of_last_6_over: 6}"), "at least 7 and at most 6"),
        lines(marked("{json_schema_over: 1}"), "at least 2 and at most 1"),
        lines(marked("{pasted_share_over: 1}"), "`pasted_share` of at least 1.001 and at most 1"),
        lines(marked("{pasted_share_from: 0.5, pasted_share_under: 0.25}"), "at least 0.5 and at most 0.249"),
        lines(marked("{images_under: 0}"), "`images` of at least 0 and at most -1"),
        lines(marked("{error_cost_usd_under: 0}"), "of at least 0 and at most -0.001"),
        lines(marked("{input_tokens_over: 9, context_tokens_under: 9}"), "`context_tokens`"),
        lines(marked("{words: proof, words_not: proof}"), "a word of `proof` and for none of them"),
        lines(marked("{turn: human, tool_calls_over: 0}"), "`tool_calls` of at least 1 and at most 0"),
        lines(marked("{turn: human, failed_results_of_last_6_from: 1}"), "`failed_results_of_last_6`"),
        lines(marked("{same_call_of_last_6_from: 3, tool_calls_under: 3}"), "`tool_calls` of at least 3"),
    });
}

TEST(a_line, that_lines_above_leave_nothing_of_is_refused_and_told_which) {
    const std::string by_15 = "never reached: policy.yaml:15 takes all that it would match";
    expect_each({
        lines(line("{tool_calls_over: 2}") + marked("{tool_calls_over: 5}"), by_15, "above that line"),
        lines(line("{tool_calls_over: 2}") + marked("{tool_calls_over: 2}"), by_15),
        lines(line("{tool_calls_over: 2}") + marked("{tool_calls_from: 3}"), by_15),
        lines(line("{tool_calls_over: 2}") + marked("{tool_calls_over: 5, words: proof}"), by_15),
        lines(line("{tool_calls_over: 2}") + marked("{same_call_of_last_6_from: 3}"), by_15),
        lines(line("{tool_calls_under: 3}") + marked("{turn: human}"), by_15),
        lines(line("{input_tokens_over: 5}") + marked("{context_tokens_over: 5}"), by_15),
        lines(line("{words: proof}") + marked("{words: proof, tools_over: 1}"), by_15),
        lines(line("{words: proof, tools_over: 0}") + marked("{words: proof, tools_over: 1}"), by_15),
        lines(line("{pasted_share_from: 0.25}") + marked("{pasted_share_over: 0.5}"), by_15),
        lines(line("{words_not: broad}") + marked("{words_not: broad, images_over: 0}"), by_15),
        lines(line("{tools_over: 3}") + marked("{turn: housekeeping, tools_over: 1}"),
              "never reached: policy.yaml:14 takes"),
        lines(line("always") + marked("{tools_over: 1}") + line("{tools_over: 2}"), by_15),
        lines(line("{images_from: 0}") + marked("{tools_over: 1}"), by_15),
        {policy, "  - {when: no_signal", "  - @{when: score, use: pro, reason: again}\n  - {when: no_signal",
         "never reached: policy.yaml:17 takes"},
    });
}

TEST(a_line, that_several_lines_above_cover_together_is_refused) {
    expect_each({
        lines(line("{turn: human}") + line("{turn: tool}") + marked("{tools_over: 3, words: proof}"),
              "never reached: policy.yaml:16"),
        lines(line("{tool_calls_over: 2}") + line("{tool_calls_under: 3}") + marked("{words: proof}"),
              "never reached: policy.yaml:16"),
        lines(line("{tool_calls_over: 2}") + line("{tool_calls_under: 2}") +
                  marked("{tool_calls_from: 3, words: proof}"),
              "never reached: policy.yaml:15"),
        lines(line("{tool_calls_over: 5}") + line("{tool_calls_under: 2}") +
                  line("{tool_calls_from: 2, tool_calls_under: 4}") + line("{tool_calls_from: 4}") +
                  marked("{words: proof}"),
              "never reached: policy.yaml:18"),
        lines(line("{words: proof}") + line("{words_not: proof}") + marked("{words: broad}"),
              "never reached: policy.yaml:16"),
    });
}

TEST(a_word_list, whose_words_are_all_in_another_is_taken_by_it) {
    config_folder folder;
    folder.replace(policy, "  broad: [codebase]\n", "  broad: [codebase, prove, 证明]\n");
    const auto swapped = lines(line("{words: broad}") + line("{words: proof}"), "");
    folder.replace(policy, swapped.from, swapped.to);
    const auto got = load(folder.path(), variables({}));
    ASSERT_FALSE(got);
    ASSERT_EQ(got.error().size(), 1U) << all_of(got.error());
    EXPECT_EQ(got.error()[0].line, 16);
    EXPECT_NE(got.error()[0].message.find("policy.yaml:15"), std::string::npos) << all_of(got.error());
}

TEST(lines, that_leave_something_for_those_below_are_good) {
    for (const std::string& some : std::vector<std::string>{
             line("{tool_calls_over: 5}") + line("{tool_calls_over: 2}"),
             line("{tool_calls_over: 2, words: proof}") + line("{tool_calls_over: 5}"),
             line("{same_call_of_last_6_from: 3}") + line("{tool_calls_over: 2}"),
             line("{turn: human}") + line("{tool_calls_over: 2}"),
             line("{words: proof}") + line("{words: broad}"),
             line("{words: proof, tools_over: 2}") + line("{words: proof, tools_over: 1}"),
             line("{words_not: proof, words: broad}") + line("{words: proof}"),
             line("{tool_calls_over: 2}") + line("{tool_calls_under: 2}") + line("{words: proof}"),
             line("{tools_from: 1, tools_under: 2}") + line("{tools_over: 0}"),
             line("{pasted_share_from: 0.999, pasted_share_under: 1}") + line("{pasted_share_from: 0.999}"),
         }) {
        expect_good(some);
    }
}

TEST(an_effort_line, that_is_never_reached_is_refused) {
    const std::string two = "  - {when: {tier: flash, input_tokens_over: 5}, set: low}\n";
    expect_each({
        {policy, two, two + "  - @{when: {tier: flash, context_tokens_over: 9}, set: none}\n",
         "never reached: policy.yaml:22"},
        {policy, two, two + "  - @{when: {reason: housekeeping, tier: flash}, set: none}\n",
         "never reached: policy.yaml:21"},
        {policy, two,
         "  - {when: {tier: flash}, set: low}\n  - {when: {tier: pro}, set: low}\n"
         "  - @{when: {tools_over: 1}, set: none}\n",
         "never reached: policy.yaml:23"},
        {policy, "{reason: housekeeping}", "{reason: @failing}", "`failing` is not known"},
    });
    // a last `always` may be left with nothing: it is asked for
    config_folder folder;
    folder.replace(policy, two, "  - {when: {tier: flash}, set: low}\n  - {when: {tier: pro}, set: low}\n");
    const auto got = load(folder.path(), variables({}));
    EXPECT_TRUE(got) << all_of(got.error());
}

TEST(an_effort_line, may_ask_for_the_reasons_that_no_line_gives) {
    for (const char* reason : {"pin", "rule", "min_tier", "session", "session_warm", "gate_images",
                               "gate_files", "gate_tools", "gate_context", "answer_failed", "bounded"}) {
        config_folder folder;
        folder.replace(policy, "{reason: housekeeping}", "{reason: " + std::string{reason} + "}");
        const auto got = load(folder.path(), variables({}));
        EXPECT_TRUE(got) << all_of(got.error());
    }
}

TEST(a_rule, that_is_never_reached_is_refused) {
    const std::string rule = "  - {name: one, when: {class: batch}, use: pro}\n";
    const auto both = [&](const std::string& above, const std::string& below) {
        return breakage{top, rule,
                        "  - {when: " + above + ", use: pro}\n  - @{when: " + below + ", use: flash}\n",
                        "never reached: weir.yaml:21"};
    };
    expect_each({
        both("{class: batch}", "{class: batch, tools_over: 1}"),
        both("{model: \"gpt-*\"}", "{model: gpt-5}"),
        both("{model: \"gpt-*\"}", "{model: \"gpt-5*\", class: batch}"),
        both("always", "{model: auto}"),
    });
    for (const auto& good :
         {both("{model: gpt-5}", "{model: \"gpt-*\"}"), both("{class: batch}", "{model: auto}"),
          both("{model: \"gpt-*\"}", "{model: auto}")}) {
        config_folder folder;
        folder.replace(top, good.from, good.to);
        const auto got = load(folder.path(), variables({}));
        EXPECT_TRUE(got) << good.to << all_of(got.error());
    }
}

}  // namespace
}  // namespace weir::config
