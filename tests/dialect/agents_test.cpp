// What coding agents send, in their shapes: whose turn it is, and what the human asked.

#include "weir/dialect/ask.hpp"

#include "support.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace weir::dialect {
namespace {

using nlohmann::ordered_json;

constexpr const char* request = "create hello.txt with one line, then cat it";

struct agent_case {
    std::string agent;
    api_kind api;
    std::string body;
    turn kind;
    std::uint32_t calls = 0;
    std::uint32_t failed = 0;
};

ordered_json parsed(const char* text) { return ordered_json::parse(text); }

// A body with more messages: those after a first round of tools.
std::string grown(const std::string& body, const char* list, const char* more) {
    auto json = ordered_json::parse(body);
    for (auto& m : parsed(more)) json[list].push_back(m);
    return json.dump();
}

const std::string opencode = R"({"model":"auto","max_tokens":32000,"messages":[
    {"role":"system","content":"You are a coding agent in a terminal."},
    {"role":"user","content":"create hello.txt with one line, then cat it"}],
  "tools":[{"type":"function","function":{"name":"bash","parameters":{}}}],"tool_choice":"auto",
  "stream":true,"stream_options":{"include_usage":true}})";

const std::string opencode_title = R"({"model":"auto","max_tokens":32000,"messages":[
    {"role":"system","content":"You are a title generator. You output only a title."},
    {"role":"user","content":"Generate a title for this conversation:\n"},
    {"role":"user","content":"create hello.txt with one line, then cat it"}],
  "reasoning_effort":"low","stream":true,"stream_options":{"include_usage":true}})";

const std::string codex = R"({"model":"auto","instructions":"You are a coding agent.","input":[
    {"type":"message","role":"developer","content":[{"type":"input_text",
      "text":"<permissions>x</permissions>"}]},
    {"type":"message","role":"developer","content":[{"type":"input_text","text":"Use the tools."}]},
    {"type":"message","role":"user","content":[{"type":"input_text",
      "text":"<environment_context>\n<cwd>/home/x</cwd>\n</environment_context>"}]},
    {"type":"message","role":"user","content":[{"type":"input_text",
      "text":"create hello.txt with one line, then cat it"}]}],
  "tools":[{"type":"function","name":"shell"}],"tool_choice":"auto","parallel_tool_calls":false,
  "reasoning":{"effort":"high","summary":"auto"},"store":false,"stream":true,
  "include":["reasoning.encrypted_content"],"prompt_cache_key":"0199",
  "client_metadata":{"turn":"1"}})";

const std::string claude_code = R"({"model":"auto","messages":[
    {"role":"user","content":[
      {"type":"text","text":"<system-reminder>\nproject notes: refactor everything\n</system-reminder>"},
      {"type":"text","text":"create hello.txt with one line, then cat it",
      "cache_control":{"type":"ephemeral"}}]},
    {"role":"system","content":"More tools may come."}],
  "system":[{"type":"text","text":"x-anthropic-billing-header: cc_version=2"},
    {"type":"text","text":"You are a coding agent.","cache_control":{"type":"ephemeral"}}],
  "tools":[{"name":"Bash","input_schema":{"type":"object"}}],
  "metadata":{"user_id":"{\"device_id\":\"d\",\"session_id\":\"s\"}"},"max_tokens":32000,
  "thinking":{"type":"adaptive"},"context_management":{"edits":[]},"output_config":{"effort":"high"},
  "stream":true})";

const std::string qwen_code = R"({"model":"auto","messages":[
    {"role":"system","content":"You are an interactive agent."},
    {"role":"user","content":[{"type":"text",
      "text":"<system-reminder>This is the agent, setting up the context.</system-reminder>"}]},
    {"role":"assistant","content":"Got it. Thanks for the context!"},
    {"role":"user","content":[{"type":"text","text":"create hello.txt with one line, then cat it"}]}],
  "tools":[{"type":"function","function":{"name":"run_shell_command"}}],"temperature":0,"max_tokens":8000,
  "stream":true,"stream_options":{"include_usage":true}})";

const std::string cline = R"({"model":"auto","temperature":0,"messages":[
    {"role":"system","content":"You are a software engineer."},
    {"role":"user","content":
      "create hello.txt with one line, then cat it\n<environment_details>\nfiles\n</environment_details>"}],
  "tools":[{"type":"function","function":{"name":"execute_command"}}],"tool_choice":"auto","stream":true,
  "stream_options":{"include_usage":true}})";

const std::string continue_cli = R"({"model":"auto","messages":[
    {"role":"system","content":"You are an agent in the Continue CLI."},
    {"role":"user","content":"create hello.txt with one line, then cat it"}],
  "tools":[{"type":"function","function":{"name":"Bash"}}],"thinking":{"type":"disabled"},"stream":true,
  "stream_options":{"include_usage":true}})";

const std::string pi = R"({"model":"auto","messages":[
    {"role":"developer","content":"You are a coding assistant."},
    {"role":"user","content":[{"type":"text","text":"create hello.txt with one line, then cat it"}]}],
  "tools":[{"type":"function","function":{"name":"bash"}}],"store":false,"max_completion_tokens":32000,
  "thinking":{"type":"enabled"},"reasoning_effort":"medium","stream":true,
  "stream_options":{"include_usage":true}})";

constexpr const char* chat_round = R"([
    {"role":"assistant","content":"","reasoning_content":"I will.","tool_calls":[
      {"id":"call_0","type":"function","function":{"name":"bash",
      "arguments":"{\"command\":\"cat hello.txt\"}"}}]},
    {"role":"tool","tool_call_id":"call_0","content":"cat: hello.txt: No such file or directory"}])";

constexpr const char* codex_round = R"([
    {"type":"reasoning","summary":[],"encrypted_content":"AAAA"},
    {"type":"function_call","name":"shell","arguments":"{\"command\":[\"cat\"]}","call_id":"call_0"},
    {"type":"function_call_output","call_id":"call_0","output":"Exit code: 1\nOutput:\ncat: x"}])";

constexpr const char* claude_round = R"([
    {"role":"assistant","content":[{"type":"thinking","thinking":"I will.","signature":"x"},
      {"type":"tool_use","id":"call_0","name":"Bash","input":{"command":"cat hello.txt"}}]},
    {"role":"user","content":[{"type":"tool_result","tool_use_id":"call_0","is_error":true,
      "content":"cat: x"}]}])";

// It may also remind the model beside the result: no new word of the human.
constexpr const char* claude_round_reminded = R"([
    {"role":"assistant","content":[{"type":"tool_use","id":"call_0","name":"Bash","input":{}}]},
    {"role":"user","content":[{"type":"tool_result","tool_use_id":"call_0","content":[{"type":"text",
      "text":"done"}]},
      {"type":"text","text":"<system-reminder>todo list is empty</system-reminder>"}]},
    {"role":"system","content":"Later."}])";

std::vector<agent_case> cases() {
    using enum api_kind;
    return {
        {"opencode", chat, opencode, turn::human},
        {"opencode, title", chat, opencode_title, turn::housekeeping},
        {"opencode, tool", chat, grown(opencode, "messages", chat_round), turn::tool, 1, 1},
        {"Codex", responses, codex, turn::human},
        {"Codex, tool", responses, grown(codex, "input", codex_round), turn::tool, 1, 1},
        {"Claude Code", messages, claude_code, turn::human},
        {"Claude Code, tool", messages, grown(claude_code, "messages", claude_round), turn::tool, 1, 1},
        {"Claude Code, reminded", messages, grown(claude_code, "messages", claude_round_reminded), turn::tool,
         1, 0},
        {"Qwen Code", chat, qwen_code, turn::human},
        {"Qwen Code, tool", chat, grown(qwen_code, "messages", chat_round), turn::tool, 1, 1},
        {"Cline", chat, cline, turn::human},
        {"Cline, tool", chat, grown(cline, "messages", chat_round), turn::tool, 1, 1},
        {"Continue", chat, continue_cli, turn::human},
        {"Continue, tool", chat, grown(continue_cli, "messages", chat_round), turn::tool, 1, 1},
        {"pi", chat, pi, turn::human},
        {"pi, tool", chat, grown(pi, "messages", chat_round), turn::tool, 1, 1},
    };
}

TEST(agents, the_request_and_whose_turn_it_is_are_found_in_each_shape) {
    for (const agent_case& c : cases()) {
        const test::indexed_body body(c.body, c.api);
        const ask a = body.ask_with(test::shipped_rules());
        EXPECT_EQ(a.kind, c.kind) << c.agent;
        EXPECT_EQ(a.text, request) << c.agent;
        EXPECT_EQ(a.request, request) << c.agent;
        EXPECT_EQ(a.calls, c.calls) << c.agent;
        EXPECT_EQ(a.failed_results_of_last_6, c.failed) << c.agent;
    }
}

TEST(agents, a_human_who_speaks_beside_a_result_is_heard) {
    const std::string body = grown(claude_code, "messages", R"([
        {"role":"assistant","content":[{"type":"tool_use","id":"c","name":"Bash","input":{}}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"c","is_error":true,
      "content":"refused"},
          {"type":"text","text":"no, call it hi.txt"}]}])");
    const ask a = test::indexed_body(body, api_kind::messages).ask_with(test::shipped_rules());
    EXPECT_EQ(a.text, "no, call it hi.txt");
    EXPECT_EQ(a.kind, turn::human);
    EXPECT_EQ(a.calls, 0u);
    EXPECT_EQ(a.failed_results_of_last_6, 0u);
}

TEST(agents, a_later_request_counts_and_its_own_calls_alone) {
    const std::string worked = grown(codex, "input", codex_round);
    const std::string again = grown(worked, "input", R"([
        {"type":"message","role":"assistant","content":[{"type":"output_text","text":"done"}]},
        {"type":"message","role":"user","content":[{"type":"input_text","text":"now delete it"}]}])");
    const ask human = test::indexed_body(again, api_kind::responses).ask_with(test::shipped_rules());
    EXPECT_EQ(human.text, "now delete it");
    EXPECT_EQ(human.kind, turn::human);
    EXPECT_EQ(human.calls, 0u);
    const std::string loop = grown(again, "input", R"([
        {"type":"custom_tool_call","name":"apply_patch","input":"p","call_id":"a"},
        {"type":"custom_tool_call_output","call_id":"a","output":"ok"},
        {"type":"custom_tool_call","name":"apply_patch","input":"p","call_id":"b"},
        {"type":"custom_tool_call_output","call_id":"b","output":[{"type":"input_text",
      "text":"exit code: 2"}]}])");
    const ask tool = test::indexed_body(loop, api_kind::responses).ask_with(test::shipped_rules());
    EXPECT_EQ(tool.kind, turn::tool);
    EXPECT_EQ(tool.calls, 2u);
    EXPECT_EQ(tool.same_call_of_last_6, 2u);
    EXPECT_EQ(tool.failed_results_of_last_6, 1u);
}

TEST(agents, a_string_as_input_or_content_is_the_request) {
    const ask r = test::indexed_body(R"({"model":"a","input":"sort it"})", api_kind::responses)
                      .ask_with(test::shipped_rules());
    EXPECT_EQ(r.text, "sort it");
    const ask m = test::indexed_body(R"({"model":"a","messages":[{"role":"user","content":"sort it"}]})",
                                     api_kind::messages)
                      .ask_with(test::shipped_rules());
    EXPECT_EQ(m.text, "sort it");
}

TEST(agents, a_completion_is_bounded_by_nature) {
    const ask one =
        test::indexed_body(R"({"model":"a","prompt":"def f(x):\n","suffix":"\n"})", api_kind::completions)
            .ask_with(test::shipped_rules());
    EXPECT_EQ(one.kind, turn::housekeeping);
    EXPECT_EQ(one.text, "def f(x):");
    const ask two = test::indexed_body(R"({"model":"a","prompt":["def f(x):","  y"]})", api_kind::completions)
                        .ask_with(test::shipped_rules());
    EXPECT_EQ(two.text, "def f(x):\n  y");
}

}  // namespace
}  // namespace weir::dialect
