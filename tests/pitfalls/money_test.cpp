// What it costs: bugs 15 to 23 of docs/pitfalls.md. Prices are those of the shipped price file at the hour of
// the request, as settling prices a row.
#include "weir/metering/report.hpp"
#include "weir/proxy/settle.hpp"

#include "pitfalls/support.hpp"

#include <fstream>
#include <sstream>

namespace weir::pitfalls {
namespace {

constexpr usage million_hits{1'000'000, 0, 0, 0};
constexpr usage million_misses{0, 1'000'000, 0, 0};
constexpr usage million_outputs{0, 0, 1'000'000, 0};

// Nothing is asked of an upstream here, so its port does not matter.
const config::settings& shipped() {
    static const test::scratch_folder folder;
    static const config::settings s = test::shipped_settings(folder.path(), 1);
    return s;
}

metering::row priced(const std::string& model, const std::string& when, const usage& tokens,
                     const config::settings& by = shipped()) {
    metering::row r;
    r.started_ms = unix_ms(parse_rfc3339(when).value());
    r.model_sent = r.model_served = model;
    r.tokens = tokens;
    proxy::price(r, by);
    return r;
}

// Micro-dollars, so that a price per million tokens reads as it is printed: 0.0028 dollars are 2800.
std::int64_t micro(const std::string& model, const std::string& when, const usage& tokens) {
    const metering::row r = priced(model, when, tokens);
    EXPECT_EQ(r.currency, "USD");
    EXPECT_EQ(r.cost.value % 1'000'000, 0) << r.cost.value;
    return r.cost.value / 1'000'000;
}

// Some thousands of tokens; texts that begin differently have nothing in common for the cache.
std::string long_text(const std::string& beginning) {
    std::string text = beginning;
    for (int i = 0; i < 400; ++i) text += "Rule " + std::to_string(i) + ": leave the river alone. ";
    return text;
}

json long_chat(const std::string& beginning, bool stream) {
    const json system{{"role", "system"}, {"content", long_text(beginning)}};
    return chat("deepseek-flash", json::array({system, user("What is a weir?")}), {{"stream", stream}});
}

TEST(pitfall_15, cache_hits_are_read_and_billed_as_hits_in_every_api) {
    const struct {
        std::string path;
        json body;
    } all[] = {
        {chat_path, long_chat("1", false)},
        {chat_path, long_chat("2", true)},
        {responses_path,
         {{"model", "deepseek-flash"}, {"instructions", long_text("3")}, {"input", "What is a weir?"}}},
        {messages_path,
         {{"model", "deepseek-flash"},
          {"max_tokens", 4000},
          {"system", long_text("4")},
          {"messages", json::array({user("What is a weir?")})}}},
    };
    deepseek_behind_weir both;
    for (const auto& one : all) {
        expect_served(both.ask(one.body, one.path));
        EXPECT_EQ(both.billed().hit, 0) << one.path;
        const http_message again = both.ask(one.body, one.path);
        const usage billed = both.billed();
        ASSERT_GT(billed.hit, 1000) << one.path;
        const json row = both.row_of(again);
        expect_tokens(row, billed);
        const wall_time start = parse_rfc3339(row.at("started").get<std::string>()).value();
        const auto quote = shipped().prices.at("deepseek-flash", start);
        EXPECT_EQ(row.at("cost_pico"), pricing::cost(billed, quote->prices).value) << row;
        usage all_missed = billed;
        all_missed.miss += std::exchange(all_missed.hit, 0);
        EXPECT_LT(row.at("cost_pico").get<std::int64_t>(), pricing::cost(all_missed, quote->prices).value);
    }
}

TEST(pitfall_15, either_way_of_telling_hits_is_enough) {
    const std::string heads = R"({"id":"c1","model":"deepseek-flash","choices":[{"index":0,"message":)"
                              R"({"role":"assistant","content":"A dam."},"finish_reason":"stop"}],"usage":)";
    const std::string ways[] = {
        R"({"prompt_tokens":900,"completion_tokens":5,"prompt_cache_hit_tokens":640})",
        R"({"prompt_tokens":900,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":640}})",
        R"({"prompt_tokens":900,"completion_tokens":5,"prompt_tokens_details":null,)"
        R"("prompt_cache_hit_tokens":640,"prompt_cache_miss_tokens":260})",
        R"({"prompt_tokens":900,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":0},)"
        R"("prompt_cache_hit_tokens":640})",
    };
    std::vector<std::string> answers;
    for (const std::string& told : ways) answers.push_back(test::with_length("200 OK", heads + told + "}"));
    test::running_weir weir(answering_in_turn(answers));
    for (const std::string& told : ways) {
        SCOPED_TRACE(told);
        const json row = json::parse(weir.row_of(weir.ask(test::post(test::hello))));
        expect_tokens(row, {640, 260, 5, 0});
        EXPECT_EQ(row.at("suspect"), false) << row;
    }
}

TEST(pitfall_16, a_cache_hit_costs_a_tenth_since_the_day_it_was_cut) {
    EXPECT_EQ(micro("deepseek-v4-flash", "2026-04-26T12:14:59Z", million_hits), 28'000);
    EXPECT_EQ(micro("deepseek-v4-flash", "2026-04-26T12:15:00Z", million_hits), 2'800);
    EXPECT_EQ(micro("deepseek-v4-pro", "2026-04-26T12:14:59Z", million_hits), 36'250);
    EXPECT_EQ(micro("deepseek-v4-pro", "2026-04-26T12:15:00Z", million_hits), 3'625);
    EXPECT_EQ(micro("deepseek-flash", "2026-11-21T12:00:00Z", million_hits), 3'000);
}

TEST(pitfall_17, the_promotion_of_pro_did_not_end_when_it_was_announced_to) {
    EXPECT_EQ(micro("deepseek-v4-pro", "2026-04-24T12:00:00Z", million_misses), 1'740'000);
    for (const char* when : {"2026-04-25T17:00:00Z", "2026-05-05T15:59:00Z", "2026-05-05T16:00:00Z",
                             "2026-05-31T15:59:00Z", "2026-05-31T16:00:00Z", "2026-08-16T15:59:59Z"}) {
        EXPECT_EQ(micro("deepseek-v4-pro", when, million_misses), 435'000) << when;
        EXPECT_EQ(micro("deepseek-v4-pro", when, million_outputs), 870'000) << when;
    }
}

TEST(pitfall_18, every_model_that_weir_may_send_has_a_price_now_and_later) {
    const config::settings& s = shipped();
    std::vector<std::string> sendable;
    for (const router::tier& t : s.routes.tiers) sendable.push_back(t.model);
    for (const router::pin& p : s.routes.pins) {
        sendable.push_back(p.send.empty() ? s.routes.tiers[p.tier].model : p.send);
    }
    ASSERT_GE(sendable.size(), 5U);
    for (const std::string& model : sendable) {
        for (const char* when : {"2026-11-22T06:00:00Z", "2027-03-01T06:00:00Z", "2030-01-01T00:00:00Z"}) {
            EXPECT_GT(micro(model, when, million_misses), 0) << model << ' ' << when;
        }
    }
}

TEST(pitfall_18, an_answer_under_a_name_without_a_price_costs_what_was_sent) {
    deepseek_behind_weir both("default: {served_model: deepseek-v6-preview}");
    const json row = both.row_of(both.ask(chat("deepseek-v4-pro", "What is a weir?")));
    EXPECT_EQ(row.at("model_served"), "deepseek-v6-preview");
    EXPECT_EQ(row.at("cost_pico"), row.at("baselines").at("pro").at("cost_pico")) << row;
    EXPECT_GT(row.at("cost_pico").get<std::int64_t>(), 0) << row;
}

TEST(pitfall_18, a_model_that_nobody_priced_is_counted_as_unpriced_and_not_as_free) {
    deepseek_behind_weir both(
        "", [](config::settings& s) { s.prices = pricing::price_book("empty", "usd", {}, {}); });
    const json row = both.row_of(both.ask(chat("deepseek-v4-pro", "What is a weir?")));
    EXPECT_EQ(row.at("price_tariff"), "") << row;
    expect_tokens(row, both.billed());
    const metering::report_line total = both.weir().stop_and_report();
    EXPECT_EQ(total.unpriced, 1);
}

TEST(pitfall_19, peak_hours_cost_twice_as_much) {
    const struct {
        std::string when, tariff;
    } hours[] = {
        {"2026-11-20T00:59:59Z", "off_peak"}, {"2026-11-20T01:00:00Z", "peak"},
        {"2026-11-20T03:59:59Z", "peak"},     {"2026-11-20T04:00:00Z", "off_peak"},
        {"2026-11-20T05:59:59Z", "off_peak"}, {"2026-11-20T06:00:00Z", "peak"},
        {"2026-11-20T09:59:59Z", "peak"},     {"2026-11-20T10:00:00Z", "off_peak"},
    };
    for (const auto& hour : hours) {
        const std::int64_t times = hour.tariff == "peak" ? 2 : 1;
        EXPECT_EQ(priced("deepseek-flash", hour.when, million_misses).price_tariff, hour.tariff) << hour.when;
        EXPECT_EQ(micro("deepseek-flash", hour.when, million_hits), times * 3'000) << hour.when;
        EXPECT_EQ(micro("deepseek-flash", hour.when, million_misses), times * 150'000) << hour.when;
        EXPECT_EQ(micro("deepseek-flash", hour.when, million_outputs), times * 600'000) << hour.when;
        EXPECT_EQ(micro("deepseek-v4-pro", hour.when, million_outputs), times * 1'980'000) << hour.when;
    }
    EXPECT_EQ(priced("deepseek-flash", "2026-08-14T02:00:00Z", million_misses).price_tariff, "flat")
        << "before there were peak hours";
}

TEST(pitfall_20, weekends_are_off_peak_since_the_day_they_came_off) {
    EXPECT_EQ(micro("deepseek-flash", "2026-08-22T02:00:00Z", million_misses), 440'000)
        << "the first Saturday was billed as peak, and was not given back";
    for (const char* when : {"2026-08-23T02:00:00Z", "2026-08-29T02:00:00Z", "2026-08-30T09:00:00Z"}) {
        EXPECT_EQ(micro("deepseek-flash", when, million_misses), 220'000) << when;
    }
    for (const char* when : {"2026-11-21T02:00:00Z", "2026-11-22T09:00:00Z"}) {
        EXPECT_EQ(micro("deepseek-flash", when, million_misses), 150'000) << when;
    }
    EXPECT_EQ(micro("deepseek-flash", "2026-11-23T02:00:00Z", million_misses), 300'000) << "Monday";
}

TEST(pitfall_21, holidays_in_china_are_off_peak_and_days_worked_for_them_too) {
    // Friday of Mid-Autumn, the working days of National Day, and a Saturday that was worked in exchange.
    for (const char* when : {"2026-09-25T02:00:00Z", "2026-10-01T02:00:00Z", "2026-10-02T06:30:00Z",
                             "2026-10-05T02:00:00Z", "2026-10-07T09:59:00Z", "2026-10-10T02:00:00Z"}) {
        EXPECT_EQ(micro("deepseek-flash", when, million_misses), 150'000) << when;
    }
    for (const char* when : {"2026-09-24T02:00:00Z", "2026-09-28T02:00:00Z", "2026-10-08T02:00:00Z"}) {
        EXPECT_EQ(micro("deepseek-flash", when, million_misses), 300'000) << when;
    }
}

TEST(pitfall_21, a_year_whose_holidays_nobody_listed_is_billed_as_peak_and_flagged) {
    const auto quote = shipped().prices.at("deepseek-flash", parse_rfc3339("2027-10-01T02:00:00Z").value());
    ASSERT_TRUE(quote);
    EXPECT_EQ(quote->at, pricing::tariff::peak);
    EXPECT_TRUE(quote->calendar_unknown);
}

TEST(pitfall_22, pro_kept_its_price_after_the_day_it_was_said_to_lose_it) {
    for (const char* when :
         {"2026-09-13T12:00:00Z", "2026-09-14T04:00:00Z", "2026-09-14T12:00:00Z", "2026-11-21T12:00:00Z"}) {
        EXPECT_EQ(micro("deepseek-v4-pro", when, million_misses), 660'000) << when;
        EXPECT_EQ(micro("deepseek-v4-pro", when, million_outputs), 1'980'000) << when;
    }
}

// What comes back decides, not what anybody announced.
TEST(pitfall_22, an_answer_of_flash_to_a_call_of_pro_is_billed_as_flash_and_told) {
    deepseek_behind_weir both("default: {served_model: deepseek-flash}");
    const json row = both.row_of(both.ask(chat("deepseek-v4-pro", "What is a weir?")));
    EXPECT_EQ(row.at("served_other"), true) << row;
    EXPECT_EQ(row.at("cost_pico"), row.at("baselines").at("flash").at("cost_pico")) << row;
    EXPECT_LT(row.at("cost_pico").get<std::int64_t>(),
              row.at("baselines").at("pro").at("cost_pico").get<std::int64_t>());
    const json older = both.row_of(both.ask(chat("deepseek-v4-flash", "What is a weir?")));
    EXPECT_EQ(older.at("served_other"), false) << "another name, the same entry: " << older;
}

// Prices come from the operator's file alone: no page is fetched, and nothing is held against a price that
// the vendor printed yesterday.
TEST(pitfall_23, a_new_price_in_the_operators_file_is_taken_as_it_is) {
    const test::scratch_folder scratch;
    const std::filesystem::path folder = scratch.path() / "config";
    std::filesystem::copy(WEIR_SOURCE_DIR "/config", folder, std::filesystem::copy_options::recursive);
    std::ostringstream read;
    read << std::ifstream(folder / "prices/deepseek.yaml", std::ios::binary).rdbuf();
    std::string text = read.str();
    const auto replace = [&text](const std::string& from, const std::string& to) {
        ASSERT_NE(text.find(from), std::string::npos) << from;
        text.replace(text.find(from), from.size(), to);
    };
    replace("usd: {hit: 0.003, miss: 0.15, output: 0.6}", "usd: {hit: 0.0001, miss: 0.9, output: 0.2}");
    replace("version: \"", "version: \"mine ");
    std::ofstream(folder / "prices/deepseek.yaml", std::ios::binary) << text;
    const auto mine = config::load(folder / "weir.yaml", [](std::string_view) { return std::nullopt; });
    ASSERT_TRUE(mine) << config::to_text(mine.error().front());
    const metering::row now = priced("deepseek-flash", "2026-11-21T12:00:00Z", {1000, 1000, 1000, 0}, *mine);
    EXPECT_EQ(now.cost.value, 1000 * (100 + 900'000 + 200'000));
    EXPECT_TRUE(now.price_version.starts_with("mine ")) << now.price_version;
    const metering::row before = priced("deepseek-flash", "2026-09-10T03:59:59Z", million_misses, *mine);
    EXPECT_EQ(before.cost.value, 440'000'000'000) << "what was billed stays billed";
}

}  // namespace
}  // namespace weir::pitfalls
