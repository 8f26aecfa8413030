// What a policy file says, several of them, and those that are shipped.

#include "config_folder.hpp"

#include <algorithm>
#include <set>

namespace weir::config {
namespace {

constexpr const char* top = "weir.yaml";
constexpr const char* policy = "policy.yaml";
const std::filesystem::path source{WEIR_SOURCE_DIR};

settings loaded(const std::filesystem::path& file) {
    auto got = load(file, variables({}));
    EXPECT_TRUE(got) << all_of(got.error());
    return got ? std::move(*got) : settings{};
}

// A second policy beside the small one.
config_folder& with_other(config_folder& folder, const std::string& words = "") {
    folder.replace(top, "policy: policy.yaml", "policy: policy.yaml\nmore_policies: [other.yaml]");
    folder.write("other.yaml", folder.read(policy));
    folder.replace("other.yaml", "policy: small", "policy: other");
    if (!words.empty()) folder.replace("other.yaml", "  broad: [codebase]\n", words);
    return folder;
}

// A line for each feature. A call that was made again is a call, and without a call no file is touched: the
// narrower line must come before.
TEST(every_feature, can_be_asked_for_in_three_ways) {
    struct way {
        std::string name;
        router::comparison how;
        std::string value;
        std::int64_t kept;
    };
    for (const auto& w : std::vector<way>{{"_over", router::comparison::over, "0", 0},
                                          {"_from", router::comparison::from, "1", 1},
                                          {"_under", router::comparison::under, "1", 1}}) {
        std::vector<classifier::feature> asked;
        std::string lines;
        for (const auto& f : classifier::feature_list()) {
            if (f.name == "turn") continue;
            const bool last_first = w.how != router::comparison::under;
            asked.insert(last_first ? asked.begin() : asked.end(), f);
            lines.insert(last_first ? 0 : lines.size(), "  - {when: {" + std::string{f.name} + w.name + ": " +
                                                            w.value +
                                                            ", words: broad}, use: pro, reason: r}\n");
        }
        config_folder folder;
        folder.replace(
            policy, "  - {when: {pasted_share_from: 0.5, words: broad}, use: pro, reason: crosses_files}\n",
            lines);
        const settings s = loaded(folder.path());
        ASSERT_FALSE(s.routes.policies.empty());
        for (std::size_t i = 0; i < asked.size(); ++i) {
            const auto& when = s.routes.default_policy().decide.at(i + 2).when;
            const auto& bound = std::get<router::bound>(when.at(0));
            EXPECT_EQ(classifier::feature_list()[bound.feature].name, asked[i].name);
            EXPECT_EQ(bound.how, w.how) << asked[i].name << w.name;
            EXPECT_EQ(bound.value, asked[i].thousandths ? w.kept * 1'000 : w.kept) << asked[i].name << w.name;
        }
    }
}

TEST(input_tokens, is_another_name_of_context_tokens) {
    const settings s = loaded(config_folder{}.path());
    const auto& bound = std::get<router::bound>(s.routes.default_policy().effort.at(1).when.at(1));
    EXPECT_EQ(classifier::feature_list()[bound.feature].name, "context_tokens");
    EXPECT_EQ(bound.value, 5);
}

TEST(a_condition, may_ask_for_a_list_that_does_not_occur) {
    config_folder folder;
    folder.replace(policy, "0.5, words: broad", "0.5, words_not: broad");
    const settings s = loaded(folder.path());
    EXPECT_EQ(std::get<router::no_words_in>(s.routes.default_policy().decide.at(2).when.at(1)).list, 1U);
}

TEST(a_line, uses_a_tier_a_cell_or_the_default_of_the_class) {
    struct expected {
        std::string use;
        std::optional<std::size_t> tier;
        std::string effort;
    };
    for (const auto& e : std::vector<expected>{{"flash", 0, ""},
                                               {"pro", 1, ""},
                                               {"flash.low", 0, "low"},
                                               {"pro.none", 1, "none"},
                                               {"pro.keep", 1, "keep"},
                                               {"class_default", std::nullopt, ""}}) {
        config_folder folder;
        folder.replace(policy, "2.5}, use: pro", "2.5}, use: " + e.use);
        const settings s = loaded(folder.path());
        const auto& line = s.routes.default_policy().decide.at(1);
        EXPECT_EQ(line.use, e.tier) << e.use;
        EXPECT_EQ(line.effort, e.effort) << e.use;
    }
}

TEST(a_tier, whose_name_has_a_dot_is_named_whole_or_with_an_effort) {
    config_folder folder;
    folder.replace(top, "    pro: {upstream: deepseek, model: model-p}",
                   "    pro: {upstream: deepseek, model: model-p}\n    v4.1: {upstream: deepseek, model: m}");
    folder.replace(policy, "2.5}, use: pro", "2.5}, use: v4.1");
    folder.replace(policy, "words: broad}, use: pro", "words: broad}, use: v4.1.low");
    const settings s = loaded(folder.path());
    EXPECT_EQ(s.routes.default_policy().decide.at(1).use, std::size_t{2});
    EXPECT_EQ(s.routes.default_policy().decide.at(1).effort, "");
    EXPECT_EQ(s.routes.default_policy().decide.at(2).use, std::size_t{2});
    EXPECT_EQ(s.routes.default_policy().decide.at(2).effort, "low");
}

TEST(a_rule, gives_a_cell_an_effort_or_a_policy) {
    config_folder folder;
    with_other(folder);
    folder.replace(
        top, "  - {name: one, when: {class: batch}, use: pro}",
        "  - {when: {model: a}, use: pro.low}\n  - {when: {model: b}, effort: none}\n"
        "  - {when: {model: c}, policy: other, effort: low}\n  - {when: {model: d}, policy: small}");
    std::string all;
    for (const auto& r : loaded(folder.path()).routes.rules) {
        all += (r.use ? std::to_string(*r.use) : "-") + '.' + r.effort + '@' +
               (r.policy ? std::to_string(*r.policy) : "-") + ' ';
    }
    EXPECT_EQ(all, "1.low@- -.none@- -.low@1 -.@0 ");
}

TEST(word_lists, of_all_policies_stand_in_one_place_and_alike_ones_once) {
    config_folder folder;
    with_other(folder, "  broad: [repository]\n  third: [thing]\n");
    const settings s = loaded(folder.path());
    ASSERT_EQ(s.routes.policies.size(), 2U);
    std::string names;
    for (const auto& list : s.routes.words) names += list.name + '/' + list.words.front() + ' ';
    EXPECT_EQ(names, "proof/prove broad/codebase broad/repository third/thing ");
    const auto list_of = [&](std::size_t which) {
        return std::get<router::words_in>(s.routes.policies[which].decide.at(2).when.at(1)).list;
    };
    EXPECT_EQ(list_of(0), 1U);
    EXPECT_EQ(list_of(1), 2U);
    EXPECT_EQ(s.routes.policies[0].score.terms.at(1).list, 0U);
    EXPECT_EQ(s.routes.policies[1].score.terms.at(1).list, 0U);
    EXPECT_EQ(s.routes.default_policy().name, "small");
    EXPECT_EQ(s.routes.policies[1].name, "other");
    EXPECT_EQ(s.routes.policies[1].decide.at(0).where, "other.yaml:15");
}

TEST(word_lists, are_at_most_64_of_all_policies) {
    config_folder folder;
    std::string lists;
    for (int i = 0; i < 63; ++i) lists += "  list" + std::to_string(i) + ": [w" + std::to_string(i) + "]\n";
    with_other(folder, "  broad: [codebase]\n" + lists);
    const auto got = load(folder.path(), variables({}));
    ASSERT_FALSE(got);
    EXPECT_NE(all_of(got.error()).find("more than 64 lists"), std::string::npos) << all_of(got.error());
    folder.replace("other.yaml", "  list62: [w62]\n", "");
    EXPECT_EQ(loaded(folder.path()).routes.words.size(), 64U);
}

TEST(policies, beside_the_default_are_named_apart_and_know_its_classes) {
    struct breaking {
        std::string from;
        std::string to;
        std::string message;
    };
    for (const auto& b : std::vector<breaking>{
             {"policy: other", "policy: small", "other.yaml:1:9: error: policy: two policies have this name"},
             {"  batch: {", "  bulk: {", "the class `batch` of the default policy is missing"},
             {"  batch: {", "  bulk: {", "the default policy has no class `bulk`"},
             {"words: broad", "words: brod", "`brod` is not known here (hint: did you mean `broad`?)"}}) {
        config_folder folder;
        with_other(folder);
        folder.replace("other.yaml", b.from, b.to);
        const auto got = load(folder.path(), variables({}));
        ASSERT_FALSE(got) << b.to;
        EXPECT_NE(all_of(got.error()).find(b.message), std::string::npos) << all_of(got.error());
    }
    expect_one_problem(
        {top, "policy: policy.yaml", "policy: policy.yaml\nmore_policies: [@none.yaml]", "there is no file"});
    expect_one_problem(
        {top, "policy: policy.yaml", "policy: policy.yaml\nmore_policies: @x.yaml", "must be a list"});
}

TEST(a_learned_score, is_read_from_the_file_beside_the_policy) {
    const settings s = loaded(config_folder{}.path());
    const auto& learned = s.routes.default_policy().learned;
    ASSERT_TRUE(learned.kind);
    EXPECT_EQ(learned.kind->name, "tiny");
    EXPECT_EQ(learned.kind->terms.at(0).weight, 0.25);
    EXPECT_EQ(learned.decides, router::learned_rule::use::never);
    EXPECT_FALSE(learned.pro_from_score);

    config_folder absent;
    absent.replace(policy, "learned: {file: x.yaml, decides: never}\n", "");
    EXPECT_FALSE(loaded(absent.path()).routes.default_policy().learned.kind);

    config_folder elsewhere;
    std::filesystem::create_directory(elsewhere.path("deep"));
    elsewhere.write("deep/policy.yaml", elsewhere.read(policy));
    elsewhere.write("deep/x.yaml", small_weights());
    elsewhere.replace("deep/x.yaml", "tiny", "deep");
    elsewhere.replace(top, "policy: policy.yaml", "policy: deep/policy.yaml");
    EXPECT_EQ(loaded(elsewhere.path()).routes.default_policy().learned.kind.value().name, "deep");
}

TEST(a_learned_score, decides_where_the_policy_says_so) {
    struct expected {
        std::string text;
        bool deciding;
        std::optional<int> from;
    };
    for (const auto& e : std::vector<expected>{{"never", false, {}},
                                               {"never, pro_from_score: 0.7", false, 700},
                                               {"when_tuned", false, {}},
                                               {"when_tuned, pro_from_score: 0.625", true, 625},
                                               {"always", true, {}},
                                               {"always, pro_from_score: 0", true, 0}}) {
        config_folder folder;
        folder.replace(policy, "decides: never", "decides: " + e.text);
        const auto learned = loaded(folder.path()).routes.default_policy().learned;
        EXPECT_EQ(learned.deciding(), e.deciding) << e.text;
        EXPECT_EQ(learned.pro_from_score, e.from) << e.text;
    }
}

TEST(weights, that_are_broken_fail_the_whole_with_their_own_place) {
    expect_one_problem({"x.yaml", "version: 3", "version: @0", "between 1 and"});
}

TEST(a_session, is_as_the_policy_says_and_off_without_a_word) {
    using fall = router::session_rules::fall;
    config_folder folder;
    const auto rules = loaded(folder.path()).routes.default_policy().session;
    EXPECT_TRUE(rules.on);
    EXPECT_EQ(rules.idle_ms, 3'600'000);
    EXPECT_EQ(rules.down, fall::at_a_new_human_turn_if_cheaper);
    EXPECT_EQ(rules.warn_after_tool_calls, 15);
    EXPECT_EQ(rules.expected_requests_max, 3);
    EXPECT_EQ(rules.output_tokens_expected, 400);

    folder.replace(policy, "idle_min: 60",
                   "idle_min: 5, expected_requests_max: 7, output_tokens_expected: 90");
    folder.replace(policy, "at_a_new_human_turn_if_cheaper, warn_after_tool_calls: 15",
                   "at_a_new_human_turn");
    const auto other = loaded(folder.path()).routes.default_policy().session;
    EXPECT_EQ(other.idle_ms, 300'000);
    EXPECT_EQ(other.down, fall::at_a_new_human_turn);
    EXPECT_EQ(other.warn_after_tool_calls, 0);
    EXPECT_EQ(other.expected_requests_max, 7);
    EXPECT_EQ(other.output_tokens_expected, 90);

    folder.replace(policy, "down: at_a_new_human_turn", "down: never");
    EXPECT_EQ(loaded(folder.path()).routes.default_policy().session.down, fall::never);
    folder.replace(policy,
                   "session: {idle_min: 5, expected_requests_max: 7, output_tokens_expected: 90, up: "
                   "at_once, down: never}\n",
                   "");
    EXPECT_FALSE(loaded(folder.path()).routes.default_policy().session.on);
}

TEST(conversations, are_remembered_as_long_as_any_policy_wants) {
    config_folder folder;
    with_other(folder);
    folder.replace("other.yaml", "idle_min: 60", "idle_min: 90");
    folder.replace(top, "custody: {keep_ms: 5}", "custody: {keep_ms: 5}\nsessions: {entries_max: 12}");
    const settings s = loaded(folder.path());
    EXPECT_EQ(s.sessions.idle_ms, 90 * 60'000);
    EXPECT_EQ(s.sessions.entries_max, 12U);
    EXPECT_EQ(loaded(config_folder{}.path()).sessions.entries_max, state::session_bounds{}.entries_max);
}

TEST(an_answer_check, looks_for_what_is_listed_and_is_off_without_a_word) {
    config_folder folder;
    const auto check = loaded(folder.path()).routes.default_policy().check;
    EXPECT_TRUE(check.on && check.json && check.empty);
    EXPECT_FALSE(check.streams_too || check.schema || check.tool_arguments || check.truncated ||
                 check.refusal || check.broken_off);
    EXPECT_EQ(check.then, 1U);
    EXPECT_EQ(check.confidence_per_mille, 850);

    folder.replace(
        policy, "not_streamed, failures: [json, empty], then: pro, confidence: 0.85",
        "streams_too, failures: [schema, tool_arguments, truncated, refusal, broken_off], then: pro");
    const auto other = loaded(folder.path()).routes.default_policy().check;
    EXPECT_TRUE(other.streams_too && other.schema && other.tool_arguments && other.truncated &&
                other.refusal && other.broken_off);
    EXPECT_FALSE(other.json || other.empty);
    EXPECT_EQ(other.confidence_per_mille, 0);

    folder.replace(policy,
                   "check_answer: {when: streams_too, failures: [schema, tool_arguments, truncated, refusal, "
                   "broken_off], then: pro}\n",
                   "");
    EXPECT_FALSE(loaded(folder.path()).routes.default_policy().check.on);
}

TEST(a_client_key, may_override_efforts_and_brings_a_class_and_an_error_cost) {
    config_folder folder;
    folder.replace(top, "client_keys: []",
                   "client_keys: [{id: a, sha256: " + std::string(64, 'a') +
                       "}, {id: b, override_effort: true, error_cost_usd: 7.5, class: batch, sha256: " +
                       std::string(64, 'b') + "}]");
    const settings s = loaded(folder.path());
    const auto& plain = s.keys.listed().at(0);
    EXPECT_FALSE(plain.override_effort);
    EXPECT_EQ(plain.error_cost_usd_milli, 0);
    EXPECT_EQ(plain.traffic_class, "");
    const auto& rich = s.keys.listed().at(1);
    EXPECT_TRUE(rich.override_effort);
    EXPECT_EQ(rich.error_cost_usd_milli, 7'500);
    EXPECT_EQ(rich.traffic_class, "batch");
}

TEST(a_clients_file, tells_refusals_and_the_lines_that_change) {
    const settings s = loaded(config_folder{}.path());
    EXPECT_EQ(s.answers.refusals, (std::vector<std::string>{"I cannot help", "抱歉，我无法"}));
    EXPECT_EQ(s.asks.session_ignored_lines, (std::vector<std::string>{"x-mark:"}));
    const settings shipped = loaded(source / "config" / "weir.yaml");
    EXPECT_GT(shipped.answers.refusals.size(), 20U);
    EXPECT_EQ(shipped.asks.session_ignored_lines, (std::vector<std::string>{"x-anthropic-billing-header:"}));
    for (const auto& phrase : shipped.answers.refusals) {
        EXPECT_EQ(phrase.find("’"), std::string::npos) << phrase << ": apostrophes are straight";
    }
}

// The shipped configuration with another default policy, and the others beside it.
settings shipped_with(const std::filesystem::path& file) {
    config_folder folder;
    std::filesystem::copy(source / "config", folder.path("copy"), std::filesystem::copy_options::recursive);
    const std::string name = "policies/" + file.filename().string();
    if (name != "policies/bounded.yaml") {
        folder.replace("copy/weir.yaml", "\npolicy: policies/bounded.yaml", "\npolicy: " + name);
        folder.replace("copy/weir.yaml", "more_policies: []", "more_policies: [policies/bounded.yaml]");
    }
    return loaded(folder.path("copy/weir.yaml"));
}

TEST(each_shipped_policy, can_be_the_default) {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(source / "config" / "policies")) {
        SCOPED_TRACE(entry.path().string());
        const settings s = shipped_with(entry.path());
        if (s.routes.policies.empty()) continue;
        const auto& p = s.routes.default_policy();
        names.insert(p.name);
        EXPECT_EQ(entry.path().stem().string(), p.name);
        EXPECT_EQ(p.decide.front().reason, "housekeeping");
        EXPECT_FALSE(p.score.terms.empty());
    }
    EXPECT_EQ(names, (std::set<std::string>{"always-flash", "always-pro", "bounded", "effort-first"}));
}

std::string told(const router::routing& r) {
    std::string lines;
    for (const auto& l : r.default_policy().decide) {
        lines += l.reason + '=' + (l.use ? r.tiers[*l.use].name : "class_default") +
                 (l.effort.empty() ? "" : '.' + l.effort) + ' ';
    }
    return lines;
}

TEST(effort_first, answers_with_flash_and_leaves_pro_to_loops_costs_and_knowledge) {
    const settings s = shipped_with("effort-first.yaml");
    EXPECT_EQ(told(s.routes),
              "housekeeping=flash.none error_cost=pro.high stuck_loop=pro.high failing=pro.high "
              "stuck_loop=flash.max failing=flash.max mechanical=flash.low knowledge=pro score=flash.high "
              "bounded=flash ");
    std::string efforts;
    for (const auto& l : s.routes.default_policy().effort) efforts += l.set + ' ';
    EXPECT_EQ(efforts, "keep high high high high low ");
}

TEST(always_flash_and_always_pro, ask_nothing_of_a_request_but_whether_it_is_housekeeping) {
    EXPECT_EQ(told(shipped_with("always-flash.yaml").routes), "housekeeping=flash.none bounded=flash ");
    EXPECT_EQ(told(shipped_with("always-pro.yaml").routes), "housekeeping=flash.none default=pro ");
}

TEST(all_shipped_policies, can_stand_side_by_side) {
    config_folder folder;
    std::filesystem::copy(source / "config", folder.path("copy"), std::filesystem::copy_options::recursive);
    folder.replace("copy/weir.yaml", "more_policies: []",
                   "more_policies: [policies/effort-first.yaml, policies/always-flash.yaml, "
                   "policies/always-pro.yaml]");
    EXPECT_EQ(loaded(folder.path("copy/weir.yaml")).routes.policies.size(), 4U);
}

}  // namespace
}  // namespace weir::config
