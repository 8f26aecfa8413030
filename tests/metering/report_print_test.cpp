// Report lines and rows as text: for a terminal, for scripts, for spreadsheets.

#include "weir/metering/report.hpp"

#include "support.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace weir::metering {
namespace {

using nlohmann::json;
using testing::served_row;

std::int64_t ms(std::string_view time) { return unix_ms(*parse_rfc3339(time)); }

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

TEST(report_print, the_table_stands_in_columns) {
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

TEST(report_print, a_name_cannot_move_the_cursor_or_the_columns_of_the_table) {
    auto lines = two_lines();
    lines[0].group = "\x1B[2Jx\n";
    lines[1].group = "\xE6\xA8\xA1\xE5\x9E\x8B";
    const std::string table = print(lines, grouping::model, report_format::table);
    EXPECT_EQ(table.find('\x1B'), std::string::npos);
    EXPECT_EQ(std::ranges::count(table, '\n'), 3) << table;
    EXPECT_NE(table.find("?[2Jx?"), std::string::npos) << table;
}

TEST(report_print, a_line_that_cost_more_than_the_dearest_says_so) {
    auto lines = two_lines();
    lines[1].cost = sum_of(1'500'000'000'000);
    const auto all = json::parse(print(lines, grouping::model, report_format::json));
    EXPECT_EQ(all["total"]["saved"]["decimal"], "-0.50");
    EXPECT_NE(print(lines, grouping::model, report_format::csv).find(",-0.50,-50.0,"), std::string::npos);
}

TEST(report_print, json_has_costs_as_decimal_and_as_integer_text) {
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

TEST(report_print, csv_cells_are_quoted_and_formulas_are_disarmed) {
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
        EXPECT_NE(csv.find("\r\n" + cell + ",12,100,20,3,1,0.25,USD,0.20,1.00,0.75,75.0,0,2,0,0,0\r\n"),
                  std::string::npos)
            << csv;
    }
    EXPECT_TRUE(
        print(two_lines(), grouping::none, report_format::csv)
            .starts_with("group,requests,hit,miss,output,reasoning,cost,currency,all flash,all pro,saved,"));
}

std::vector<report_line> two_lines_with_notes() {
    auto lines = two_lines();
    for (report_line& line : lines) {
        line.served_other[{"a", "b\x1B"}] = {3, sum_of(1'200'000'000), 0};
        line.served_other[{"b", "a"}] = {2, sum_of(-500'000'000'000), 1};
        line.served_other[{"b", "c"}] = {1, {}, 1};
        line.served_other[{"b", "d"}] = {4, {}, 0};
        line.mended_rows = 12;
        line.mended = {{"developer_role", 12}, {"user_id", 3}};
        line.checked = {{"schema_fits", 2}};
    }
    return lines;
}

TEST(report_print, below_the_table_stands_what_was_served_otherwise_mended_and_checked) {
    const std::string table = print(two_lines_with_notes(), grouping::model, report_format::table);
    const std::string notes =
        "\n\n"
        "served by another model: a -> b?, requests 3, 0.0012 USD more\n"
        "served by another model: b -> a, requests 2, 0.50 USD less, 1 not compared\n"
        "served by another model: b -> c, requests 1, 1 not compared\n"
        "served by another model: b -> d, requests 4, at the same cost\n"
        "mended: developer_role 12, user_id 3\n"
        "checked: schema_fits 2\n";
    EXPECT_TRUE(table.ends_with(notes)) << table;
    EXPECT_EQ(std::ranges::count(table, '\n'), 3 + 1 + 6) << table;
}

TEST(report_print, json_and_csv_have_what_was_served_otherwise_mended_and_checked) {
    const auto lines = two_lines_with_notes();
    const auto all = json::parse(print(lines, grouping::model, report_format::json));
    for (const json& line : {all["lines"][0], all["total"]}) {
        ASSERT_EQ(line["served_other"].size(), 4u) << line;
        EXPECT_EQ(line["served_other"][1], json::parse(R"({"model_sent":"b","model_served":"a","requests":2,
            "difference":{"decimal":"-0.50","pico":"-500000000000"},"uncompared":1})"));
        EXPECT_EQ(line["mended_rows"], 12);
        EXPECT_EQ(line["mended"], json::parse(R"({"developer_role":12,"user_id":3})"));
        EXPECT_EQ(line["checked"], json::parse(R"({"schema_fits":2})"));
        EXPECT_FALSE(line.contains("fingerprint"));
    }
    const std::string csv = print(lines, grouping::model, report_format::csv);
    EXPECT_NE(csv.find(",unpriced,served other,mended\r\n"), std::string::npos) << csv;
    EXPECT_TRUE(csv.ends_with(",0,2,0,10,12\r\n")) << csv;
}

TEST(report_print, a_fingerprint_has_a_column_beside_its_model_in_every_format) {
    auto lines = two_lines();
    lines.front().fingerprint = "=fp,1";
    lines.front().currency = "=U";
    const std::string table = print(lines, grouping::fingerprint, report_format::table);
    EXPECT_TRUE(table.starts_with("model              fingerprint  requests  ")) << table;
    EXPECT_NE(table.find("\ndeepseek-v4-flash  =fp,1              12  "), std::string::npos) << table;
    const std::string csv = print(lines, grouping::fingerprint, report_format::csv);
    EXPECT_TRUE(csv.starts_with("model,fingerprint,requests,hit,")) << csv;
    EXPECT_NE(csv.find("\r\ndeepseek-v4-flash,\"'=fp,1\",12,100,20,3,1,0.25,'=U,"), std::string::npos) << csv;
    const auto all = json::parse(print(lines, grouping::fingerprint, report_format::json));
    EXPECT_EQ(all["by"], "fingerprint");
    EXPECT_EQ(all["lines"][0]["group"], "deepseek-v4-flash");
    EXPECT_EQ(all["lines"][0]["fingerprint"], "=fp,1");
}

TEST(report_print, no_lines_print_as_nothing_and_no_baselines_as_no_saving) {
    EXPECT_EQ(print({}, grouping::none, report_format::table), "");
    report_line total;
    total.group = "total";
    const auto all = json::parse(print({total}, grouping::none, report_format::json));
    EXPECT_EQ(all["total"]["saved"]["decimal"], "0.00");
    EXPECT_EQ(all["lines"], json::array());
}

TEST(report_print, one_row_as_json_has_its_money_twice_and_its_score_as_a_number) {
    row r = served_row(123);
    r.started_ms = ms("2026-11-20T10:00:00Z");
    r.ended_ms = r.started_ms + 250;
    const auto shown = json::parse(to_json(r));
    EXPECT_EQ(shown["id"], to_text(request_id{123}));
    EXPECT_EQ(shown["model_asked"], "auto");
    EXPECT_EQ(shown["model_sent"], "deepseek-v4-flash");
    EXPECT_EQ(shown["model_served"], "deepseek-v4-flash-0910");
    EXPECT_EQ(shown["endpoint"], "chat");
    EXPECT_EQ(shown["session"], "0f1e2d3c4b5a69788796a5b4c3d2e1f0");
    EXPECT_EQ(shown["fingerprint"], "fp_8802369eaa");
    EXPECT_EQ(shown["served_other"], false);
    EXPECT_EQ(shown["mended"], "developer_role, user_id");
    EXPECT_EQ(shown["checked"], "schema_fits");
    EXPECT_EQ(shown["tier"], "flash");
    EXPECT_EQ(shown["effort"], "low");
    EXPECT_EQ(shown["reason"], "bounded");
    EXPECT_EQ(shown["class"], "interactive");
    EXPECT_FALSE(shown.contains("parent"));
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
    r.parent = {122};
    EXPECT_EQ(json::parse(to_json(r))["parent"], to_text(request_id{122}));
    r.first_byte_us = -1;
    EXPECT_TRUE(json::parse(to_json(r))["first_byte_us"].is_null());
}

TEST(report_print, a_name_that_is_no_utf_8_is_still_json) {
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
