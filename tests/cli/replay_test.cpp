// replay, tune and train --from-ledger over a ledger of an operator's own traffic, as the commands print
// them.
#include "weir/classifier/measures.hpp"
#include "weir/config/settings.hpp"
#include "weir/config/weights.hpp"
#include "weir/metering/ledger.hpp"
#include "weir/whatif/record.hpp"

#include "../../src/cli/past_rows.hpp"
#include "metering/support.hpp"
#include "support.hpp"
#include "support/own_traffic.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace weir::cli {
namespace {

using namespace test;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

const config::settings& shipped() {
    static const config::settings settings = [] {
        auto loaded =
            config::load(shipped_config, [](std::string_view) { return std::optional<std::string>(); });
        if (loaded) return *std::move(loaded);
        for (const auto& p : loaded.error()) ADD_FAILURE() << config::to_text(p);
        return config::settings{};
    }();
    return settings;
}

metering::row row_of(const whatif::past& p) {
    metering::row r;
    r.id = p.id;
    r.started_ms = p.started_ms;
    r.ended_ms = p.started_ms + 1'000;
    r.endpoint = "chat";
    r.session = p.session;
    r.model_asked = p.model_asked;
    r.tier = p.tier;
    r.tokens = p.tokens;
    r.cost = p.cost;
    r.currency = p.currency;
    r.decision = whatif::write_record(p.made_of);
    r.status = 200;
    return r;
}

class own_ledger : public ::testing::Test {
protected:
    std::string file() const { return (folder_ / "weir.db").string(); }
    std::string in_folder(std::string_view name) const { return (folder_ / name).string(); }

    std::unique_ptr<metering::ledger> open() const {
        metering::ledger_settings settings;
        settings.file = file();
        settings.group_ms = 1;
        settings.min_free_bytes = 0;
        auto book = metering::ledger::open(settings, 1, 4);
        EXPECT_TRUE(book.has_value()) << book.error().detail;
        return book ? *std::move(book) : nullptr;
    }

    // Rows as weir would have kept them, and what their clients said of the cheapest tier's answers.
    std::vector<own_request> fill(const own_traffic_settings& how) {
        const auto requests = own_traffic(shipped().routes, shipped().prices, how).rows();
        const auto book = open();
        if (!book) return {};
        for (const own_request& r : requests) {
            book->settle(row_of(r.row), {});
            if (!r.row.needed_more) continue;
            metering::answer_outcome said;
            said.request = r.row.id;
            said.at_ms = r.row.started_ms + 2'000;
            said.accepted = !*r.row.needed_more;
            book->note(said);
        }
        book->flush();
        return requests;
    }

    ended_command run(std::vector<std::string> arguments) const {
        arguments.insert(arguments.end(), {"--config", shipped_config});
        return run_weir(std::move(arguments));
    }
    ended_command run_on(std::vector<std::string> arguments) const {
        arguments.insert(arguments.end(), {"--ledger", file()});
        return run(std::move(arguments));
    }

    metering::testing::temporary_folder folder_;
};

const json& column_named(const json& report, std::string_view name) {
    static const json none;
    for (const json& c : report["columns"]) {
        if (c["name"] == name) return c;
    }
    ADD_FAILURE() << "no column " << name << " in " << report;
    return none;
}

TEST_F(own_ledger, replayed_with_the_policy_in_force_is_what_it_was) {
    const auto requests = fill({.seed = 21, .requests = 300});
    const auto got = run_on({"replay", "--format", "json"});
    ASSERT_EQ(got.code, exit_ok) << got;
    const json report = json::parse(got.out);
    EXPECT_EQ(report["requests"], 300);
    EXPECT_EQ(report["moved"], 0) << got.out;
    const json& actual = column_named(report, "actual");
    const json& replayed = column_named(report, "replayed");
    EXPECT_EQ(actual["cost_pico"], replayed["cost_pico"]);
    EXPECT_EQ(actual["requests"], replayed["requests"]);
    pricing::pico_sum paid;
    std::int64_t needed = 0;
    for (const own_request& r : requests) {
        paid.add(r.row.cost);
        needed += r.row.needed_more.value_or(false) ? 1 : 0;
    }
    EXPECT_EQ(actual["cost_pico"], paid.to_integer_text());
    EXPECT_GT(needed, 20);
    EXPECT_EQ(actual["needed_more"], needed);
    EXPECT_EQ(actual["recall_per_mille"], 0) << "all that is known of is the cheapest tier's";
    EXPECT_EQ(column_named(report, "all pro")["recall_per_mille"], 1'000);
    EXPECT_EQ(column_named(report, "all pro")["saved_per_mille_of_dearest"], 0);
}

TEST_F(own_ledger, another_policy_file_is_replayed_beside_what_was) {
    fill({.seed = 22, .requests = 200});
    const std::string policies = WEIR_SOURCE_DIR "/config/policies/";
    const json flash =
        json::parse(run_on({"replay", "--policy", policies + "always-flash.yaml", "--format", "json"}).out,
                    nullptr, false);
    ASSERT_TRUE(flash.is_object());
    EXPECT_THAT(flash["policy"].get<std::string>(), StartsWith("always-flash/"));
    EXPECT_EQ(column_named(flash, "replayed")["cost_pico"], column_named(flash, "all flash")["cost_pico"]);
    EXPECT_EQ(column_named(flash, "replayed")["dearer_per_mille"], 0);
    const json pro = json::parse(
        run_on({"replay", "--policy", policies + "always-pro.yaml", "--format", "json"}).out, nullptr, false);
    EXPECT_EQ(column_named(pro, "replayed")["cost_pico"], column_named(pro, "all pro")["cost_pico"]);
    EXPECT_EQ(column_named(pro, "actual")["cost_pico"], column_named(flash, "actual")["cost_pico"]);
    EXPECT_GT(pro["moved"], 0);
}

// An edited copy has the name of the policy that it is to replace.
TEST_F(own_ledger, a_policy_file_of_the_same_name_takes_the_configured_ones_place) {
    fill({.seed = 23, .requests = 100});
    std::string text = read_file(WEIR_SOURCE_DIR "/config/policies/bounded.yaml");
    const std::string line = "use: flash, reason: bounded";
    ASSERT_NE(text.find(line), std::string::npos);
    text.replace(text.find(line), line.size(), "use: pro, reason: bounded");
    const std::string learned = "learned: {file: ";
    const std::size_t at = text.find(learned);
    if (at != std::string::npos) {
        text.insert(at + learned.size(), WEIR_SOURCE_DIR "/config/policies/");
    }
    const std::string copy = write_file(in_folder("copy.yaml"), text);
    const auto got = run_on({"replay", "--policy", copy, "--format", "json"});
    ASSERT_EQ(got.code, exit_ok) << got;
    EXPECT_GT(json::parse(got.out)["moved"], 0);
    const auto none = run_on({"replay", "--policy", in_folder("absent.yaml")});
    EXPECT_EQ(none.code, exit_bad_usage);
    EXPECT_THAT(none.err, HasSubstr("absent.yaml: error: there is no such file"));
}

TEST_F(own_ledger, replays_what_falls_into_the_time_that_is_asked_for) {
    const auto requests = fill({.seed = 24, .requests = 50});
    const std::string tenth = to_rfc3339(from_unix_ms(requests[10].row.started_ms));
    const std::string twentieth = to_rfc3339(from_unix_ms(requests[20].row.started_ms));
    const auto got = run_on({"replay", "--since", tenth, "--until", twentieth, "--format", "json"});
    ASSERT_EQ(got.code, exit_ok) << got;
    EXPECT_EQ(json::parse(got.out)["requests"], 10);
    EXPECT_EQ(run_on({"replay", "--since", "yesterday"}).code, exit_bad_usage);
    EXPECT_EQ(run({"replay", "--ledger", in_folder("absent.db")}).code, exit_io);
    EXPECT_EQ(run_on({"replay", "--threshold", "1.5"}).code, exit_bad_usage);
}

TEST_F(own_ledger, rows_without_a_readable_record_are_counted_and_left_out) {
    fill({.seed = 25, .requests = 20});
    {
        const auto book = open();
        ASSERT_TRUE(book);
        metering::row bare = metering::testing::served_row(1'001);
        bare.decision.clear();
        metering::row broken = metering::testing::served_row(1'002);
        broken.decision = R"({"v":1,"api":"chat")";
        metering::row refused = metering::testing::served_row(1'003);
        refused.decision.clear();
        refused.how = metering::outcome::refused;
        for (const metering::row& r : {bare, broken, refused}) book->settle(r, {});
        book->flush();
    }
    const auto got = run_on({"replay"});
    ASSERT_EQ(got.code, exit_ok) << got;
    EXPECT_THAT(got.out, HasSubstr(": 20 requests, 0 of them on another tier"));
    EXPECT_THAT(got.out, HasSubstr("1 requests without a recorded decision are left out"));
    EXPECT_THAT(got.out, HasSubstr("1 requests with an unreadable record are left out, the first " +
                                   to_text(request_id{1'002})));
}

template <class T>
std::size_t bytes_of(const std::vector<T>& all) {
    return all.capacity() * sizeof(T);
}

TEST_F(own_ledger, as_many_rows_as_are_let_in_take_a_gibibyte_at_most) {
    fill({.seed = 28, .requests = 20});
    past_flags flags;
    const auto read = read_past(flags, file());
    ASSERT_TRUE(read.has_value());
    ASSERT_EQ(read->rows.size(), 20U);
    for (const whatif::past& p : read->rows) {
        const whatif::recorded& r = p.made_of;
        EXPECT_EQ(r.words.size() + r.words_absent.size(), shipped().routes.words.size());
        const std::size_t bytes = sizeof(whatif::past) + sizeof(whatif::inputs) + bytes_of(r.features) +
                                  bytes_of(r.tiers) + bytes_of(r.words) + bytes_of(r.words_absent) +
                                  bytes_of(r.words_lead) + bytes_of(r.server_tools) +
                                  bytes_of(r.alternatives);
        EXPECT_LE(bytes * past_rows_max, std::size_t{1} << 30U) << bytes << " bytes a row";
    }
}

TEST_F(own_ledger, an_answer_that_the_upstream_broke_off_says_nothing_of_its_request) {
    const auto requests = fill({.seed = 27, .requests = 60, .judged = 0});
    const auto cheap = std::ranges::find(requests, "flash", [](const own_request& r) { return r.row.tier; });
    ASSERT_NE(cheap, requests.end());
    metering::row attempt = row_of(cheap->row);
    attempt.parent = attempt.id;
    attempt.id = {10'000};
    attempt.how = metering::outcome::replaced;
    const auto needed_more = [&](const char* checked) {
        ++attempt.id.value;
        attempt.checked = checked;
        if (const auto book = open()) {
            book->settle(attempt, {});
            book->flush();
        }
        const json report = json::parse(run_on({"replay", "--format", "json"}).out);
        return column_named(report, "actual")["needed_more"].get<int>();
    };
    EXPECT_EQ(needed_more("broken_off"), 0);
    EXPECT_EQ(needed_more("schema"), 1);
}

TEST_F(own_ledger, prints_the_same_figures_as_table_and_csv) {
    fill({.seed = 26, .requests = 60});
    const auto table = run_on({"replay"});
    ASSERT_EQ(table.code, exit_ok) << table;
    for (const char* part : {"\nactual ", "\nreplayed ", "\nall flash ", "\nall pro ", "\nreason "}) {
        EXPECT_THAT(table.out, HasSubstr(part));
    }
    const auto csv = run_on({"replay", "--format", "csv"});
    EXPECT_THAT(csv.out, StartsWith("kind,name,requests,moved_up,moved_down,dearer_percent,cost,"));
    EXPECT_THAT(csv.out, HasSubstr("\r\ncolumn,actual,60,"));
    EXPECT_THAT(csv.out, HasSubstr("\r\nreason,"));
    const auto columns_in = [](const std::string& line) { return std::ranges::count(line, ','); };
    for (const std::string& line : lines_of(csv.out)) EXPECT_EQ(columns_in(line), 10) << line;
}

TEST_F(own_ledger, refitting_on_three_hundred_outcomes_beats_the_shipped_weights_on_the_next_thousand) {
    const auto& kind = shipped().routes.default_policy().learned.kind;
    ASSERT_TRUE(kind.has_value());
    for (const std::uint64_t seed : {31U, 32U, 33U}) {
        const auto requests =
            own_traffic(shipped().routes, shipped().prices, {.seed = seed, .requests = 3'000}).rows();
        std::filesystem::remove(file());
        std::size_t known = 0, used = 0;
        {
            const auto book = open();
            ASSERT_TRUE(book);
            for (; used < requests.size() && known < 300; ++used) {
                const whatif::past& row = requests[used].row;
                book->settle(row_of(row), {});
                if (!row.needed_more) continue;
                ++known;
                metering::answer_outcome said;
                said.request = row.id;
                said.accepted = !*row.needed_more;
                book->note(said);
            }
            book->flush();
        }
        ASSERT_EQ(known, 300U);
        ASSERT_LE(used + 1'000, requests.size());
        const auto got = run({"train", "--from-ledger", file(), "--date", "2026-11-22"});
        ASSERT_EQ(got.code, exit_ok) << got;
        std::vector<config::problem> problems;
        const auto own = config::parse_weights(got.out, "own.yaml", problems);
        ASSERT_TRUE(own.has_value()) << (problems.empty() ? "" : config::to_text(problems.front()));
        EXPECT_EQ(own->from.rows, 300);
        EXPECT_THAT(own->name, HasSubstr(".own"));
        const auto auroc = [&](const classifier::linear& by) {
            std::vector<classifier::judged> judged;
            whatif::inputs with;
            for (std::size_t i = used; i < used + 1'000; ++i) {
                const whatif::past& row = requests[i].row;
                whatif::remake(with, row.made_of, row.model_asked, row.key_id, shipped().routes);
                const int score = classifier::learned_score(with.features, with.learned.words_part, by);
                judged.push_back({static_cast<double>(score), requests[i].needs_more});
            }
            return classifier::auroc(judged).value_or(0);
        };
        const double before = auroc(*kind), after = auroc(*own);
        EXPECT_GE(after, before + 0.1) << "seed " << seed << ": " << before << " -> " << after << '\n'
                                       << got.err;
    }
}

TEST_F(own_ledger, refitted_weights_say_what_they_were_fitted_on) {
    fill({.seed = 45, .requests = 200});
    const auto got = run({"train", "--from-ledger", file()});
    ASSERT_EQ(got.code, exit_ok) << got;
    const auto& base = *shipped().routes.default_policy().learned.kind;
    EXPECT_THAT(got.out, HasSubstr("  data: \"outcomes of weir.db on top of " + base.name + '/' +
                                   std::to_string(base.version) + "\"\n  sha256: \""));
    std::vector<config::problem> problems;
    const auto own = config::parse_weights(got.out, "own.yaml", problems);
    ASSERT_TRUE(own.has_value());
    const std::string hash = own->from.data.substr(own->from.data.rfind(':') + 1);
    EXPECT_EQ(hash.size(), 64U) << hash;
    EXPECT_EQ(base.from.data.find(hash), std::string::npos) << "that of the rows before";
}

TEST_F(own_ledger, tuned_says_the_patch_and_the_curve_and_changes_nothing) {
    fill({.seed = 41, .requests = 600, .between_ms = 3'600'000});
    const std::string policy = WEIR_SOURCE_DIR "/config/policies/bounded.yaml";
    const std::string before = read_file(policy);
    const auto got = run_on({"tune", "--max-pro-share", "50", "--plot", in_folder("curve.svg")});
    ASSERT_EQ(got.code, exit_ok) << got;
    EXPECT_THAT(got.out, StartsWith("# Asked for: a share on dearer tiers of at most 50.0 %.\n"));
    EXPECT_THAT(got.out, HasSubstr("\nlearned:\n  decides: when_tuned\n  pro_from_score: "));
    EXPECT_THAT(got.out, HasSubstr("\nchosen "));
    EXPECT_THAT(got.out, HasSubstr("\nheld out "));
    EXPECT_EQ(read_file(policy), before);
    EXPECT_THAT(read_file(in_folder("curve.svg")), StartsWith("<svg "));

    const auto csv = run_on({"tune", "--max-pro-share", "50", "--format", "csv"});
    EXPECT_THAT(csv.out, StartsWith(",from score,requests,"));
    EXPECT_THAT(csv.out, HasSubstr("\r\ncurve,0.000,"));
    EXPECT_THAT(csv.out, Not(HasSubstr("learned:")));

    const auto beyond = run_on({"tune", "--target-savings", "99.9"});
    EXPECT_EQ(beyond.code, exit_failed) << "what cannot be met is said with the nearest, and fails";
    EXPECT_THAT(beyond.out, HasSubstr("No threshold gives it"));
}

TEST_F(own_ledger, tuned_tells_what_is_not_in_its_figures) {
    const auto requests = fill({.seed = 44, .requests = 100, .between_ms = 3'600'000});
    {
        const auto book = open();
        ASSERT_TRUE(book);
        metering::row foreign = row_of(requests.back().row);
        foreign.id = {1'001};
        foreign.currency = "CNY";
        metering::row scored = row_of(requests.back().row);
        scored.id = {1'002};
        whatif::recorded made_of = requests.back().row.made_of;
        made_of.weights = "else/1";
        scored.decision = whatif::write_record(made_of);
        for (const metering::row& r : {foreign, scored}) book->settle(r, {});
        book->flush();
    }
    const auto got = run_on({"tune", "--max-pro-share", "50", "--format", "csv"});
    EXPECT_THAT(got.out, HasSubstr("\r\nchosen,")) << got;
    EXPECT_EQ(got.err,
              "1 requests that were paid in another currency are left out\n"
              "1 requests have the words' part of their learned score from other weights\n");
}

TEST_F(own_ledger, tune_wants_one_target) {
    fill({.seed = 42, .requests = 5});
    EXPECT_EQ(run_on({"tune"}).code, exit_bad_usage);
    EXPECT_EQ(run_on({"tune", "--max-pro-share", "50", "--target-savings", "20"}).code, exit_bad_usage);
    EXPECT_EQ(run_on({"tune", "--max-pro-share", "101"}).code, exit_bad_usage);
    EXPECT_EQ(run_on({"tune", "--max-pro-share", "50", "--plot", in_folder("no/such/folder.svg")}).code,
              exit_io);
}

TEST_F(own_ledger, refitting_wants_outcomes) {
    fill({.seed = 43, .requests = 40, .judged = 0});
    const auto got = run({"train", "--from-ledger", file()});
    EXPECT_EQ(got.code, exit_failed) << got;
    EXPECT_THAT(got.out, IsEmpty());
    EXPECT_THAT(got.err, HasSubstr("outcomes are known of 0 requests"));
}

}  // namespace
}  // namespace weir::cli
