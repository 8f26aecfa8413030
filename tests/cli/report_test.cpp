// Sums over a ledger, as the command prints them.
#include "weir/base/time.hpp"

#include "metering/support.hpp"
#include "support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace weir::cli {
namespace {

using namespace test;
using nlohmann::json;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

using names = std::vector<std::string>;

std::int64_t ms(std::string_view time) { return unix_ms(*parse_rfc3339(time)); }

// Two days, models, keys and reasons. Costs are made up, so that no rule of pricing can put them right.
std::vector<metering::row> three_rows() {
    metering::row a = metering::testing::served_row(1);
    a.started_ms = ms("2026-11-20T23:59:59.999Z");
    metering::row b = metering::testing::served_row(2);
    b.started_ms = ms("2026-11-21T00:00:00Z");
    b.model_served = "deepseek-v4-pro";
    b.reason = "proof";
    b.key_id = "team-b";
    b.tokens = {1'000, 2'000, 3'000, 500};
    b.cost = {1'000'000'000'000};
    b.baselines = {{"flash", {250'000'000'000}}, {"pro", {1'000'000'000'000}}};
    metering::row c = metering::testing::served_row(3);
    c.started_ms = ms("2026-11-21T12:00:00Z");
    return {a, b, c};
}

class report : public ::testing::Test {
protected:
    report() {
        metering::ledger_settings settings;
        settings.file = file();
        settings.group_ms = 1;
        settings.min_free_bytes = 0;
        auto book = metering::ledger::open(settings, 1, 4);
        if (!book) {
            ADD_FAILURE() << book.error().detail;
            return;
        }
        for (const metering::row& r : three_rows()) (*book)->settle(r, {});
    }
    std::string file() const { return (folder_.path() / "weir.db").string(); }
    std::filesystem::path folder() const { return folder_.path(); }

    ended_command print(std::vector<std::string> flags) const {
        flags.insert(flags.begin(), {"report", "--ledger", file()});
        return run_weir(std::move(flags));
    }
    json print_json(std::vector<std::string> flags) const {
        flags.insert(flags.end(), {"--format", "json"});
        const auto got = print(std::move(flags));
        EXPECT_EQ(got.code, exit_ok) << got;
        return json::parse(got.out, nullptr, false);
    }
    // "group:requests" of each line and of the total.
    names groups(std::vector<std::string> flags) const {
        const json all = print_json(std::move(flags));
        names found;
        const auto add = [&found](const json& line) {
            found.push_back(line["group"].get<std::string>() + ":" + line["requests"].dump());
        };
        for (const json& line : all["lines"]) add(line);
        add(all["total"]);
        return found;
    }

private:
    scratch_folder folder_;
};

TEST_F(report, is_a_table_unless_something_else_is_asked_for) {
    const auto got = print({});
    EXPECT_EQ(got.code, exit_ok) << got;
    EXPECT_THAT(got.err, IsEmpty());
    const std::vector<std::string> lines = lines_of(got.out);
    ASSERT_EQ(lines.size(), 5U) << got;
    for (const char* const heading :
         {" requests ", " hit ", " miss ", " output ", " reasoning ", " cost ", " all flash ", " all pro "}) {
        EXPECT_THAT(lines[0], HasSubstr(heading));
    }
    EXPECT_THAT(lines[1], StartsWith("total "));
    EXPECT_THAT(lines[1], HasSubstr(" 1.0000426 "));
    EXPECT_THAT(lines[2], IsEmpty());
    EXPECT_EQ(lines[3], "mended: developer_role 3, user_id 3");
    EXPECT_EQ(lines[4], "checked: schema_fits 3");
    EXPECT_EQ(print({"--format", "table"}).out, got.out);
}

TEST_F(report, as_json_has_exact_sums_and_what_each_tier_alone_would_have_cost) {
    const json all = print_json({});
    ASSERT_TRUE(all.is_object());
    EXPECT_EQ(all["by"], nullptr);
    const json& total = all["total"];
    EXPECT_EQ(total["requests"], 3) << all;
    EXPECT_EQ(total["tokens"],
              (json{{"hit", 1'200}, {"miss", 2'040}, {"output", 3'060}, {"reasoning", 520}}));
    EXPECT_EQ(total["cost"]["pico"], std::to_string(1'000'000'000'000 + 2 * 21'300'000));
    EXPECT_EQ(total["cost"]["decimal"], "1.0000426");
    EXPECT_EQ(total["baselines"]["flash"]["pico"], std::to_string(250'000'000'000 + 2 * 21'300'000));
    EXPECT_EQ(total["baselines"]["pro"]["pico"], std::to_string(1'000'000'000'000 + 2 * 74'800'000));
    EXPECT_EQ(total["saved"]["pico"], std::to_string(2 * (74'800'000 - 21'300'000)));
}

TEST_F(report, as_csv_is_one_record_a_line) {
    const auto got = print({"--format", "csv", "--by", "key"});
    EXPECT_EQ(got.code, exit_ok) << got;
    EXPECT_THAT(got.out,
                StartsWith("key,requests,hit,miss,output,reasoning,cost,currency,all flash,all pro,"));
    const std::vector<std::string> lines = lines_of(got.out);
    ASSERT_EQ(lines.size(), 4U) << got;
    EXPECT_THAT(lines[1], StartsWith("team-a,2,200,40,60,20,0.0000426,USD,"));
    EXPECT_THAT(lines[2], StartsWith("team-b,1,1000,2000,3000,500,"));
    EXPECT_THAT(lines[3], StartsWith("total,3,1200,2040,3060,520,1.0000426,USD,"));
    for (const std::string& line : lines) EXPECT_THAT(line, EndsWith("\r"));
}

TEST_F(report, has_a_line_for_each_group) {
    EXPECT_EQ(groups({}), (names{"total:3"}));
    EXPECT_EQ(groups({"--by", "model"}), (names{"deepseek-v4-flash-0910:2", "deepseek-v4-pro:1", "total:3"}));
    EXPECT_EQ(groups({"--by", "day"}), (names{"2026-11-20:1", "2026-11-21:2", "total:3"}));
    EXPECT_EQ(groups({"--by", "key"}), (names{"team-a:2", "team-b:1", "total:3"}));
    EXPECT_EQ(groups({"--by", "reason"}), (names{"bounded:2", "proof:1", "total:3"}));
    EXPECT_EQ(groups({"--by", "endpoint"}), (names{"chat:3", "total:3"}));
    EXPECT_EQ(groups({"--by", "session"}), (names{"0f1e2d3c4b5a69788796a5b4c3d2e1f0:3", "total:3"}));
    EXPECT_EQ(groups({"--by", "fingerprint"}),
              (names{"deepseek-v4-flash-0910:2", "deepseek-v4-pro:1", "total:3"}));
    EXPECT_EQ(groups({"--by", "tier"}), (names{"flash:3", "total:3"}));
    EXPECT_EQ(groups({"--by", "effort"}), (names{"low:3", "total:3"}));
    EXPECT_EQ(groups({"--by", "cell"}), (names{"flash.low:3", "total:3"}));
    EXPECT_EQ(print_json({"--by", "reason"})["by"], "reason");
    EXPECT_EQ(print_json({"--by", "fingerprint"})["lines"][0]["fingerprint"], "fp_8802369eaa");
}

TEST_F(report, says_what_an_accepted_answer_cost_in_each_cell) {
    const json before = print_json({"--by", "cell"})["lines"][0];
    EXPECT_EQ(before["unknown"], 3) << before;
    EXPECT_TRUE(before["cost_per_accepted"].is_null()) << before;
    {
        metering::ledger_settings settings;
        settings.file = file();
        settings.min_free_bytes = 0;
        const auto book = metering::ledger::open(settings, 1, 4);
        ASSERT_TRUE(book) << book.error().detail;
        using enum metering::outcome_kind;
        (*book)->note({{1}, 0, feedback, true, {}, ""});
        (*book)->note({{3}, 0, asked_again, false, {}, ""});
    }
    const json line = print_json({"--by", "cell"})["lines"][0];
    EXPECT_EQ(line["accepted"], 1) << line;
    EXPECT_EQ(line["not_accepted"], 1) << line;
    EXPECT_EQ(line["unknown"], 1) << line;
    EXPECT_EQ(line["cost_per_accepted"]["decimal"], "1.0000426") << line;
    EXPECT_EQ(line["judged_cost_per_accepted"]["decimal"], "0.0000426") << line;
    const auto table = print({"--by", "cell"});
    EXPECT_THAT(table.out, HasSubstr(" cost per accepted ")) << table;
    EXPECT_THAT(table.out, HasSubstr("nothing was heard; it is not counted as accepted")) << table;
}

TEST_F(report, begins_with_since_and_ends_before_until) {
    EXPECT_EQ(groups({"--since", "2026-11-21"}), (names{"total:2"}));
    EXPECT_EQ(groups({"--until", "2026-11-21"}), (names{"total:1"}));
    EXPECT_EQ(groups({"--since", "2026-11-21T00:00:00.001Z"}), (names{"total:1"}));
    EXPECT_EQ(groups({"--since", "2026-11-21T00:00:00Z", "--until", "2026-11-21T12:00:00Z"}),
              (names{"total:1"}));
    EXPECT_EQ(groups({"--since", "2027-01-01"}), (names{"total:0"}));
}

TEST_F(report, refuses_a_time_that_is_none) {
    for (const std::string flag : {"--since", "--until"}) {
        for (const std::string text : {"yesterday", "2026-13-01", "2026-11-21T25:00:00Z", "21.11.2026"}) {
            const auto got = print({flag, text});
            EXPECT_EQ(got.code, exit_bad_usage) << got;
            EXPECT_THAT(got.err, StartsWith("weir: " + flag + ": \"" + text + "\" is no date or time"));
            EXPECT_THAT(got.out, IsEmpty()) << text;
        }
    }
}

TEST_F(report, reads_the_configured_ledger_where_none_is_named) {
    const environment_variable ledger("WEIR_LEDGER", file());
    const auto got = run_weir({"report", "--config", shipped_config, "--by", "key", "--format", "csv"});
    EXPECT_EQ(got.code, exit_ok) << got;
    EXPECT_EQ(got.out, print({"--by", "key", "--format", "csv"}).out);
}

TEST_F(report, of_a_ledger_that_is_not_there_makes_none) {
    const std::string absent = (folder() / "absent.db").string();
    const auto got = run_weir({"report", "--ledger", absent});
    EXPECT_EQ(got.code, exit_io) << got;
    EXPECT_THAT(got.out, IsEmpty());
    EXPECT_EQ(got.err, "weir: " + absent + ": no such ledger\n");
    EXPECT_FALSE(std::filesystem::exists(absent));
}

TEST_F(report, of_a_file_that_is_no_ledger_says_so) {
    const std::string other = write_file(folder() / "other.db", "just text, and more of it than a header\n");
    const auto got = run_weir({"report", "--ledger", other});
    EXPECT_EQ(got.code, exit_io) << got;
    EXPECT_THAT(got.out, IsEmpty());
    EXPECT_THAT(got.err, StartsWith("weir: " + other + ": "));
}

}  // namespace
}  // namespace weir::cli
