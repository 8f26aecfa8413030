#include "weir/dialect/answer_reader.hpp"

#include "weir/dialect/api.hpp"
#include "weir/dialect/tokens.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace weir::dialect {
namespace {

constexpr std::size_t event_max = 1024 * 1024;

answer_facts streamed(std::string_view bytes, std::size_t max = event_max) {
    stream_reader reader(api_of(api_kind::chat), max);
    reader.observe(bytes);
    return reader.facts();
}

std::string show(const answer_facts& f) {
    std::string out = f.tokens ? "hit " + std::to_string(f.tokens->hit) + " miss " +
                                     std::to_string(f.tokens->miss) + " output " +
                                     std::to_string(f.tokens->output) + " reasoning " +
                                     std::to_string(f.tokens->reasoning)
                               : "no usage";
    return out + (f.suspect ? " suspect" : "") + " model=" + f.served_model + " finish=" + f.finish_reason +
           (f.has_output ? " output" : "") + (f.done ? " done" : "") + (f.error ? " error" : "") +
           " events " + std::to_string(f.events) + " oversized " + std::to_string(f.oversized_events);
}

const std::string whole_stream =
    ": keep-alive\n\n\n"
    "data: "
    "{\"id\":\"1\",\"model\":\"deepseek-flash\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\","
    "\"content\":\"\"},\"finish_reason\":null}],\"usage\":null}\n\n"
    ": keep-alive\n\n"
    "data: {\"model\":\"other\",\"choices\":[{\"delta\":{\"reasoning_content\":\"\xE4\xB8\xAD "
    "\\\"usage\\\":{\\\"prompt_tokens\\\":1}\"}}]}\n\n"
    "event: message\nid: 7\ndata: "
    "{\"choices\":[{\"delta\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}],\n"
    "data: "
    "\"usage\":{\"prompt_tokens\":30,\"completion_tokens\":9,\"prompt_cache_hit_tokens\":10,\"prompt_cache_"
    "miss_tokens\":20,"
    "\"completion_tokens_details\":{\"reasoning_tokens\":4}}}\n\n"
    "data: {\"choices\":[],\"usage\":null}\n\n"
    "data: [DONE]\n\n";
const std::string whole_facts =
    "hit 10 miss 20 output 9 reasoning 4 model=deepseek-flash finish=stop output done events 4 oversized 0";

std::string with_line_ends(std::string_view end) {
    std::string out;
    for (const char c : whole_stream) c == '\n' ? out += end : out += c;
    return out;
}

TEST(stream_reader, a_stream_is_read_with_each_kind_of_line_end) {
    for (const char* end : {"\n", "\r\n", "\r"}) EXPECT_EQ(show(streamed(with_line_ends(end))), whole_facts);
}

TEST(stream_reader, a_stream_split_at_any_byte_says_the_same) {
    for (const char* end : {"\n", "\r\n", "\r"}) {
        const std::string stream = with_line_ends(end);
        for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
            stream_reader reader(api_of(api_kind::chat), event_max);
            reader.observe(std::string_view(stream).substr(0, cut));
            reader.facts();
            reader.at_boundary();
            reader.observe(std::string_view(stream).substr(cut));
            ASSERT_EQ(show(reader.facts()), whole_facts) << "cut at " << cut;
        }
        stream_reader reader(api_of(api_kind::chat), event_max);
        for (const char c : stream) reader.observe({&c, 1});
        EXPECT_EQ(show(reader.facts()), whole_facts);
    }
}

TEST(stream_reader, the_boundary_is_between_events_only) {
    const std::string stream = "data: {}\n\n: c\n\nevent: x\ndata: 1\n\n";
    // Before the first byte and behind each: true at the start, behind blank lines and behind a comment's
    // line.
    const std::string wanted =
        "1"
        "0000000001"
        "00011"
        "000000000"
        "000000001";
    stream_reader reader(api_of(api_kind::chat), event_max);
    std::string seen = reader.at_boundary() ? "1" : "0";
    for (const char c : stream) {
        reader.observe({&c, 1});
        seen += reader.at_boundary() ? '1' : '0';
    }
    EXPECT_EQ(seen, wanted);
}

TEST(stream_reader, data_needs_no_blank_behind_the_colon) {
    EXPECT_EQ(show(streamed("data:{\"model\":\"m\"}\n\ndata:[DONE]\n\n")),
              "no usage model=m finish= done events 1 oversized 0");
}

TEST(stream_reader, fields_that_only_begin_like_data_are_none) {
    EXPECT_EQ(streamed("database: {\"model\":\"m\"}\n\ndata {\"model\":\"m\"}\n\n").events, 0u);
}

TEST(stream_reader, an_unfinished_last_event_is_read_but_not_counted) {
    EXPECT_EQ(show(streamed("data: {\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1}}\n")),
              "hit 0 miss 3 output 1 reasoning 0 model= finish= events 0 oversized 0");
    EXPECT_EQ(show(streamed("data: {\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1}}")),
              "hit 0 miss 3 output 1 reasoning 0 model= finish= events 0 oversized 0");
    EXPECT_EQ(show(streamed("data: {\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1")),
              "no usage model= finish= events 0 oversized 0");
    EXPECT_TRUE(streamed("data: [DONE]").done);
}

TEST(stream_reader, what_is_known_on_the_way_is_of_whole_events_alone) {
    stream_reader reader(api_of(api_kind::chat), 1024);
    reader.observe("data: {\"model\":\"m\"}\n\ndata: [DONE]\n");
    EXPECT_EQ(reader.so_far().served_model, "m");
    EXPECT_FALSE(reader.so_far().done) << "its blank line has not come";
    reader.observe("\n");
    EXPECT_TRUE(reader.so_far().done);
}

TEST(stream_reader, an_event_too_large_is_passed_unread_and_the_next_is_read) {
    const std::string big =
        "data: {\"usage\":{\"prompt_tokens\":1},\"x\":\"" + std::string(300, 'a') + "\"}\n\n";
    const std::string next = "data: {\"model\":\"m\"}\n\n";
    const std::string wanted = "no usage model=m finish= events 2 oversized 1";
    EXPECT_EQ(show(streamed(big + next, 256)), wanted);
    for (std::size_t step : {1U, 7U, 255U, 256U, 257U}) {
        stream_reader reader(api_of(api_kind::chat), 256);
        const std::string all = big + next;
        for (std::size_t at = 0; at < all.size(); at += step)
            reader.observe(std::string_view(all).substr(at, step));
        EXPECT_EQ(show(reader.facts()), wanted) << step;
    }
    std::string lines;
    for (int i = 0; i < 20; ++i) lines += "data: 12345678901234567890\n";
    EXPECT_EQ(show(streamed(lines + "\n" + next, 256)), wanted);
    EXPECT_EQ(streamed(": " + std::string(300, 'c') + "\n\n" + next, 256).oversized_events, 0u);
}

TEST(stream_reader, an_error_event_is_seen) {
    const auto f = streamed("data: {\"error\":{\"message\":\"busy\"}}\n\n");
    EXPECT_TRUE(f.error);
    EXPECT_FALSE(f.done);
    EXPECT_FALSE(streamed("data: {\"error\":null}\n\n").error);
}

TEST(stream_reader, bytes_that_are_no_events_do_no_harm) {
    for (const std::string& bytes :
         {std::string("data: {\"usage\":\n\n"), std::string("data: }{][\n\n"), std::string("\0\0\n\n", 4),
          std::string("data: \xff\xfe\n\n"), "data: " + std::string(100'000, '[') + "\n\n",
          std::string("data: \"\\\n\ndata: [\"\\\"]\n\n"), std::string("\r\r\r\r")}) {
        const auto f = streamed(bytes);
        EXPECT_FALSE(f.tokens) << bytes.substr(0, 40);
        EXPECT_FALSE(f.done);
    }
}

struct usage_case {
    std::string json;
    std::string wanted;
};

TEST(usage, both_field_styles_are_read_and_what_does_not_add_up_is_suspect) {
    const std::vector<usage_case> cases = {
        {R"({"prompt_tokens":10,"completion_tokens":2})", "hit 0 miss 10 output 2 reasoning 0"},
        {R"({"prompt_tokens":10,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":4}})",
         "hit 4 miss 6 output 2 reasoning 0"},
        {R"({"prompt_tokens":10,"prompt_cache_hit_tokens":4,"prompt_cache_miss_tokens":6,)"
         R"("completion_tokens":2})",
         "hit 4 miss 6 output 2 reasoning 0"},
        {R"({"prompt_tokens":10,"prompt_cache_hit_tokens":4,"completion_tokens":2,)"
         R"("prompt_tokens_details":null})",
         "hit 4 miss 6 output 2 reasoning 0"},
        {R"({"prompt_tokens":10,"prompt_cache_hit_tokens":0,"prompt_cache_miss_tokens":6,)"
         R"("completion_tokens":2,"prompt_tokens_details":{"cached_tokens":4}})",
         "hit 4 miss 6 output 2 reasoning 0"},
        {R"({"prompt_tokens":10,"prompt_cache_hit_tokens":4,"prompt_cache_miss_tokens":7,)"
         R"("completion_tokens":2})",
         "hit 4 miss 7 output 2 reasoning 0 suspect"},
        {R"({"prompt_cache_hit_tokens":4,"prompt_cache_miss_tokens":6,"completion_tokens":2})",
         "hit 4 miss 6 output 2 reasoning 0 suspect"},
        {R"({"prompt_tokens":10,"prompt_cache_hit_tokens":12,"completion_tokens":2})",
         "hit 12 miss 0 output 2 reasoning 0 suspect"},
        {R"({"prompt_tokens":-1,"completion_tokens":2})", "hit 0 miss 0 output 2 reasoning 0 suspect"},
        {R"({"prompt_tokens":10,"completion_tokens":"2"})", "hit 0 miss 10 output 0 reasoning 0 suspect"},
        {R"({"prompt_tokens":10,"completion_tokens":2.0})", "hit 0 miss 10 output 0 reasoning 0 suspect"},
        {R"({"prompt_tokens":1e1,"completion_tokens":2})", "hit 0 miss 0 output 2 reasoning 0 suspect"},
        {R"({"prompt_tokens":99999999999999999999,"completion_tokens":2})",
         "hit 0 miss 0 output 2 reasoning 0 suspect"},
        {R"({"prompt_tokens":10,"completion_tokens":[2]})", "hit 0 miss 10 output 0 reasoning 0 suspect"},
        {R"({"prompt_tokens":10,"completion_tokens":2,"completion_tokens_details":{"reasoning_tokens":3}})",
         "hit 0 miss 10 output 2 reasoning 3 suspect"},
        {R"({"prompt_tokens":9223372036854775807,"prompt_cache_hit_tokens":9223372036854775807,)"
         R"("prompt_cache_miss_tokens":9223372036854775807,"completion_tokens":2})",
         "hit 9223372036854775807 miss 9223372036854775807 output 2 reasoning 0 suspect"},
        {R"({})", "no usage"},
        {R"(null)", "no usage"},
        {R"({"prompt_tokens":null})", "no usage"},
        {R"("10")", "no usage suspect"},
    };
    for (const auto& c : cases) {
        const auto f = streamed("data: {\"usage\":" + c.json + "}\n\n");
        EXPECT_EQ(show(f), c.wanted + " model= finish= events 1 oversized 0") << c.json;
    }
}

TEST(usage, the_last_that_is_not_null_counts) {
    const auto f = streamed(
        "data: {\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":0}}\n\n"
        "data: {\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7}}\n\n"
        "data: {\"usage\":null}\n\ndata: {\"usage\":{}}\n\n");
    ASSERT_TRUE(f.tokens);
    EXPECT_EQ(*f.tokens, (usage{0, 5, 7, 0}));
}

answer_facts read_text(std::string_view text) {
    return read_answer(api_of(api_kind::chat), padded_text(text));
}

TEST(read_answer, a_whole_answer_is_read_behind_its_blank_lines) {
    const auto f = read_text(
        "\n\n\r\n {\"model\":\"deepseek-v4-pro\",\"choices\":[{\"finish_reason\":\"tool_calls\",\"message\":"
        "{\"content\":null,\"tool_calls\":[{\"id\":\"1\"}]}}],\"usage\":{\"prompt_tokens\":3,\"completion_"
        "tokens\":1}}\n");
    EXPECT_EQ(show(f),
              "hit 0 miss 3 output 1 reasoning 0 model=deepseek-v4-pro finish=tool_calls output done events "
              "0 oversized 0");
}

TEST(read_answer, an_answer_without_a_token_has_no_output) {
    EXPECT_FALSE(
        read_text(R"({"choices":[{"message":{"content":"","reasoning_content":null,"tool_calls":[ ]}}]})")
            .has_output);
    EXPECT_TRUE(read_text(R"({"choices":[{"message":{"reasoning_content":"a"}}]})").has_output);
}

TEST(read_answer, an_error_body_is_seen_and_a_cut_answer_is_not_done) {
    EXPECT_TRUE(read_text(R"({"error":{"message":"x"}})").error);
    const std::string answer =
        R"({"model":"m","choices":[{"message":{"content":"\"}"}}],"usage":{"prompt_tokens":3}})";
    EXPECT_TRUE(read_text(answer).done);
    for (std::size_t cut = 0; cut < answer.size(); ++cut)
        EXPECT_FALSE(read_text(answer.substr(0, cut)).done) << cut;
    EXPECT_FALSE(read_text(answer + "x").done);
    EXPECT_FALSE(read_text("<html>").done);
}

TEST(tokens, latin_and_chinese_characters_count_by_the_rule_of_thumb) {
    EXPECT_EQ(estimate_tokens(""), 0);
    EXPECT_EQ(estimate_tokens("a"), 1);
    EXPECT_EQ(estimate_tokens(std::string(100, 'a')), 30);
    std::string chinese, greek;
    for (int i = 0; i < 100; ++i) chinese += "\xE4\xB8\xAD", greek += "\xCE\xB1";
    EXPECT_EQ(estimate_tokens(chinese), 60);
    EXPECT_EQ(estimate_tokens(greek), 40);
}

std::int64_t input_tokens(const std::string& content) {
    const std::string text = R"({"model":"a","messages":[{"role":"user","content":)" + content + "}]}";
    const padded_text body(text);
    body_indexer indexer;
    return estimate_input_tokens(body, *indexer.read(api_kind::chat, body, limits{}));
}

TEST(tokens, escapes_count_as_what_they_stand_for_and_images_not_at_all) {
    std::string raw, escaped;
    for (int i = 0; i < 100; ++i)
        raw +=
            "\xE4\xB8\xAD\xC3\xA9"
            "a",
            escaped += "\\u4e2d\\u00e9\\u0061";
    EXPECT_EQ(input_tokens("\"" + raw + "\""), input_tokens("\"" + escaped + "\""));
    const std::string part = R"({"type":"image_url","image_url":{"url":")";
    const auto small = input_tokens("[" + part + "x\"}}]");
    const auto large = input_tokens("[" + part + std::string(100'000, 'x') + "\"}}]");
    EXPECT_EQ(small, large);
}

}  // namespace
}  // namespace weir::dialect
