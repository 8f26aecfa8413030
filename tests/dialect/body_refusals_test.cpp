#include "weir/dialect/body_index.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace weir::dialect {
namespace {

result<body_index> read(std::string_view text, const limits& bounds = {}) {
    body_indexer indexer;
    return indexer.read(api_kind::chat, padded_text(text), bounds);
}

// "malformed_json", "invalid_field messages[2].role", or "ok".
std::string outcome(std::string_view text, const limits& bounds = {}) {
    const auto got = read(text, bounds);
    if (got) return "ok";
    EXPECT_EQ(got.error().from, origin::client);
    EXPECT_FALSE(got.error().detail.empty());
    const std::string name(code_name(got.error().code));
    return got.error().field.empty() ? name : name + " " + got.error().field;
}

// A body with `member` added; a full one that every reader of a member passes.
std::string with(std::string_view member) {
    return R"({"model":"auto","messages":[{"role":"user","content":"hi"}])" + std::string(member) + "}";
}

TEST(body_refusals, text_that_is_not_one_json_object_is_refused) {
    const std::string ok = with("");
    const std::vector<std::string> texts = {
        "",
        " ",
        "null",
        "[]",
        "\"model\"",
        "1",
        "{",
        "}",
        "{]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{\"a\" 1}",
        "{1:2}",
        "{\"a\":1 \"b\":2}",
        ok + ok,
        ok + "x",
        ok + ",",
        ok + "]",
        "\xEF\xBB\xBF" + ok,
        std::string("\0", 1) + ok,
        ok + std::string("\0", 1),
        R"({"model":"a"}{"model":"b"})",
        with(",\"x\":01"),
        with(",\"x\":1."),
        with(",\"x\":.5"),
        with(",\"x\":1e"),
        with(",\"x\":+1"),
        with(",\"x\":-"),
        with(",\"x\":0x1"),
        with(",\"x\":NaN"),
        with(",\"x\":Infinity"),
        with(",\"x\":tru"),
        with(",\"x\":truee"),
        with(",\"x\":nul"),
        with(",\"x\":True"),
        with(",\"x\":'a'"),
        with(",\"x\":\"\\x\""),
        with(",\"x\":\"\\u12g4\""),
        with(",\"x\":\"\\u12\""),
        with(",\"x\":\"a\nb\""),
        with(",\"x\":\"\x01\""),
        with(",\"x\":\"\xC3\x28\""),
        with(",\"x\":\"\xED\xA0\x80\""),
        with(",\"x\":\"\xC0\xAF\""),
        with(",\"\\q\":1"),
        with(",\"x\":[1,]"),
        with(",\"x\":[,1]"),
        with(",\"x\":[1 2]"),
        with(",\"x\":[1}"),
        with(",\"x\":{\"a\":1]"),
        with(",\"x\":1\"a\""),
        with(",\"x\":\"a\"b"),
        with(",\"x\":\"a\"\"b\""),
        with(",\"x\":1\f"),
        with(",\"x\":\x1a"),
        with(",\"x\":{\"a\":}"),
        with(",\"x\":/*c*/1"),
        with(",\"x\""),
        with(",\"x\":"),
        with(","),
    };
    for (const auto& text : texts) EXPECT_EQ(outcome(text), "malformed_json") << text;
}

TEST(body_refusals, numbers_and_strings_of_others_pass_whatever_they_hold) {
    for (const char* value :
         {"12345678901234567890", "-0", "0.1e-400", "1E+9999", "\"\\ud800\"", "\"\\u0000\"",
          "\"\\/\\b\\f\\n\\r\\t\\\"\\\\\"", "[[[]]]", "{\"\":{}}", "true", "false", "null", "\"}{][,:\""}) {
        EXPECT_EQ(outcome(with(",\"x\":" + std::string(value))), "ok") << value;
    }
    EXPECT_EQ(outcome(with(",\"x\":1,\"x\":2")), "ok") << "a repeated field that weir does not read";
}

struct refusal {
    std::string body;
    std::string field;
};

TEST(body_refusals, a_wrong_field_is_refused_and_named) {
    const std::string messages = R"("messages":[{"role":"user","content":"hi"}])";
    const std::vector<refusal> cases = {
        {"{" + messages + "}", "model"},
        {"{\"model\":null," + messages + "}", "model"},
        {"{\"model\":5," + messages + "}", "model"},
        {"{\"model\":\"" + std::string(257, 'm') + "\"," + messages + "}", "model"},
        {"{\"model\":[\"a\"]," + messages + "}", "model"},
        {"{\"model\":\"a\"," + messages + ",\"model\":\"b\"}", "model"},
        {"{\"model\":\"a\"," + messages + ",\"\\u006dodel\":\"b\"}", "model"},
        {R"({"model":"a"})", "messages"},
        {R"({"model":"a","messages":null})", "messages"},
        {R"({"model":"a","messages":{}})", "messages"},
        {R"({"model":"a","messages":"hi"})", "messages"},
        {R"({"model":"a","messages":[]})", "messages"},
        {R"({"model":"a","messages":["hi"]})", "messages[0]"},
        {R"({"model":"a","messages":[null]})", "messages[0]"},
        {R"({"model":"a","messages":[{"role":"user"},{"content":"hi"}]})", "messages[1].role"},
        {R"({"model":"a","messages":[{"role":"user"},{"role":"user"},{"role":1}]})", "messages[2].role"},
        {R"({"model":"a","messages":[{"role":null}]})", "messages[0].role"},
        {R"({"model":"a","messages":[{"role":"user","role":"system"}]})", "messages[0].role"},
        {R"({"model":"a","messages":[{"role":"user","content":"a","\u0063ontent":"b"}]})",
         "messages[0].content"},
        {R"({"model":"a","messages":[{"role":"user","content":[{"type":"text","type":"image"}]}]})",
         "messages[0].content[0].type"},
        {R"({"model":"a","messages":[{"role":"assistant","tool_calls":[{},)"
         R"({"function":{"name":"a","name":"b"}}]}]})",
         "messages[0].tool_calls[1].function.name"},
        {R"({"model":"a","messages":[{"role":"user"},{"role":"tool"}]})", "messages[1].tool_call_id"},
        {R"({"model":"a","messages":[{"role":"tool","tool_call_id":"x"},)"
         R"({"role":"assistant","tool_calls":[{"id":"x"}]}]})",
         "messages[0].tool_call_id"},
        {R"({"model":"a","messages":[{"role":"assistant","tool_calls":[{"id":7}]},)"
         R"({"role":"tool","tool_call_id":7}]})",
         "messages[1].tool_call_id"},
        {R"({"model":"a","messages":[{"role":"user","tool_calls":[{"id":"x"}]},)"
         R"({"role":"tool","tool_call_id":"x"}]})",
         "messages[1].tool_call_id"},
        {with(R"(,"system":"Be brief.")"), "system"},
        {R"({"model":"a","messages":[{"role":"user","content":[{"type":"text"},{"type":"tool_result"}]}]})",
         "messages[0].content[1].type"},
        {R"({"model":"a","messages":[{"role":"assistant","content":[{"type":"tool_use","id":"x"}]}]})",
         "messages[0].content[0].type"},
        {R"({"model":"a","input":"hi"})", "messages"},
        {R"({"model":"a","prompt":"hi"})", "messages"},
        {with(R"(,"messages":[{"role":"user"}])"), "messages"},
        {with(R"(,"stream":"yes")"), "stream"},
        {with(R"(,"stream":1)"), "stream"},
        {with(R"(,"stream":true,"stream":false)"), "stream"},
        {with(R"(,"max_tokens":1,"max_tokens":2)"), "max_tokens"},
        {with(R"(,"tools":[],"tools":[])"), "tools"},
        {with(R"(,"thinking":{"type":"enabled","type":"disabled"})"), "thinking.type"},
        {with(R"(,"reasoning_effort":"low","reasoning_effort":"max")"), "reasoning_effort"},
    };
    for (const auto& c : cases) EXPECT_EQ(outcome(c.body), "invalid_field " + c.field) << c.body;
}

TEST(body_refusals, more_entries_than_a_context_could_hold_are_refused) {
    const auto repeat = [](std::string_view text, std::size_t times) {
        std::string out(text);
        for (std::size_t i = 1; i < times; ++i) (out += ',') += text;
        return out;
    };
    constexpr std::size_t max = 256 * 1024;
    const auto messages = [&](std::size_t count) {
        return R"({"model":"a","messages":[)" + repeat(R"({"role":"x"})", count) + "]}";
    };
    EXPECT_EQ(outcome(messages(max)), "ok");
    EXPECT_EQ(outcome(messages(max + 1)), "invalid_field messages[" + std::to_string(max) + "]");
    const auto calls = [&](std::size_t count) {
        return R"({"model":"a","messages":[{"role":"assistant","tool_calls":[)" + repeat("{}", count) +
               "]}]}";
    };
    EXPECT_EQ(outcome(calls(max)), "ok");
    EXPECT_EQ(outcome(calls(max + 1)), "invalid_field messages[0].tool_calls[" + std::to_string(max) + "]");
    EXPECT_EQ(outcome(with("," + repeat("\"x\":1", 1022))), "ok");
    EXPECT_EQ(outcome(with("," + repeat("\"x\":1", 1023))), "invalid_field");
}

TEST(body_refusals, a_body_that_is_no_json_is_that_first_whatever_its_fields) {
    EXPECT_EQ(outcome(R"({"model":5,"messages":[])"), "malformed_json");
}

std::string nested(std::size_t arrays) {
    return with(",\"x\":" + std::string(arrays, '[') + std::string(arrays, ']'));
}

TEST(body_refusals, depth_is_bounded_wherever_it_is) {
    limits bounds;
    bounds.json_depth_max = 16;
    EXPECT_EQ(outcome(nested(15), bounds), "ok");
    EXPECT_EQ(outcome(nested(16), bounds), "malformed_json");
    EXPECT_EQ(outcome(nested(127)), "ok");
    EXPECT_EQ(outcome(nested(128)), "malformed_json");
    EXPECT_EQ(outcome(nested(1'000'000)), "malformed_json");
    EXPECT_EQ(outcome(with(",\"tools\":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]"), bounds), "malformed_json");
    EXPECT_EQ(outcome(std::string(5'000'000, '{')), "malformed_json");
    bounds.json_depth_max = 3;
    EXPECT_EQ(outcome(with(""), bounds), "ok");
    bounds.json_depth_max = 2;
    EXPECT_EQ(outcome(with(""), bounds), "malformed_json");
}

}  // namespace
}  // namespace weir::dialect
