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

const std::string asked = "(asked)";

std::string text_key(std::string_view text, const std::string& question = asked) {
    return "text:" + hex(sha256(text)) + ":" + question;
}

answer_turn said(std::string text, std::vector<std::string> calls) {
    answer_turn turn;
    turn.text = std::move(text);
    turn.call_ids = std::move(calls);
    return turn;
}

// The keys of the last message.
keys of_last(api_kind api, std::string_view body) {
    const indexed_body b(body, api);
    return turn_keys(b.body, b.index, b.index.messages.size() - 1, asked);
}

TEST(turn_keys, calls_come_before_the_text) {
    EXPECT_EQ(turn_keys(said("hello", {"call_1", "call_2"}), asked),
              (keys{"call:call_1", "call:call_2", text_key("hello")}));
    EXPECT_EQ(turn_keys(said("", {"call_1"}), asked), keys{"call:call_1"});
    EXPECT_EQ(turn_keys(said("hello", {}), asked), keys{text_key("hello")});
    EXPECT_EQ(turn_keys(said("", {""}), asked), keys{});
}

TEST(turn_keys, the_same_words_to_another_question_are_another_turn) {
    EXPECT_NE(turn_keys(said("Yes.", {}), "a"), turn_keys(said("Yes.", {}), "b"));
}

TEST(turn_keys, white_space_at_both_ends_does_not_count) {
    EXPECT_EQ(turn_keys(said("\n\n a  b \t\r\n", {}), asked), keys{text_key("a  b")});
    EXPECT_EQ(turn_keys(said(" \n", {}), asked), keys{});
}

TEST(turn_keys, an_answer_that_was_not_kept_whole_has_none) {
    answer_turn turn = said("hello", {"call_1"});
    turn.overflow = true;
    EXPECT_EQ(turn_keys(turn, asked), keys{});
}

TEST(turn_keys, a_turn_of_chat_has_the_keys_of_its_answer) {
    const std::string call =
        R"("tool_calls":[{"id":"call\/1","type":"function","function":{"name":"f","arguments":""}}])";
    const auto last = [](const std::string& members) {
        return of_last(api_kind::chat,
                       R"({"model":"m","messages":[{"role":"user"},{"role":"assistant")" + members + "}]}");
    };
    for (const std::string content :
         {R"("h\u00e9llo \"you\"")", "\"h\xC3\xA9llo \\u0022you\\\" \\n\"",
          R"([{"type":"text","text":"h\u00e9llo "},{"type":"text","text":"\"you\""}])",
          R"([{"text":"h\u00e9llo \"y\u006fu\"","type":"text"},{"type":"refusal","text":"no"}])"}) {
        EXPECT_EQ(last(",\"content\":" + content), turn_keys(said("h\xC3\xA9llo \"you\"", {}), asked))
            << content;
        EXPECT_EQ(last(",\"content\":" + content + "," + call),
                  turn_keys(said("h\xC3\xA9llo \"you\"", {"call/1"}), asked))
            << content;
    }
    EXPECT_EQ(last(",\"content\":null," + call), keys{"call:call/1"});
    EXPECT_EQ(last(""), keys{});
}

TEST(turn_keys, each_turn_has_its_own_calls) {
    const indexed_body b(
        R"({"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"a"},{"id":"b"}]},)"
        R"({"role":"tool","tool_call_id":"a","content":"1"},)"
        R"({"role":"tool","tool_call_id":"b","content":"2"},)"
        R"({"role":"assistant","tool_calls":[{"id":"c"},{"function":{"name":"no id"}}]}]})");
    EXPECT_EQ(turn_keys(b.body, b.index, 0, asked), (keys{"call:a", "call:b"}));
    EXPECT_EQ(turn_keys(b.body, b.index, 3, asked), keys{"call:c"});
    EXPECT_EQ(turn_keys(b.body, b.index, 4, asked), keys{}) << "no such message";
}

TEST(turn_keys, a_turn_of_messages_has_the_keys_of_its_answer) {
    EXPECT_EQ(
        of_last(api_kind::messages,
                R"({"model":"m","messages":[{"role":"user","content":"x"},{"role":"assistant","content":[)"
                R"({"type":"text","text":"first "},)"
                R"({"type":"tool_use","id":"toolu_1","name":"f","input":{"type":"text","text":"inner"}},)"
                R"({"type":"text","text":"second"}]}]})"),
        turn_keys(said("first second", {"toolu_1"}), asked));
    EXPECT_EQ(of_last(api_kind::messages, R"({"model":"m","messages":[{"role":"user","content":"x"},)"
                                          R"({"role":"assistant","content":"said"}]})"),
              keys{text_key("said")});
}

TEST(question_finder, finds_what_the_user_said_last_before_each_turn) {
    const indexed_body b(
        R"({"model":"m","messages":[{"role":"assistant","content":"Hi."},)"
        R"({"role":"user","content":"o\u006ee "},)"
        R"({"role":"assistant","tool_calls":[{"id":"a"}]},{"role":"tool","tool_call_id":"a","content":"1"},)"
        R"({"role":"assistant","content":"x"},{"role":"user","content":[{"type":"text","text":"two"}]}]})");
    question_finder questions(b.body, b.index);
    EXPECT_EQ(questions.before(0), "");
    EXPECT_EQ(questions.before(2), hex(sha256("one")));
    EXPECT_EQ(questions.before(4), hex(sha256("one"))) << "a tool's result asks nothing new";
    EXPECT_EQ(questions.before(6), hex(sha256("two"))) << "the answer to come";
    EXPECT_EQ(questions.before(9), hex(sha256("two")));
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
