#include "weir/dialect/body_index.hpp"

#include "support.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace weir::dialect {
namespace {

using test::indexed_body;

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

std::string_view at(const indexed_body& b, place where) {
    return b.body.text().substr(where.offset, where.length);
}

// A body with `member` added; a full one that every reader of a member passes.
std::string with(std::string_view member) {
    return R"({"model":"auto","messages":[{"role":"user","content":"hi"}])" + std::string(member) + "}";
}

const std::string sample = R"({
  "model" : "auto" , "messages": [
    {"role":"system","content":"Be brief."},
    {"content":[{"type":"text","text":"look \u00e9"},
      {"image_url":{"url":"data:image/png;base64,AAAA"},"type":"image_url"}],"role":"user"},
    {"role":"assistant","content":null,"reasoning_content":"","tool_calls":[
      {"id":"c1","type":"function","function":{"name":"bash","arguments":"{\"a\":1}"}},
      {"id":"c2","type":"function","function":{"name":"bash","arguments":"{\"a\":1}"}},
      {"id":"c3","type":"function","function":{"name":"bash","arguments":"{\"a\":2}"}}]},
    {"role":"tool","tool_call_id":"c1","content":"ok"}
  ],
  "tools":[{"type":"function","function":{"name":"bash"}},{}], "stream":true, "max_tokens": 100,
  "reasoning_effort":"low","thinking":{"type":"enabled"},"tool_choice":"auto",
  "response_format":{"type":"json_schema","json_schema":{}}, "seed": 12345678901234567890123,
  "x":[-0.5e+10,[],{}]
} )";

TEST(body_index, everything_that_weir_reads_is_found) {
    const indexed_body b(sample);
    const body_index& i = b.index;
    EXPECT_EQ(at(b, i.model), "\"auto\"");
    EXPECT_EQ(i.model_name, "auto");
    EXPECT_TRUE(i.stream);
    EXPECT_EQ(i.effort, "low");
    EXPECT_EQ(i.thinking, thinking_word::enabled);
    EXPECT_EQ(i.max_tokens, 100);
    EXPECT_EQ(i.tools, 2u);
    EXPECT_EQ(i.tool_choice, tool_choice_word::automatic);
    EXPECT_EQ(i.response_format, response_format_word::json_schema);
    ASSERT_EQ(i.messages.size(), 4u);
    EXPECT_EQ(at(b, i.messages[0].content), "\"Be brief.\"");
    EXPECT_EQ(i.messages[1].from, speaker::user);
    EXPECT_TRUE(at(b, i.messages[1].content).starts_with('['));
    EXPECT_TRUE(at(b, i.messages[1].content).ends_with(']'));
    EXPECT_TRUE(i.messages[2].content.empty());
    EXPECT_TRUE(i.messages[2].reasoning);
    EXPECT_EQ(i.messages[2].first_call, 0u);
    EXPECT_EQ(i.messages[2].call_count, 3u);
    EXPECT_EQ(i.images, 1u);
    EXPECT_EQ(i.image_bytes,
              std::string(R"({"image_url":{"url":"data:image/png;base64,AAAA"},"type":"image_url"})").size());
    ASSERT_EQ(i.calls.size(), 3u);
    EXPECT_EQ(i.calls[0].fingerprint, i.calls[1].fingerprint);
    EXPECT_NE(i.calls[0].fingerprint, i.calls[2].fingerprint);
    EXPECT_EQ(i.calls[2].message, 2u);
    ASSERT_EQ(i.results.size(), 1u);
    EXPECT_EQ(i.results[0].id_hash, i.calls[0].id_hash);
    EXPECT_NE(i.results[0].id_hash, i.calls[1].id_hash);
    EXPECT_EQ(i.results[0].message, 3u);
    EXPECT_EQ(at(b, i.results[0].content), "\"ok\"");
    EXPECT_EQ(at(b, i.calls[1].id), "\"c2\"");
    EXPECT_EQ(at(b, i.effort_value), "\"low\"");
    EXPECT_EQ(at(b, i.max_tokens_value), "100");
    EXPECT_EQ(at(b, i.messages[2].reasoning_value), "\"\"");
    EXPECT_EQ(at(b, i.messages[1].role), "\"user\"");
    EXPECT_EQ(at(b, i.messages[3].whole), R"({"role":"tool","tool_call_id":"c1","content":"ok"})");
}

TEST(body_index, each_member_of_the_body_is_noted_with_its_key_and_value) {
    const indexed_body b(
        "{ \"model\" : \"a\" ,\n\"x\":{\"model\":[1]},\"x\":-1e5 , \"\\u0079\": null,"
        "\"messages\":[{\"role\":\"user\"}]\t}");
    std::string seen;
    for (const body_member& m : b.index.members) {
        seen += m.name + "|" + std::string(at(b, m.whole)) + "|" + std::string(at(b, m.value)) + "\n";
    }
    EXPECT_EQ(seen,
              "model|\"model\" : \"a\"|\"a\"\n"
              "x|\"x\":{\"model\":[1]}|{\"model\":[1]}\n"
              "x|\"x\":-1e5|-1e5\n"
              "y|\"\\u0079\": null|null\n"
              "messages|\"messages\":[{\"role\":\"user\"}]|[{\"role\":\"user\"}]\n");
}

TEST(body_index, what_mends_and_sessions_need_is_found_where_it_stands) {
    const indexed_body b(with(R"(,"stream_options": {"x":1,"include_usage":true},"user_id":"u\u0031",)"
                              R"("response_format":{"json_schema":{"name":"n","schema": {"a":[]} },)"
                              R"("type":"json_schema"},"max_completion_tokens" : 9)"));
    EXPECT_TRUE(b.index.asks_usage);
    EXPECT_EQ(at(b, b.index.stream_options), R"({"x":1,"include_usage":true})");
    EXPECT_EQ(at(b, b.index.user_id), R"("u\u0031")");
    EXPECT_EQ(at(b, b.index.session), R"("u\u0031")");
    EXPECT_EQ(at(b, b.index.schema), R"({"a":[]})");
    EXPECT_EQ(at(b, b.index.max_tokens_value), "9");
    const auto session = [](const char* members) {
        const indexed_body c(with(members));
        return std::string(at(c, c.index.session));
    };
    EXPECT_EQ(session(R"(,"prompt_cache_key":"k","user_id":"u")"), "\"k\"");
    EXPECT_EQ(session(R"(,"user_id":"u","prompt_cache_key":"k")"), "\"k\"");
    EXPECT_EQ(session(R"(,"user_id":"u","prompt_cache_key":"")"), "\"u\"");
    EXPECT_EQ(session(R"(,"user_id":7,"prompt_cache_key":null)"), "");
    for (const char* member : {R"(,"stream_options":null)", R"(,"stream_options":[])",
                               R"(,"user_id":null,"response_format":)"
                               R"({"json_schema":{"schema":[]}})",
                               R"(,"max_tokens":-1)"}) {
        const indexed_body c(with(member));
        EXPECT_TRUE(c.index.stream_options.empty()) << member;
        EXPECT_TRUE(c.index.user_id.empty()) << member;
        EXPECT_TRUE(c.index.schema.empty()) << member;
        EXPECT_TRUE(c.index.max_tokens_value.empty()) << member;
        EXPECT_FALSE(c.index.asks_usage) << member;
    }
}

TEST(body_index, a_body_cut_anywhere_is_refused) {
    for (std::size_t length = 0; length < sample.find_last_of('}'); ++length) {
        ASSERT_EQ(outcome(sample.substr(0, length)), "malformed_json")
            << length << ": " << sample.substr(0, length);
    }
}

TEST(body_index, any_byte_replaced_is_read_or_refused_but_never_misread) {
    body_indexer indexer;
    for (const char byte : {'\0', '"', '{', '}', '[', ']', ',', ':', '\\', ' ', '1', 'x', '\xff', '\n'}) {
        for (std::size_t at = 0; at < sample.size(); ++at) {
            std::string body = sample;
            body[at] = byte;
            const auto got = indexer.read(api_kind::chat, padded_text(body), limits{});
            // The reference takes a NUL at the end for the end.
            const bool valid = byte != '\0' && nlohmann::json::accept(body);
            if (got) EXPECT_TRUE(valid) << at << " " << static_cast<int>(byte) << ": " << body;
            if (!got && got.error().code == errc::malformed_json) {
                EXPECT_FALSE(valid) << at << " " << static_cast<int>(byte) << ": " << got.error().detail;
            }
        }
    }
}

TEST(body_index, a_second_model_key_is_refused_even_where_it_is_escaped) {
    EXPECT_EQ(outcome(with(R"(,"\u006Dod\u0065l":"deepseek-v4-pro")")), "invalid_field model");
    const indexed_body b(R"({"\u006dodel":"a\u0062","messages":[{"role":"user"}]})");
    EXPECT_EQ(b.index.model_name, "ab");
    EXPECT_EQ(at(b, b.index.model), R"("a\u0062")");
}

TEST(body_index, a_model_deeper_in_the_body_is_not_the_model) {
    EXPECT_EQ(outcome(with(R"(,"metadata":{"model":1,"messages":2},"model_x":3)")), "ok");
}

TEST(body_index, max_tokens_is_read_where_it_is_an_integer) {
    const std::vector<std::pair<std::string, std::int64_t>> cases = {
        {R"(,"max_tokens":7)", 7},
        {R"(,"max_completion_tokens":8)", 8},
        {R"(,"max_completion_tokens":8,"max_tokens":7)", 7},
        {R"(,"max_tokens":7.5)", -1},
        {R"(,"max_tokens":"7")", -1},
        {R"(,"max_tokens":99999999999999999999)", -1},
        {R"(,"max_tokens":null,"max_completion_tokens":8)", 8},
        {R"(,"max_tokens":-3)", -1},
        {R"(,"max_tokens":[1])", -1},
    };
    for (const auto& [member, wanted] : cases) {
        EXPECT_EQ(indexed_body(with(member)).index.max_tokens.value_or(-1), wanted) << member;
    }
}

TEST(body_index, words_that_are_a_choice_are_told_apart) {
    const auto choice = [](const char* value) {
        return indexed_body(with(",\"tool_choice\":" + std::string(value))).index.tool_choice;
    };
    EXPECT_EQ(choice("\"auto\""), tool_choice_word::automatic);
    EXPECT_EQ(choice("\"none\""), tool_choice_word::none);
    EXPECT_EQ(choice("\"required\""), tool_choice_word::required);
    EXPECT_EQ(choice(R"({"type":"function","function":{"name":"f"}})"), tool_choice_word::named);
    EXPECT_EQ(choice(R"({"function":{"name":"auto"},"type":"function"})"), tool_choice_word::named);
    EXPECT_EQ(choice(R"({"function":{"name":"f","type":"auto"}})"), tool_choice_word::named);
    EXPECT_EQ(choice(R"({"type":"auto"})"), tool_choice_word::automatic);
    EXPECT_EQ(choice(R"({"type":"a\u0075to"})"), tool_choice_word::automatic);
    EXPECT_EQ(choice(R"({"type":"none"})"), tool_choice_word::none);
    EXPECT_EQ(choice(R"({"type":"required"})"), tool_choice_word::required);
    EXPECT_EQ(choice(R"({"disable_parallel_tool_use":true,"type":"any"})"), tool_choice_word::required);
    EXPECT_EQ(choice(R"({"type":"allowed_tools"})"), tool_choice_word::other);
    EXPECT_EQ(choice("null"), tool_choice_word::unsaid);
    EXPECT_EQ(choice("\"any\""), tool_choice_word::other);
    EXPECT_EQ(choice("5"), tool_choice_word::other);
    const auto thinking = [](const char* value) {
        return indexed_body(with(",\"thinking\":" + std::string(value))).index.thinking;
    };
    EXPECT_EQ(thinking(R"({"type":"disabled"})"), thinking_word::disabled);
    EXPECT_EQ(thinking(R"({"x":1,"type":"enabled"})"), thinking_word::enabled);
    EXPECT_EQ(thinking(R"({"type":"adaptive"})"), thinking_word::adaptive);
    EXPECT_EQ(thinking(R"({"type":"often"})"), thinking_word::other);
    EXPECT_EQ(thinking("null"), thinking_word::unsaid);
    EXPECT_EQ(thinking(R"({"type":null})"), thinking_word::unsaid);
    EXPECT_EQ(thinking("{}"), thinking_word::other);
    EXPECT_EQ(thinking("true"), thinking_word::other);
    const auto format = [](const char* value) {
        return indexed_body(with(",\"response_format\":" + std::string(value))).index.response_format;
    };
    EXPECT_EQ(format(R"({"type":"text"})"), response_format_word::text);
    EXPECT_EQ(format(R"({"type":"json_object"})"), response_format_word::json_object);
    EXPECT_EQ(format("{}"), response_format_word::other);
    EXPECT_EQ(format("null"), response_format_word::unsaid);
    EXPECT_FALSE(indexed_body(with(R"(,"stream":null)")).index.stream);
    EXPECT_EQ(indexed_body(with(R"(,"reasoning_effort":3)")).index.effort, "");
}

TEST(body_index, an_effort_that_is_null_is_unsaid_in_each_api) {
    const std::pair<api_kind, std::string> all[] = {
        {api_kind::chat, with(R"(,"reasoning_effort": null)")},
        {api_kind::responses, R"({"model":"a","input":"x","reasoning":{"effort":null,"summary":"auto"}})"},
        {api_kind::messages,
         R"({"model":"a","messages":[{"role":"user"}],"output_config":{"effort":null}})"}};
    for (const auto& [api, body] : all) {
        const indexed_body b(body, api);
        EXPECT_FALSE(b.index.effort) << body;
        EXPECT_TRUE(b.index.effort_value.empty()) << body;
    }
    EXPECT_EQ(outcome(with(R"(,"reasoning_effort":nul)")), "malformed_json");
    EXPECT_EQ(outcome(with(R"(,"thinking":{"type":nil})")), "malformed_json");
    EXPECT_EQ(outcome(with(R"(,"reasoning_effort":null,"reasoning_effort":"low")")),
              "invalid_field reasoning_effort");
}

// A digit for each message: 1 where the client has begun it for the model.
std::string prefixes(const std::string& messages) {
    const indexed_body b(R"({"model":"a","messages":[)" + messages + "]}");
    std::string out;
    for (const message& m : b.index.messages) out += m.prefix ? '1' : '0';
    return out;
}

TEST(body_index, a_prefix_is_the_last_message_of_an_assistant_that_says_so) {
    const std::string user = R"({"role":"user","content":"x"})";
    const std::string begun = R"({"prefix":true,"role":"assistant","content":"It is "})";
    EXPECT_EQ(prefixes(user + "," + begun), "01");
    EXPECT_EQ(prefixes(begun + "," + user), "00") << "it was gone on with, and is a turn like any other";
    EXPECT_EQ(prefixes(user + R"(,{"role":"user","content":"x","prefix":true})"), "00");
    for (const char* no : {"false", "null", "1", "\"true\"", "[true]"}) {
        EXPECT_EQ(prefixes(user + R"(,{"role":"assistant","content":"x","prefix":)" + no + "}"), "00") << no;
    }
}

TEST(body_index, types_of_tools_are_noted_once_and_functions_not_at_all) {
    const indexed_body b(with(R"(,"tools":[{"type":"function","function":{"name":"f","type":"x"}},)"
                              R"({"type":"search"},{"a":1,"type":"re\u0061d"},{"type":"search"},{},7,)"
                              R"({"type":null},{"type":["y"]}])"));
    EXPECT_EQ(b.index.tools, 8u);
    EXPECT_EQ(b.index.tool_types, (std::vector<std::string>{"search", "read"}));
    std::string many;
    for (int i = 0; i < 1000; ++i) many += (i ? "," : "") + (R"({"type":"t)" + std::to_string(i) + "\"}");
    const indexed_body bounded(with(",\"tools\":[" + many + "]"));
    EXPECT_EQ(bounded.index.tools, 1000u);
    EXPECT_LT(bounded.index.tool_types.size(), 100u);
    EXPECT_EQ(outcome(with(R"(,"tools":[{},{"type":"a","type":"b"}])")), "invalid_field tools[1].type");
}

TEST(body_index, files_are_counted_and_are_no_text) {
    const std::string by_id = R"({"type":"file","file":{"file_id":"file-1"}})";
    const std::string inlined =
        R"({"file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,AA"},)"
        R"("type":"file"})";
    const indexed_body b(R"({"model":"a","messages":[{"role":"user","content":[{"type":"text","text":"x"},)" +
                         by_id + "," + inlined + "]}]}");
    EXPECT_EQ(b.index.files, 2u);
    EXPECT_EQ(b.index.images, 0u);
    EXPECT_EQ(b.index.image_bytes, by_id.size() + inlined.size());
    EXPECT_EQ(indexed_body(sample).index.files, 0u);
}

TEST(body_index, roles_are_told_apart_and_calls_belong_to_assistants) {
    const indexed_body b(R"({"model":"a","messages":[{"role":"developer"},{"role":"user",)"
                         R"("tool_calls":[{"id":"x"}],"reasoning_content":"r"},
        {"role":"function"},
        {"tool_calls":[{"id":"y"}],"role":"assistant","reasoning_content":null},
        {"tool_call_id":"\u0079","role":"too\u006c"}]})");
    const auto& m = b.index.messages;
    ASSERT_EQ(m.size(), 5u);
    EXPECT_EQ(m[0].from, speaker::system);
    EXPECT_TRUE(m[0].developer);
    EXPECT_EQ(at(b, m[0].role), "\"developer\"");
    EXPECT_FALSE(m[1].developer);
    EXPECT_EQ(m[1].from, speaker::user);
    EXPECT_EQ(m[1].call_count, 0u);
    EXPECT_FALSE(m[1].reasoning);
    EXPECT_EQ(m[2].from, speaker::other);
    EXPECT_EQ(m[3].call_count, 1u);
    EXPECT_FALSE(m[3].reasoning);
    EXPECT_EQ(m[4].from, speaker::tool);
    ASSERT_EQ(b.index.calls.size(), 1u);
    EXPECT_EQ(b.index.calls[0].message, 3u);
    EXPECT_EQ(b.index.results.size(), 1u);
}

TEST(body_index, members_of_other_types_are_left_to_the_upstream) {
    for (const char* member :
         {R"(,"tools":{})", R"(,"tools":null)", R"(,"thinking":[])", R"(,"response_format":1)",
          R"(,"max_tokens":{})", R"(,"reasoning_effort":[])"}) {
        EXPECT_EQ(outcome(with(member)), "ok") << member;
    }
    for (const char* message :
         {R"({"role":"user","content":5})", R"({"role":"assistant","tool_calls":{}})",
          R"({"role":"assistant","tool_calls":[1,null,{"function":2}]})",
          R"({"role":"user","content":["a",{"type":3},[]]})", R"({"role":"x","reasoning_content":{}})"}) {
        EXPECT_EQ(outcome(R"({"model":"a","messages":[)" + std::string(message) + "]}"), "ok") << message;
    }
}

TEST(body_index, a_parser_that_grew_is_freed) {
    body_indexer indexer;
    ASSERT_TRUE(indexer.read(api_kind::chat, padded_text(with("")), limits{}));
    EXPECT_GT(indexer.kept_bytes(), 0u);
    ASSERT_TRUE(indexer.read(api_kind::chat,
                             padded_text(with(",\"x\":\"" + std::string(4'000'000, 'a') + "\"")), limits{}));
    EXPECT_LE(indexer.kept_bytes(), 1024u * 1024u);
    ASSERT_TRUE(indexer.read(api_kind::chat, padded_text(with("")), limits{}));
}

TEST(body_index, bytes_behind_the_body_do_not_count) {
    const std::string text = with("");
    const padded_text longer(text + "]]]]garbage\"\"");
    body_indexer indexer;
    EXPECT_TRUE(indexer.read(api_kind::chat, padded_view(padded_view(longer).data(), text.size()), limits{}));
}

}  // namespace
}  // namespace weir::dialect
