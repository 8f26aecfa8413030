#include "weir/metering/report.hpp"

#include "weir/metering/ledger.hpp"

#include "support.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace weir::metering {
namespace {

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

TEST(report, rows_are_grouped_by_endpoint_and_by_session) {
    const temporary_folder folder;
    auto rows = five_rows();
    rows[0].endpoint = "messages";
    rows[0].session = "aa";
    rows[1].endpoint = "messages";
    rows[2].endpoint = "forward:/tools/search";
    const auto book = ledger_with(folder / "l.db", rows);
    const auto grouped = [&](grouping by) { return groups_of(lines_of(folder / "l.db", {{}, {}, by})); };
    using names = std::vector<std::string>;
    EXPECT_EQ(grouped(grouping::endpoint),
              (names{":1", "chat:1", "forward:/tools/search:1", "messages:2", "total:5"}));
    EXPECT_EQ(grouped(grouping::session),
              (names{":1", "0f1e2d3c4b5a69788796a5b4c3d2e1f0:3", "aa:1", "total:5"}));
}

TEST(report, fingerprints_are_listed_by_model) {
    const temporary_folder folder;
    auto rows = five_rows();
    rows[1].fingerprint.clear();
    rows[2].fingerprint = "fp_b";
    rows[2].model_served = rows[0].model_served;
    const auto book = ledger_with(folder / "l.db", rows);
    const auto lines = lines_of(folder / "l.db", {{}, {}, grouping::fingerprint});
    std::vector<std::string> seen;
    for (const report_line& line : lines) {
        seen.push_back(line.group + ' ' + line.fingerprint + ' ' + std::to_string(line.requests));
    }
    EXPECT_EQ(seen,
              (std::vector<std::string>{"  1", "deepseek-v4-flash-0910 fp_8802369eaa 2",
                                        "deepseek-v4-flash-0910 fp_b 1", "deepseek-v4-pro  1", "total  5"}));
}

// Two answers of Pro to a request for Flash, one the other way round, one of a tier without a baseline.
std::vector<row> rows_of_other_models() {
    std::vector<row> rows;
    for (std::int64_t id = 1; id <= 4; ++id) {
        row r = served_row(id);
        r.model_served = "deepseek-v4-pro";
        r.cost = {74'800'000};
        r.served_other = true;
        r.mended = id == 1 ? "user_id" : "";
        r.checked.clear();
        rows.push_back(r);
    }
    rows[2].model_sent = "deepseek-v4-pro";
    rows[2].model_served = "deepseek-v4-flash";
    rows[2].tier = "pro";
    rows[2].cost = {21'300'000};
    rows[3].tier = "gone";
    rows.push_back(served_row(5));
    return rows;
}

TEST(report, answers_of_another_model_are_listed_with_what_they_cost_more_or_less) {
    const temporary_folder folder;
    const auto book = ledger_with(folder / "l.db", rows_of_other_models());
    const auto lines = lines_of(folder / "l.db", {{}, {}, grouping::model});
    const auto& total = lines.back().served_other;
    ASSERT_EQ(total.size(), 2u);
    const served_otherwise& dearer = total.at({"deepseek-v4-flash", "deepseek-v4-pro"});
    EXPECT_EQ(dearer.requests, 3);
    EXPECT_EQ(dearer.uncompared, 1);
    EXPECT_EQ(dearer.difference.to_integer_text(), std::to_string(2 * (74'800'000 - 21'300'000)));
    const served_otherwise& cheaper = total.at({"deepseek-v4-pro", "deepseek-v4-flash"});
    EXPECT_EQ(cheaper.requests, 1);
    EXPECT_EQ(cheaper.uncompared, 0);
    EXPECT_EQ(cheaper.difference.to_integer_text(), std::to_string(21'300'000 - 74'800'000));
    EXPECT_TRUE(lines[1].served_other.empty()) << lines[1].group << " was sent as such";
}

TEST(report, mends_and_checks_are_counted_by_name) {
    const temporary_folder folder;
    auto rows = rows_of_other_models();
    rows[1].mended = "developer_role, user_id, json_schema";
    rows[1].checked = "schema_does_not_fit";
    const auto book = ledger_with(folder / "l.db", rows);
    const report_line total = lines_of(folder / "l.db", {}).back();
    using counts = std::map<std::string, std::int64_t>;
    EXPECT_EQ(total.mended_rows, 3);
    EXPECT_EQ(total.mended, (counts{{"developer_role", 2}, {"json_schema", 1}, {"user_id", 3}}));
    EXPECT_EQ(total.checked, (counts{{"schema_does_not_fit", 1}, {"schema_fits", 1}}));
}

TEST(report, a_fee_is_a_cost_without_tokens_and_has_its_currency) {
    const temporary_folder folder;
    row r;
    r.id = {1};
    r.endpoint = "forward:/tools/search";
    r.price_tariff = "fee";
    r.cost = {5'000'000'000};
    const auto book = ledger_with(folder / "l.db", {r});
    for (const grouping by : {grouping::none, grouping::model, grouping::endpoint, grouping::fingerprint}) {
        const report_line total = lines_of(folder / "l.db", {{}, {}, by}).back();
        EXPECT_EQ(total.requests, 1);
        EXPECT_EQ(total.cost.to_decimal_text(), "0.005");
        EXPECT_EQ(total.currency, "USD");
        EXPECT_EQ(total.unpriced, 0);
    }
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

}  // namespace
}  // namespace weir::metering
