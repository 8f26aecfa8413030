// What `weir check` prints: all settings as they hold, and no secret.

#include "config_folder.hpp"

namespace weir::config {
namespace {

settings loaded(const config_folder& folder) {
    auto got = load(folder.path(), variables({}));
    EXPECT_TRUE(got) << all_of(got.error());
    return got ? std::move(*got) : settings{};
}

void expect_parts(const std::string& text, const std::vector<std::string>& parts) {
    for (const auto& part : parts)
        EXPECT_NE(text.find(part), std::string::npos) << part << " is not in\n" << text;
}

TEST(effective_settings, are_printed_without_secrets) {
    config_folder folder;
    folder.replace("weir.yaml", "client_keys: []",
                   "client_keys: [{id: alice, sha256: "
                   "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08}]");
    const std::string text = print_effective(loaded(folder));
    expect_parts(text, {"may_see_balance: false\n    may_forward: false", "listen: \"127.0.0.1:8787\"",
                        "base_url: \"https://api.deepseek.com:443\"", "cdef\"", "sha256: \"9f86d081...\"",
                        "json_depth_max: 64", "drain_ms: 1", "durability: \"power\"",
                        "policy.yaml:15 error_cost -> pro", "policy.yaml:18 default -> class_default",
                        "minimal: \"low\"", "version: \"2026-01-01\"", "where: \"weir.yaml:21\""});
    EXPECT_EQ(text.find("0123456789"), std::string::npos) << text;
    EXPECT_EQ(text.find("9f86d0818"), std::string::npos) << text;
}

TEST(effective_settings, tell_what_is_mended_kept_and_passed_on) {
    const config_folder folder;
    expect_parts(print_effective(loaded(folder)),
                 {"accept_gzip: false", "usage_on_request: false", "inflated_bytes_max: 50331648",
                  "chat: \"\\\"thinking\\\":{\\\"type\\\":\\\"disabled\\\"}\"", "responses: \"\\\"b\\\":2\"",
                  "session_fields: [\"x-session-id\", \"thread-id\"]", "mends:\n  developer_role: \"on\"\n",
                  "user_id: \"off\"\n", "forced_tool_choice: \"thinking_off\"\n", "reasoning: \"empty\"\n",
                  "bytes_max: 67108864\n  entries_max: 65536\n  turn_bytes_max: 1048576\n  keep_ms: 5\n",
                  "- path: \"/files\"\n    methods: [\"GET\"]\n    upstream: \"deepseek\"\n"
                  "    send: \"/v2/files\"\n    fee: \"search\"\n    any_media: false\n",
                  "failed_finish_reasons: []\n",
                  "- name: \"search\"\n      from: \"2026-01-01T00:00:00.000Z\"\n"
                  "      to: \"2026-02-01T00:00:00.000Z\"\n      pico_a_call: 750000000\n"});
}

TEST(effective_settings, tell_who_may_forward_what_and_which_answers_failed) {
    config_folder folder;
    folder.replace("weir.yaml", "client_keys: []",
                   "client_keys: [{id: alice, may_forward: true, sha256: "
                   "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08}]");
    folder.replace("weir.yaml", "  routed: [auto",
                   "  failed_finish_reasons: [aborted, late]\n  routed: [auto");
    folder.replace("weir.yaml", "methods: [GET]", "any_media: true, methods: [POST]");
    expect_parts(print_effective(loaded(folder)),
                 {"may_see_balance: false\n    may_forward: true",
                  "failed_finish_reasons: [\"aborted\", \"late\"]\n", "any_media: true\n"});
}

TEST(effective_settings, tell_what_a_tier_reads_and_runs) {
    config_folder folder;
    folder.replace("weir.yaml", "images: true", "images: true, files: true, server_tools: [search, read]");
    expect_parts(print_effective(loaded(folder)),
                 {"images: true\n      files: true\n      server_tools: [\"search\", \"read\"]\n",
                  "images: false\n      files: false\n      server_tools: []\n"});
}

TEST(effective_settings, tell_each_mend_by_the_word_that_sets_it) {
    config_folder folder;
    folder.replace("weir.yaml", "mends: {user_id: off}", "mends: off");
    const std::string text = print_effective(loaded(folder));
    const std::size_t mends = text.find("mends:");
    const std::string part = text.substr(mends, text.find("custody:") - mends);
    EXPECT_EQ(part.find("on\""), std::string::npos) << part;
    EXPECT_EQ(part.find("reasoning_empty"), std::string::npos) << part;
    EXPECT_EQ(part.find("reasoning_off"), std::string::npos) << part;
    EXPECT_EQ(std::count(part.begin(), part.end(), '\n'), 13) << part;
}

TEST(effective_settings, tell_all_of_each_policy) {
    config_folder folder;
    folder.replace("weir.yaml", "policy: policy.yaml", "policy: policy.yaml\nmore_policies: [other.yaml]");
    folder.replace("weir.yaml", "when: {class: batch}, use: pro", "when: {class: batch}, policy: other");
    folder.write("other.yaml", folder.read("policy.yaml"));
    folder.replace("other.yaml", "policy: small", "policy: other");
    folder.replace("other.yaml", "decides: never", "decides: when_tuned, pro_from_score: 0.7");
    folder.replace("other.yaml", "2.5}, use: pro", "2.5}, use: pro.low");
    folder.replace("other.yaml", "at_a_new_human_turn_if_cheaper, warn",
                   "never, expected_requests_max: 9, warn");
    folder.replace("other.yaml", "[json, empty]", "[refusal, broken_off]");
    folder.replace("other.yaml", "when: not_streamed", "when: streams_too");
    expect_parts(print_effective(loaded(folder)),
                 {"words:\n  - \"proof: 2 words\"\n  - \"broad: 1 words\"\npolicies:\n  - name: \"small\"\n",
                  "    learned:\n      weights: \"tiny/3\"\n      data: \"rows.jsonl sha256:00\"\n"
                  "      date: \"2026-01-02\"\n      rows: 40\n      scores: \"AUROC 0.6\"\n"
                  "      decides: \"never\"\n      deciding: false\n",
                  "      decides: \"when_tuned\"\n      pro_from_score: 0.700\n      deciding: true\n",
                  "    session:\n      idle_min: 60\n      down: \"at_a_new_human_turn_if_cheaper\"\n"
                  "      warn_after_tool_calls: 15\n      expected_requests_max: 3\n"
                  "      output_tokens_expected: 400\n",
                  "      down: \"never\"\n      warn_after_tool_calls: 15\n      expected_requests_max: 9\n",
                  "    check_answer:\n      when: \"not_streamed\"\n      failures: [\"json\", \"empty\"]\n"
                  "      then: \"pro\"\n      confidence: 0.850\n",
                  "      when: \"streams_too\"\n      failures: [\"refusal\", \"broken_off\"]\n",
                  "other.yaml:15 error_cost -> pro.low\n", "policy: \"other\"\n",
                  "sessions:\n  entries_max: 100000\n  idle_ms: 3600000\n",
                  "session_ignored_lines: [\"x-mark:\"]\nrefusals: "
                  "[\"I cannot help\", \"抱歉，我无法\"]\n"});
}

TEST(effective_settings, tell_what_a_key_may_and_costs) {
    config_folder folder;
    folder.replace(
        "weir.yaml", "client_keys: []",
        "client_keys: [{id: alice, class: batch, error_cost_usd: 2.5, override_effort: true, sha256: "
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08}]");
    expect_parts(print_effective(loaded(folder)),
                 {"    override_effort: true\n    error_cost_usd: 2.500\n    class: \"batch\"\n"});
}

}  // namespace
}  // namespace weir::config
