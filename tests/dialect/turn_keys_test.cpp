#include "weir/dialect/turn_keys.hpp"

#include "weir/base/digest.hpp"

#include "support.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace weir::dialect {
namespace {

using test::indexed_body;
using keys = std::vector<std::string>;

std::string text_key(std::string_view text) { return "text:" + hex(sha256(text)); }

answer_turn said(std::string text, std::vector<std::string> calls) {
    answer_turn turn;
    turn.text = std::move(text);
    turn.call_ids = std::move(calls);
    return turn;
}

// The keys of the last message.
keys of_last(api_kind api, std::string_view body) {
    const indexed_body b(body, api);
    return turn_keys(b.body, b.index, b.index.messages.size() - 1);
}

TEST(turn_keys, calls_come_before_the_text) {
    EXPECT_EQ(turn_keys(said("hello", {"call_1", "call_2"})),
              (keys{"call:call_1", "call:call_2", text_key("hello")}));
    EXPECT_EQ(turn_keys(said("", {"call_1"})), keys{"call:call_1"});
    EXPECT_EQ(turn_keys(said("hello", {})), keys{text_key("hello")});
    EXPECT_EQ(turn_keys(said("", {""})), keys{});
}

TEST(turn_keys, white_space_at_both_ends_does_not_count) {
    EXPECT_EQ(turn_keys(said("\n\n a  b \t\r\n", {})), keys{text_key("a  b")});
    EXPECT_EQ(turn_keys(said(" \n", {})), keys{});
}

TEST(turn_keys, an_answer_that_was_not_kept_whole_has_none) {
    answer_turn turn = said("hello", {"call_1"});
    turn.overflow = true;
    EXPECT_EQ(turn_keys(turn), keys{});
}

TEST(turn_keys, a_turn_of_chat_has_the_keys_of_its_answer) {
    const keys want = turn_keys(said("h\xC3\xA9llo \"you\"", {"call/1"}));
    const std::string turn =
        R"("tool_calls":[{"id":"call\/1","type":"function","function":{"name":"f","arguments":""}}])";
    for (const std::string content :
         {R"("h\u00e9llo \"you\"")", "\"h\xC3\xA9llo \\u0022you\\\" \\n\"",
          R"([{"type":"text","text":"h\u00e9llo "},{"type":"text","text":"\"you\""}])",
          R"([{"text":"h\u00e9llo \"y\u006fu\"","type":"text"},{"type":"refusal","text":"no"}])"}) {
        EXPECT_EQ(of_last(api_kind::chat,
                          R"({"model":"m","messages":[{"role":"user"},{"role":"assistant","content":)" +
                              content + "," + turn + "}]}"),
                  want)
            << content;
    }
    EXPECT_EQ(of_last(api_kind::chat,
                      R"({"model":"m","messages":[{"role":"assistant","content":null,)" + turn + "}]}"),
              keys{"call:call/1"});
    EXPECT_EQ(of_last(api_kind::chat, R"({"model":"m","messages":[{"role":"assistant"}]})"), keys{});
}

TEST(turn_keys, each_turn_has_its_own_calls) {
    const indexed_body b(
        R"({"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"a"},{"id":"b"}]},)"
        R"({"role":"tool","tool_call_id":"a","content":"1"},)"
        R"({"role":"tool","tool_call_id":"b","content":"2"},)"
        R"({"role":"assistant","tool_calls":[{"id":"c"},{"function":{"name":"no id"}}]}]})");
    EXPECT_EQ(turn_keys(b.body, b.index, 0), (keys{"call:a", "call:b"}));
    EXPECT_EQ(turn_keys(b.body, b.index, 3), keys{"call:c"});
    EXPECT_EQ(turn_keys(b.body, b.index, 4), keys{}) << "no such message";
}

TEST(turn_keys, a_turn_of_messages_has_the_keys_of_its_answer) {
    const keys want = turn_keys(said("first second", {"toolu_1"}));
    EXPECT_EQ(
        of_last(api_kind::messages,
                R"({"model":"m","messages":[{"role":"user","content":"x"},{"role":"assistant","content":[)"
                R"({"type":"text","text":"first "},)"
                R"({"type":"tool_use","id":"toolu_1","name":"f","input":{"type":"text","text":"inner"}},)"
                R"({"type":"text","text":"second"}]}]})"),
        want);
    EXPECT_EQ(of_last(api_kind::messages, R"({"model":"m","messages":[{"role":"user","content":"x"},)"
                                          R"({"role":"assistant","content":"said"}]})"),
              keys{text_key("said")});
}

std::vector<std::size_t> lacking(api_kind api, std::string_view body) {
    return turns_without_reasoning(indexed_body(body, api).index);
}
using turns = std::vector<std::size_t>;

constexpr std::string_view chat_tools = R"("tools":[{"type":"function","function":{"name":"f"}}],)";

TEST(turns_without_reasoning, every_turn_of_the_assistant_needs_it_where_tools_are_offered) {
    const std::string turns_of_chat =
        R"("messages":[{"role":"system","content":"s"},{"role":"assistant","content":"a"},)"
        R"({"role":"assistant","content":"b","reasoning_content":"r"},)"
        R"({"role":"assistant","content":"c","reasoning_content":""},)"
        R"({"role":"assistant","content":"d","reasoning_content":null},{"role":"user","content":"u"}]})";
    EXPECT_EQ(lacking(api_kind::chat, R"({"model":"m",)" + std::string(chat_tools) + turns_of_chat),
              (turns{1, 4}));
    EXPECT_EQ(lacking(api_kind::chat, R"({"model":"m",)" + turns_of_chat), turns{}) << "no tools";
    EXPECT_EQ(lacking(api_kind::chat, R"({"model":"m","tools":[],)" + turns_of_chat), turns{});
}

TEST(turns_without_reasoning, messages_need_thinking_blocks) {
    const std::string tools = R"("tools":[{"name":"f","input_schema":{}}],)";
    EXPECT_EQ(lacking(api_kind::messages,
                      R"({"model":"m",)" + tools +
                          R"("messages":[{"role":"user","content":"x"},{"role":"assistant","content":"a"},)"
                          R"({"role":"assistant","content":[{"type":"thinking","thinking":"t"}]},)"
                          R"({"role":"assistant","content":[{"type":"redacted_thinking","data":"t"}]},)"
                          R"({"role":"assistant","content":[{"type":"text","text":"t"}]}]})"),
              (turns{1, 4}));
}

TEST(turns_without_reasoning, responses_and_completions_never_lack_it) {
    EXPECT_EQ(lacking(api_kind::responses,
                      R"({"model":"m","tools":[{"type":"function","name":"f"}],)"
                      R"("input":[{"role":"user","content":"x"},{"role":"assistant","content":"a"}]})"),
              turns{});
    EXPECT_EQ(lacking(api_kind::completions, R"({"model":"m","prompt":"x"})"), turns{});
}

}  // namespace
}  // namespace weir::dialect
