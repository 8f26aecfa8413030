// What an accepted answer costs, by what gave it.

#include "weir/metering/report.hpp"

#include "ledger_support.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <functional>
#include <map>
#include <vector>

namespace weir::metering {
namespace {

using nlohmann::json;
using testing::in;
using testing::opened;
using testing::served_row;
using testing::temporary_folder;
using enum outcome_kind;

constexpr std::int64_t dollar = 1'000'000'000'000;

row in_cell(std::int64_t id, std::string tier, std::string effort, std::int64_t cost) {
    row r = served_row(id);
    r.tier = std::move(tier);
    r.effort = std::move(effort);
    r.cost = {cost};
    r.baselines = {{"flash", {cost}}, {"pro", {10 * dollar}}};
    r.checked.clear();
    return r;
}

// Four requests of flash.low: accepted, rejected by a retry, unknown, and one whose answer was replaced by
// that of pro.high, which was accepted. One of pro.high, unknown. One that was refused.
void fill(ledger& book) {
    book.settle(in_cell(1, "flash", "low", dollar), {});
    book.settle(in_cell(2, "flash", "low", 2 * dollar), {});
    book.settle(in_cell(3, "flash", "low", 4 * dollar), {});
    row replaced = in_cell(4, "flash", "low", 8 * dollar);
    replaced.how = outcome::replaced;
    replaced.parent = {5};
    replaced.checked = "empty";
    book.settle(replaced, {});
    book.settle(in_cell(5, "pro", "high", 16 * dollar), {});
    book.settle(in_cell(6, "pro", "high", 32 * dollar), {});
    row refused;
    refused.id = {7};
    refused.how = outcome::refused;
    book.settle(refused, {});
    book.note({{1}, 1, feedback, true, 0.9, "good"});
    book.note({{2}, 1, retried, false, {}, ""});
    book.note({{3}, 1, verifier, true, {}, ""});
    book.note({{5}, 1, retried, false, {}, ""});
    book.note({{5}, 2, feedback, true, {}, ""});
    book.note({{99}, 1, feedback, true, {}, ""});
    book.flush();
}

class accepted_report : public ::testing::Test {
protected:
    accepted_report() : book_(opened(in(folder_ / "l.db"))) { fill(*book_); }
    std::map<std::string, report_line> lines(grouping by) const {
        const auto made = make_report(folder_ / "l.db", {{}, {}, by});
        std::map<std::string, report_line> by_name;
        if (!made) ADD_FAILURE() << made.error().detail;
        for (const report_line& line : made.value_or(std::vector<report_line>{})) by_name[line.group] = line;
        return by_name;
    }
    std::string printed(grouping by, report_format format) const {
        return print(make_report(folder_ / "l.db", {{}, {}, by}).value(), by, format);
    }

private:
    temporary_folder folder_;
    std::unique_ptr<ledger> book_;
};

std::string per_accepted(const report_line& line, bool judged_only) {
    const auto cost = cost_per_accepted(line, judged_only);
    return cost ? cost->to_decimal_text() : "";
}

// requests, replaced, accepted, rejected, unknown
using counts = std::array<std::int64_t, 5>;
counts counts_of(const report_line& l) {
    return {l.requests, l.replaced, l.accepted, l.rejected, l.unknown()};
}

TEST_F(accepted_report, counts_answers_by_cell_and_charges_each_attempt_to_its_own) {
    const auto by_cell = lines(grouping::cell);
    ASSERT_EQ(by_cell.size(), 4u);
    const report_line& flash = by_cell.at("flash.low");
    EXPECT_EQ(counts_of(flash), (counts{3, 1, 1, 1, 1}));
    EXPECT_EQ(flash.cost.to_decimal_text(), "15.00");
    EXPECT_EQ(per_accepted(flash, false), "15.00")
        << "1 + 2 + 4 and the replaced 8 for one that was accepted";
    EXPECT_EQ(per_accepted(flash, true), "11.00") << "without the 4 of which nothing is known";
    const report_line& pro = by_cell.at("pro.high");
    EXPECT_EQ(counts_of(pro), (counts{2, 0, 1, 0, 1}));
    EXPECT_EQ(per_accepted(pro, false), "48.00");
    EXPECT_EQ(per_accepted(pro, true), "16.00");
    EXPECT_EQ(counts_of(by_cell.at("")), (counts{1, 0, 0, 0, 1})) << "refused";
    EXPECT_EQ(per_accepted(by_cell.at(""), false), "");
    EXPECT_EQ(counts_of(by_cell.at("total")), (counts{6, 1, 2, 1, 3}));
    EXPECT_EQ(per_accepted(by_cell.at("total"), false), "31.50");
    EXPECT_EQ(per_accepted(by_cell.at("total"), true), "13.50");
}

TEST_F(accepted_report, groups_by_tier_and_by_effort_alike) {
    EXPECT_EQ(counts_of(lines(grouping::tier).at("flash")), (counts{3, 1, 1, 1, 1}));
    EXPECT_EQ(counts_of(lines(grouping::effort).at("high")), (counts{2, 0, 1, 0, 1}));
}

TEST_F(accepted_report, a_replaced_attempt_costs_but_is_no_request_and_no_baseline) {
    const report_line total = lines(grouping::none).at("total");
    EXPECT_EQ(total.requests, 6);
    EXPECT_EQ(total.cost.to_decimal_text(), "63.00");
    EXPECT_EQ(total.tokens.output, 6 * 30) << "its tokens were paid";
    EXPECT_EQ(total.baselines.at("pro").to_decimal_text(), "50.00");
    EXPECT_EQ(total.checked, (std::map<std::string, std::int64_t>{{"empty", 1}}));
    EXPECT_EQ(total.mended_rows, 5);
}

TEST_F(accepted_report, the_table_has_the_columns_where_answers_are_compared_and_says_what_they_mean) {
    const std::string table = printed(grouping::cell, report_format::table);
    for (const char* const heading : {" replaced ", " accepted ", " not accepted ", " unknown ",
                                      " cost per accepted ", " judged per accepted\n"}) {
        EXPECT_NE(table.find(heading), std::string::npos) << heading << " is not in\n" << table;
    }
    EXPECT_NE(table.find("it is not counted as accepted"), std::string::npos) << table;
    for (const auto by : {grouping::none, grouping::model, grouping::reason}) {
        EXPECT_EQ(printed(by, report_format::table).find("accepted"), std::string::npos);
    }
}

TEST_F(accepted_report, csv_leaves_a_cost_empty_where_nothing_was_accepted) {
    const std::string csv = printed(grouping::cell, report_format::csv);
    EXPECT_NE(
        csv.find(",unpriced,replaced,accepted,not accepted,unknown,cost per accepted,judged per accepted,"),
        std::string::npos)
        << csv;
    EXPECT_NE(csv.find(",0,0,0,1,,,0,0\r\n"), std::string::npos) << csv;
    EXPECT_NE(csv.find(",1,1,1,1,15.00,11.00,0,3\r\n"), std::string::npos) << csv;
}

TEST_F(accepted_report, json_has_the_figures_in_every_grouping) {
    const json by_cell = json::parse(printed(grouping::cell, report_format::json));
    EXPECT_EQ(by_cell["by"], "cell");
    EXPECT_TRUE(by_cell["lines"][0]["cost_per_accepted"].is_null()) << by_cell;
    const json& flash = by_cell["lines"][1];
    EXPECT_EQ(flash["group"], "flash.low");
    EXPECT_EQ(flash["cost_per_accepted"]["pico"], std::to_string(15 * dollar));
    EXPECT_EQ(flash["judged_cost_per_accepted"]["decimal"], "11.00");
    const json total = json::parse(printed(grouping::none, report_format::json))["total"];
    EXPECT_EQ(total["accepted"], 2) << total;
    EXPECT_EQ(total["not_accepted"], 1);
    EXPECT_EQ(total["unknown"], 3);
    EXPECT_EQ(total["replaced"], 1);
}

}  // namespace
}  // namespace weir::metering
