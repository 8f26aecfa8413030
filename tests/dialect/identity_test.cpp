#include "weir/dialect/identity.hpp"

#include "weir/base/hash.hpp"

#include "support.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace weir::dialect {
namespace {

using nlohmann::ordered_json;

constexpr const char* request = "create hello.txt with one line, then cat it";

const ask_rules& rules() {
    static const ask_rules shipped = [] {
        ask_rules made = test::shipped_rules();
        made.session_ignored_lines = {"x-anthropic-billing-header:", "Request number "};
        return made;
    }();
    return shipped;
}

identity of(const std::string& text, api_kind api = api_kind::chat) {
    const test::indexed_body body(text, api);
    return identity_of(body.body, body.index, body.ask_with(rules()), rules());
}

// A chat of one question with this system text, as it stands between its quotes.
std::string framed(const std::string& system, const std::string& model = "auto",
                   const std::string& tools = "[]") {
    return R"({"model":")" + model + R"(","messages":[{"role":"system","content":")" + system +
           R"("},{"role":"user","content":"hi"}],"tools":)" + tools + "}";
}
std::uint64_t frame(const std::string& system, const std::string& model = "auto",
                    const std::string& tools = "[]") {
    return of(framed(system, model, tools)).frame;
}

// ---- what the agents send: each request of a conversation, and what else they ask ----

struct conversation {
    std::string agent;
    api_kind api;
    std::vector<std::string> bodies;  // the first one, and more of the same conversation
};

// A body with more messages, and with others of its members replaced.
std::string grown(const std::string& body, const char* list, const std::string& more,
                  const std::string& members = "{}") {
    auto json = ordered_json::parse(body);
    for (auto& m : ordered_json::parse(more)) json[list].push_back(m);
    json.merge_patch(ordered_json::parse(members));
    return json.dump();
}

// A round of a tool, and a new word of the human.
const std::string chat_round = R"([
  {"role":"assistant","content":"","reasoning_content":"So.","tool_calls":[
    {"id":"call_0","type":"function","function":{"name":"bash","arguments":"{}"}}]},
  {"role":"tool","tool_call_id":"call_0","content":"one line"}])";
const std::string chat_again = R"([{"role":"assistant","content":"done","reasoning_content":"So."},
  {"role":"user","content":"now delete it"}])";

const std::string chat_tools = R"("tools":[{"type":"function","function":{"name":"bash","parameters":{}}}])";

conversation chat_agent(const std::string& agent, const std::string& messages) {
    const std::string first =
        R"({"model":"auto","messages":)" + messages + "," + chat_tools + R"(,"stream":true})";
    const std::string second = grown(first, "messages", chat_round);
    return {agent, api_kind::chat, {first, second, grown(second, "messages", chat_again)}};
}

conversation codex() {
    const std::string first = R"({"model":"auto","instructions":"You are a coding agent.","input":[
    {"type":"message","role":"developer","content":[{"type":"input_text",
      "text":"<permissions>x</permissions>"}]},
    {"type":"message","role":"developer","content":[{"type":"input_text","text":"Use the tools."}]},
    {"type":"message","role":"user","content":[{"type":"input_text",
      "text":"<environment_context>\n<cwd>/home/x</cwd>\n</environment_context>"}]},
    {"type":"message","role":"user","content":[{"type":"input_text",
      "text":"create hello.txt with one line, then cat it"}]}],
  "tools":[{"type":"function","name":"shell"}],"store":false,"stream":true,"prompt_cache_key":"0199",
  "client_metadata":{"turn":"1","a":"b"}})";
    const std::string second = grown(first, "input", R"([
    {"type":"reasoning","summary":[],"encrypted_content":"AAAA"},
    {"type":"function_call","name":"shell","arguments":"{}","call_id":"call_0"},
    {"type":"function_call_output","call_id":"call_0","output":"Exit code: 0"}])",
                                     R"({"client_metadata":{"turn":"2"}})");
    return {"Codex", api_kind::responses, {first, second, grown(second, "input", R"([
    {"type":"message","role":"assistant","content":[{"type":"output_text","text":"done"}]},
    {"type":"message","role":"developer","content":[{"type":"input_text","text":"Now without network."}]},
    {"type":"message","role":"user","content":[{"type":"input_text","text":"now delete it"}]}])")}};
}

// Its messages stand before its system text, which begins with a line that is another in each request.
conversation claude_code() {
    const std::string first = R"({"model":"auto","messages":[
    {"role":"user","content":[
      {"type":"text","text":"<system-reminder>\nproject notes\n</system-reminder>"},
      {"type":"text","text":"create hello.txt with one line, then cat it",
       "cache_control":{"type":"ephemeral"}}]},
    {"role":"system","content":[{"type":"text","text":"More tools may come."}]}],
  "system":[{"type":"text","text":"x-anthropic-billing-header: cc_version=2; cch=00e1;"},
    {"type":"text","text":"You are a coding agent.\nThe model is auto.",
     "cache_control":{"type":"ephemeral"}}],
  "tools":[{"name":"Bash","input_schema":{"type":"object"}}],
  "metadata":{"user_id":"{\"session_id\":\"s\"}"},"max_tokens":32000,"stream":true})";
    const std::string other_line = R"({"system":[
    {"type":"text","text":"x-anthropic-billing-header: cc_version=2; cch=7777777;"},
    {"type":"text","text":"You are a coding agent.\nThe model is auto."}]})";
    const std::string second = grown(first, "messages", R"([
    {"role":"assistant","content":[{"type":"thinking","thinking":"So.","signature":"x"},
      {"type":"tool_use","id":"call_0","name":"Bash","input":{}}]},
    {"role":"user","content":[{"type":"tool_result","tool_use_id":"call_0","content":"one line"}]},
    {"role":"system","content":"Later."}])",
                                     other_line);
    return {"Claude Code", api_kind::messages, {first, second, grown(second, "messages", R"([
    {"role":"assistant","content":[{"type":"text","text":"done"}]},
    {"role":"user","content":[{"type":"text","text":"now delete it"}]}])")}};
}

std::vector<conversation> conversations() {
    const std::string asked = R"({"role":"user","content":"create hello.txt with one line, then cat it"})";
    const std::string asked_in_part =
        R"({"role":"user","content":[{"type":"text","text":"create hello.txt with one line, then cat it"}]})";
    return {
        chat_agent("opencode", R"([{"role":"system","content":"You are opencode."},)" + asked + "]"),
        codex(),
        claude_code(),
        chat_agent("Qwen Code", R"([{"role":"system","content":"You are an interactive agent."},
          {"role":"user","content":[{"type":"text","text":"<system-reminder>Setting up.</system-reminder>"}]},
          {"role":"assistant","content":"Got it. Thanks for the context!"},)" +
                                    asked_in_part + "]"),
        chat_agent("Cline", R"([{"role":"system","content":"You are a software engineer."},
          {"role":"user","content":
            "create hello.txt with one line, then cat it\n<environment_info>x</environment_info>"}])"),
        chat_agent("Continue", R"([{"role":"system","content":"You are an agent."},)" + asked + "]"),
        chat_agent("pi", R"([{"role":"developer","content":"You are an assistant."},)" + asked_in_part + "]"),
    };
}

TEST(identity, every_request_of_a_conversation_has_the_same) {
    for (const conversation& c : conversations()) {
        const identity first = of(c.bodies.front(), c.api);
        EXPECT_NE(first.frame, 0u) << c.agent;
        EXPECT_EQ(first.opening, hash_bytes(request)) << c.agent;
        EXPECT_EQ(first.ask, first.opening) << c.agent << ": the first text is the latest one";
        for (std::size_t i = 1; i < c.bodies.size(); ++i) {
            const identity later = of(c.bodies[i], c.api);
            EXPECT_EQ(later.frame, first.frame) << c.agent << ", request " << i + 1;
            EXPECT_EQ(later.opening, first.opening) << c.agent << ", request " << i + 1;
        }
        EXPECT_EQ(of(c.bodies[1], c.api).ask, first.ask) << c.agent << ": a result of a tool asks nothing";
        EXPECT_EQ(of(c.bodies[2], c.api).ask, hash_bytes("now delete it")) << c.agent;
    }
}

TEST(identity, no_two_agents_have_the_same) {
    std::set<std::uint64_t> frames;
    for (const conversation& c : conversations()) frames.insert(of(c.bodies.front(), c.api).frame);
    EXPECT_EQ(frames.size(), conversations().size());
}

// ---- the frame ----

TEST(identity, system_text_and_tools_make_the_frame) {
    const std::uint64_t one = frame("one");
    EXPECT_NE(frame("two"), one);
    EXPECT_NE(frame("one", "auto", R"([{"type":"function","function":{"name":"f"}}])"), one);
    EXPECT_NE(of(R"({"model":"auto","messages":[{"role":"user","content":"hi"}],"tools":[]})").frame, one);
    EXPECT_EQ(of(R"({"model":"auto","messages":[{"role":"user","content":"one"}]})").frame, 0u);
    EXPECT_EQ(of(R"({"stream":true,"tools":[],"user_id":"u","messages":[{"content":"one","role":"system"},)"
                 R"({"role":"user","content":"other"}],"model":"auto"})")
                  .frame,
              one)
        << "nothing else belongs to it";
}

TEST(identity, later_system_text_is_none_of_the_frame) {
    const auto with = [](const std::string& later) {
        return of(R"({"model":"auto","messages":[{"role":"system","content":"one"},)"
                  R"({"role":"developer","content":"two"},{"role":"user","content":"hi"})" +
                  later + "]}")
            .frame;
    };
    EXPECT_EQ(with(R"(,{"role":"system","content":"three"})"), with(""));
    EXPECT_NE(of(R"({"model":"auto","messages":[{"role":"system","content":"one"},)"
                 R"({"role":"user","content":"hi"}]})")
                  .frame,
              with(""))
        << "every leading one counts";
}

TEST(identity, system_text_is_the_same_in_parts_or_not) {
    const auto with = [](const std::string& content) {
        return of(R"({"model":"auto","messages":[{"role":"system","content":)" + content +
                  R"(},{"role":"user","content":"hi"}],"tools":[]})")
            .frame;
    };
    EXPECT_EQ(with(R"([{"type":"text","text":"one","cache_control":{"type":"ephemeral"}}])"), frame("one"));
    EXPECT_EQ(with(R"([{"text":"one"},{"type":"image_url","text":"no text"},{"type":"text","text":""}])"),
              frame("one"));
    EXPECT_NE(with(R"([{"type":"text","text":"one"},{"type":"text","text":"two"}])"), frame("one"));
    EXPECT_NE(with(R"([{"type":"text","text":"one"},{"type":"text","text":"two"}])"),
              with(R"([{"type":"text","text":"two"},{"type":"text","text":"one"}])"));
}

TEST(identity, lines_that_change_are_left_out) {
    const std::uint64_t plain = frame(R"(You are.\nRules.)");
    const char* const alike[] = {
        R"(Request number 7\nYou are.\nRules.)",
        R"(Request number 7 of auto\nYou are.\nRules.)",
        R"(Request number 712, \\not\" a break \\\nYou are.\nRules.)",
        R"(You are.\nRequest number 7\nRules.)",
        R"(You are.\nRequest number 7\r\nRequest number 8\r\nRules.)",
        R"(Request number 7\nx-anthropic-billing-header: a=b\nYou are.\nRules.)",
    };
    for (const char* const system : alike) EXPECT_EQ(frame(system), plain) << system;
    const char* const others[] = {
        R"(You are. Request number 7\nRules.)",   R"(request number 7\nYou are.\nRules.)",
        R"(You are.\n Request number 7\nRules.)", R"(Request numberYou are.\nRules.)",
        R"(You are.\\nRequest number 7\nRules.)",
    };
    for (const char* const system : others) EXPECT_NE(frame(system), plain) << system;
    EXPECT_EQ(frame(R"(You are.\nRequest number 7)"), frame(R"(You are.\nRequest number 8, the last)"));
    EXPECT_EQ(frame("Request number 7"), frame("")) << "nothing is left of it";
}

TEST(identity, the_name_of_the_model_is_left_out_where_it_is_a_word) {
    const auto named = [](const std::string& before, const std::string& model, const std::string& after) {
        return frame(before + model + after, model);
    };
    const std::pair<const char*, const char*> around[] = {{"You are ", "."},
                                                          {"", " is your model"},
                                                          {R"(Model:\n)", ""},
                                                          {"(", ")"},
                                                          {R"(\")", R"(\" it)"},
                                                          {"vendor/", "[1m]"},
                                                          {"\xE6\x98\xAF", "\xE3\x80\x82"}};
    for (const auto& [before, after] : around) {
        EXPECT_EQ(named(before, "auto", after), named(before, "deepseek-v4-pro", after)) << before;
        EXPECT_NE(named(before, "auto", after), frame(std::string(before) + "another" + after)) << before;
    }
    EXPECT_NE(frame("automatic", "auto"), frame("matic", "auto"));
    EXPECT_NE(frame("an auto-approved one", "auto"), frame("an -approved one", "auto"));
    EXPECT_NE(frame(R"(\\nauto)", "auto"), frame(R"(\\n)", "auto")) << "a backslash and the word nauto";
    EXPECT_EQ(frame("auto and auto, then auto", "auto"), frame("m and m, then m", "m"));
}

TEST(identity, a_name_far_into_a_long_text_is_found) {
    // At every place of the blocks that are looked through, beside texts that begin alike.
    for (std::size_t before = 0; before < 200; ++before) {
        const std::string fill = std::string(before, 'a') + " aut autt auxo ";
        const std::string rest = std::string(300, 'o');
        ASSERT_EQ(frame(fill + "auto " + rest, "auto"), frame(fill + "flash " + rest, "flash")) << before;
        ASSERT_EQ(frame(fill + R"(\nRequest number 1\n)" + rest), frame(fill + R"(\n)" + rest)) << before;
    }
}

TEST(identity, instructions_and_system_count_wherever_they_stand) {
    const std::string input = R"("input":[{"role":"user","content":"hi"}])";
    EXPECT_EQ(of(R"({"model":"auto","instructions":"one",)" + input + "}", api_kind::responses).frame,
              of(R"({"model":"auto",)" + input + R"(,"instructions":"one"})", api_kind::responses).frame);
    const std::string messages = R"("messages":[{"role":"user","content":"hi"}])";
    EXPECT_EQ(of(R"({"model":"auto","system":"one",)" + messages + "}", api_kind::messages).frame,
              of(R"({"model":"auto",)" + messages + R"(,"system":[{"type":"text","text":"one"}]})",
                 api_kind::messages)
                  .frame);
}

// ---- opening and ask ----

TEST(identity, the_first_text_of_a_human_opens_a_conversation) {
    const auto of_messages = [](const std::string& messages) {
        return of(R"({"model":"auto","messages":[)" + messages + "]}");
    };
    const identity two =
        of_messages(R"({"role":"user","content":"o\u006ee "},{"role":"assistant","content":"x"},)"
                    R"({"role":"user","content":"two"})");
    EXPECT_EQ(two.opening, hash_bytes("one"));
    EXPECT_EQ(two.ask, hash_bytes("two"));
    const identity none = of_messages(R"({"role":"user","content":"<env>x</env>"})");
    EXPECT_EQ(none.opening, 0u);
    EXPECT_EQ(none.ask, 0u);
    const identity parts = of_messages(
        R"({"role":"user","content":[{"type":"text","text":"<env>x</env>"},{"type":"text","text":"one"},)"
        R"({"type":"image_url","image_url":{"url":"data:,"}},{"type":"text","text":"two"}]},)"
        R"({"role":"assistant","content":"x"},{"role":"user","content":"three"})");
    EXPECT_EQ(parts.opening, hash_bytes("one\ntwo"));
    EXPECT_EQ(of(R"({"model":"auto","input":"one"})", api_kind::responses).opening, hash_bytes("one"));
}

// A body with this first text, and the same a turn later.
std::pair<identity, identity> opened_with(const std::string& text) {
    ordered_json json{{"model", "auto"}, {"messages", {{{"role", "user"}, {"content", text}}}}};
    const identity first = of(json.dump());
    json["messages"].push_back({{"role", "assistant"}, {"content", "x"}});
    json["messages"].push_back({{"role", "user"}, {"content", "more"}});
    return {first, of(json.dump())};
}

TEST(identity, a_long_opening_is_the_same_in_every_turn) {
    const std::string head(40'000, 'x');
    const std::string lines = [] {
        std::string out;
        for (int i = 0; out.size() < 40'000; ++i) out += "line \"" + std::to_string(i) + "\"\n";
        return out;
    }();
    // What is not told apart begins with 32 KiB of the same.
    for (const std::string& text : {head, lines, std::string(32'766, 'x'), std::string(32'767, 'x'),
                                    std::string(32'768, '\n') + "x", "short " + std::string(32'760, ' ')}) {
        const auto [first, later] = opened_with(text);
        EXPECT_EQ(first.opening, later.opening) << text.size();
        EXPECT_NE(first.opening, 0u) << text.size();
    }
    EXPECT_EQ(opened_with(head + "a").first.opening, opened_with(head + "b").first.opening);
    EXPECT_NE(opened_with("a" + head).first.opening, opened_with("b" + head).first.opening);
}

TEST(identity, a_long_envelope_before_the_words_of_the_human_is_passed) {
    for (const std::size_t length : {10'000U, 33'000U, 70'000U, 300'000U}) {
        const std::string envelope = "<env>\n" + std::string(length, 'x') + "\n</env>\n";
        const auto [first, later] = opened_with(envelope + "one");
        EXPECT_EQ(first.opening, later.opening) << length;
        EXPECT_EQ(later.opening, hash_bytes("one")) << length;
    }
    // One that is never closed is text of the human.
    const auto [first, later] = opened_with("<env>" + std::string(100'000, 'x'));
    EXPECT_EQ(first.opening, later.opening);
    EXPECT_NE(first.opening, 0u);
}

}  // namespace
}  // namespace weir::dialect
