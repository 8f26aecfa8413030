#include "weir/dialect/mends.hpp"

#include "mends_support.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace weir::dialect {
namespace {

using nlohmann::json;
using test::all_on;
using test::expect_left;
using test::expect_mend;
using test::mended;

std::string chat_of(std::string_view turns, std::string_view more = "") {
    return R"({"model":"m",)" + std::string(more) + R"("messages":[)" + std::string(turns) + "]}";
}

// ---- developer_role ----

TEST(mends, developer_role_becomes_system) {
    const mend m = mend::developer_role;
    expect_mend(m, api_kind::chat,
                chat_of(R"({"role" : "developer","content":"a"},{"role":"user","content":"b"})"),
                chat_of(R"({"role" : "system","content":"a"},{"role":"user","content":"b"})"));
    expect_mend(m, api_kind::chat,
                chat_of(R"({"content":"developer","role":"dev\u0065loper"},{"role":"developer"})"),
                chat_of(R"({"content":"developer","role":"system"},{"role":"system"})"));
}

TEST(mends, developer_role_is_left_where_it_is_known_or_only_mentioned) {
    expect_left(api_kind::chat, chat_of(R"({"role":"user","content":"developer","name":"developer"})"));
    expect_left(api_kind::chat,
                chat_of(R"({"role":"system","content":[{"type":"text","text":"developer"}]})"));
    expect_left(
        api_kind::responses,
        R"({"model":"m","input":[{"role":"developer","content":"a"},{"role":"user","content":"b"}]})");
}

// ---- json_schema ----

constexpr std::string_view schema_text = "{ \"type\":\"object\",\n\t\"title\":\"say \\\"hi\\\" \xC3\xA9\" }";

std::string format_of(std::string_view schema) {
    return R"("response_format": {"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":)" +
           std::string(schema) + "}},";
}

TEST(mends, json_schema_becomes_json_object_and_a_message_at_the_end) {
    const std::string body = chat_of(R"({"role":"user","content":"b"} )", format_of(schema_text));
    const mended m(api_kind::chat, body, all_on());
    EXPECT_EQ(m.made.made.text(), "json_schema");
    EXPECT_EQ(m.made.schema, schema_text);
    const std::string_view start = R"({"model":"m","response_format": {"type":"json_object"},"messages":[)"
                                   R"({"role":"user","content":"b"} ,{"role":"system","content":")";
    EXPECT_TRUE(m.text.starts_with(start)) << m.text;
    const json sent = json::parse(m.text);
    ASSERT_EQ(sent["messages"].size(), 2u);
    const auto content = sent["messages"][1]["content"].get<std::string>();
    EXPECT_NE(content.find("JSON"), std::string::npos) << content;
    EXPECT_TRUE(content.ends_with(schema_text)) << content;

    mend_request about = all_on();
    about.on.remove(mend::json_schema);
    EXPECT_EQ(mended(api_kind::chat, body, about).text, body);
    EXPECT_EQ(mended(api_kind::chat, body, about).made.schema, "");
}

TEST(mends, json_schema_leaves_the_last_word_to_a_prefix) {
    const std::string body = chat_of(
        R"({"role":"user","content":"b"},{"role":"assistant","content":"{","prefix":true})", format_of("{}"));
    const json sent = json::parse(mended(api_kind::chat, body, all_on()).text);
    ASSERT_EQ(sent["messages"].size(), 3u);
    EXPECT_EQ(sent["messages"][1]["role"], "system");
    EXPECT_EQ(sent["messages"][2]["prefix"], true);
}

TEST(mends, json_schema_without_a_schema_is_left) {
    const std::string user = R"({"role":"user","content":"b"})";
    expect_left(api_kind::chat, chat_of(user, format_of("null")));
    expect_left(api_kind::chat, chat_of(user, format_of("\"x\"")));
    expect_left(api_kind::chat, chat_of(user, R"("response_format":{"type":"json_schema"},)"));
    expect_left(api_kind::chat, chat_of(user, R"("response_format":{"type":"json_object"},)"));
    expect_left(api_kind::chat,
                chat_of(user, R"("response_format":{"type":"text","json_schema":{"schema":{}}},)"));
    expect_left(api_kind::responses,
                R"({"model":"m","input":"x","text":{"format":{"type":"json_schema","schema":{}}}})");
}

// ---- reasoning, reasoning_empty ----

mend_request giving(std::vector<restored_reasoning> back) {
    mend_request about = all_on();
    about.reasoning = std::move(back);
    return about;
}

TEST(mends, reasoning_is_put_back_in_chat) {
    const mend m = mend::reasoning;
    const mend_request about = giving({{1, "so \"it\"\n\x01is", "", true}});
    const std::string user = R"({"role":"user"},)";
    expect_mend(
        m, api_kind::chat, chat_of(user + R"({ "role":"assistant","content":"a"})"),
        chat_of(user + R"({"reasoning_content":"so \"it\"\n\u0001is", "role":"assistant","content":"a"})"),
        about);
    for (const std::string was : {"null", "5", "{\"a\":1}"}) {
        expect_mend(
            m, api_kind::chat, chat_of(user + R"({"role":"assistant","reasoning_content": )" + was + "}"),
            chat_of(user + R"({"role":"assistant","reasoning_content": "so \"it\"\n\u0001is"})"), about);
    }
}

TEST(mends, reasoning_that_is_there_is_left) {
    const mend_request about = giving({{0, "new", "", true}, {1, "new", "", true}, {7, "new", "", true}});
    expect_left(api_kind::chat, chat_of(R"({"role":"assistant","reasoning_content":""},{"role":"user"})"),
                about);
    expect_left(
        api_kind::messages,
        R"({"model":"m","messages":[{"role":"assistant","content":[{"type":"thinking","thinking":""}]},)"
        R"({"role":"user","content":"x"}]})",
        about);
    expect_left(api_kind::responses,
                R"({"model":"m","input":[{"role":"assistant","content":"a"},{"role":"user","content":"b"}]})",
                about);
}

TEST(mends, reasoning_is_not_put_into_a_turn_that_the_client_has_begun) {
    const std::string user = R"({"role":"user","content":"x"})";
    const std::string begun = R"({"role":"assistant","content":"It is ","prefix":true})";
    const auto body = [](const std::string& turns) { return R"({"model":"m","messages":[)" + turns + "]}"; };
    mend_request about = all_on();
    about.reasoning = {{1, "t", "", true}};
    expect_left(api_kind::chat, body(user + "," + begun), about);
    about.reasoning = {{1, "", "", false}};
    expect_left(api_kind::chat, body(user + "," + begun), about);
    const mended earlier(api_kind::chat, body(user + "," + begun + "," + user), about);
    EXPECT_EQ(earlier.made.made.text(), "reasoning_empty");
}

TEST(mends, reasoning_is_not_put_into_a_call_that_does_not_think) {
    mend_request about = giving({{0, "new", "", true}});
    about.thinking = false;
    expect_left(api_kind::chat, chat_of(R"({"role":"assistant"},{"role":"user"})"), about);
}

TEST(mends, reasoning_is_given_to_a_turn_once) {
    const mended m(api_kind::chat, chat_of(R"({"role":"assistant"})"),
                   giving({{0, "first", "", true}, {0, "second", "", false}}));
    EXPECT_EQ(m.text, chat_of(R"({"reasoning_content":"first","role":"assistant"})"));
    EXPECT_EQ(m.made.made.text(), "reasoning");
}

std::string turn_of(std::string_view content) {
    return R"({"model":"m","messages":[{"role":"user","content":"x"},{"role":"assistant","content":)" +
           std::string(content) + "}]}";
}

TEST(mends, reasoning_is_a_first_block_in_messages) {
    const mend m = mend::reasoning;
    const mend_request about = giving({{1, "so\n", "sig\"", true}});
    const std::string block = R"({"type":"thinking","thinking":"so\n","signature":"sig\""})";
    expect_mend(m, api_kind::messages, turn_of(R"([ {"type":"text","text":"a"}])"),
                turn_of("[" + block + R"(, {"type":"text","text":"a"}])"), about);
    expect_mend(m, api_kind::messages, turn_of("[ ]"), turn_of("[" + block + " ]"), about);
    expect_mend(m, api_kind::messages, turn_of(R"("say \u0061\n")"),
                turn_of("[" + block + R"(,{"type":"text","text":"say \u0061\n"}])"), about);
    expect_left(api_kind::messages, turn_of("null"), about);
}

TEST(mends, reasoning_empty_is_put_in_where_custody_has_none) {
    const mend m = mend::reasoning_empty;
    const mend_request about = giving({{1, "", "", false}});
    const std::string user = R"({"role":"user"},)";
    expect_mend(m, api_kind::chat, chat_of(user + R"({"role":"assistant"})"),
                chat_of(user + R"({"reasoning_content":"","role":"assistant"})"), about);
    expect_mend(m, api_kind::messages, turn_of("[]"),
                turn_of(R"([{"type":"thinking","thinking":"","signature":""}])"), about);
    mend_request both = giving({{1, "", "", false}, {2, "kept", "", true}});
    const std::string two = chat_of(user + R"({"role":"assistant"},{"role":"assistant"})");
    EXPECT_EQ(mended(api_kind::chat, two, both).made.made.text(), "reasoning, reasoning_empty");
    both.on.remove(mend::reasoning);
    EXPECT_EQ(mended(api_kind::chat, two, both).text,
              chat_of(user + R"({"reasoning_content":"","role":"assistant"},{"role":"assistant"})"));
}

// ---- together ----

TEST(mends, all_of_chats_mends_go_together) {
    const std::vector<std::pair<std::string, std::string>> aliases{{"ultra", "max"}};
    mend_request about = giving({{1, "thought", "", true}, {2, "", "", false}});
    about.model = "sent";
    about.effort_aliases = aliases;
    about.output_tokens_max = 10;
    about.usage_on_request = true;
    const std::string body =
        R"({"max_tokens":null, "stream":true,"model":"auto","max_completion_tokens":100,)"
        R"("messages":[{"role":"developer"},{"role":"assistant"},)"
        R"({"role":"assistant","reasoning_content":null}],)"
        R"("reasoning_effort":"ultra","user_id":"a b",)" +
        format_of("{\"type\":\"object\"}") + R"("temperature":0.70})";
    const mended m(api_kind::chat, body, about);
    EXPECT_EQ(m.made.made.text(),
              "developer_role, max_completion_tokens, effort_alias, user_id, json_schema, max_tokens, "
              "include_usage, reasoning, reasoning_empty");
    const json want = json::parse(
        R"({"stream":true,"model":"sent","stream_options":{"include_usage":true},"max_tokens":10,)"
        R"("reasoning_effort":"max","user_id":"u_c8687a08aa5d6ed2044328fa6a697ab8",)"
        R"("response_format":{"type":"json_object"},"temperature":0.70})");
    json sent = json::parse(m.text);
    EXPECT_EQ(sent["messages"][0]["role"], "system");
    EXPECT_EQ(sent["messages"][1]["reasoning_content"], "thought");
    EXPECT_EQ(sent["messages"].back()["reasoning_content"], "");
    EXPECT_EQ(sent["messages"].size(), 4u);
    sent.erase("messages");
    EXPECT_EQ(sent, want) << m.text;
    EXPECT_NE(m.text.find(R"("temperature":0.70})"), std::string::npos) << "numbers stay as written";
}

}  // namespace
}  // namespace weir::dialect
