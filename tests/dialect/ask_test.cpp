#include "weir/dialect/ask.hpp"

#include "support.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace weir::dialect {
namespace {

using nlohmann::json;
using test::indexed_body;

json message(const char* role, json content) { return {{"role", role}, {"content", std::move(content)}}; }
json user(json content) { return message("user", std::move(content)); }

json call(const std::string& command) {
    return {{"id", "c"}, {"type", "function"}, {"function", {{"name", "bash"}, {"arguments", command}}}};
}
json calls(std::vector<std::string> commands) {
    json out = message("assistant", nullptr);
    for (const auto& c : commands) out["tool_calls"].push_back(call(c));
    return out;
}
json tool(const std::string& text) {
    json out = message("tool", text);
    out["tool_call_id"] = "c";
    return out;
}

ask asked(const std::vector<json>& messages, bool with_tools = true) {
    json body = {{"model", "auto"}, {"messages", messages}};
    if (with_tools) body["tools"] = json::array({json::object()});
    return indexed_body(body.dump()).ask_with(test::shipped_rules());
}
ask asked_text(const std::string& text) { return asked(std::vector<json>{user(text)}); }

TEST(ask, the_shipped_lists_are_there) {
    const ask_rules& rules = test::shipped_rules();
    EXPECT_GT(rules.envelopes.size(), 10u);
    EXPECT_GT(rules.request_elements.size(), 5u);
    EXPECT_GT(rules.paste_leads.size(), 50u);
    EXPECT_GT(rules.housekeeping_system.size(), 50u);
    EXPECT_GT(rules.housekeeping_ask.size(), 20u);
    EXPECT_GT(rules.failure_marks.size(), 20u);
    EXPECT_GT(rules.file_extensions.size(), 50u);
    EXPECT_GT(rules.not_files.size(), 5u);
}

TEST(ask, the_last_human_text_counts_and_system_text_never) {
    const ask a = asked({message("system", "sys"), user("first"), message("assistant", "ok"), user("second"),
                         message("developer", "dev")});
    EXPECT_EQ(a.text, "second");
    EXPECT_EQ(a.message, 3u);
    EXPECT_EQ(a.kind, turn::human);
}

TEST(ask, text_parts_are_joined_and_other_parts_left_out) {
    const ask a =
        asked(std::vector<json>{user(json::array({{{"type", "text"}, {"text", "one \xE4\xB8\xAD\n"}},
                                                  {{"type", "image_url"}, {"image_url", {{"url", "x"}}}},
                                                  {{"text", "two"}, {"type", "text"}},
                                                  "bare",
                                                  7}))});
    EXPECT_EQ(a.text, "one \xE4\xB8\xAD\n\ntwo");
}

TEST(ask, envelopes_are_cut_out) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"<system-reminder>be good</system-reminder>\n do it ", "do it"},
        {"do it\n<System-Reminder>\na\n</System-Reminder>", "do it"},
        {"a <system-reminder x=\"1\">b</system-reminder> c <environment_details>d</environment_details>e",
         "a  c e"},
        {"<system-reminder>never closed", "<system-reminder>never closed"},
        {"<system-reminders>x</system-reminders>", "<system-reminders>x</system-reminders>"},
        {"a < b && c > d </x>", "a < b && c > d </x>"},
        {"<task>\ndo it\n</task>", "<task>\ndo it\n</task>"},
        {"</system-reminder>x<system-reminder>y</system-reminder>", "</system-reminder>x"},
    };
    for (const auto& [text, wanted] : cases) EXPECT_EQ(asked_text(text).text, wanted) << text;
}

TEST(ask, a_message_of_envelopes_only_is_no_human_turn) {
    const ask a = asked(
        {user("real"), calls({"ls"}), tool("x"), user("<environment_context>cwd</environment_context>")});
    EXPECT_EQ(a.text, "real");
    EXPECT_EQ(a.message, 0u);
    EXPECT_EQ(a.kind, turn::tool);
    EXPECT_EQ(a.calls, 1u);
}

TEST(ask, a_conversation_without_a_human_has_no_text) {
    const ask a = asked({message("system", "s"), calls({"ls"}), tool("x")});
    EXPECT_EQ(a.text, "");
    EXPECT_EQ(a.message, 3u);
    EXPECT_EQ(a.kind, turn::tool);
    EXPECT_EQ(a.calls, 1u);
    EXPECT_EQ(asked(std::vector<json>{message("system", "s")}).kind, turn::human);
}

TEST(ask, calls_and_results_count_since_the_human_text_only) {
    const std::string failed = "boom\n[exit code: 1]";
    const ask a = asked(std::vector<json>{user("old"), calls({"x", "x", "x"}), tool(failed), user("new"),
                                          calls({"a", "b", "a"}), tool(failed), tool("fine"), tool(failed),
                                          calls({"a"}), tool("[exit code: 0]")});
    EXPECT_EQ(a.calls, 4u);
    EXPECT_EQ(a.same_call_of_last_6, 3u);
    EXPECT_EQ(a.failed_results_of_last_6, 2u);
    const ask rest = asked(std::vector<json>{user("old"), calls({"x", "x", "x"}), tool(failed), user("new")});
    EXPECT_EQ(rest.calls, 0u);
    EXPECT_EQ(rest.same_call_of_last_6, 0u);
    EXPECT_EQ(rest.failed_results_of_last_6, 0u);
}

TEST(ask, a_nudge_goes_on_with_the_text_before_it) {
    for (const char* nudge : {"continue", "Continue.", "still broken, try again!", "Go ahead, please", "继续",
                              "还是不行，继续。", "<system-reminder>x</system-reminder>continue"}) {
        const ask a =
            asked(std::vector<json>{user("Fix the parser."), calls({"a", "a"}), tool("[exit code: 1]"),
                                    message("assistant", "Done."), user(nudge)});
        EXPECT_EQ(a.text, "Fix the parser.") << nudge;
        EXPECT_EQ(a.kind, turn::tool) << nudge;
        EXPECT_EQ(a.calls, 2u) << nudge;
        EXPECT_EQ(a.failed_results_of_last_6, 1u) << nudge;
        EXPECT_EQ(a.human_turns, 1u) << nudge;
    }
}

TEST(ask, a_text_that_says_more_than_a_nudge_is_a_turn_of_its_own) {
    for (const char* text :
         {"continue with the tests", "no, use tabs", "ok", "Why? Continue.", "继续写第二章"}) {
        const ask a = asked(
            std::vector<json>{user("Fix the parser."), calls({"a"}), tool("[exit code: 1]"), user(text)});
        EXPECT_EQ(a.text, text);
        EXPECT_EQ(a.kind, turn::human) << text;
        EXPECT_EQ(a.calls, 0u) << text;
        EXPECT_EQ(a.human_turns, 2u) << text;
    }
}

TEST(ask, a_nudge_before_any_other_text_is_the_text) {
    const ask a = asked(std::vector<json>{message("assistant", "Shall I?"), user("go on"), user("continue")});
    EXPECT_EQ(a.text, "continue");
    EXPECT_EQ(a.message, 2u);
    EXPECT_EQ(a.kind, turn::human);
    EXPECT_EQ(a.human_turns, 1u);
}

TEST(ask, only_the_last_six_calls_and_results_count) {
    std::vector<json> messages = {user("go")};
    for (int i = 0; i < 5; ++i)
        messages.push_back(calls({"same"})), messages.push_back(tool("[exit code: 2]"));
    for (int i = 0; i < 4; ++i)
        messages.push_back(calls({"other" + std::to_string(i)})), messages.push_back(tool("ok"));
    const ask a = asked(messages);
    EXPECT_EQ(a.calls, 9u);
    EXPECT_EQ(a.same_call_of_last_6, 2u);
    EXPECT_EQ(a.failed_results_of_last_6, 2u);
}

TEST(ask, failures_are_told_from_results_that_only_speak_of_them) {
    const auto failed = [](const std::string& text) {
        return asked(std::vector<json>{user("go"), calls({"a"}), tool(text)}).failed_results_of_last_6 == 1;
    };
    for (const char* text :
         {"Traceback (most recent call last):\n  File", "x\n[exit code: 1]", "x\n[exit code: 127]",
          "exit code: -9", "bash: foo: command not found", "cat: x: No such file or directory",
          "a.cpp:3:5: error: expected ';'", "error: pathspec", "FAILED tests/a.py",
          "<returncode>2</returncode>", "fatal: not a git repository", "Error: ENOENT",
          "{\n  \"status\": \"error\"\n}", "panic: runtime error", "npm ERR! code 1"}) {
        EXPECT_TRUE(failed(text)) << text;
    }
    for (const char* text : {"", "ok\n[exit code: 0]", "<returncode>0</returncode>", "0 errors, 0 failed",
                             "exit code: 00", "def on_error(e): pass", "raise ValueError('x')",
                             "# error: see below", "the terror: of it", "if result.failed:"}) {
        EXPECT_FALSE(failed(text)) << text;
    }
    EXPECT_TRUE(failed("^" + std::string(1'000'000, 'x') + "\n[exit code: 3]"));
    EXPECT_TRUE(failed("error: x\n" + std::string(1'000'000, 'x')));
    EXPECT_FALSE(failed(std::string(500'000, 'x') + "\n[exit code: 3]\n" + std::string(500'000, 'x')));
}

TEST(ask, housekeeping_is_known_by_its_system_text) {
    for (const char* system : {
             "You are a title generator. You output ONLY a thread title.",
             "You generate a short title (at most 50 characters) for a conversation.",
             "Write a git commit message in one line for the diff.",
             "You are a helpful AI assistant tasked with summarizing conversations.",
             "You are a helpful AI assistant tasked with summarising the conversation.",
             "Generate a concise, 3-5 word title for this chat.",
             "Create a brief title summarising the user's request. Title only.",
             "Come up with a five-word title for the dialogue.\nReply with the title for this conversation "
             "only.",
             "Analyze if this message indicates a new conversation topic. If it does, extract a 2-3 word "
             "title.",
             "Summarize the conversation so far so that another assistant can continue it.",
             "Summarise our chat history into a handoff note.",
             "Your job: condense the conversation history to save context.",
             "Compact the conversation. Keep file names and decisions.",
             "Perform context compaction for the session.",
             "You write Conventional Commits style commit messages from diffs.",
             "Given a diff, produce a commit summary line.",
             "Generate a pull request title and nothing else.",
             "Suggest a git branch name for the task.",
             "You name conversations. Suggest a name for this conversation in at most four words.",
             "Suggest three follow-up questions the user may ask.",
             "Generate 1-3 broad tags categorizing the main themes of the chat.",
             "Provide a descriptive title, max 6 words, for what the user asked.",
             "Return a conversation title in Title Case.",
             "You produce session titles. Output a session title of up to 40 characters.",
             "Read the user message and generate an appropriate title.",
             "Write a summary of the conversation for a new context window.",
             "Create a detailed summary of this chat session.",
             "Label this conversation with a topic.",
             // In Chinese: a title generator, a short title, a summary of the talk, a commit message.
             "\xE4\xBD\xA0\xE6\x98\xAF\xE6\xA0\x87\xE9\xA2\x98\xE7\x94\x9F\xE6\x88\x90\xE5\x99\xA8",
             "\xE8\xAF\xB7\xE4\xB8\xBA\xE5\xAF\xB9\xE8\xAF\x9D\xE7\x94\x9F\xE6\x88\x90\xE7\xAE\x80\xE7\x9F"
             "\xAD\xE6\xA0\x87\xE9\xA2\x98",
             "\xE6\x80\xBB\xE7\xBB\x93\xE4\xBB\xA5\xE4\xB8\x8A\xE5\xAF\xB9\xE8\xAF\x9D",
             "\xE6\xA0\xB9\xE6\x8D\xAE diff \xE5\x86\x99\xE6\x8F\x90\xE4\xBA\xA4\xE4\xBF\xA1\xE6\x81\xAF",
         }) {
        EXPECT_EQ(asked({message("system", system), user("Prove Zorn's lemma.")}, false).kind,
                  turn::housekeeping)
            << system;
        EXPECT_EQ(asked({message("system", system), user("Prove Zorn's lemma.")}, true).kind, turn::human)
            << system;
    }
}

TEST(ask, housekeeping_is_known_by_how_the_text_begins) {
    for (const char* text :
         {"Generate a title for this conversation:\nProve it.", "Summarize the conversation above.",
          "Your task is to create a detailed summary of the conversation so far",
          "### Task:\nGenerate a concise, 3-5 word title with an emoji",
          "Write a short commit message for these changes"}) {
        EXPECT_EQ(asked(std::vector<json>{user(text)}, false).kind, turn::housekeeping) << text;
    }
}

TEST(ask, compaction_is_housekeeping_though_its_tools_are_offered) {
    const std::vector<json> history = {user("Fix the parser."), calls({"ls", "make"}), tool("a.c"),
                                       tool("ok")};
    for (const char* text :
         {"Your task is to create a detailed summary of the conversation so far, paying close attention to "
          "...",
          "You are performing a CONTEXT CHECKPOINT COMPACTION. Create a handoff summary ...",
          "<system-reminder>x</system-reminder>\nSummarize the conversation so far."}) {
        std::vector<json> all = history;
        all.push_back(user(text));
        EXPECT_EQ(asked(all).kind, turn::housekeeping) << text;
    }
    std::vector<json> work = history;
    work.push_back(user("Generate a commit message and commit."));
    EXPECT_EQ(asked(work).kind, turn::human) << "with tools this is work";
}

TEST(ask, a_request_for_one_token_is_housekeeping) {
    const auto kind = [](int max_tokens) {
        const json body = {{"model", "auto"}, {"messages", {user("quota")}}, {"max_tokens", max_tokens}};
        return indexed_body(body.dump()).ask_with(test::shipped_rules()).kind;
    };
    EXPECT_EQ(kind(1), turn::housekeeping);
    EXPECT_EQ(kind(2), turn::human);
}

TEST(ask, tags_without_end_cost_no_more_than_their_length) {
    std::string text = "<a>\n";
    while (text.size() < 2'000'000) text += "</";
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(asked_text(text + ">").kind, turn::human);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60))
        << "each end was looked for anew";
}

TEST(ask, an_image_alone_is_a_turn_of_its_own) {
    const json image = {{"type", "image_url"}, {"image_url", {{"url", "data:image/png;base64,AA=="}}}};
    const ask a = asked({user("Prove it."), message("assistant", "No."), user(json::array({image}))});
    EXPECT_EQ(a.kind, turn::human);
    EXPECT_EQ(a.message, 2u);
    EXPECT_EQ(a.text, "");
    EXPECT_EQ(a.human_turns, 2u);
}

TEST(ask, an_answer_that_the_client_began_is_no_work_of_the_assistants) {
    json begun = message("assistant", "{");
    begun["prefix"] = true;
    EXPECT_EQ(asked({user("As json."), begun}).kind, turn::human);
    EXPECT_EQ(asked({user("As json."), begun}).rounds, 0u);
    EXPECT_EQ(asked({user("As json."), message("assistant", "{")}).kind, turn::tool);
}

TEST(ask, a_preamble_of_the_client_is_no_turn_of_the_human) {
    const json preamble =
        user("This is the Qwen Code. We are setting up the context for our chat.\nToday ...");
    const ask first = asked({preamble, message("assistant", "Got it."), user("Fix the parser.")});
    EXPECT_EQ(first.text, "Fix the parser.");
    EXPECT_EQ(first.human_turns, 1u);
    EXPECT_EQ(asked({user("<environment_context>x</environment_context>"), user("Fix it.")}).human_turns, 1u)
        << "messages of the user in a row are one turn";
    EXPECT_EQ(asked({user("a"), message("assistant", "b"), user("c"), user("d")}).human_turns, 2u);
}

TEST(ask, of_a_text_of_megabytes_the_middle_is_taken_for_pasted) {
    std::string text = "Count the lines.\n";
    while (text.size() < 3'000'000) text += "prove it\n";
    const ask a = asked_text(text + "Thank you.");
    EXPECT_LT(a.request.size(), 1'100'000u);
    EXPECT_TRUE(a.request.starts_with("Count the lines.")) << a.request.substr(0, 40);
    EXPECT_TRUE(a.request.ends_with("Thank you.")) << a.request.substr(a.request.size() - 40);
    EXPECT_GT(a.pasted_lines, 200'000u);
}

TEST(ask, ordinary_requests_are_no_housekeeping) {
    for (const char* system : {"You are a helpful assistant.",
                               "Act as an expert software developer. Tell the user their full path names and "
                               "ask them to *add the files to the chat*.",
                               "You are a subtitle editor.", "Answer in the language of the user."}) {
        for (const char* text : {"Summarize this article", "Write a title for my blog post",
                                 "Summarise this in three bullet points", "What is a commit?",
                                 "Give a title for the text above.", "Translate this chat message",
                                 "Explain what a git commit message is"}) {
            EXPECT_EQ(asked({message("system", system), user(text)}, false).kind, turn::human)
                << system << " / " << text;
        }
    }
}

TEST(files_named, names_are_counted_once_and_only_names) {
    const std::vector<std::pair<std::string, std::uint32_t>> cases = {
        {"move f from src/a.py to src/b.py", 2},
        {"src/a.py and ./src/a.py, `src/a.py`: src/a.py:12", 1},
        {"Component.TSX, foo.tsx.", 2},
        {"use Node.js 3.11 and Vue.js, e.g. on example.com", 0},
        {"see https://x.org/a/b.py and www.foo.sh", 0},
        {"at 10 a.m. i.e. v1.2.3", 0},
        {"..py .env config/.gitignore a..py", 0},
        {"C:\\src\\main.cpp (Makefile)", 1},
        {"\xE4\xBF\xAE\xE6\x94\xB9main.go\xE5\x92\x8Cutil.go\xE3\x80\x82", 2},
        {"```\na.py b.py\n```", 0},
        {"email me@x.md", 1},
        {"no.such.extension.xyz", 0},
    };
    for (const auto& [text, wanted] : cases) EXPECT_EQ(asked_text(text).files_named, wanted) << text;
}

std::string repeat(const std::string& what, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += what;
    return out;
}

TEST(ask, texts_made_to_be_slow_take_linear_time) {
    std::string tags;
    for (int i = 0; i < 100'000; ++i) tags += "<t" + std::to_string(i) + ">\n";
    const auto start = std::chrono::steady_clock::now();
    for (const std::string& text :
         {repeat("<system-reminder>", 60'000), repeat("</system-reminder>", 60'000), repeat("</", 500'000),
          tags, repeat("```\n~~~\n", 120'000), repeat("generate", 120'000), repeat("a.py ", 200'000),
          repeat("\\\"", 400'000), repeat("1. \n", 250'000)}) {
        EXPECT_LE(asked(std::vector<json>{user(text)}, false).request.size(), text.size());
    }
    // Quadratic time would be minutes; the bound leaves room for a loaded machine under sanitizers.
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
}

}  // namespace
}  // namespace weir::dialect
