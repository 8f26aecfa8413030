#include "config_folder.hpp"

#include <algorithm>

namespace weir::config {
namespace {

const std::filesystem::path shipped = std::filesystem::path{WEIR_SOURCE_DIR} / "config" / "weir.yaml";
const environment no_variables = variables({});

settings loaded(const std::filesystem::path& file, const environment& env = no_variables,
                const overrides& over = {}) {
    auto got = load(file, env, over);
    EXPECT_TRUE(got) << all_of(got.error());
    return got ? std::move(*got) : settings{};
}

std::string problems_of(const config_folder& folder, const environment& env = no_variables,
                        const overrides& over = {}) {
    const auto got = load(folder.path(), env, over);
    return got ? "none" : all_of(got.error());
}

TEST(shipped_file, works_without_a_key_as_passthrough_on_loopback) {
    const settings s = loaded(shipped);
    EXPECT_EQ(s.front.listen.host, "127.0.0.1");
    EXPECT_EQ(s.front.listen.port, 8787);
    EXPECT_EQ(s.front.admin_listen.port, 8788);
    ASSERT_EQ(s.upstreams.size(), 1U);
    EXPECT_EQ(s.upstreams[0].host, "api.deepseek.com");
    EXPECT_EQ(s.upstreams[0].port, 443);
    EXPECT_EQ(s.upstreams[0].base_path, "");
    EXPECT_TRUE(s.upstreams[0].tls);
    EXPECT_TRUE(s.upstreams[0].passthrough);
    EXPECT_TRUE(s.upstreams[0].api_key.empty());
    EXPECT_TRUE(s.keys.keyless());
    EXPECT_EQ(s.ledger.file, "weir.db");
    EXPECT_EQ(s.log, log_format::automatic);
    EXPECT_FALSE(s.asks.envelopes.empty());
    EXPECT_FALSE(s.asks.housekeeping_system.empty());
    EXPECT_FALSE(s.asks.failure_marks.empty());
    EXPECT_FALSE(s.asks.file_extensions.empty());
}

TEST(shipped_file, takes_a_key_and_a_ledger_from_the_environment) {
    const settings s =
        loaded(shipped, variables({{"DEEPSEEK_API_KEY", "sk-abc"}, {"WEIR_LEDGER", "/x/y.db"}}));
    EXPECT_FALSE(s.upstreams[0].passthrough);
    EXPECT_EQ(s.upstreams[0].api_key.reveal(), "sk-abc");
    EXPECT_EQ(s.ledger.file, "/x/y.db");
}

TEST(shipped_file, states_every_bound_and_timer_at_its_default) {
    const settings s = loaded(shipped);
    const limits bounds;
    const net::timeouts timers;
    EXPECT_EQ(s.bounds.header_bytes_max, bounds.header_bytes_max);
    EXPECT_EQ(s.bounds.header_fields_max, bounds.header_fields_max);
    EXPECT_EQ(s.bounds.request_bytes_max, bounds.request_bytes_max);
    EXPECT_EQ(s.bounds.inflated_bytes_max, bounds.inflated_bytes_max);
    EXPECT_EQ(s.bounds.json_depth_max, bounds.json_depth_max);
    EXPECT_EQ(s.bounds.answer_held_bytes_max, bounds.answer_held_bytes_max);
    EXPECT_EQ(s.bounds.event_bytes_max, bounds.event_bytes_max);
    EXPECT_EQ(s.bounds.upstream_head_bytes_max, bounds.upstream_head_bytes_max);
    EXPECT_EQ(s.bounds.connections_max, bounds.connections_max);
    EXPECT_EQ(s.bounds.slots_per_worker, bounds.slots_per_worker);
    EXPECT_EQ(s.timers.request_header_ms, timers.request_header_ms);
    EXPECT_EQ(s.timers.upstream_first_token_ms, timers.upstream_first_token_ms);
    EXPECT_EQ(s.timers.drain_ms, timers.drain_ms);
    EXPECT_EQ(s.ledger.min_free_bytes, metering::ledger_settings{}.min_free_bytes);
}

TEST(shipped_file, names_the_models_and_what_efforts_add) {
    const router::routing r = loaded(shipped).routes;
    ASSERT_EQ(r.tiers.size(), 2U);
    EXPECT_EQ(r.tiers[0].model, "deepseek-v4-flash");
    EXPECT_TRUE(r.tiers[0].images);
    EXPECT_EQ(r.tiers[1].model, "deepseek-v4-pro");
    EXPECT_FALSE(r.tiers[1].images);
    EXPECT_TRUE(r.tiers[0].files);
    EXPECT_FALSE(r.tiers[1].files);
    EXPECT_EQ(r.tiers[0].server_tools,
              (std::vector<std::string>{"deepseek_web_search", "deepseek_read_url"}));
    EXPECT_TRUE(r.tiers[1].server_tools.empty());
    EXPECT_EQ(r.tiers[1].context_tokens_max, 1'048'576);
    ASSERT_EQ(r.efforts.size(), 4U);
    EXPECT_EQ(r.efforts[2].aliases, (std::vector<std::string>{"medium", "xhigh"}));
    EXPECT_EQ(r.routed, (std::vector<std::string>{"auto", "claude-*", "gpt-*"}));
    std::vector<std::string> pins;
    for (const auto& p : r.pins)
        pins.push_back(p.name + "=" + r.tiers[p.tier].name + ":" + p.send + "." + p.effort);
    EXPECT_EQ(pins, (std::vector<std::string>{"deepseek-v4-flash=flash:deepseek-v4-flash.keep",
                                              "deepseek-v4-pro=pro:deepseek-v4-pro.keep",
                                              "deepseek-flash=flash:deepseek-flash.keep",
                                              "deepseek-v4-flash-vision-exp=flash:"
                                              "deepseek-v4-flash-vision-exp.keep",
                                              "deepseek-chat=flash:deepseek-v4-flash.none",
                                              "deepseek-reasoner=flash:deepseek-v4-flash.keep"}));
}

TEST(shipped_file, names_the_reasons_of_an_answer_that_the_upstream_broke_off) {
    EXPECT_EQ(loaded(shipped).failed_finish_reasons,
              (std::vector<std::string>{"insufficient_system_resource", "aborted"}));
    EXPECT_EQ(loaded(config_folder{}.path()).failed_finish_reasons, std::vector<std::string>{});
}

TEST(shipped_file, has_prices_for_all_models_that_it_sends) {
    const settings s = loaded(shipped);
    const auto when = *parse_rfc3339("2026-11-21T12:00:00Z");
    for (const auto& p : s.routes.pins) EXPECT_TRUE(s.prices.at(p.send, when)) << p.send;
    EXPECT_EQ(s.prices.currency(), "USD");
    EXPECT_EQ(s.prices.version(), "2026-11-22");
    const auto quote = s.prices.at("deepseek-v4-pro", when);
    ASSERT_TRUE(quote);
    EXPECT_EQ(quote->at, pricing::tariff::off_peak);
    EXPECT_EQ(quote->prices.output.value, 1'980'000);
}

TEST(shipped_policy, has_three_weights_and_its_lines_in_order) {
    const router::routing r = loaded(shipped).routes;
    const router::policy& p = r.default_policy();
    EXPECT_EQ(p.name, "bounded");
    EXPECT_EQ(p.version, 2);
    ASSERT_EQ(p.score.terms.size(), 3U);
    EXPECT_EQ(p.score.terms[0].name, "prompt_chars_over 2000");
    EXPECT_EQ(p.score.terms[0].weight, 300);
    EXPECT_EQ(p.score.terms[1].over, 1);
    EXPECT_EQ(p.score.terms[1].weight, 400);
    EXPECT_EQ(r.words[p.score.terms[2].list].name, "keyword");
    EXPECT_EQ(p.classes[0].name, "interactive");
    EXPECT_EQ(p.classes[1].default_tier, 1U);
    EXPECT_EQ(p.classes[1].pro_from_score, 600);
    std::string lines;
    for (const auto& l : p.decide) lines += l.reason + (l.use ? (*l.use == 0 ? "<" : ">") : "=") + " ";
    EXPECT_EQ(
        lines,
        "housekeeping< error_cost> stuck_loop> failing> tool_calls> long_context> long_output> "
        "mechanical< mechanical< mechanical< mechanical< long_rewrite> text_agent> bug_report> many_steps> "
        "many_steps> bug_report> small_edit< definition< definition< definition< definition< crosses_files> "
        "crosses_files> prose< proof> theory> "
        "theory> "
        "theory> large_change> large_change> fault> fault> internals> research> "
        "system_design> system_design> puzzle> shape< one_piece< "
        "quick< quick< simple_call< system_work> arithmetic< follow_up< score> default= bounded< ");
    const auto& forecast = std::get<router::bound>(p.decide[6].when.at(0));
    EXPECT_EQ(classifier::feature_list()[forecast.feature].name, "output_forecast");
    EXPECT_EQ(p.classes[1].flash_after_accepted, 1'000);
    std::string efforts;
    for (const auto& l : p.effort) efforts += l.set + " ";
    EXPECT_EQ(efforts, "none keep low high low keep ");
    EXPECT_EQ(p.decide[0].where.substr(0, 13), "bounded.yaml:");
}

TEST(small_file, is_read_as_written) {
    const config_folder folder;
    const settings s = loaded(folder.path());
    EXPECT_EQ(s.bounds.json_depth_max, 64U);
    EXPECT_EQ(s.bounds.header_bytes_max, limits{}.header_bytes_max);
    EXPECT_EQ(s.timers.drain_ms, 1);
    EXPECT_EQ(s.ledger.durable, metering::durability::power);
    EXPECT_EQ(s.log, log_format::json);
    EXPECT_EQ(s.routes.pins.at(0).send, "model-p");
    EXPECT_EQ(s.routes.rules.at(0).where, "weir.yaml:21");
    EXPECT_EQ(s.routes.default_policy().decide.at(1).where, "policy.yaml:15");
    const auto& cost = std::get<router::bound>(s.routes.default_policy().decide.at(1).when.at(0));
    EXPECT_EQ(cost.feature, classifier::find_feature("error_cost_usd"));
    EXPECT_EQ(cost.value, 2'500);
    EXPECT_EQ(cost.how, router::comparison::over);
    const auto& share = std::get<router::bound>(s.routes.default_policy().decide.at(2).when.at(0));
    EXPECT_EQ(share.value, 500);
    EXPECT_EQ(share.how, router::comparison::from);
}

TEST(flag, beats_the_file) {
    overrides over;
    over.listen = "[::1]:1";
    over.admin_listen = "0.0.0.0:0";
    over.upstream = "http://127.0.0.1:9000/base/";
    over.ledger = "/z.db";
    const settings s = loaded(shipped, variables({{"DEEPSEEK_API_KEY", "sk-x"}}), over);
    EXPECT_EQ(s.front.listen.host, "::1");
    EXPECT_EQ(s.front.listen.port, 1);
    EXPECT_EQ(s.front.admin_listen.host, "0.0.0.0");
    EXPECT_FALSE(s.upstreams[0].tls);
    EXPECT_EQ(s.upstreams[0].host, "127.0.0.1");
    EXPECT_EQ(s.upstreams[0].port, 9000);
    EXPECT_EQ(s.upstreams[0].base_path, "/base");
    EXPECT_EQ(s.upstreams[0].api_key.reveal(), "sk-x");
    EXPECT_EQ(s.ledger.file, "/z.db");
}

TEST(flag, that_is_wrong_is_named) {
    overrides over;
    over.listen = "8787";
    over.admin_listen = "a:1";
    over.upstream = "nowhere";
    over.ledger = "";
    const config_folder folder;
    const std::string all = problems_of(folder, no_variables, over);
    for (const char* flag : {"--listen: has no port", "--admin-listen: the host", "--upstream: must be a URL",
                             "--ledger: must not be empty"}) {
        EXPECT_NE(all.find(flag), std::string::npos) << all;
    }
}

TEST(localhost, is_loopback) {
    config_folder folder;
    folder.replace("weir.yaml", "listen: 127.0.0.1:8787\nadmin", "listen: localhost:8787\nadmin");
    EXPECT_EQ(loaded(folder.path()).front.listen.host, "127.0.0.1");
}

TEST(exposure, beyond_loopback_needs_client_keys_and_a_key_of_the_upstream) {
    for (const char* address : {"0.0.0.0:80", "[::]:80", "192.168.1.1:80", "128.0.0.1:80"}) {
        overrides over;
        over.listen = address;
        const config_folder folder;
        EXPECT_NE(problems_of(folder, no_variables, over).find("no client key is listed"), std::string::npos)
            << address;
    }
    for (const char* address : {"127.0.0.1:80", "127.9.9.9:80", "[::1]:80", "localhost:80"}) {
        overrides over;
        over.listen = address;
        const config_folder folder;
        EXPECT_EQ(problems_of(folder, no_variables, over), "none") << address;
    }
    config_folder folder;
    folder.replace("weir.yaml", "sk-0123456789abcdef", "passthrough");
    overrides over;
    over.listen = "0.0.0.0:80";
    EXPECT_NE(problems_of(folder, no_variables, over).find("api_key: passthrough"), std::string::npos);
}

const char* const alice =
    "client_keys: [{id: alice, sha256: "
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08, may_route: true, may_see_balance: "
    "true, may_forward: true}]";

TEST(client_keys, open_the_way_beyond_loopback_but_not_with_passthrough) {
    overrides over;
    over.listen = "0.0.0.0:80";
    config_folder folder;
    folder.replace("weir.yaml", "client_keys: []", alice);
    EXPECT_EQ(problems_of(folder, no_variables, over), "none");
    folder.replace("weir.yaml", "sk-0123456789abcdef", "passthrough");
    EXPECT_NE(problems_of(folder).find("would send a key of weir's upstream"), std::string::npos);
}

TEST(client_keys, are_read_from_a_hash_or_a_variable) {
    config_folder folder;
    folder.replace(
        "weir.yaml", "client_keys: []",
        std::string{alice}.substr(0, std::string_view{alice}.size() - 1) + ", {id: bob, key: \"${BOB}\"}]");
    const settings s = loaded(folder.path(), variables({{"BOB", "0123456789abcdef"}}));
    const auto* first = s.keys.find("test");
    ASSERT_NE(first, nullptr);
    EXPECT_EQ(first->id, "alice");
    EXPECT_TRUE(first->may_route);
    EXPECT_TRUE(first->may_see_balance);
    EXPECT_TRUE(first->may_forward);
    const auto* second = s.keys.find("0123456789abcdef");
    ASSERT_NE(second, nullptr);
    EXPECT_EQ(second->id, "bob");
    EXPECT_FALSE(second->may_route);
    EXPECT_FALSE(second->may_see_balance);
    EXPECT_FALSE(second->may_forward);
    EXPECT_EQ(s.keys.find("other"), nullptr);
}

TEST(variable, is_put_in_after_parsing_and_cannot_change_the_structure) {
    config_folder folder;
    folder.replace("weir.yaml", "{file: ledger.db", "{file: \"${A}${B:-b}$${C}$d${E:?not needed}\"");
    const settings s =
        loaded(folder.path(), variables({{"A", "}\nlog: {format: text}"}, {"E", "e"}, {"B", ""}}));
    EXPECT_EQ(s.ledger.file, "}\nlog: {format: text}b${C}$de");
    EXPECT_EQ(s.log, log_format::json);
}

TEST(variable, is_typed_by_the_setting) {
    config_folder folder;
    folder.replace("weir.yaml", "{drain_ms: 1}", "{drain_ms: \"${MS}\"}");
    EXPECT_EQ(loaded(folder.path(), variables({{"MS", "250"}})).timers.drain_ms, 250);
    const std::string wrong = problems_of(folder, variables({{"MS", "secret-word"}}));
    EXPECT_NE(wrong.find("timeouts.drain_ms: must be a whole number"), std::string::npos) << wrong;
    EXPECT_EQ(wrong.find("secret-word"), std::string::npos) << wrong;
}

TEST(variable, that_is_missing_or_malformed_is_a_problem_with_its_place) {
    const std::string file = "{file: ledger.db";
    for (const breakage& b : std::vector<breakage>{
             {"weir.yaml", file, "{file: @\"${NOPE}\"", "the variable NOPE is not set", "${NOPE:-...}"},
             {"weir.yaml", file, "{file: @\"a${NOPE:?say where}\"", "NOPE is not set", "say where"},
             {"weir.yaml", file, "{file: @\"${NOPE\"", "`${` has no `}`", "$$"},
             {"weir.yaml", file, "{file: @\"${}\"", "is no variable"},
             {"weir.yaml", file, "{file: @\"${1A}\"", "is no variable"},
             {"weir.yaml", file, "{file: @\"${A:+b}\"", "is no variable"},
             {"weir.yaml", file, "{file: @\"${A:}\"", "is no variable"},
             {"policy.yaml", "decides: never", "decides: @\"${NOPE}\"", "the variable NOPE is not set"}}) {
        expect_one_problem(b);
    }
}

TEST(proxy, comes_from_the_environment_for_https_upstreams_that_are_not_excepted) {
    struct setup {
        std::map<std::string, std::string> env;
        std::string told;
    };
    const std::vector<setup> table = {
        {{}, ":0 "},
        {{{"HTTPS_PROXY", "http://p.example:3128"}}, "p.example:3128 "},
        {{{"https_proxy", "q.example:1"}, {"HTTPS_PROXY", "http://p.example:3128"}}, "q.example:1 "},
        {{{"HTTPS_PROXY", "http://p.example"}}, "p.example:80 "},
        {{{"HTTPS_PROXY", "http://user:p%40ss@p.example:1"}}, "p.example:1 Basic dXNlcjpwQHNz"},
        {{{"HTTPS_PROXY", "http://p:1"}, {"NO_PROXY", "other.com, deepseek.com"}}, ":0 "},
        {{{"HTTPS_PROXY", "http://p:1"}, {"no_proxy", ".DeepSeek.com"}}, ":0 "},
        {{{"HTTPS_PROXY", "http://p:1"}, {"no_proxy", "*"}}, ":0 "},
        {{{"HTTPS_PROXY", "http://p:1"}, {"no_proxy", "seek.com"}}, "p:1 "},
    };
    for (std::size_t i = 0; i < table.size(); ++i) {
        const config_folder folder;
        const auto u = loaded(folder.path(), variables(table[i].env)).upstreams.at(0);
        EXPECT_EQ(u.proxy_host + ':' + std::to_string(u.proxy_port) + ' ' + u.proxy_authorization,
                  table[i].told)
            << "row " << i;
    }
    config_folder folder;
    EXPECT_NE(
        problems_of(folder, variables({{"HTTPS_PROXY", "socks5://p:1"}})).find("HTTPS_PROXY: only http://"),
        std::string::npos);
    folder.replace("weir.yaml", "https://api.deepseek.com", "http://api.deepseek.com");
    EXPECT_EQ(loaded(folder.path(), variables({{"HTTPS_PROXY", "http://p:1"}})).upstreams.at(0).proxy_host,
              "");
}

TEST(problems, are_all_told_at_once_in_the_order_of_the_file) {
    config_folder folder;
    folder.replace("weir.yaml", "127.0.0.1:8788", "nowhere");
    folder.replace("weir.yaml", "sk-0123456789abcdef", "\"${NOPE}\"");
    folder.replace("weir.yaml", "log: {format: json}", "lgo: {format: json}");
    folder.replace("policy.yaml", "{turn: housekeeping}", "{turn: housekeepin}");
    folder.replace("prices.yaml", "ids: [model-p]", "ids: [model-f]");
    const auto got = load(folder.path(), no_variables);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().size(), 5U) << all_of(got.error());
    EXPECT_TRUE(std::ranges::is_sorted(got.error(), {}, [](const problem& p) {
        return std::pair{p.file, p.line};
    })) << all_of(got.error());
}

TEST(problem, is_printed_as_compilers_do) {
    EXPECT_EQ(to_text({"a.yaml", 12, 9, "wrong", "better"}), "a.yaml:12:9: error: wrong (hint: better)");
    EXPECT_EQ(to_text({"a.yaml", 0, 0, "wrong", ""}), "a.yaml: error: wrong");
}

}  // namespace
}  // namespace weir::config
