#include "config_folder.hpp"

namespace weir::config {
namespace {

constexpr const char* top = "weir.yaml";
constexpr const char* policy = "policy.yaml";
constexpr const char* prices = "prices.yaml";

void expect_each(const std::vector<breakage>& table) {
    for (const breakage& b : table) expect_one_problem(b);
}

TEST(models, that_lead_nowhere_are_refused) {
    expect_each({
        {top, "pro: {upstream: deepseek,", "pro: {upstream: @depseek,", "`depseek` is not known",
         "`deepseek`"},
        {top, "model: model-p}", "model: @\"\"}", "must not be empty"},
        {top, "pro: {upstream: deepseek, model: model-p}", "pro: @{upstream: deepseek}",
         "`model` is missing"},
        {top, "{tier: pro, effort: keep}", "{tier: @por, effort: keep}", "`por`", "`pro`"},
        {top, "{tier: pro, effort: keep}", "{tier: pro, effort: @lwo}", "`lwo`", "`low`"},
        {top, "{tier: pro, effort: keep}", "@{effort: keep}", "`tier` is missing"},
        {top, "model-p: {tier: pro", "@\"model-*\": {tier: pro", "one whole name"},
        {top, "model-p: {tier: pro", "@auto: {tier: pro", "under `routed` too"},
        {top, "[auto, \"gpt-*\"]", "[auto, @\"g*t\"]", "only at the end"},
        {top, "[auto, \"gpt-*\"]", "[auto, @auto]", "listed twice"},
        {top, "low: {chat: {reasoning_effort: low}, responses: {b: 2}, messages: {c: 3}}", "low: @low",
         "must be a map"},
        {top, "messages: {c: 3}}", "messages: {c: 3}}\n    @keep: {}", "cannot be changed"},
        {top, "{minimal: low}", "{minimal: @mid}", "`mid` is not known"},
        {top, "{minimal: low}", "{@none: low}", "is an effort itself"},
        {top, "effort_without_thinking: none", "effort_without_thinking: @off", "`off` is not known"},
        {top, "effort_without_thinking: none", "effort_without_thinking: @keep", "`keep` says nothing"},
        {top, "  routed: [auto", "  failed_finish_reasons: @aborted\n  routed: [auto", "must be a list"},
        {top, "  routed: [auto", "  failed_finish_reasons: [@\"\"]\n  routed: [auto", "must not be empty"},
        {top, "policy: policy.yaml", "policy: @nowhere.yaml", "there is no file"},
        {top, "prices: prices.yaml", "prices: @\"\"", "must not be empty"},
    });
}

TEST(a_rule, that_cannot_decide_is_refused) {
    const std::string rule = "{name: one, when: {class: batch}, use: pro}";
    expect_each({
        {top, rule, "{name: one, when: {class: @bach}, use: pro}", "`bach`", "`batch`"},
        {top, rule, "{name: one, when: {@clas: batch}, use: pro}", "nothing is measured as `clas`",
         "`class`"},
        {top, rule, "@{name: one, when: {class: batch}}", "decides nothing", "`policy`"},
        {top, rule, "{when: {class: batch}, policy: @smal}", "`smal`", "`small`"},
        {top, rule, "{when: {class: batch}, use: pro, policy: @small}", "`use` decides already"},
        {top, rule, "{when: {class: batch}, use: pro.low, effort: @low}", "names an effort already"},
        {top, rule, "{when: {class: batch}, use: @class_default}", "`class_default` is not known"},
        {top, rule, "{when: {class: batch}, use: @gold}", "`gold`", "one of: flash, pro"},
        {top, rule, "{when: {words: @prof}, use: pro}", "`prof`", "`proof`"},
        {top, rule, "{when: {@tier: pro}, use: pro}", "nothing is measured as `tier`"},
        {top, rule, "{when: @score, use: pro}", "`score` is not known"},
        {top, rule, "@{when: {key: carol}, use: pro}", "no client key has the id `carol`"},
        {top, rule, "@{use: pro}", "`when` is missing"},
    });
}

TEST(a_client_key, that_is_unsafe_or_unreadable_is_refused) {
    const std::string none = "client_keys: []";
    expect_each({
        {top, none, "@client_keys:", "must be a list, is empty", "write []"},
        {top, none, "client_keys: [@{id: a}]", "either `sha256` or `key`"},
        {top, none, "client_keys: [{id: a, sha256: @abc}]", "64 hexadecimal digits"},
        {top, none, "client_keys: [{id: a, key: @short}]", "at least 16 characters"},
        {top, none, "client_keys: [{id: a, key: @0123456789abcdef}]", "must not stand in the file"},
        {top, none, "client_keys: [@{sha256: " + std::string(64, 'a') + "}]", "`id` is missing"},
        {top, none, "client_keys: [{id: @\"a b\", sha256: " + std::string(64, 'a') + "}]", "letters, digits"},
        {top, none,
         "client_keys: [{id: a, sha256: " + std::string(64, 'a') +
             "}, {id: @a, sha256: " + std::string(64, 'b') + "}]",
         "two keys have this id"},
        {top, none,
         "client_keys: [{id: a, sha256: " + std::string(64, 'a') +
             "}, @{id: b, sha256: " + std::string(64, 'a') + "}]",
         "the same key"},
        {top, none, "client_keys: [{id: a, class: @bach, sha256: " + std::string(64, 'a') + "}]", "`bach`",
         "`batch`"},
        {top, none, "client_keys: [{id: a, error_cost_usd: @-1, sha256: " + std::string(64, 'a') + "}]",
         "at most three decimals"},
        {top, none, "client_keys: [{id: a, error_cost_usd: @1000001, sha256: " + std::string(64, 'a') + "}]",
         "between 0 and 1000000"},
        {top, none, "client_keys: [{id: a, override_effort: @often, sha256: " + std::string(64, 'a') + "}]",
         "true or false"},
    });
}

TEST(a_policy_line, that_names_what_is_not_there_is_refused) {
    expect_each({
        {policy, "{turn: housekeeping}", "{turn: @housekeepin}", "`housekeepin`", "`housekeeping`"},
        {policy, "error_cost_usd_over", "@error_cost_usd_ovr", "nothing is measured",
         "`error_cost_usd_over`"},
        {policy, "error_cost_usd_over: 2.5", "error_cost_usd_over: @2.5555", "at most three decimals"},
        {policy, "error_cost_usd_over: 2.5", "error_cost_usd_over: @-1", "at most three decimals"},
        {policy, "error_cost_usd_over: 2.5", "@turn_over: 1", "nothing is measured as `turn_over`"},
        {policy, "error_cost_usd_over: 2.5", "@tool_calls: 5", "nothing is measured as `tool_calls`"},
        {policy, "error_cost_usd_over: 2.5", "tool_calls_over: @1000000001", "between 0 and 1000000000"},
        {policy, "error_cost_usd_over: 2.5", "same_call_of_last_6_from: @7", "between 0 and 6"},
        {policy, "error_cost_usd_over: 2.5", "words_not: @braod", "`braod`", "`broad`"},
        {policy, "pasted_share_from: 0.5", "pasted_share_from: @1.5", "between 0 and 1, is `1.5`"},
        {policy, "words: broad", "words: @braod", "`braod`", "`broad`"},
        {policy, "2.5}, use: pro", "2.5}, use: @prro", "`prro`", "`pro`"},
        {policy, "2.5}, use: pro", "2.5}, use: @pro.lwo", "the effort of `pro.lwo` is not known", "`low`"},
        {policy, "2.5}, use: pro", "2.5}, use: @pr.low", "the tier of `pr.low` is not known", "`pro`"},
        {policy, "2.5}, use: pro", "2.5}, use: @class_default.low", "the tier of `class_default.low`"},
        {policy, "2.5}, use: pro", "2.5}, use: @class_defalt", "`class_defalt`", "`class_default`"},
        {policy, "2.5}, use: pro, reason: error_cost", "2.5}, use: pro, reason: @\"\"", "must not be empty"},
        {policy, "- {when: {error_cost_usd_over: 2.5}, use: pro, reason: error_cost}",
         "- @{when: {error_cost_usd_over: 2.5}, use: pro}", "`reason` is missing"},
        {policy, "{when: {error_cost_usd_over: 2.5}", "{when: @{}", "asks for nothing", "always"},
        {policy, "{when: {error_cost_usd_over: 2.5}", "{when: {@tier: pro}", "nothing is measured as `tier`"},
        {policy, "{when: score", "{when: @scor", "`scor`", "`score`"},
        {policy, "{reason: housekeeping}", "{reason: @housekeepin}", "`housekeepin`", "`housekeeping`"},
        {policy, "{tier: flash, input", "{tier: @flsh, input", "`flsh`", "`flash`"},
        {policy, "5}, set: low", "5}, set: @lo", "`lo`", "`low`"},
    });
}

TEST(policy_lines, end_with_always_and_nowhere_before) {
    expect_each({
        {policy, "decide:\n  - {when: {turn",
         "decide:\n  - {when: always, use: pro, reason: all}\n  - @{when: {turn", "never reached"},
        {policy,
         "effort:\n  - {when: {reason: housekeeping}, set: none}\n  - {when: {tier: flash, "
         "input_tokens_over: 5}, "
         "set: low}\n  - {when: always, set: keep}",
         "effort: @[{when: {tier: pro}, set: low}]", "the last line must be `always`"},
    });
}

TEST(a_policy, with_a_part_that_is_missing_or_misshapen_is_refused) {
    expect_each({
        {policy, "policy: small", "policy: @\"\"", "must not be empty"},
        {policy, "version: 2", "version: @0", "between 1 and"},
        {policy, "version: 2\n", "version: 2\n@vresion: 3\n", "`vresion`", "`version`"},
        {policy, "[prove, 证明]", "@[]", "names no word"},
        {policy, "[prove, 证明]", "[prove, @\"\"]", "must not be empty"},
        {policy, "weight: 0.5", "weight: @0", "between 0.001 and 1000"},
        {policy, "{when: {prompt_chars_over: 2000}, weight: 0.5}",
         "{when: @{tool_calls_over: 2}, weight: 0.5}", "for one of prompt_chars_over, tools_over or words"},
        {policy, "{when: {prompt_chars_over: 2000}, weight: 0.5}",
         "{when: @{prompt_chars_from: 2}, weight: 0.5}", "for one of"},
        {policy, "{when: {prompt_chars_over: 2000}, weight: 0.5}", "@{when: {prompt_chars_over: 2000}}",
         "`weight` is missing"},
        {policy, "interactive: {default: flash,", "interactive: {default: @fash,", "`fash`", "`flash`"},
        {policy, "batch: {default: pro, pro_from_score: 0.6}", "batch: @{default: pro}",
         "`pro_from_score` is missing"},
        {policy, "batch: {default: pro, pro_from_score: 0.6}", "batch: {default: pro, pro_from_score: @1.1}",
         "between 0 and 1"},
        {policy, "decides: never", "decides: @sometimes", "`sometimes`", "one of: never, when_tuned, always"},
        {policy, "decides: never", "decides: never, pro_from_score: @2", "between 0 and 1"},
        {policy, "file: x.yaml", "file: @y.yaml", "there is no file", "the folder of this file"},
        {policy, "idle_min: 60", "idle_min: @soon", "whole number"},
        {policy, "up: at_once", "up: @later", "`later`"},
        {policy, "at_a_new_human_turn_if_cheaper", "@at_a_new_turn", "`at_a_new_turn`",
         "one of: at_a_new_human_turn_if_cheaper, at_a_new_human_turn, never"},
        {policy, "idle_min: 60", "idle_min: 60, expected_requests_max: @0", "between 1 and 1000"},
        {policy, "idle_min: 60", "idle_min: 60, output_tokens_expected: @-1", "between 0 and"},
        {policy, "when: not_streamed", "when: @streams", "`streams`", "one of: not_streamed, streams_too"},
        {policy, "failures: [json, empty]", "failures: [json, @emty]", "`emty`", "`empty`"},
        {policy, "failures: [json, empty]", "failures: [json, @json]", "listed twice"},
        {policy, "then: pro", "then: @gold", "`gold`"},
        {policy, "then: pro", "then: @flash", "nothing would be checked"},
        {policy, "failures: [json, empty], then: pro, confidence: 0.85", "failures: @[], then: pro",
         "names no failure"},
        {policy, "confidence: 0.85", "confidence: @85", "between 0 and 1"},
        {top, "custody: {keep_ms: 5}", "custody: {keep_ms: 5}\nsessions: {entries_max: @-1}",
         "between 0 and"},
        {top, "custody: {keep_ms: 5}", "custody: {keep_ms: 5}\nsessions: {@entrys_max: 1}", "`entrys_max`",
         "`entries_max`"},
    });
}

TEST(a_price, that_cannot_be_billed_is_refused) {
    const std::string flat = "flat: {usd: {hit: 0.1, miss: 1, output: 2}}";
    expect_each({
        {prices, "currency: usd", "currency: @eur", "`eur`", "one of: usd, cny"},
        {prices, "unit: per_1m_tokens", "unit: @per_1k_tokens", "`per_1k_tokens`"},
        {prices, "version: \"2026-01-01\"", "version: @\"\"", "must not be empty"},
        {prices, "ids: [model-p]", "ids: [@model-f]", "has prices already"},
        {prices, flat, "flat: {usd: @{hit: 1.1, miss: 1, output: 2}}", "cannot cost more than a miss"},
        {prices, flat, "flat: {usd: {hit: @-0.1, miss: 1, output: 2}}", "at most six decimals"},
        {prices, flat, "flat: {usd: {hit: @0.0000001, miss: 1, output: 2}}", "at most six decimals"},
        {prices, flat, "flat: {usd: {hit: @1e-1, miss: 1, output: 2}}", "at most six decimals"},
        {prices, flat, "flat: {usd: @{hit: 0.1, miss: 1}}", "`output` is missing"},
        {prices, flat, "flat: @{cny: {hit: 0.1, miss: 1, output: 2}}", "`usd` is missing"},
        {prices, "miss: 0.435, output: 0.87}}", "miss: 0.435, output: 0.87}}, @flt: 1", "`flt`", "`flat`"},
        {prices, "- {from: 2026-01-01T00:00:00Z, flat: {usd: {hit: 0.003625, miss: 0.435, output: 0.87}}}",
         "- @{from: 2026-01-01T00:00:00Z}", "either `flat`, or both"},
        {prices, "- {from: 2026-01-01T00:00:00Z, to", "- {from: @yesterday, to", "must be a time"},
        {prices, "- from: 2026-02-01T00:00:00Z", "- @from: 2026-02-02T00:00:00Z", "leaves a gap"},
        {prices, "- from: 2026-02-01T00:00:00Z", "- @from: 2026-01-31T00:00:00Z", "overlaps"},
    });
}

TEST(a_calendar, that_cannot_be_followed_is_refused) {
    expect_each({
        {prices, "\"+08:00\"", "@\"8\"", "an offset such as"},
        {prices, "\"+08:00\"", "@\"+15:00\"", "an offset such as"},
        {prices, "[\"09:00\", \"12:00\"]", "@[\"12:00\", \"09:00\"]", "two times of a day"},
        {prices, "[\"09:00\", \"12:00\"]", "@[\"09:00\", \"24:01\"]", "two times of a day"},
        {prices, "[\"14:00\", \"18:00\"]", "@[\"11:59\", \"18:00\"]", "before the window above it ends"},
        {prices, "years_known: [2026]", "years_known: [2026, @26]", "between 2000 and 2200"},
        {prices, "[2026-10-01]", "[@2026-13-01]", "must be a date"},
        {prices, "[2026-10-01]", "[2026-10-01, @2026-10-01]", "listed twice"},
        {prices, "[2026-10-01]", "[@2027-10-01]", "under `years_known`"},
    });
}

TEST(a_clients_file, that_is_misshapen_is_refused) {
    expect_each({
        {"clients.yaml", "envelopes: [", "@envelops: [", "`envelops`", "`envelopes`"},
        {"clients.yaml", "{system: [title generator]", "{@sytem: [title generator]", "`sytem`", "`system`"},
        {"clients.yaml", "file_extensions: [py]", "file_extensions: @py", "must be a list"},
        {"clients.yaml", "refusals: [", "@refusal: [", "`refusal`", "`refusals`"},
        {"clients.yaml", "session_ignored_lines: [\"x-mark:\"]", "session_ignored_lines: [@\"\"]",
         "must not be empty"},
    });
}

}  // namespace
}  // namespace weir::config
