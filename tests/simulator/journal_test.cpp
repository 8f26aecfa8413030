#include "weir/simulator/journal.hpp"

#include "box.hpp"

#include <fstream>
#include <sstream>
#include <thread>

namespace weir::simulator {
namespace {

json line_of(simulator& box, const std::string& body) {
    const request asked{"POST", "/chat/completions", "Bearer sk-test", body};
    const std::string line = journal_line(asked, box.respond(asked, test_now));
    EXPECT_TRUE(line.ends_with("}\n"));
    EXPECT_EQ(std::ranges::count(line, '\n'), 1) << line;
    return json::parse(line);
}

TEST(journal, holds_the_exact_body_and_what_is_billed) {
    simulator box{script_of("rules: [{when: {ask_contains: swap}, served_model: other}]")};
    const std::string body =
        "{ \"messages\" : [{\"role\":\"user\",\n\"content\":\"caf\\u00e9 \xe6\xb5\x81\"}], "
        "\"model\":\"deepseek-v4-flash\","
        "\"x\":12345678901234567890123}";
    const json line = line_of(box, body);
    EXPECT_EQ(line["n"], 1);
    EXPECT_EQ(line["path"], "/chat/completions");
    EXPECT_EQ(line["body"], body);
    EXPECT_EQ(line["model"], "deepseek-v4-flash");
    EXPECT_EQ(line["served_model"], "deepseek-v4-flash");
    EXPECT_EQ(line["status"], 200);
    EXPECT_EQ(line["usage"]["prompt_cache_hit_tokens"], 0);
    EXPECT_GT(line["usage"]["prompt_cache_miss_tokens"], 0);
    EXPECT_GT(line["usage"]["completion_tokens"], line["usage"]["reasoning_tokens"]);
    EXPECT_EQ(line_of(box, chat("swap").dump())["served_model"], "other");
}

TEST(journal, a_refusal_has_no_usage) {
    simulator box{default_script()};
    const json line = line_of(box, chat("hi", {{"model", "none"}}).dump());
    EXPECT_EQ(line["status"], 400);
    EXPECT_EQ(line["model"], "none");
    EXPECT_TRUE(line["usage"].is_null());
}

TEST(journal, bytes_that_are_not_utf8_are_kept_in_base64) {
    simulator box{default_script()};
    const std::pair<std::string, std::string> table[]{
        {"\xff", "/w=="}, {"\xff\xfe", "//4="}, {"\xff\xfe\xfd", "//79"}, {"\xff hello", "/yBoZWxsbw=="}};
    for (const auto& [body, text] : table) {
        const json line = line_of(box, body);
        EXPECT_FALSE(line.contains("body"));
        EXPECT_EQ(line["body_base64"], text);
    }
}

TEST(journal, lines_of_several_threads_stay_whole) {
    const std::string path = testing::TempDir() + "weir_simulator_journal_test.jsonl";
    auto file = journal::open(path);
    ASSERT_TRUE(file.has_value()) << file.error().detail;
    simulator box{default_script()};
    std::vector<std::thread> writers;
    for (int t = 0; t < 4; ++t) {
        writers.emplace_back([&] {
            for (int i = 0; i < 25; ++i) {
                const std::string body = chat("hi").dump();
                const request asked{"POST", "/chat/completions", "Bearer k", body};
                EXPECT_TRUE((*file)->write(journal_line(asked, box.respond(asked, test_now))));
            }
        });
    }
    for (std::thread& writer : writers) writer.join();
    std::ifstream in(path);
    std::set<std::int64_t> numbers;
    for (std::string line; std::getline(in, line);)
        numbers.insert(json::parse(line)["n"].get<std::int64_t>());
    EXPECT_EQ(numbers.size(), 100U);
    EXPECT_EQ(*numbers.rbegin(), 100);
    std::remove(path.c_str());
}

TEST(journal, a_file_that_cannot_be_written_is_a_fault) {
    const auto file = journal::open("no/such/folder/journal.jsonl");
    ASSERT_FALSE(file.has_value());
    EXPECT_EQ(file.error().code, errc::file);
}

}  // namespace
}  // namespace weir::simulator
