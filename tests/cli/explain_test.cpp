// What would be decided, for one body and for lines of them.
#include "support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace weir::cli {
namespace {

using namespace test;
using nlohmann::json;
using ordered = nlohmann::ordered_json;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const std::string proof =
    R"({"model":"auto","messages":[{"role":"user","content":"Prove that the root of 2 is irrational."}]})";
const std::string unknown_model = R"({"model":"nobody","messages":[{"role":"user","content":"Hello"}]})";

ended_command explain(std::vector<std::string> flags, const std::string& standard_input = "") {
    flags.insert(flags.begin(), {"explain", "--config", shipped_config});
    return run_weir(std::move(flags), standard_input);
}

std::vector<std::string> names_of(const ordered& object) {
    std::vector<std::string> names;
    for (const auto& member : object.items()) names.push_back(member.key());
    return names;
}

TEST(explain, reads_a_file_and_says_model_reason_and_features_as_text) {
    const scratch_folder folder;
    const auto got = explain({write_file(folder.path() / "body.json", hello)});
    EXPECT_EQ(got.code, exit_ok) << got;
    EXPECT_THAT(got.err, IsEmpty());
    EXPECT_THAT(got.out, StartsWith("model     deepseek-v4-flash\ntier      flash\neffort    low  ("));
    for (const char* const line :
         {"\nreason    default  (bounded.yaml:", "\nscore     0", "\nwhy\n  No weight of the score fired",
          "\nlines\n  no   bounded.yaml:", "  tools_over 1  (is 0)\n", "\nclass     interactive\n",
          "\npolicy    bounded/", "\nfeatures\n", "\n  turn  human\n", "\n  prompt_chars  15\n"}) {
        EXPECT_THAT(got.out, HasSubstr(line));
    }
}

TEST(explain, reads_standard_input_and_says_everything_as_json) {
    const auto got = explain({"--format", "json", "-"}, proof);
    EXPECT_EQ(got.code, exit_ok) << got;
    const json all = json::parse(got.out, nullptr, false);
    ASSERT_TRUE(all.is_object()) << got;
    EXPECT_EQ(all["model"], "deepseek-v4-pro");
    EXPECT_EQ(all["tier"], "pro");
    EXPECT_EQ(all["effort"], "keep");
    EXPECT_EQ(all["reason"], "proof");
    EXPECT_THAT(all["policy"].get<std::string>(), StartsWith("bounded/"));
    EXPECT_THAT(all["line"].get<std::string>(), StartsWith("bounded.yaml:"));
    EXPECT_EQ(all["features"]["turn"], "human");
    EXPECT_THAT(all["features"]["words"].dump(), AllOf(HasSubstr("\"proof\""), HasSubstr("\"keyword\"")));
    EXPECT_EQ(all["features"]["images"], 0);
    // The only one of the three signals that fires.
    EXPECT_EQ(all["classifier"]["score"], 0.3) << got;
    ASSERT_EQ(all["classifier"]["contributions"].size(), 3U) << got;
    for (const json& c : all["classifier"]["contributions"]) {
        EXPECT_EQ(c["weight"], c["signal"] == "words keyword" ? 0.3 : 0.0) << c;
    }
}

TEST(explain, decides_for_the_class_that_is_asked_for) {
    const auto got = explain({"--class", "batch", "--format", "json", "-"}, hello);
    EXPECT_EQ(got.code, exit_ok) << got;
    const json all = json::parse(got.out, nullptr, false);
    ASSERT_TRUE(all.is_object()) << got;
    EXPECT_EQ(all["tier"], "pro");
    EXPECT_EQ(all["reason"], "default");
}

TEST(explain, decides_as_if_the_headers_had_been_sent) {
    struct asked {
        std::vector<std::string> flags;
        std::string tier, reason;
    };
    for (const asked& one : std::vector<asked>{{{}, "flash", "default"},
                                               {{"--tier", "pro"}, "pro", "pin"},
                                               {{"--min-tier", "pro"}, "pro", "min_tier"},
                                               {{"--min-tier", "flash"}, "flash", "default"},
                                               {{"--error-cost", "5.01"}, "pro", "error_cost"},
                                               {{"--error-cost", "5"}, "flash", "default"}}) {
        std::vector<std::string> flags = one.flags;
        flags.insert(flags.end(), {"--format", "json", "-"});
        const auto got = explain(std::move(flags), hello);
        const json all = json::parse(got.out, nullptr, false);
        ASSERT_TRUE(all.is_object()) << got;
        EXPECT_EQ(all["tier"], one.tier) << got;
        EXPECT_EQ(all["reason"], one.reason) << got;
        EXPECT_EQ(all["score"] >= 0.6, one.tier == "pro") << "tier and score must agree\n" << got;
    }
}

TEST(explain, refuses_headers_that_a_call_would_be_refused_for) {
    const auto cost = explain({"--error-cost", "nan", "-"}, hello);
    EXPECT_EQ(cost.code, exit_bad_usage) << cost;
    EXPECT_EQ(cost.err, "weir: invalid_field: x-weir-error-cost: must be an amount in dollars\n");
    EXPECT_THAT(cost.out, IsEmpty());
    for (const char* const flag : {"--tier", "--min-tier"}) {
        const auto got = explain({flag, "platinum", "-"}, hello);
        EXPECT_EQ(got.code, exit_failed) << got;
        EXPECT_THAT(got.out, HasSubstr("no tier is called \"platinum\"")) << flag;
    }
}

TEST(explain, prices_the_other_choice_and_names_where_the_weights_come_from) {
    const auto got = explain({"--format", "json", "-"}, hello);
    const json all = json::parse(got.out, nullptr, false);
    ASSERT_TRUE(all.is_object()) << got;
    ASSERT_EQ(all["alternatives"].size(), 2U) << got;
    EXPECT_EQ(all["alternatives"][0]["tier"], "flash");
    EXPECT_EQ(all["alternatives"][0]["chosen"], true);
    const double flash = std::stod(all["alternatives"][0]["cost"].get<std::string>());
    const double pro = std::stod(all["alternatives"][1]["cost"].get<std::string>());
    EXPECT_GT(flash, 0) << got;
    EXPECT_GT(pro, flash) << got;
    EXPECT_TRUE(all["session"].is_null()) << "nothing is remembered between commands";
    EXPECT_FALSE(all["learned"]["weights"].get<std::string>().empty()) << got;
    EXPECT_FALSE(all["learned"]["from"]["data"].get<std::string>().empty()) << got;
}

TEST(explain, refuses_a_class_that_the_policy_does_not_have) {
    const auto got = explain({"--class", "nonsense", "-"}, hello);
    EXPECT_EQ(got.code, exit_failed) << got;
    EXPECT_THAT(got.out, HasSubstr("no class is called \"nonsense\""));
}

TEST(explain, says_on_stderr_why_a_body_is_refused) {
    for (const auto& [body, why] : std::vector<std::pair<std::string, std::string>>{
             {"", "malformed_json: "},
             {"{\"model\"", "malformed_json: "},
             {R"({"model":1,"messages":[]})", "invalid_field: model: "},
             {R"({"model":"auto"})", "invalid_field: messages: "},
         }) {
        const auto got = explain({"-"}, body);
        EXPECT_EQ(got.code, exit_failed) << body << '\n' << got;
        EXPECT_THAT(got.out, IsEmpty()) << body;
        EXPECT_THAT(got.err, StartsWith("weir: " + why)) << body;
    }
}

TEST(explain, shows_the_features_of_a_body_that_no_tier_may_answer) {
    const auto text = explain({"-"}, unknown_model);
    EXPECT_EQ(text.code, exit_failed) << text;
    EXPECT_THAT(text.out, StartsWith("refused   model_not_found: no model is called \"nobody\"\n"));
    EXPECT_THAT(text.out, AllOf(HasSubstr("\n  prompt_chars  5\n"), Not(HasSubstr("tier"))));
    const auto got = explain({"--format", "json", "-"}, unknown_model);
    EXPECT_EQ(got.code, exit_failed) << got;
    const json all = json::parse(got.out, nullptr, false);
    ASSERT_TRUE(all.is_object()) << got;
    EXPECT_EQ(all["error"]["code"], "model_not_found");
    EXPECT_EQ(all["error"]["field"], "model");
    EXPECT_FALSE(all.contains("model")) << got;
    EXPECT_EQ(all["features"]["prompt_chars"], 5);
}

TEST(explain, of_a_file_that_is_not_there_is_a_matter_of_files) {
    const scratch_folder folder;
    const std::string absent = (folder.path() / "absent.json").string();
    const auto got = explain({absent});
    EXPECT_EQ(got.code, exit_io) << got;
    EXPECT_EQ(got.err, "weir: cannot read " + absent + "\n");
    EXPECT_THAT(got.out, IsEmpty());
}

TEST(explain, with_a_configuration_that_is_wrong_decides_nothing) {
    const scratch_folder folder;
    const auto got =
        run_weir({"explain", "--config", write_file(folder.path() / "w.yaml", "lisen: 1\n"), "-"}, hello);
    EXPECT_EQ(got.code, exit_bad_usage) << got;
    EXPECT_THAT(got.out, IsEmpty());
    EXPECT_THAT(got.err, HasSubstr("w.yaml:1:1: error: "));
}

TEST(lines, have_the_seven_fields_in_their_order) {
    const auto got = explain({"--jsonl", "-"}, R"({"id":"a","request":)" + proof + "}\n");
    EXPECT_EQ(got.code, exit_ok) << got;
    EXPECT_THAT(got.err, IsEmpty());
    const std::vector<std::string> lines = lines_of(got.out);
    ASSERT_EQ(lines.size(), 1U) << got;
    const ordered line = ordered::parse(lines[0], nullptr, false);
    EXPECT_EQ(names_of(line),
              (std::vector<std::string>{"id", "score", "tier", "effort", "model", "reason", "learned"}));
    EXPECT_TRUE(line["score"].is_number()) << line;
    EXPECT_TRUE(line["learned"].is_number()) << line;
    EXPECT_EQ(line["tier"], "pro");
    EXPECT_EQ(line["effort"], "keep");
    EXPECT_EQ(line["model"], "deepseek-v4-pro");
    EXPECT_EQ(line["reason"], "proof");
}

TEST(lines, keep_an_id_of_any_type) {
    const std::vector<std::string> ids{
        R"("a \"quoted\" name \u00e9")", "7", "-9007199254740993", "1.5", "true", "null", R"([1,"x"])",
        R"({"row":[1,{"of":2}]})"};
    std::string in;
    for (const std::string& id : ids) in += R"({"id": )" + id + R"( ,"request":)" + hello + "}\n";
    // After the request, where a reader that stops at the request would miss it; and absent.
    in += R"({"request":)" + hello + R"(,"id":"last"})" + "\n" + R"({"request":)" + hello + "}";
    const auto got = explain({"--jsonl", "-"}, in);
    EXPECT_EQ(got.code, exit_ok) << got;
    const std::vector<std::string> lines = lines_of(got.out);
    ASSERT_EQ(lines.size(), ids.size() + 2) << got;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const json line = json::parse(lines[i], nullptr, false);
        EXPECT_EQ(line["id"], json::parse(ids[i])) << lines[i];
        EXPECT_EQ(line["tier"], "flash") << lines[i];
    }
    EXPECT_EQ(json::parse(lines[ids.size()])["id"], "last");
    EXPECT_EQ(json::parse(lines[ids.size() + 1])["id"], nullptr);
}

TEST(lines, that_are_bad_say_why_and_stop_nothing) {
    const std::string good = R"({"id":"good","request":)" + hello + "}";
    const std::vector<std::pair<std::string, std::string>> table{
        {good, ""},
        {"nonsense", "malformed_json"},
        {"[1]", "malformed_json"},
        {good.substr(0, good.size() - 1), "malformed_json"},
        {good + " more", "malformed_json"},
        {R"({"id":1})", "invalid_field"},
        {R"({"id":1,"request":3})", "invalid_field"},
        {R"({"id":1,"request":{"model":"auto"}})", "invalid_field"},
        {R"({"id":1,"request":)" + unknown_model + "}", "model_not_found"},
        {good, ""},
    };
    std::string in;
    for (const auto& row : table) in += row.first + "\r\n";
    const auto got = explain({"--jsonl", "-"}, in);
    EXPECT_EQ(got.code, exit_ok) << got;
    const std::vector<std::string> lines = lines_of(got.out);
    ASSERT_EQ(lines.size(), table.size()) << got;
    for (std::size_t i = 0; i < table.size(); ++i) {
        const ordered line = ordered::parse(lines[i], nullptr, false);
        if (table[i].second.empty()) {
            EXPECT_EQ(line["id"], "good") << lines[i];
            EXPECT_EQ(line["tier"], "flash") << lines[i];
            continue;
        }
        EXPECT_EQ(names_of(line), (std::vector<std::string>{"id", "error"})) << table[i].first;
        EXPECT_EQ(line["error"]["code"], table[i].second) << table[i].first << '\n' << lines[i];
        EXPECT_FALSE(line["error"]["message"].get<std::string>().empty()) << lines[i];
    }
}

TEST(lines, that_are_refused_keep_their_id) {
    const std::string in =
        R"({"id":9,"request":)" + unknown_model + "}\n" + R"({"id":10,"request":{}})" + "\n";
    const auto got = explain({"--jsonl", "-"}, in);
    const std::vector<std::string> lines = lines_of(got.out);
    ASSERT_EQ(lines.size(), 2U) << got;
    EXPECT_EQ(json::parse(lines[0])["id"], 9) << lines[0];
    EXPECT_EQ(json::parse(lines[1])["id"], 10) << lines[1];
}

TEST(lines, of_a_file_are_read_in_their_order) {
    const scratch_folder folder;
    std::string in;
    for (int i = 0; i < 300; ++i) {
        in += R"({"id":)" + std::to_string(i) + R"(,"request":)" + (i % 3 ? hello : proof) + "}\n";
    }
    const auto got = explain({"--jsonl", write_file(folder.path() / "rows.jsonl", in)});
    EXPECT_EQ(got.code, exit_ok) << got.err;
    const std::vector<std::string> lines = lines_of(got.out);
    ASSERT_EQ(lines.size(), 300U);
    for (int i = 0; i < 300; ++i) {
        const json line = json::parse(lines[static_cast<std::size_t>(i)], nullptr, false);
        EXPECT_EQ(line["id"], i) << line;
        EXPECT_EQ(line["tier"], i % 3 ? "flash" : "pro") << line;
    }
}

}  // namespace
}  // namespace weir::cli
