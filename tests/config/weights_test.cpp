#include "weir/config/weights.hpp"

#include "weir/classifier/fit.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace weir::config {
namespace {

using classifier::linear;

std::vector<classifier::example> rows_of_two_kinds() {
    std::vector<classifier::example> rows;
    for (int i = 0; i < 120; ++i) {
        classifier::example row;
        row.pro = i % 3 == 0;
        row.f.tools = i % 11 + (row.pro ? 3 : 0);
        row.f.prompt_chars = 37 * i % 5000;
        row.words = classifier::buckets_of(row.pro ? "prove the theorem" : "rename the file", 6);
        row.source = static_cast<std::uint32_t>(i % 5);
        rows.push_back(std::move(row));
    }
    return rows;
}

linear made() {
    classifier::recipe how = classifier::default_recipe();
    how.bits = 6;
    how.terms_l2 = 3;
    linear kind = classifier::fit(rows_of_two_kinds(), how);
    kind.name = "trial";
    kind.version = 3;
    kind.from = {"rows.jsonl sha256:00ff", "2026-11-22", 120, "AUROC 0.9"};
    return kind;
}

struct outcome_of_reading {
    std::optional<linear> weights;
    std::string told;
};

outcome_of_reading parse(const std::string& text) {
    std::vector<problem> problems;
    outcome_of_reading got{parse_weights(text, "weights.yaml", problems), {}};
    for (const problem& p : problems) got.told += to_text(p) + '\n';
    return got;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

int line_of(const std::string& text, const std::string& part) {
    int line = 1;
    for (std::size_t i = 0; i < text.find(part); ++i) line += text[i] == '\n' ? 1 : 0;
    return line;
}

TEST(weights, come_back_from_the_file_bit_by_bit) {
    const linear before = made();
    const std::string text = print_weights(before);
    const auto [after, told] = parse(text);
    ASSERT_TRUE(after) << told;
    EXPECT_EQ(after->name, before.name);
    EXPECT_EQ(after->version, before.version);
    EXPECT_EQ(after->from.data, before.from.data);
    EXPECT_EQ(after->from.date, before.from.date);
    EXPECT_EQ(after->from.rows, before.from.rows);
    EXPECT_EQ(after->from.scores, before.from.scores);
    EXPECT_EQ(after->bias, before.bias);
    EXPECT_EQ(after->words_scale, before.words_scale);
    EXPECT_EQ(after->words, before.words);
    EXPECT_EQ(after->slope, before.slope);
    EXPECT_EQ(after->offset, before.offset);
    ASSERT_EQ(after->terms.size(), before.terms.size());
    for (std::size_t i = 0; i < before.terms.size(); ++i) {
        EXPECT_EQ(after->terms[i].feature, before.terms[i].feature) << i;
        EXPECT_EQ(after->terms[i].how, before.terms[i].how) << i;
        EXPECT_EQ(after->terms[i].scale, before.terms[i].scale) << i;
        EXPECT_EQ(after->terms[i].weight, before.terms[i].weight) << i;
        EXPECT_EQ(after->terms[i].low, before.terms[i].low) << i;
        EXPECT_EQ(after->terms[i].high, before.terms[i].high) << i;
    }
    EXPECT_EQ(print_weights(*after), text);
    for (const classifier::example& row : rows_of_two_kinds()) {
        EXPECT_EQ(classifier::score(row.f, "prove it", *after).score,
                  classifier::score(row.f, "prove it", before).score);
    }
}

TEST(weights, without_words_or_terms_are_weights_too) {
    linear bare;
    bare.name = "bare";
    bare.version = 1;
    bare.from = {"nothing", "2026-11-22", 0, ""};
    bare.bias = -.25;
    const auto [after, told] = parse(print_weights(bare));
    ASSERT_TRUE(after) << told;
    EXPECT_TRUE(after->words.empty());
    EXPECT_TRUE(after->terms.empty());
    EXPECT_EQ(after->bias, -.25);
    bare.words.assign(4, 0.0F);
    const auto [zeroes, told_of_zeroes] = parse(print_weights(bare));
    ASSERT_TRUE(zeroes) << told_of_zeroes;
    EXPECT_EQ(zeroes->words, bare.words);
}

TEST(weights, texts_of_the_operator_come_back_as_they_were) {
    linear kind = made();
    for (const char* name : {"a \"quoted\" name", "back\\slash", "${HOME} and $5", "line\nbreak", "- dash: #",
                             "\xE6\x9D\x83\xE9\x87\x8D", "\x01"}) {
        kind.name = name;
        kind.from.data = std::string{name} + " sha256:" + name;
        const auto [after, told] = parse(print_weights(kind));
        ASSERT_TRUE(after) << name << '\n' << told;
        EXPECT_EQ(after->name, name);
        EXPECT_EQ(after->from.data, kind.from.data);
    }
}

TEST(weights, made_for_another_feature_list_are_refused_with_line_and_what_was_expected) {
    const std::string text = print_weights(made());
    const auto known = classifier::feature_list();
    const std::string second{known[1].name}, third{known[2].name}, last{known.back().name};
    const std::string list = "feature_list: [" + std::string{known[0].name} + ", " + second + ", " + third;
    struct broken {
        std::string from, to, expected;
    };
    for (const auto& [from, to, expected] : std::vector<broken>{
             {list, replaced(list, ", " + second, ", other"),
              "feature_list[1]: is `other`, expected `" + second + "`"},
             {list, replaced(list, ", " + second, ""),
              "feature_list[1]: is `" + third + "`, expected `" + second},
             {list, replaced(list, second + ", " + third, third + ", " + second),
              "expected `" + second + "`"},
             {last + "]", last + ", more]",
              "`more` is one too many: there are " + std::to_string(known.size()) + " features"},
         }) {
        const std::string wrong = replaced(text, from, to);
        const auto [after, told] = parse(wrong);
        EXPECT_FALSE(after) << to;
        EXPECT_NE(told.find(expected), std::string::npos) << told << "expected: " << expected;
        EXPECT_NE(told.find("weights.yaml:"), std::string::npos) << told;
        EXPECT_NE(told.find("train them again"), std::string::npos) << told;
    }
    const auto [after, told] = parse(replaced(text, list, replaced(list, ", " + second, ", other")));
    EXPECT_EQ(told.find("weights.yaml:" + std::to_string(line_of(text, "feature_list:")) + ":"), 0U) << told;
}

TEST(weights, from_before_a_feature_was_added_still_mean_what_they_meant) {
    const classifier::linear kind = made();
    const std::string last{classifier::feature_list().back().name};
    const auto [after, told] = parse(replaced(print_weights(kind), ", " + last + "]", "]"));
    ASSERT_TRUE(after) << told;
    for (const classifier::example& row : rows_of_two_kinds()) {
        EXPECT_EQ(classifier::score(row.f, "prove it", *after).score,
                  classifier::score(row.f, "prove it", kind).score);
    }
}

TEST(weights, what_is_wrong_is_told_with_file_and_line) {
    const std::string text = print_weights(made());
    struct broken {
        std::string from, to, expected;
    };
    for (const auto& [from, to, expected] : std::vector<broken>{
             {"name: ", "nome: ", "`name` is missing"},
             {"version: 3", "version: 0", "version: must be between 1"},
             {"rows: 120", "rows: many", "provenance.rows: must be a whole number"},
             {"sha256: ", "sha255: ", "`sha256` is missing"},
             {"bias: ", "bias: x", "bias: must be a number"},
             {"bias: ", "bias: 1e999 # ", "bias: must be a number"},
             {"bias: ", "bias: nan # ", "bias: must be a number"},
             {"bias: ", "bias: 1e10 # ", "bias: is out of range"},
             {"{feature: tools,", "{feature: toolz,", "did you mean `tools`?"},
             {"shape: logarithm", "shape: log", "`log` is not known here"},
             {"shape: plain, scale: 1", "shape: plain, scale: 0", "scale: is out of range"},
             {"weight: ", "wait: ", "`weight` is missing"},
             {"low: ", "low: 9 #", ""},
             {"bits: 6", "bits: 7", "words.weights: holds 128 bytes, expected 256"},
             {"bits: 6", "bits: 17", "words.bits: must be between 1 and 16"},
             {"unit: ", "unit: -", "words.unit: is out of range"},
             {"weights: |\n    ", "weights: |\n    *", "words.weights: must be base64"},
             {"weights: |", "weights: |\n    ab", "words.weights: "},
             {"slope: ", "slope: -", "calibration.slope: is out of range"},
             {"calibration:", "callibration:", "did you mean `calibration`?"},
             {"terms:\n", "terms: 5\nrest:\n", "terms: must be a list"},
         }) {
        const auto [after, told] = parse(replaced(text, from, to));
        EXPECT_FALSE(after) << to;
        EXPECT_NE(told.find(expected), std::string::npos) << to << '\n' << told;
        EXPECT_NE(told.find("weights.yaml:"), std::string::npos) << to << '\n' << told;
    }
    EXPECT_FALSE(parse("").weights);
    EXPECT_FALSE(parse("just words").weights);
    EXPECT_FALSE(parse(text + text).weights);
}

TEST(weights, that_cannot_be_read_are_a_problem_of_their_file) {
    std::vector<problem> problems;
    const auto nowhere = std::filesystem::temp_directory_path() / "no such folder" / "weights.yaml";
    EXPECT_FALSE(read_weights(nowhere, problems));
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_EQ(problems.front().file, nowhere.string());
    EXPECT_NE(problems.front().message.find("cannot be read"), std::string::npos) << problems.front().message;
}

TEST(weights, a_problem_of_another_file_does_not_make_them_bad) {
    std::vector<problem> problems{{"other.yaml", 1, 1, "is wrong", ""}};
    EXPECT_TRUE(parse_weights(print_weights(made()), "weights.yaml", problems));
    EXPECT_EQ(problems.size(), 1U);
}

}  // namespace
}  // namespace weir::config
