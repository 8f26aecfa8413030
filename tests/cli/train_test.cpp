// Weights from labelled requests, and how right everything is on them.
#include "support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace weir::cli {
namespace {

using namespace test;
using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

json labelled(int i, const std::string& source, const std::string& label, const std::string& text) {
    return {{"id", "r" + std::to_string(i)},
            {"source", source},
            {"request", {{"model", "auto"}, {"messages", {{{"role", "user"}, {"content", text}}}}}},
            {"label", label},
            {"tags", {label == "pro" ? "hard" : "easy", "all"}}};
}

// Three families of two sources; what is hard is told by its words in all of them.
std::string rows(int count = 90) {
    const std::vector<std::string> sources = {"alpha/one", "alpha/two", "beta/one",
                                              "beta/two",  "gamma/one", "gamma/two"};
    std::string lines;
    for (int i = 0; i < count; ++i) {
        const bool pro = i % 3 == 0;
        const std::string text =
            pro ? "Untangle the scheduler so that no worker starves, case " + std::to_string(i)
                : "What is the capital of country " + std::to_string(i) + "?";
        lines +=
            labelled(i, sources[static_cast<std::size_t>(i) % 6], pro ? "pro" : "flash", text).dump() + '\n';
    }
    return lines;
}

ended_command run(const std::string& command, std::vector<std::string> flags) {
    flags.insert(flags.begin(), {command, "--config", shipped_config});
    return run_weir(std::move(flags));
}

TEST(train, writes_weights_that_rank_what_they_were_not_fitted_on) {
    const scratch_folder folder;
    const std::string data = write_file(folder.path() / "rows.jsonl", rows());
    const std::string file = (folder.path() / "own.yaml").string();
    const auto got = run("train", {"--data", data, "--date", "2026-11-22", "--out", file});
    ASSERT_EQ(got.code, exit_ok) << got;
    EXPECT_THAT(got.err, IsEmpty());
    EXPECT_THAT(got.out, AllOf(StartsWith("With each family left out while fitting\n"), HasSubstr("\nalpha "),
                               HasSubstr("\ngamma "), HasSubstr("1.000")));
    const std::string text = read_file(file);
    for (const char* line :
         {"\nname: \"own\"\n", "\nversion: 1\n", "  data: \"rows.jsonl\"\n", "  date: \"2026-11-22\"\n",
          "  rows: 90\n", "  scores: \"AUROC 1.000 with each family left out\"\n",
          "\nfeature_list: [turn, "}) {
        EXPECT_THAT(text, HasSubstr(line));
    }
}

TEST(train, says_the_same_bytes_for_the_same_data_on_standard_output) {
    const scratch_folder folder;
    const std::string data = write_file(folder.path() / "rows.jsonl", rows(30));
    const std::vector<std::string> flags = {"--data", data,         "--date", "2026-01-02",   "--name",
                                            "n",      "--revision", "7",      "--holdout-by", "none"};
    const auto one = run("train", flags);
    const auto two = run("train", flags);
    ASSERT_EQ(one.code, exit_ok) << one;
    EXPECT_EQ(one.out, two.out);
    EXPECT_THAT(one.out, AllOf(StartsWith("# Weights"), HasSubstr("name: \"n\"\nversion: 7\n"),
                               HasSubstr("scores: \"not tried on rows left out\"")));
    const auto other = run("train", {"--data", write_file(folder.path() / "other.jsonl", rows(33)), "--date",
                                     "2026-01-02", "--name", "n", "--revision", "7", "--holdout-by", "none"});
    EXPECT_NE(one.out, other.out);
}

TEST(train, what_is_told_for_people_stays_out_of_the_weights) {
    const scratch_folder folder;
    const auto got = run(
        "train", {"--data", write_file(folder.path() / "rows.jsonl", rows(30)), "--holdout-by", "source"});
    ASSERT_EQ(got.code, exit_ok) << got;
    EXPECT_THAT(got.out, StartsWith("# Weights"));
    EXPECT_THAT(got.err, StartsWith("With each source left out while fitting\n"));
    EXPECT_THAT(got.err, Not(HasSubstr("\r"))) << "no bar where nobody looks";
}

TEST(train, a_row_that_is_none_is_refused_with_its_line_and_what_was_expected) {
    const scratch_folder folder;
    const json good = labelled(0, "a/b", "pro", "Hello");
    const auto without = [&](const char* key) {
        json row = good;
        row.erase(key);
        return row.dump();
    };
    const auto with = [&](const char* key, const json& value) {
        json row = good;
        row[key] = value;
        return row.dump();
    };
    for (const auto& [line, why] : std::vector<std::pair<std::string, std::string>>{
             {without("label"), "`label` is missing, expected \"flash\" or \"pro\""},
             {with("label", "medium"), "`label` is \"medium\", expected \"flash\" or \"pro\""},
             {with("label", 1), "`label` is 1, expected \"flash\" or \"pro\""},
             {with("label", nullptr), "`label` is null, expected"},
             {without("source"), "`source` must be a text"},
             {without("request"), "`request` must be an object"},
             {with("request", "hi"), "`request` must be an object"},
             {with("request", {{"model", "auto"}}), "`request`: messages: "},
             {with("tags", "x"), "`tags` must be a list of texts"},
             {with("tags", {1}), "`tags` must be a list of texts"},
             {"{\"label\":", "is no JSON object"},
             {"[]", "is no JSON object"},
             {"nonsense", "is no JSON object"},
         }) {
        const std::string file =
            write_file(folder.path() / "rows.jsonl", good.dump() + "\n\n" + line + '\n' + good.dump() + '\n');
        for (const char* command : {"train", "evaluate"}) {
            const auto got = run(command, {"--data", file});
            EXPECT_EQ(got.code, exit_failed) << line << '\n' << got;
            EXPECT_THAT(got.out, IsEmpty()) << line;
            EXPECT_THAT(got.err, StartsWith("weir: " + file + ":3: " + why)) << line;
        }
    }
}

TEST(train, files_and_flags_that_cannot_be_used_are_told) {
    const scratch_folder folder;
    const std::string data = write_file(folder.path() / "rows.jsonl", rows(6));
    const std::string empty = write_file(folder.path() / "empty.jsonl", "\n \n");
    const std::string nowhere = (folder.path() / "nowhere.jsonl").string();
    const std::string no_folder = (folder.path() / "none" / "own.yaml").string();
    struct wrong {
        std::vector<std::string> flags;
        int code;
        std::string told;
    };
    for (const auto& [flags, code, told] : std::vector<wrong>{
             {{"--data", nowhere}, exit_io, "cannot read " + nowhere},
             {{"--data", folder.path().string()}, exit_io, "cannot read "},
             {{"--data", empty}, exit_failed, "holds no row"},
             {{"--data", data, "--out", no_folder}, exit_io, "cannot write " + no_folder},
             {{"--data", data, "--date", "22.11.2026"}, exit_bad_usage, "is no date such as 2026-11-22"},
             {{"--data", data, "--date", "2026-13-01"}, exit_bad_usage, "is no date such as 2026-11-22"},
             {{}, exit_bad_usage, "--data FILE or --from-ledger FILE"},
             {{"--data", data, "--from-ledger", "x.db"}, exit_bad_usage, "--data FILE or --from-ledger FILE"},
             {{"--from-ledger", "x.db", "--name", "n"}, exit_bad_usage, "--name is for --data"},
             {{"--data", data, "--revision", "0"}, exit_bad_usage, "--revision"},
             {{"--data", data, "--holdout-by", "moon"}, exit_bad_usage, "--holdout-by"},
         }) {
        const auto got = run("train", flags);
        EXPECT_EQ(got.code, code) << told << '\n' << got;
        EXPECT_THAT(got.err, HasSubstr(told));
        EXPECT_THAT(got.out, IsEmpty());
    }
}

const json* row_named(const json& rows, const char* key, const std::string& name) {
    for (const json& row : rows) {
        if (row.value(key, "") == name) return &row;
    }
    return nullptr;
}

TEST(evaluate, says_how_right_each_way_to_decide_is) {
    const scratch_folder folder;
    const auto got =
        run("evaluate", {"--data", write_file(folder.path() / "rows.jsonl", rows()), "--format", "json"});
    ASSERT_EQ(got.code, exit_ok) << got;
    const json all = json::parse(got.out, nullptr, false);
    ASSERT_TRUE(all.is_object()) << got;
    struct known {
        std::string name;
        double accuracy, auroc, cheap_share;
    };
    for (const auto& [name, accuracy, auroc, cheap_share] : std::vector<known>{
             {"always flash", .667, .5, 1},
             {"always pro", .333, .5, 0},
             {"three weights, latest human text", .667, .5, 1},
             {"learned, held out by row", 1, 1, .667},
             {"policy, learned held out by family", .667, 1, 1},
         }) {
        const json* row = row_named(all["scorers"], "name", name);
        ASSERT_TRUE(row) << name << '\n' << got;
        EXPECT_NEAR((*row)["accuracy"].get<double>(), accuracy, .05) << name << *row;
        EXPECT_NEAR((*row)["auroc"].get<double>(), auroc, .05) << name << *row;
        EXPECT_NEAR((*row)["cheap_share"].get<double>(), cheap_share, .05) << name << *row;
    }
    const json* learned = row_named(all["scorers"], "name", "learned, held out by family");
    ASSERT_TRUE(learned) << got;
    EXPECT_GT((*learned)["auroc"].get<double>(), .95);
    EXPECT_GT((*learned)["accuracy"].get<double>(), .75);
    EXPECT_GT((*learned)["recall_at_50"].get<double>(), .95);
    EXPECT_NEAR((*learned)["recall_at_90"].get<double>(), .3, .05) << "a tenth of the rows, of a third";
    EXPECT_LT((*learned)["brier"].get<double>(), .15);
    const json* always = row_named(all["scorers"], "name", "always pro");
    EXPECT_TRUE((*always)["brier"].is_null());
    const json* easy = row_named(all["slices"], "tag", "easy");
    ASSERT_TRUE(easy) << got;
    EXPECT_EQ((*easy)["rows"], 60);
    EXPECT_EQ((*easy)["pro_share"], 0);
    EXPECT_EQ((*easy)["policy_right"], 1);
    EXPECT_EQ(all["sources"].size(), 6U);
    EXPECT_EQ(all["risk_coverage"].size(), 20U);
    EXPECT_EQ(all["risk_coverage"].back()["coverage"], 1);
}

TEST(evaluate, counts_what_lines_of_the_policy_decide_apart_from_scores_and_defaults) {
    const scratch_folder folder;
    std::string lines;
    for (int i = 0; i < 4; ++i)
        lines += labelled(i, "a/b", "pro", "Prove that the root of 2 is irrational.").dump() + '\n';
    for (int i = 4; i < 6; ++i)
        lines += labelled(i, "a/b", "flash", "Prove that the root of 2 is irrational.").dump() + '\n';
    for (int i = 6; i < 12; ++i) lines += labelled(i, "c/d", "flash", "Hello there").dump() + '\n';
    const auto got = run("evaluate", {"--data", write_file(folder.path() / "rows.jsonl", lines), "--format",
                                      "json", "--holdout-by", "none"});
    ASSERT_EQ(got.code, exit_ok) << got;
    const json all = json::parse(got.out, nullptr, false);
    ASSERT_TRUE(all.is_object()) << got;
    const json* proof = row_named(all["reasons"], "reason", "proof");
    ASSERT_TRUE(proof) << got;
    EXPECT_EQ((*proof)["line"], "yes");
    EXPECT_EQ((*proof)["rows"], 6);
    EXPECT_EQ((*proof)["coverage"], .5);
    EXPECT_EQ((*proof)["right"], .667);
    const json* line = row_named(all["reasons"], "reason", "all lines");
    ASSERT_TRUE(line) << got;
    EXPECT_EQ((*line)["rows"], 6);
    const json* unsure = row_named(all["reasons"], "reason", "default");
    ASSERT_TRUE(unsure) << got;
    EXPECT_EQ((*unsure)["line"], "no");
    for (const json& row : all["scorers"]) {
        EXPECT_EQ(row["name"].get<std::string>().find("held out"), std::string::npos) << row;
    }
}

TEST(evaluate, prints_the_same_figures_as_text_and_markdown) {
    const scratch_folder folder;
    const std::string data = write_file(folder.path() / "rows.jsonl", rows(30));
    const auto text = run("evaluate", {"--data", data, "--holdout-by", "none"});
    const auto markdown = run("evaluate", {"--data", data, "--holdout-by", "none", "--format", "markdown"});
    ASSERT_EQ(text.code, exit_ok) << text;
    ASSERT_EQ(markdown.code, exit_ok) << markdown;
    EXPECT_THAT(text.out, AllOf(HasSubstr("Ways to decide (30 rows)\n"), HasSubstr("\nalways flash "),
                                HasSubstr("0.667"), HasSubstr("\nSources\n"), Not(HasSubstr("|"))));
    EXPECT_THAT(markdown.out,
                AllOf(HasSubstr("| decided by | right | AUROC |"), HasSubstr("\n|---|---:|---:|"),
                      HasSubstr("\n| always flash | 0.667 | 0.500 | 1.000 | - |")));
}

}  // namespace
}  // namespace weir::cli
