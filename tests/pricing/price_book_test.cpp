#include "weir/pricing/price_book.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace weir::pricing {
namespace {

wall_time at_time(std::string_view text) {
    const auto t = parse_rfc3339(text);
    EXPECT_TRUE(t.has_value()) << text;
    return t.value_or(wall_time{});
}

constexpr token_prices prices_of(std::int64_t hit, std::int64_t miss, std::int64_t output) {
    return {{hit}, {miss}, {output}};
}

peak_calendar beijing() {
    peak_calendar c;
    c.utc_offset_minutes = 480;
    c.windows = {{9 * 60, 12 * 60}, {14 * 60, 18 * 60}};
    c.weekdays_only_from = at_time("2026-08-22T16:00:00Z");
    c.holidays_off_from = at_time("2026-09-10T16:00:00Z");
    using namespace std::chrono;
    for (const int day : {25, 26, 27}) c.holidays.insert(2026y / September / day);
    for (int day = 1; day <= 7; ++day) c.holidays.insert(2026y / October / day);
    c.years_known = {2026};
    return c;
}

// The card in dollars, as in config/prices/deepseek.yaml.
price_book dollars() {
    const wall_time opens = at_time("2026-04-24T00:00:00Z");
    const wall_time hits_fall = at_time("2026-04-26T12:15:00Z");
    const wall_time rise = at_time("2026-08-16T16:00:00Z");
    const wall_time flash_cut = at_time("2026-09-10T04:00:00Z");
    const wall_time promotion = at_time("2026-04-25T00:00:00Z");
    model_prices flash{"flash", {"deepseek-flash", "deepseek-v4-flash", "deepseek-chat"}, {}};
    flash.periods = {
        {opens, hits_fall, prices_of(28'000, 140'000, 280'000), {}, {}},
        {hits_fall, rise, prices_of(2'800, 140'000, 280'000), {}, {}},
        {rise, flash_cut, {}, prices_of(7'000, 220'000, 660'000), prices_of(14'000, 440'000, 1'320'000)},
        {flash_cut, {}, {}, prices_of(3'000, 150'000, 600'000), prices_of(6'000, 300'000, 1'200'000)},
    };
    model_prices pro{"pro", {"deepseek-v4-pro"}, {}};
    pro.periods = {
        {opens, promotion, prices_of(145'000, 1'740'000, 3'480'000), {}, {}},
        {promotion, hits_fall, prices_of(36'250, 435'000, 870'000), {}, {}},
        {hits_fall, rise, prices_of(3'625, 435'000, 870'000), {}, {}},
        {rise, {}, {}, prices_of(22'000, 660'000, 1'980'000), prices_of(44'000, 1'320'000, 3'960'000)},
    };
    return {"2026-11-21", "usd", {std::move(flash), std::move(pro)}, beijing()};
}

TEST(price_book, every_historic_boundary_belongs_to_the_later_period) {
    struct line {
        std::string_view model;
        std::string_view when;
        std::int64_t hit;
        std::int64_t miss;
        std::int64_t output;
        tariff at;
    };
    const std::vector<line> table = {
        {"deepseek-flash", "2026-04-24T00:00:00Z", 28'000, 140'000, 280'000, tariff::flat},
        {"deepseek-flash", "2026-04-26T12:14:59.999Z", 28'000, 140'000, 280'000, tariff::flat},
        {"deepseek-flash", "2026-04-26T12:15:00Z", 2'800, 140'000, 280'000, tariff::flat},
        {"deepseek-flash", "2026-08-16T15:59:59.999Z", 2'800, 140'000, 280'000, tariff::flat},
        {"deepseek-flash", "2026-08-16T16:00:00Z", 7'000, 220'000, 660'000, tariff::off_peak},
        {"deepseek-flash", "2026-08-17T01:00:00Z", 14'000, 440'000, 1'320'000, tariff::peak},
        // Thursday noon in Beijing: the morning window has just ended when Flash gets cheaper.
        {"deepseek-flash", "2026-09-10T03:59:59.999Z", 14'000, 440'000, 1'320'000, tariff::peak},
        {"deepseek-flash", "2026-09-10T04:00:00Z", 3'000, 150'000, 600'000, tariff::off_peak},
        {"deepseek-flash", "2026-09-10T06:00:00Z", 6'000, 300'000, 1'200'000, tariff::peak},
        {"deepseek-chat", "2026-11-20T06:00:00Z", 6'000, 300'000, 1'200'000, tariff::peak},
        {"deepseek-v4-pro", "2026-04-24T23:59:59.999Z", 145'000, 1'740'000, 3'480'000, tariff::flat},
        {"deepseek-v4-pro", "2026-04-25T00:00:00Z", 36'250, 435'000, 870'000, tariff::flat},
        {"deepseek-v4-pro", "2026-04-26T12:15:00Z", 3'625, 435'000, 870'000, tariff::flat},
        {"deepseek-v4-pro", "2026-08-16T15:59:59.999Z", 3'625, 435'000, 870'000, tariff::flat},
        {"deepseek-v4-pro", "2026-08-16T16:00:00Z", 22'000, 660'000, 1'980'000, tariff::off_peak},
        {"deepseek-v4-pro", "2026-11-20T01:00:00Z", 44'000, 1'320'000, 3'960'000, tariff::peak},
    };
    const price_book book = dollars();
    for (const line& l : table) {
        const auto q = book.at(l.model, at_time(l.when));
        ASSERT_TRUE(q.has_value()) << l.model << ' ' << l.when;
        EXPECT_EQ(q->prices.hit.value, l.hit) << l.model << ' ' << l.when;
        EXPECT_EQ(q->prices.miss.value, l.miss) << l.model << ' ' << l.when;
        EXPECT_EQ(q->prices.output.value, l.output) << l.model << ' ' << l.when;
        EXPECT_EQ(q->at, l.at) << l.model << ' ' << l.when << ": " << name_of(q->at);
        EXPECT_FALSE(q->calendar_unknown) << l.when;
    }
}

TEST(price_book, the_entry_of_a_quote_names_the_card_not_the_model) {
    const price_book book = dollars();
    EXPECT_EQ(book.at("deepseek-chat", at_time("2026-11-20T00:00:00Z"))->entry, "flash");
    EXPECT_EQ(book.at("deepseek-v4-pro", at_time("2026-11-20T00:00:00Z"))->entry, "pro");
    EXPECT_EQ(book.version(), "2026-11-21");
    EXPECT_EQ(book.currency(), "usd");
}

TEST(price_book, what_it_does_not_know_has_no_price) {
    const price_book book = dollars();
    EXPECT_FALSE(book.at("deepseek-v5", at_time("2026-11-20T00:00:00Z")).has_value());
    EXPECT_FALSE(book.at("", at_time("2026-11-20T00:00:00Z")).has_value());
    EXPECT_FALSE(book.at("flash", at_time("2026-11-20T00:00:00Z")).has_value());
    EXPECT_FALSE(book.at("deepseek-flash", at_time("2026-04-23T23:59:59.999Z")).has_value());
}

TEST(peak_calendar, the_windows_are_half_open_to_the_millisecond) {
    struct line {
        std::string_view when;
        bool peak;
    };
    const std::vector<line> table = {
        {"2026-11-20T00:59:00Z", false}, {"2026-11-20T00:59:59.999Z", false},
        {"2026-11-20T01:00:00Z", true},  {"2026-11-20T01:01:00Z", true},
        {"2026-11-20T03:59:00Z", true},  {"2026-11-20T03:59:59.999Z", true},
        {"2026-11-20T04:00:00Z", false}, {"2026-11-20T04:01:00Z", false},
        {"2026-11-20T05:59:00Z", false}, {"2026-11-20T05:59:59.999Z", false},
        {"2026-11-20T06:00:00Z", true},  {"2026-11-20T06:01:00Z", true},
        {"2026-11-20T09:59:00Z", true},  {"2026-11-20T09:59:59.999Z", true},
        {"2026-11-20T10:00:00Z", false}, {"2026-11-20T10:01:00Z", false},
        {"2026-11-20T16:00:00Z", false}, {"2026-11-20T23:59:59.999Z", false},
    };
    for (const auto& [when, peak] : table) EXPECT_EQ(is_peak(beijing(), at_time(when)), peak) << when;
}

TEST(peak_calendar, weekends_count_from_the_day_they_were_excluded) {
    struct line {
        std::string_view when;
        bool peak;
    };
    const std::vector<line> table = {
        {"2026-08-22T01:00:00Z", true},   // Saturday, before the exclusion
        {"2026-08-22T09:59:59Z", true},   //
        {"2026-08-23T01:00:00Z", false},  // Sunday, after it
        {"2026-08-24T01:00:00Z", true},   // Monday
        {"2026-11-20T09:00:00Z", true},   // Friday
        {"2026-11-21T01:00:00Z", false},  // Saturday
        {"2026-11-22T06:00:00Z", false},  // Sunday
        {"2026-09-20T02:00:00Z", false},  // a Sunday worked to make up for the holiday stays a Sunday
        {"2026-10-10T02:00:00Z", false},  // a Saturday worked likewise
    };
    for (const auto& [when, peak] : table) EXPECT_EQ(is_peak(beijing(), at_time(when)), peak) << when;
}

TEST(peak_calendar, holidays_count_from_the_day_they_were_excluded) {
    struct line {
        std::string_view when;
        bool peak;
    };
    const std::vector<line> table = {
        {"2026-09-24T06:00:00Z", true}, {"2026-09-25T01:00:00Z", false}, {"2026-09-28T01:00:00Z", true},
        {"2026-09-30T09:59:59Z", true}, {"2026-10-01T01:00:00Z", false}, {"2026-10-07T09:59:59Z", false},
        {"2026-10-08T01:00:00Z", true},
    };
    for (const auto& [when, peak] : table) EXPECT_EQ(is_peak(beijing(), at_time(when)), peak) << when;

    peak_calendar later = beijing();
    later.holidays_off_from = at_time("2026-10-03T16:00:00Z");
    EXPECT_TRUE(is_peak(later, at_time("2026-10-02T01:00:00Z"))) << "a Friday before the clause";
    EXPECT_FALSE(is_peak(later, at_time("2026-10-05T01:00:00Z"))) << "a Monday under the clause";
}

TEST(peak_calendar, weekday_and_holiday_are_those_of_the_date_in_beijing) {
    // A window right after Beijing's midnight lies on the day before in UTC.
    peak_calendar c = beijing();
    c.windows = {{0, 60}};
    EXPECT_FALSE(is_peak(c, at_time("2026-11-20T16:30:00Z"))) << "Friday in UTC, Saturday in Beijing";
    EXPECT_TRUE(is_peak(c, at_time("2026-11-22T16:30:00Z"))) << "Sunday in UTC, Monday in Beijing";
    EXPECT_FALSE(is_peak(c, at_time("2026-09-30T16:30:00Z"))) << "30 September in UTC, 1 October in Beijing";
    EXPECT_TRUE(is_peak(c, at_time("2026-10-07T16:30:00Z"))) << "7 October in UTC, 8 October in Beijing";
    EXPECT_TRUE(year_known(c, at_time("2026-12-31T15:59:59.999Z")));
    EXPECT_FALSE(year_known(c, at_time("2026-12-31T16:00:00Z"))) << "2027 in Beijing";
}

TEST(peak_calendar, instants_before_1970_and_zones_west_of_greenwich_are_dates_too) {
    peak_calendar c = beijing();
    c.utc_offset_minutes = -300;
    c.weekdays_only_from = at_time("1960-01-01");
    EXPECT_TRUE(is_peak(c, at_time("1969-12-31T14:00:00Z"))) << "Wednesday 09:00 there";
    EXPECT_FALSE(is_peak(c, at_time("1969-12-31T13:59:59Z")));
    EXPECT_FALSE(is_peak(c, at_time("1969-12-28T14:00:00Z"))) << "a Sunday";
}

TEST(price_book, a_year_without_a_list_is_peak_on_weekdays_and_flagged) {
    const price_book book = dollars();
    const auto weekday = book.at("deepseek-flash", at_time("2027-10-01T01:00:00Z"));
    EXPECT_EQ(weekday->at, tariff::peak);
    EXPECT_TRUE(weekday->calendar_unknown);
    const auto saturday = book.at("deepseek-flash", at_time("2027-10-02T01:00:00Z"));
    EXPECT_EQ(saturday->at, tariff::off_peak);
    EXPECT_TRUE(saturday->calendar_unknown);
    const auto before = book.at("deepseek-flash", at_time("2026-12-31T15:59:59Z"));
    EXPECT_FALSE(before->calendar_unknown);
}

TEST(price_book, a_flat_period_needs_no_calendar) {
    price_book book{"v", "usd", {{"m", {"m"}, {{wall_time{}, {}, prices_of(1, 2, 3), {}, {}}}}}, {}};
    const auto q = book.at("m", at_time("2030-01-01T01:00:00Z"));
    EXPECT_EQ(q->at, tariff::flat);
    EXPECT_FALSE(q->calendar_unknown);
}

TEST(fee, holds_from_its_first_instant_to_the_one_before_its_end) {
    const std::vector<fee> fees = {
        {"search", at_time("2026-10-17T00:00:00Z"), at_time("2026-12-01T00:00:00Z"), {750'000'000}},
        {"search", at_time("2026-12-01T00:00:00Z"), {}, {900'000'000}},
        {"fetch", at_time("2026-11-01T00:00:00Z"), {}, {5}},
    };
    const price_book book{"v", "usd", {}, {}, fees};
    struct line {
        std::string_view name;
        std::string_view when;
        std::int64_t amount;  // -1: none
    };
    const std::vector<line> table = {
        {"search", "2026-10-16T23:59:59.999Z", -1},
        {"search", "2026-10-17T00:00:00Z", 750'000'000},
        {"search", "2026-11-30T23:59:59.999Z", 750'000'000},
        {"search", "2026-12-01T00:00:00Z", 900'000'000},
        {"search", "2036-12-01T00:00:00Z", 900'000'000},
        {"fetch", "2026-10-31T23:59:59.999Z", -1},
        {"fetch", "2026-11-01T00:00:00Z", 5},
        {"", "2026-12-01T00:00:00Z", -1},
        {"Search", "2026-12-01T00:00:00Z", -1},
        {"ocr", "2026-12-01T00:00:00Z", -1},
    };
    for (const line& l : table) {
        EXPECT_EQ(book.fee_at(l.name, at_time(l.when)).value_or(pico{-1}).value, l.amount)
            << l.name << ' ' << l.when;
    }
}

TEST(fee, is_known_by_its_name_whenever_it_holds) {
    const price_book book{"v", "usd", {}, {}, {{"search", at_time("2036-01-01"), {}, {1}}}};
    EXPECT_TRUE(book.knows_fee("search"));
    EXPECT_FALSE(book.knows_fee("searc"));
    EXPECT_FALSE(book.knows_fee(""));
    EXPECT_FALSE(dollars().knows_fee("search"));
    EXPECT_EQ(book.fees().size(), 1U);
}

}  // namespace
}  // namespace weir::pricing
