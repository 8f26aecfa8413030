#include "weir/metering/report.hpp"

#include "weir/metering/ledger.hpp"

#include "support.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace weir::metering {
namespace {

using nlohmann::json;
using testing::served_row;
using testing::temporary_folder;
using testing::write_file;

std::unique_ptr<ledger> ledger_with(const std::filesystem::path& file, const std::vector<row>& rows) {
    ledger_settings settings;
    settings.file = file;
    settings.group_ms = 1;
    settings.min_free_bytes = 0;
    auto book = ledger::open(settings, 1, 4);
    if (!book) throw std::runtime_error(book.error().detail);
    for (const row& r : rows) (*book)->settle(r, {});
    (*book)->flush();
    return *std::move(book);
}

std::int64_t ms(std::string_view time) { return unix_ms(*parse_rfc3339(time)); }

row refused_row(std::int64_t id) {
    row r;
    r.id = {id};
    r.started_ms = ms("2026-11-20T12:00:00Z");
    r.key_id = "team-b";
    r.how = outcome::refused;
    r.status = 400;
    return r;
}

// Two days, two models, two keys; costs are made up, so that no rule of pricing can put them right.
std::vector<row> five_rows() {
    row a = served_row(1);
    a.started_ms = ms("2026-11-19T23:59:59.999Z");
    row b = served_row(2);
    b.started_ms = ms("2026-11-20T00:00:00Z");
    b.model_served = "deepseek-v4-pro";
    b.tier = "pro";
    b.reason = "proof";
    b.key_id = "team-b";
    b.tokens = {1'000, 2'000, 3'000, 500};
    b.cost = {1'000'000'000'000};
    b.baselines = {{"flash", {250'000'000'000}}, {"pro", {1'000'000'000'000}}};
    b.suspect = false;
    row c = served_row(3);
    c.started_ms = ms("2026-11-20T10:00:00Z");
    c.model_served.clear();
    c.estimated = true;
    row d = served_row(4);
    d.started_ms = ms("2026-11-21T00:00:00Z");
    d.price_tariff.clear();
    d.cost = {};
    d.baselines.clear();
    return {a, b, c, d, refused_row(5)};
}

std::vector<report_line> lines_of(const std::filesystem::path& file, const report_query& query) {
    auto lines = make_report(file, query);
    if (!lines) throw std::runtime_error(lines.error().detail);
    return *std::move(lines);
}

std::vector<std::string> groups_of(const std::vector<report_line>& lines) {
    std::vector<std::string> names;
    for (const report_line& line : lines) names.push_back(line.group + ':' + std::to_string(line.requests));
    return names;
}

TEST(report, the_total_is_the_sum_of_all_rows_exactly) {
    const temporary_folder folder;
    const auto book = ledger_with(folder / "l.db", five_rows());
    const auto lines = lines_of(folder / "l.db", {});
    ASSERT_EQ(lines.size(), 1u);
    const report_line& total = lines.front();
    EXPECT_EQ(total.group, "total");
    EXPECT_EQ(total.requests, 5);
    EXPECT_EQ(total.tokens, (usage{1'300, 2'060, 3'090, 530}));
    EXPECT_EQ(total.cost.to_integer_text(), std::to_string(1'000'000'000'000 + 2 * 21'300'000));
    EXPECT_EQ(total.baselines.at("flash").to_integer_text(),
              std::to_string(250'000'000'000 + 2 * 21'300'000));
    EXPECT_EQ(total.baselines.at("pro").to_integer_text(),
              std::to_string(1'000'000'000'000 + 2 * 74'800'000));
    EXPECT_EQ(total.estimated, 1);
    EXPECT_EQ(total.suspect, 3);
    EXPECT_EQ(total.unpriced, 1) << "a refused request without tokens needs no price";
    EXPECT_EQ(total.currency, "USD");
}

TEST(report, rows_are_grouped_by_what_was_asked_for_and_the_total_comes_last) {
    const temporary_folder folder;
    const auto book = ledger_with(folder / "l.db", five_rows());
    const auto grouped = [&](grouping by) { return groups_of(lines_of(folder / "l.db", {{}, {}, by})); };
    using names = std::vector<std::string>;
    EXPECT_EQ(grouped(grouping::model), (names{":1", "deepseek-v4-flash:1", "deepseek-v4-flash-0910:2",
                                               "deepseek-v4-pro:1", "total:5"}));
    EXPECT_EQ(grouped(grouping::day), (names{"2026-11-19:1", "2026-11-20:3", "2026-11-21:1", "total:5"}));
    EXPECT_EQ(grouped(grouping::key), (names{"team-a:3", "team-b:2", "total:5"}));
    EXPECT_EQ(grouped(grouping::reason), (names{":1", "bounded:3", "proof:1", "total:5"}));
}

TEST(report, since_is_inclusive_and_until_is_not) {
    const temporary_folder folder;
    const auto book = ledger_with(folder / "l.db", five_rows());
    const auto requests = [&](std::optional<std::string_view> since, std::optional<std::string_view> until) {
        report_query query;
        if (since) query.since = parse_rfc3339(*since);
        if (until) query.until = parse_rfc3339(*until);
        return lines_of(folder / "l.db", query).back().requests;
    };
    EXPECT_EQ(requests("2026-11-20T00:00:00Z", std::nullopt), 4);
    EXPECT_EQ(requests("2026-11-20T00:00:00.001Z", std::nullopt), 3);
    EXPECT_EQ(requests(std::nullopt, "2026-11-20T00:00:00Z"), 1);
    EXPECT_EQ(requests(std::nullopt, "2026-11-20T00:00:00.001Z"), 2);
    EXPECT_EQ(requests("2026-11-20", "2026-11-21"), 3);
    EXPECT_EQ(requests("2027-01-01", std::nullopt), 0);
}

TEST(report, every_line_has_every_baseline) {
    const temporary_folder folder;
    const auto book = ledger_with(folder / "l.db", five_rows());
    for (const report_line& line : lines_of(folder / "l.db", {{}, {}, grouping::day})) {
        EXPECT_EQ(line.baselines.size(), 2u) << line.group;
    }
}

TEST(report, sums_beyond_64_bits_are_exact) {
    const temporary_folder folder;
    std::vector<row> rows;
    for (std::int64_t id = 1; id <= 3; ++id) {
        rows.push_back(served_row(id));
        rows.back().cost = {INT64_MAX};
        rows.back().tokens.hit = INT64_MAX;
    }
    const auto book = ledger_with(folder / "l.db", rows);
    const auto lines = lines_of(folder / "l.db", {});
    EXPECT_EQ(lines.back().cost.to_integer_text(), "27670116110564327421");
    EXPECT_EQ(lines.back().tokens.hit, INT64_MAX) << "counts stop at the end of their range";
}

TEST(report, two_currencies_are_not_called_one) {
    const temporary_folder folder;
    std::vector<row> rows{served_row(1), served_row(2)};
    rows[1].currency = "CNY";
    const auto book = ledger_with(folder / "l.db", rows);
    EXPECT_EQ(lines_of(folder / "l.db", {}).back().currency, "mixed");
}

TEST(report, a_live_ledger_a_closed_one_and_a_read_only_place_can_all_be_read) {
    const temporary_folder folder;
    std::filesystem::create_directory(folder / "d");
    auto book = ledger_with(folder / "d/l ?#%.db", five_rows());
    EXPECT_EQ(lines_of(folder / "d/l ?#%.db", {}).back().requests, 5);
    book->settle(served_row(6), {});
    book->flush();
    EXPECT_EQ(lines_of(folder / "d/l ?#%.db", {}).back().requests, 6);
    book.reset();
    ::chmod((folder / "d").c_str(), 0500);
    const auto lines = make_report(folder / "d/l ?#%.db", {});
    ::chmod((folder / "d").c_str(), 0700);
    ASSERT_TRUE(lines.has_value()) << lines.error().detail;
    EXPECT_EQ(lines->back().requests, 6);
}

TEST(report, what_is_no_ledger_is_a_fault_that_names_the_file_and_creates_nothing) {
    const temporary_folder folder;
    write_file(folder / "text.db", std::string(8192, 'x'));
    write_file(folder / "empty.db", "");
    for (const std::string name : {"missing.db", "text.db", "empty.db"}) {
        const auto lines = make_report(folder / name, {});
        ASSERT_FALSE(lines.has_value()) << name;
        EXPECT_EQ(lines.error().code, errc::ledger);
        EXPECT_NE(lines.error().detail.find(name), std::string::npos) << lines.error().detail;
    }
    EXPECT_FALSE(std::filesystem::exists(folder / "missing.db"));
}

pricing::pico_sum sum_of(std::int64_t value) {
    pricing::pico_sum sum;
    sum.add(pricing::pico{value});
    return sum;
}

std::vector<report_line> two_lines() {
    report_line line;
    line.group = "deepseek-v4-flash";
    line.requests = 12;
    line.tokens = {100, 20, 3, 1};
    line.currency = "USD";
    line.cost = sum_of(250'000'000'000);
    line.baselines = {{"flash", sum_of(200'000'000'000)}, {"pro", sum_of(1'000'000'000'000)}};
    line.suspect = 2;
    report_line total = line;
    total.group = "total";
    return {line, total};
}

TEST(report, the_table_stands_in_columns) {
    EXPECT_EQ(print(two_lines(), grouping::model, report_format::table),
              "model              requests  hit  miss  output  reasoning  cost  currency  all flash  all pro "
              " saved  "
              "saved %  estimated  suspect  unpriced\n"
              "deepseek-v4-flash        12  100    20       3          1  0.25       USD       0.20     1.00 "
              "  0.75  "
              "   75.0          0        2         0\n"
              "total                    12  100    20       3          1  0.25       USD       0.20     1.00 "
              "  0.75  "
              "   75.0          0        2         0\n");
}

TEST(report, a_name_cannot_move_the_cursor_or_the_columns_of_the_table) {
    auto lines = two_lines();
    lines[0].group = "\x1B[2Jx\n";
    lines[1].group = "\xE6\xA8\xA1\xE5\x9E\x8B";
    const std::string table = print(lines, grouping::model, report_format::table);
    EXPECT_EQ(table.find('\x1B'), std::string::npos);
    EXPECT_EQ(std::ranges::count(table, '\n'), 3) << table;
    EXPECT_NE(table.find("?[2Jx?"), std::string::npos) << table;
}

TEST(report, a_line_that_cost_more_than_the_dearest_says_so) {
    auto lines = two_lines();
    lines[1].cost = sum_of(1'500'000'000'000);
    const auto all = json::parse(print(lines, grouping::model, report_format::json));
    EXPECT_EQ(all["total"]["saved"]["decimal"], "-0.50");
    EXPECT_NE(print(lines, grouping::model, report_format::csv).find(",-0.50,-50.0,"), std::string::npos);
}

TEST(report, json_has_costs_as_decimal_and_as_integer_text) {
    const auto all = json::parse(print(two_lines(), grouping::model, report_format::json));
    EXPECT_EQ(all["by"], "model");
    ASSERT_EQ(all["lines"].size(), 1u);
    const json& line = all["lines"][0];
    EXPECT_EQ(line["group"], "deepseek-v4-flash");
    EXPECT_EQ(line["requests"], 12);
    EXPECT_EQ(line["tokens"], json::parse(R"({"hit":100,"miss":20,"output":3,"reasoning":1})"));
    EXPECT_EQ(line["cost"], json::parse(R"({"decimal":"0.25","pico":"250000000000"})"));
    EXPECT_EQ(line["baselines"]["pro"]["pico"], "1000000000000");
    EXPECT_EQ(line["saved"]["decimal"], "0.75");
    EXPECT_EQ(all["total"]["group"], "total");
    EXPECT_TRUE(json::parse(print(two_lines(), grouping::none, report_format::json))["by"].is_null());
}

TEST(report, csv_cells_are_quoted_and_formulas_are_disarmed) {
    struct line {
        std::string name;
        std::string cell;
    };
    const std::vector<line> table = {
        {"plain", "plain"},
        {"a,b", "\"a,b\""},
        {"say \"x\"", "\"say \"\"x\"\"\""},
        {"two\nlines", "\"two\nlines\""},
        {"=1+1", "'=1+1"},
        {"+1", "'+1"},
        {"-1", "'-1"},
        {"@SUM(A1)", "'@SUM(A1)"},
        {"=cmd|' /C calc'!A0,\"", "\"'=cmd|' /C calc'!A0,\"\"\""},
        {"", "\"\""},
    };
    for (const auto& [name, cell] : table) {
        auto lines = two_lines();
        lines.front().group = name;
        const std::string csv = print(lines, grouping::key, report_format::csv);
        EXPECT_NE(csv.find("\r\n" + cell + ",12,100,20,3,1,0.25,USD,0.20,1.00,0.75,75.0,0,2,0\r\n"),
                  std::string::npos)
            << csv;
    }
    EXPECT_TRUE(
        print(two_lines(), grouping::none, report_format::csv)
            .starts_with("group,requests,hit,miss,output,reasoning,cost,currency,all flash,all pro,saved,"));
}

TEST(report, no_lines_print_as_nothing_and_no_baselines_as_no_saving) {
    EXPECT_EQ(print({}, grouping::none, report_format::table), "");
    report_line total;
    total.group = "total";
    const auto all = json::parse(print({total}, grouping::none, report_format::json));
    EXPECT_EQ(all["total"]["saved"]["decimal"], "0.00");
    EXPECT_EQ(all["lines"], json::array());
}

TEST(report, one_row_as_json_has_its_money_twice_and_its_score_as_a_number) {
    row r = served_row(123);
    r.started_ms = ms("2026-11-20T10:00:00Z");
    r.ended_ms = r.started_ms + 250;
    const auto shown = json::parse(to_json(r));
    EXPECT_EQ(shown["id"], to_text(request_id{123}));
    EXPECT_EQ(shown["model_asked"], "auto");
    EXPECT_EQ(shown["model_sent"], "deepseek-v4-flash");
    EXPECT_EQ(shown["model_served"], "deepseek-v4-flash-0910");
    EXPECT_EQ(shown["tier"], "flash");
    EXPECT_EQ(shown["effort"], "low");
    EXPECT_EQ(shown["reason"], "bounded");
    EXPECT_EQ(shown["score"].dump(), "0.3");
    EXPECT_EQ(shown["tokens"], json::parse(R"({"hit":100,"miss":20,"output":30,"reasoning":10})"));
    EXPECT_EQ(shown["cost_pico"], 21'300'000);
    EXPECT_EQ(shown["cost"], "0.0000213");
    EXPECT_EQ(shown["currency"], "USD");
    EXPECT_EQ(shown["baselines"]["pro"]["cost_pico"], 74'800'000);
    EXPECT_EQ(shown["status"], 200);
    EXPECT_EQ(shown["outcome"], "served");
    EXPECT_EQ(shown["estimated"], false);
    EXPECT_EQ(shown["suspect"], true);
    EXPECT_EQ(shown["started"], "2026-11-20T10:00:00.000Z");
    EXPECT_EQ(shown["ended"], "2026-11-20T10:00:00.250Z");
    EXPECT_EQ(shown["duration_us"], 250'123);
    EXPECT_EQ(shown["first_byte_us"], 90'456);
    r.first_byte_us = -1;
    EXPECT_TRUE(json::parse(to_json(r))["first_byte_us"].is_null());
}

TEST(report, a_name_that_is_no_utf_8_is_still_json) {
    row r = served_row(1);
    r.model_asked = "x\xFF\xC3";
    const auto shown = json::parse(to_json(r));
    EXPECT_EQ(shown["model_asked"].get<std::string>().front(), 'x');
    auto lines = two_lines();
    lines.front().group = "\xFF";
    EXPECT_NO_THROW((void)json::parse(print(lines, grouping::model, report_format::json)));
}

}  // namespace
}  // namespace weir::metering
