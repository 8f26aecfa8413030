// The command line as a whole, and the commands that take no request: version and check.
#include "config/config_folder.hpp"
#include "support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::cli {
namespace {

using namespace test;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

using arguments = std::vector<std::string>;

TEST(command_line, says_the_version) {
    const auto got = run_weir({"version"});
    EXPECT_EQ(got.code, exit_ok) << got;
    EXPECT_THAT(got.out, MatchesRegex("weir [0-9]+\\.[0-9]+\\.[0-9]+\n"));
    EXPECT_THAT(got.err, IsEmpty());
}

TEST(command_line, that_makes_no_sense_is_refused_on_stderr_alone) {
    for (const arguments& given : std::vector<arguments>{
             {},
             {"--bogus"},
             {"frobnicate"},
             {"version", "extra"},
             {"version", "--bogus"},
             {"check", "--config"},
             {"check", "version"},
             {"explain"},
             {"explain", "--format", "yaml", "-"},
             {"explain", "one", "two"},
             {"report", "--by", "week"},
             {"report", "--format", "xml"},
             {"simulate", "--workers", "many"},
             {"simulate", "--workers", "-1"},
             {"serve", "--port", "1"},
         }) {
        const auto got = run_weir(given);
        EXPECT_EQ(got.code, exit_bad_usage) << testing::PrintToString(given) << got;
        EXPECT_THAT(got.out, IsEmpty()) << testing::PrintToString(given);
        EXPECT_THAT(got.err, Not(IsEmpty())) << testing::PrintToString(given);
    }
}

TEST(command_line, names_every_command_in_its_help) {
    const auto all = run_weir({"--help"});
    EXPECT_EQ(all.code, exit_ok) << all;
    EXPECT_THAT(all.err, IsEmpty());
    for (const std::string name : {"serve", "simulate", "check", "explain", "report", "version"}) {
        EXPECT_THAT(all.out, HasSubstr("\n  " + name + " "));
        const auto one = run_weir({name, "--help"});
        EXPECT_EQ(one.code, exit_ok) << name << one;
        EXPECT_THAT(one.out, HasSubstr(name + " [OPTIONS]")) << name;
    }
}

TEST(check, prints_the_shipped_configuration_with_its_key_masked) {
    const environment_variable key("DEEPSEEK_API_KEY", "sk-canary-0123456789abcdef");
    const auto got = run_weir({"check", "--config", shipped_config});
    EXPECT_EQ(got.code, exit_ok) << got;
    EXPECT_THAT(got.err, IsEmpty());
    EXPECT_THAT(got.out, StartsWith("listen: \"127.0.0.1:8787\"\n"));
    for (const char* const part :
         {"\nupstreams:\n", "\n    base_url: \"https://api.deepseek.com:443\"\n", "\n    api_key: \"sk-",
          "\nmodels:\n", "\npolicies:\n  - name: \"bounded\"\n", "\nclient_keys:", "\nledger:\n",
          "\ntimeouts:\n", "\nlimits:\n"}) {
        EXPECT_THAT(got.out, HasSubstr(part));
    }
    EXPECT_THAT(got.out, Not(HasSubstr("canary")));
    EXPECT_THAT(got.out, Not(HasSubstr("0123456789")));
}

TEST(check, says_that_the_clients_own_key_goes_upstream_where_none_is_set) {
    const environment_variable key("DEEPSEEK_API_KEY", std::nullopt);
    const auto got = run_weir({"check", "--config", shipped_config});
    EXPECT_EQ(got.code, exit_ok) << got;
    EXPECT_THAT(got.out, HasSubstr("api_key: \"passthrough\"\n"));
}

TEST(check, names_every_problem_with_its_place_and_prints_nothing_else) {
    config::config_folder folder;
    const auto broken = [&folder](const std::string& file, const std::string& from, const std::string& to) {
        return folder.path(file).string() + ":" + folder.replace(file, from, to) + ": error: ";
    };
    const std::vector<std::string> expected{
        broken("weir.yaml", "{drain_ms: 1}", "{drain_ms: @many}"),
        broken("weir.yaml", "log: {format: json}", "log: {@fromat: json}"),
        broken("policy.yaml", "version: 2", "version: @soon"),
    };
    const auto got = run_weir({"check", "--config", folder.path().string()});
    EXPECT_EQ(got.code, exit_bad_usage) << got;
    EXPECT_THAT(got.out, IsEmpty());
    EXPECT_EQ(lines_of(got.err).size(), expected.size()) << got;
    for (const std::string& place : expected) EXPECT_THAT(got.err, HasSubstr(place));
}

TEST(check, never_shows_a_secret_in_a_problem) {
    config::config_folder folder;
    folder.replace("weir.yaml", "api_key: sk-0123456789abcdef}", "api_key: \"${CANARY_KEY}\", ca_fil: x}");
    const environment_variable key("CANARY_KEY", "sk-canary-0123456789abcdef");
    const auto got = run_weir({"check", "--config", folder.path().string()});
    EXPECT_EQ(got.code, exit_bad_usage) << got;
    EXPECT_THAT(got.err, AllOf(HasSubstr("ca_fil"), Not(HasSubstr("canary"))));
}

TEST(configuration, of_the_working_folder_is_taken_where_none_is_named) {
    const environment_variable key("DEEPSEEK_API_KEY", std::nullopt);
    const auto named = run_weir({"check", "--config", shipped_config});
    const working_folder here(WEIR_SOURCE_DIR);
    const auto found = run_weir({"check"});
    EXPECT_EQ(found.code, exit_ok) << found;
    EXPECT_EQ(found.out, named.out);
}

TEST(configuration, of_the_system_is_looked_for_where_the_working_folder_has_none) {
    const std::string of_the_system = "/etc/weir/weir.yaml";
    if (std::filesystem::exists(of_the_system)) GTEST_SKIP() << "there is one: " << of_the_system;
    const scratch_folder folder;
    const working_folder here(folder.path());
    const auto got = run_weir({"check"});
    EXPECT_EQ(got.code, exit_bad_usage) << got;
    EXPECT_THAT(got.err, StartsWith(of_the_system + ": error: "));
}

}  // namespace
}  // namespace weir::cli
