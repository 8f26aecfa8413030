#include "weir/metering/metrics.hpp"

#include "support.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <thread>

namespace weir::metering {
namespace {

using testing::served_row;

gauges now() {
    gauges g;
    g.version = "1.2.3";
    return g;
}

// Value of the sample whose name and labels are `sample`; NaN where there is none.
double value_of(const std::string& text, const std::string& sample) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(sample + ' ')) return std::stod(line.substr(sample.size() + 1));
    }
    return std::nan("");
}

std::string text_of(const std::vector<const metrics_shard*>& shards) { return exposition(shards, now()); }

TEST(metrics, a_row_is_counted_in_every_family_it_belongs_to) {
    metrics_shard shard({"flash", "pro"});
    shard.count(served_row(1));
    const std::string text = text_of({&shard});
    const std::vector<std::pair<std::string, double>> table = {
        {R"(weir_requests_total{tier="flash",outcome="served",endpoint="chat"})", 1},
        {R"(weir_requests_total{tier="flash",outcome="served",endpoint="messages"})", 0},
        {R"(weir_requests_total{tier="pro",outcome="served",endpoint="chat"})", 0},
        {R"(weir_served_other_total{tier="flash"})", 0},
        {R"(weir_schema_checks_total{result="schema_fits"})", 1},
        {R"(weir_decisions_total{tier="flash",reason="bounded"})", 1},
        {R"(weir_tokens_total{tier="flash",type="input_hit"})", 100},
        {R"(weir_tokens_total{tier="flash",type="input_miss"})", 20},
        {R"(weir_tokens_total{tier="flash",type="output"})", 30},
        {R"(weir_tokens_total{tier="flash",type="reasoning"})", 10},
        {R"(weir_cost_micro_total{tier="flash",currency="USD"})", 21.3},
        {R"(weir_baseline_cost_micro_total{baseline="all_flash",currency="USD"})", 21.3},
        {R"(weir_baseline_cost_micro_total{baseline="all_pro",currency="USD"})", 74.8},
        {R"(weir_request_duration_seconds_count{tier="flash"})", 1},
        {R"(weir_request_duration_seconds_sum{tier="flash"})", 0.250123},
        {R"(weir_request_duration_seconds_bucket{tier="flash",le="0.16"})", 0},
        {R"(weir_request_duration_seconds_bucket{tier="flash",le="0.32"})", 1},
        {R"(weir_request_duration_seconds_bucket{tier="flash",le="+Inf"})", 1},
        {R"(weir_time_to_first_byte_seconds_sum{tier="flash"})", 0.090456},
        {R"(weir_build_info{version="1.2.3"})", 1},
    };
    for (const auto& [sample, value] : table)
        EXPECT_DOUBLE_EQ(value_of(text, sample), value) << sample << '\n' << text;
}

TEST(metrics, an_attempt_that_was_replaced_costs_and_is_no_request) {
    metrics_shard shard({"flash", "pro"});
    row r = served_row(1);
    r.how = outcome::replaced;
    r.parent = {2};
    r.checked = "empty";
    shard.count(r);
    const std::string text = text_of({&shard});
    const std::vector<std::pair<std::string, double>> table = {
        {R"(weir_replaced_total{tier="flash"})", 1},
        {R"(weir_replaced_total{tier="pro"})", 0},
        {R"(weir_tokens_total{tier="flash",type="output"})", 30},
        {R"(weir_cost_micro_total{tier="flash",currency="USD"})", 21.3},
        {R"(weir_schema_checks_total{result="empty"})", 1},
        {R"(weir_requests_total{tier="flash",outcome="served",endpoint="chat"})", 0},
        {R"(weir_requests_total{tier="flash",outcome="interrupted",endpoint="chat"})", 0},
        {R"(weir_request_duration_seconds_count{tier="flash"})", 0},
        {R"(weir_time_to_first_byte_seconds_count{tier="flash"})", 0},
    };
    for (const auto& [sample, value] : table)
        EXPECT_DOUBLE_EQ(value_of(text, sample), value) << sample << '\n' << text;
    EXPECT_EQ(text.find("outcome=\"replaced\""), std::string::npos);
    EXPECT_EQ(text.find("weir_decisions_total{"), std::string::npos);
    EXPECT_EQ(text.find("weir_baseline_cost_micro_total{"), std::string::npos);
}

TEST(metrics, a_row_without_a_first_byte_has_no_time_to_it) {
    metrics_shard shard({"flash"});
    row r = served_row(1);
    r.first_byte_us = -1;
    shard.count(r);
    const std::string text = text_of({&shard});
    EXPECT_EQ(value_of(text, R"(weir_time_to_first_byte_seconds_count{tier="flash"})"), 0);
    EXPECT_EQ(value_of(text, R"(weir_request_duration_seconds_count{tier="flash"})"), 1);
}

TEST(metrics, a_tier_that_is_not_configured_is_counted_as_none) {
    metrics_shard shard({"flash"});
    row r = served_row(1);
    for (const std::string tier : {"", "gold", "none"}) {
        r.tier = tier;
        shard.count(r);
    }
    EXPECT_EQ(
        value_of(text_of({&shard}), R"(weir_requests_total{tier="none",outcome="served",endpoint="chat"})"),
        3);
}

TEST(metrics, requests_are_counted_by_api_and_what_is_forwarded_together) {
    metrics_shard shard({"flash"});
    row r = served_row(1);
    for (const std::string endpoint : {"chat", "responses", "responses", "messages", "completions",
                                       "forward:/tools/search", "forward:/files", "forwarded", "", "chat2"}) {
        r.endpoint = endpoint;
        shard.count(r);
    }
    const std::string text = text_of({&shard});
    const std::vector<std::pair<std::string, double>> table = {
        {"chat", 1}, {"responses", 2}, {"messages", 1}, {"completions", 1}, {"forwarded", 5}};
    for (const auto& [endpoint, requests] : table) {
        const std::string sample =
            R"(weir_requests_total{tier="flash",outcome="served",endpoint=")" + endpoint + "\"}";
        EXPECT_EQ(value_of(text, sample), requests) << sample << '\n' << text;
    }
}

TEST(metrics, a_call_without_tier_model_or_tokens_is_counted_with_its_fee) {
    metrics_shard shard({"flash"});
    row r;
    r.endpoint = "forward:/tools/search";
    r.price_tariff = "fee";
    r.cost = {5'000'000'000};
    shard.count(r);
    const std::string text = text_of({&shard});
    EXPECT_EQ(value_of(text, R"(weir_requests_total{tier="none",outcome="served",endpoint="forwarded"})"), 1);
    EXPECT_EQ(value_of(text, R"(weir_cost_micro_total{tier="none",currency="USD"})"), 5'000);
}

TEST(metrics, mends_are_counted_by_name_over_all_shards_and_from_zero) {
    const std::vector<std::string> mends = {"developer_role", "user_id", "json_schema"};
    metrics_shard one({"flash"}, mends);
    metrics_shard two({"flash"}, mends);
    one.count_mend(0);
    one.count_mend(2);
    two.count_mend(2);
    const std::string text = text_of({&one, &two});
    EXPECT_EQ(value_of(text, R"(weir_mends_total{mend="developer_role"})"), 1) << text;
    EXPECT_EQ(value_of(text, R"(weir_mends_total{mend="user_id"})"), 0);
    EXPECT_EQ(value_of(text, R"(weir_mends_total{mend="json_schema"})"), 2);
}

TEST(metrics, answers_of_another_model_are_counted_by_the_tier_that_was_sent) {
    metrics_shard one({"flash", "pro"});
    metrics_shard two({"flash", "pro"});
    row r = served_row(1);
    one.count(r);
    r.served_other = true;
    one.count(r);
    two.count(r);
    r.tier = "pro";
    two.count(r);
    const std::string text = text_of({&one, &two});
    EXPECT_EQ(value_of(text, R"(weir_served_other_total{tier="flash"})"), 2) << text;
    EXPECT_EQ(value_of(text, R"(weir_served_other_total{tier="pro"})"), 1);
    EXPECT_EQ(value_of(text, R"(weir_served_other_total{tier="none"})"), 0);
}

TEST(metrics, checks_are_counted_by_result_and_an_answer_that_was_not_checked_is_not) {
    metrics_shard one({"flash"});
    metrics_shard two({"flash"});
    row r = served_row(1);
    for (const std::string verdict : {"schema_does_not_fit", "schema_fits", "", "schema_fits"}) {
        r.checked = verdict;
        one.count(r);
    }
    two.count(r);
    const std::string text = text_of({&one, &two});
    EXPECT_EQ(value_of(text, R"(weir_schema_checks_total{result="schema_fits"})"), 3) << text;
    EXPECT_EQ(value_of(text, R"(weir_schema_checks_total{result="schema_does_not_fit"})"), 1);
    EXPECT_TRUE(std::isnan(value_of(text, R"(weir_schema_checks_total{result=""})")));
}

TEST(metrics, shards_are_summed_by_name_even_where_they_met_names_in_another_order) {
    metrics_shard one({"flash", "pro"});
    metrics_shard two({"flash", "pro"});
    row bounded = served_row(1);
    row proof = served_row(2);
    proof.reason = "proof";
    one.count(bounded);
    one.count(proof);
    two.count(proof);
    two.count(proof);
    two.count(bounded);
    one.count_refusal(errc::malformed_json);
    two.count_refusal(errc::body_too_large);
    two.count_refusal(errc::malformed_json);
    const std::string text = text_of({&one, &two});
    EXPECT_EQ(value_of(text, R"(weir_decisions_total{tier="flash",reason="bounded"})"), 2) << text;
    EXPECT_EQ(value_of(text, R"(weir_decisions_total{tier="flash",reason="proof"})"), 3);
    EXPECT_EQ(value_of(text, R"(weir_requests_total{tier="flash",outcome="served",endpoint="chat"})"), 5);
    EXPECT_EQ(value_of(text, R"(weir_rejected_total{code="malformed_json"})"), 2);
    EXPECT_EQ(value_of(text, R"(weir_rejected_total{code="body_too_large"})"), 1);
}

TEST(metrics, reasons_beyond_the_bound_are_counted_as_other) {
    metrics_shard shard({"flash"});
    row r = served_row(1);
    for (int i = 0; i < 100; ++i) {
        r.reason = "reason_" + std::to_string(i);
        shard.count(r);
        shard.count(r);
    }
    const std::string text = text_of({&shard});
    EXPECT_EQ(value_of(text, R"(weir_decisions_total{tier="flash",reason="reason_63"})"), 2);
    EXPECT_TRUE(std::isnan(value_of(text, R"(weir_decisions_total{tier="flash",reason="reason_64"})")));
    EXPECT_EQ(value_of(text, R"(weir_decisions_total{tier="flash",reason="other"})"), 2 * 36);
}

TEST(metrics, gauges_are_what_is_open_now) {
    metrics_shard shard({"flash"});
    for (int i = 0; i < 3; ++i) shard.connection_opened(), shard.request_began();
    shard.connection_closed();
    shard.request_ended();
    shard.request_ended();
    gauges g = now();
    g.ready = false;
    g.ledger_rows = 7;
    g.ledger_waiting = 8;
    g.ledger_interrupted = 9;
    g.in_flight_slots = 10;
    g.custody_entries = 11;
    g.custody_bytes = 12;
    g.custody_evicted = 13;
    const std::string text = exposition({&shard}, g);
    EXPECT_EQ(value_of(text, "weir_open_connections"), 2);
    EXPECT_EQ(value_of(text, "weir_inflight_requests"), 1);
    EXPECT_EQ(value_of(text, "weir_ready"), 0);
    EXPECT_EQ(value_of(text, "weir_ledger_rows_total"), 7);
    EXPECT_EQ(value_of(text, "weir_ledger_lag_rows"), 8);
    EXPECT_EQ(value_of(text, "weir_ledger_interrupted_total"), 9);
    EXPECT_EQ(value_of(text, "weir_ledger_inflight_slots"), 10);
    EXPECT_EQ(value_of(text, "weir_custody_entries"), 11);
    EXPECT_EQ(value_of(text, "weir_custody_bytes"), 12);
    EXPECT_EQ(value_of(text, "weir_custody_evicted_total"), 13);
}

TEST(metrics, a_bucket_includes_its_upper_end) {
    metrics_shard shard({"flash"});
    for (const std::int64_t ns : {0, 1'000, 1'001, 131'072'000, 131'072'001, -5}) shard.count_overhead(ns);
    const std::string text = text_of({&shard});
    EXPECT_EQ(value_of(text, R"(weir_overhead_seconds_bucket{le="0.000001"})"), 3) << text;
    EXPECT_EQ(value_of(text, R"(weir_overhead_seconds_bucket{le="0.000002"})"), 4);
    EXPECT_EQ(value_of(text, R"(weir_overhead_seconds_bucket{le="0.131072"})"), 5);
    EXPECT_EQ(value_of(text, R"(weir_overhead_seconds_bucket{le="+Inf"})"), 6);
    EXPECT_EQ(value_of(text, "weir_overhead_seconds_count"), 6);
}

TEST(metrics, damaged_rows_never_turn_a_counter_back) {
    metrics_shard shard({"flash"});
    shard.count(served_row(1));
    const double before =
        value_of(text_of({&shard}), R"(weir_cost_micro_total{tier="flash",currency="USD"})");
    row r = served_row(2);
    r.cost = {-5'000'000};
    r.tokens = {-1, -1, -1, -1};
    r.duration_us = -1;
    shard.count(r);
    const std::string text = text_of({&shard});
    EXPECT_EQ(value_of(text, R"(weir_cost_micro_total{tier="flash",currency="USD"})"), before);
    EXPECT_EQ(value_of(text, R"(weir_tokens_total{tier="flash",type="input_hit"})"), 100);
}

TEST(metrics, costs_are_summed_without_rounding_and_each_currency_for_itself) {
    metrics_shard shard({"flash"});
    row r = served_row(1);
    r.cost = {1};
    for (int i = 0; i < 3; ++i) shard.count(r);
    r.currency = "CNY";
    shard.count(r);
    const std::string text = text_of({&shard});
    EXPECT_NE(text.find("weir_cost_micro_total{tier=\"flash\",currency=\"USD\"} 0.000003\n"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("weir_cost_micro_total{tier=\"flash\",currency=\"CNY\"} 0.000001\n"),
              std::string::npos)
        << text;
}

TEST(metrics, label_values_are_escaped) {
    metrics_shard shard({"fl\"a\\sh\n"});
    row r = served_row(1);
    r.tier = "fl\"a\\sh\n";
    shard.count(r);
    EXPECT_EQ(value_of(text_of({&shard}),
                       R"(weir_requests_total{tier="fl\"a\\sh\n",outcome="served",endpoint="chat"})"),
              1);
}

// The grammar of the text format 0.0.4: a family's HELP and TYPE once and before its samples, no family split
// up, names and values well formed, no sample twice, buckets that never fall.
TEST(metrics, the_exposition_is_well_formed) {
    metrics_shard one({"flash", "pro"}, {"developer_role", "user_id"});
    metrics_shard two({"flash", "pro"}, {"developer_role", "user_id"});
    one.count(served_row(1));
    two.count_overhead(5'000);
    two.count_refusal(errc::not_found);
    const std::string text = text_of({&one, &two});
    ASSERT_TRUE(text.ends_with('\n'));
    const std::regex help(R"(# HELP (weir_[a-z_]+) .+)");
    const std::regex type(R"(# TYPE (weir_[a-z_]+) (counter|gauge|histogram))");
    const std::regex sample(R"((weir_[a-z_]+)(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? ([0-9]+(\.[0-9]+)?))");
    std::set<std::string> families;
    std::set<std::string> samples;
    std::string family;
    std::string kind;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        std::smatch part;
        if (std::regex_match(line, part, help)) {
            family = part[1];
            EXPECT_TRUE(families.insert(family).second) << family << " comes twice";
        } else if (std::regex_match(line, part, type)) {
            EXPECT_EQ(part[1], family);
            kind = part[2];
            EXPECT_EQ(family.ends_with("_total"), kind == "counter") << family;
        } else {
            ASSERT_TRUE(std::regex_match(line, part, sample)) << line;
            const std::string name = part[1];
            EXPECT_TRUE(name == family || (kind == "histogram" && name.starts_with(family + '_'))) << line;
            EXPECT_TRUE(samples.insert(line.substr(0, line.rfind(' '))).second) << line << " comes twice";
        }
    }
    EXPECT_GE(families.size(), 23u);
}

TEST(metrics, an_exposition_without_shards_is_one_too) {
    EXPECT_EQ(value_of(exposition({}, now()), "weir_ready"), 1);
}

TEST(metrics, a_scrape_while_a_worker_counts_sees_whole_numbers_that_only_grow) {
    metrics_shard shard({"flash"});
    std::atomic<bool> done{false};
    constexpr int rows = 20'000;
    std::thread worker([&] {
        row r = served_row(1);
        for (int i = 0; i < rows; ++i) {
            r.reason = "reason_" + std::to_string(i % 80);
            shard.count(r);
        }
        done = true;
    });
    double last = 0;
    while (!done) {
        const std::string text = text_of({&shard});
        const double seen =
            value_of(text, R"(weir_requests_total{tier="flash",outcome="served",endpoint="chat"})");
        EXPECT_GE(seen, last);
        last = seen;
        EXPECT_EQ(value_of(text, R"(weir_request_duration_seconds_count{tier="flash"})"),
                  value_of(text, R"(weir_request_duration_seconds_bucket{tier="flash",le="+Inf"})"));
    }
    worker.join();
    EXPECT_EQ(
        value_of(text_of({&shard}), R"(weir_requests_total{tier="flash",outcome="served",endpoint="chat"})"),
        rows);
}

}  // namespace
}  // namespace weir::metering
