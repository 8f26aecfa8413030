// The commands that run until a signal: serve and simulate, on real ports.
#include "support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace weir::cli {
namespace {

using namespace test;
using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

using arguments = std::vector<std::string>;

constexpr const char* any_port = "127.0.0.1:0";
const std::string canary = "sk-canary-0123456789abcdef";

std::string get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n"; }

arguments simulate(const std::filesystem::path& folder, const arguments& more = {}) {
    arguments all{"simulate", "--listen", any_port, "--ready-file", (folder / "simulator.ready").string()};
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

arguments serve(const std::filesystem::path& folder, const std::string& upstream) {
    return {"serve",
            "--config",
            shipped_config,
            "--listen",
            any_port,
            "--admin-listen",
            any_port,
            "--upstream",
            "http://" + upstream,
            "--ledger",
            (folder / "weir.db").string(),
            "--ready-file",
            (folder / "weir.ready").string()};
}

http_message ask(const std::string& address, const std::string& request) {
    wire w = wire::to(port_of(address));
    w.send(request);
    return read_message(w);
}

TEST(serve, over_simulate_answers_and_meters_and_ends_on_a_signal) {
    const scratch_folder folder;
    const std::string journal = (folder.path() / "journal").string();
    const environment_variable key("DEEPSEEK_API_KEY", canary);
    capture both;
    {
        running_command simulator(simulate(folder.path(), {"--journal", journal}));
        auto simulated = simulator.wait_ready(folder.path() / "simulator.ready");
        ASSERT_TRUE(simulated.contains("listen"));
        running_command weir(serve(folder.path(), simulated["listen"]));
        auto at = weir.wait_ready(folder.path() / "weir.ready");
        ASSERT_TRUE(at.contains("listen") && at.contains("admin"));

        const http_message answer = ask(at["listen"], post(hello));
        EXPECT_EQ(answer.status(), 200) << answer.head << answer.body;
        EXPECT_EQ(answer.field("x-weir-tier"), "flash") << answer.head;
        EXPECT_EQ(ask(at["admin"], get("/livez")).status(), 200);
        EXPECT_EQ(ask(at["admin"], get("/readyz")).status(), 200);
        EXPECT_EQ(weir.stop(), exit_ok);
        EXPECT_EQ(simulator.stop(), exit_ok);
    }
    const said all = both.take();
    EXPECT_THAT(all.out, IsEmpty());
    for (const char* const event : {"listening", "request", "draining", "stopped"}) {
        EXPECT_THAT(all.err, HasSubstr("\"event\":\"" + std::string(event) + "\""));
    }
    EXPECT_THAT(all.err, Not(HasSubstr("canary")));

    const std::vector<std::string> asked = lines_of(read_file(journal));
    ASSERT_EQ(asked.size(), 1U);
    const json used = json::parse(asked[0])["usage"];
    const auto report =
        run_weir({"report", "--ledger", (folder.path() / "weir.db").string(), "--format", "json"});
    ASSERT_EQ(report.code, exit_ok) << report;
    const json total = json::parse(report.out)["total"];
    EXPECT_EQ(total["requests"], 1) << report;
    EXPECT_EQ(total["tokens"]["hit"], used["prompt_cache_hit_tokens"]) << used << report;
    EXPECT_EQ(total["tokens"]["miss"], used["prompt_cache_miss_tokens"]) << used << report;
    EXPECT_EQ(total["tokens"]["output"], used["completion_tokens"]) << used << report;
    EXPECT_EQ(total["unpriced"], 0) << report;
}

TEST(serve, writes_both_addresses_to_the_ready_file_and_leaves_no_draft) {
    const scratch_folder folder;
    const capture quiet;
    running_command weir(serve(folder.path(), "127.0.0.1:9"));
    ASSERT_FALSE(weir.wait_ready(folder.path() / "weir.ready").empty());
    EXPECT_THAT(read_file(folder.path() / "weir.ready"),
                MatchesRegex("listen=127\\.0\\.0\\.1:[1-9][0-9]*\nadmin=127\\.0\\.0\\.1:[1-9][0-9]*\n"));
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "weir.ready.part"));
    EXPECT_EQ(weir.stop(), exit_ok);
}

TEST(serve, waits_for_a_request_under_way_until_a_second_signal) {
    const scratch_folder folder;
    gate asked;
    scripted_upstream silent([&asked](wire& w, int) {
        read_message(w);
        asked.open();
        w.read_to_end();
    });
    const environment_variable key("DEEPSEEK_API_KEY", canary);
    const capture quiet;
    running_command weir(serve(folder.path(), "127.0.0.1:" + std::to_string(silent.port())));
    auto at = weir.wait_ready(folder.path() / "weir.ready");
    ASSERT_TRUE(at.contains("listen"));
    wire client = wire::to(port_of(at["listen"]));
    client.send(post(hello));
    ASSERT_TRUE(asked.pass());

    const auto begun = std::chrono::steady_clock::now();
    weir.signal(SIGTERM);
    weir.signal(SIGINT);
    EXPECT_EQ(weir.join(), exit_ok);
    // Less than the time that the configuration leaves to requests under way.
    EXPECT_LT(std::chrono::steady_clock::now() - begun, patience);
    const auto lines = metering::make_report(folder.path() / "weir.db", {});
    ASSERT_TRUE(lines) << lines.error().detail;
    EXPECT_EQ(lines->back().requests, 1);
    EXPECT_EQ(lines->back().estimated, 1);
}

TEST(serve, with_a_configuration_that_is_wrong_opens_nothing) {
    const scratch_folder folder;
    const std::string ledger = (folder.path() / "weir.db").string();
    for (const auto& [flag, value, why] : std::vector<std::array<std::string, 3>>{
             {"--listen", "nonsense", "--listen"},
             {"--listen", "127.0.0.1:99999", "--listen"},
             {"--listen", "0.0.0.0:0", "is reachable from other machines"},
             {"--upstream", "not a url", "--upstream"},
             {"--config", (folder.path() / "absent.yaml").string(), "absent.yaml: error: cannot be read"},
         }) {
        arguments given{"serve", "--ledger", ledger, flag, value};
        if (flag != "--config") given.insert(given.end(), {"--config", shipped_config});
        const auto got = run_weir(given);
        EXPECT_EQ(got.code, exit_bad_usage) << value << '\n' << got;
        EXPECT_THAT(got.err, HasSubstr(why)) << value;
        EXPECT_THAT(got.out, IsEmpty()) << value;
        EXPECT_FALSE(std::filesystem::exists(ledger)) << value;
    }
}

TEST(serve, says_which_port_ledger_or_file_it_cannot_have) {
    const scratch_folder folder;
    const scripted_upstream other([](wire&, int) {});
    const std::string taken = "127.0.0.1:" + std::to_string(other.port());
    const std::string held = (folder.path() / "held.db").string();
    metering::ledger_settings of_another;
    of_another.file = held;
    of_another.min_free_bytes = 0;
    const auto holder = metering::ledger::open(of_another, 1, 4);
    ASSERT_TRUE(holder) << holder.error().detail;
    const std::string nowhere = (folder.path() / "absent" / "file").string();

    for (const auto& [flag, value, why] : std::vector<std::array<std::string, 3>>{
             {"--listen", taken, "weir: cannot listen on " + taken + " ("},
             {"--admin-listen", taken, "weir: cannot listen on " + taken + " ("},
             {"--ledger", held, "weir: " + held},
             {"--ledger", nowhere, "weir: " + nowhere},
             {"--ready-file", nowhere, "weir: cannot write " + nowhere + "\n"},
         }) {
        arguments given = serve(folder.path(), "127.0.0.1:9");
        *(std::ranges::find(given, flag) + 1) = value;
        const auto got = run_weir(given);
        EXPECT_EQ(got.code, exit_io) << flag << ' ' << value << '\n' << got;
        EXPECT_THAT(got.err, HasSubstr(why)) << flag;
        EXPECT_THAT(got.out, IsEmpty()) << flag;
        EXPECT_FALSE(std::filesystem::exists(folder.path() / "weir.ready")) << flag;
    }
}

TEST(simulate, answers_as_its_script_says_and_ends_on_a_signal) {
    const scratch_folder folder;
    const std::string script = write_file(folder.path() / "script.yaml",
                                          "rules:\n"
                                          "  - {when: {ask_contains: weir}, content: \"A low dam.\"}\n");
    capture both;
    std::map<std::string, std::string> at;
    {
        running_command simulator(simulate(folder.path(), {"--script", script}));
        at = simulator.wait_ready(folder.path() / "simulator.ready");
        ASSERT_TRUE(at.contains("listen"));
        const std::string body =
            R"({"model":"deepseek-v4-flash","messages":[{"role":"user","content":"What is a weir?"}]})";
        const http_message answer =
            ask(at["listen"], post(body, "Authorization: Bearer sk-any\r\n", "/chat/completions"));
        EXPECT_EQ(answer.status(), 200) << answer.head << answer.body;
        EXPECT_THAT(answer.body, HasSubstr("\"content\":\"A low dam.\""));
        simulator.signal(SIGINT);
        EXPECT_EQ(simulator.join(), exit_ok);
    }
    const said all = both.take();
    EXPECT_THAT(all.out, IsEmpty());
    EXPECT_EQ(all.err, "weir: simulating DeepSeek on http://" + at["listen"] + "\n");
    EXPECT_EQ(read_file(folder.path() / "simulator.ready"), "listen=" + at["listen"] + "\n");
}

TEST(simulate, says_what_is_wrong_before_it_listens) {
    const scratch_folder folder;
    const std::string script = write_file(folder.path() / "script.yaml", "rules:\n  - {when: {modle: x}}\n");
    const scripted_upstream other([](wire&, int) {});
    const std::string taken = "127.0.0.1:" + std::to_string(other.port());
    const std::string nowhere = (folder.path() / "absent" / "file").string();
    struct refusal {
        arguments given;
        int code;
        std::string why;
    };
    for (const auto& [given, code, why] : std::vector<refusal>{
             {{"--listen", "nonsense"}, exit_bad_usage, "--listen nonsense: has no port"},
             {{"--listen", "example.com:80"}, exit_bad_usage, "--listen example.com:80: "},
             {{"--listen", any_port, "--script", script}, exit_bad_usage, "line 2, column 13: "},
             {{"--listen", taken}, exit_io, "cannot listen on " + taken + " ("},
             {{"--listen", "192.0.2.1:0"}, exit_io, "cannot listen on 192.0.2.1:0 ("},
             {{"--listen", any_port, "--journal", nowhere}, exit_io, nowhere + ": "},
             {{"--listen", any_port, "--ready-file", nowhere}, exit_io, "cannot write " + nowhere},
         }) {
        arguments all{"simulate"};
        all.insert(all.end(), given.begin(), given.end());
        const auto got = run_weir(all);
        EXPECT_EQ(got.code, code) << testing::PrintToString(given) << got;
        EXPECT_THAT(got.err, AllOf(StartsWith("weir: "), HasSubstr(why))) << testing::PrintToString(given);
        EXPECT_THAT(got.out, IsEmpty()) << testing::PrintToString(given);
    }
}

}  // namespace
}  // namespace weir::cli
