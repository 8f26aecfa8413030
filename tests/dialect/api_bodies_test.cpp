// What is read of a body of Responses, Messages and Completions, and what is refused in their words.

#include "weir/dialect/api.hpp"

#include "support.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace weir::dialect {
namespace {

using test::indexed_body;

std::string at(const indexed_body& b, place where) {
    return std::string(b.body.text().substr(where.offset, where.length));
}

std::string outcome(api_kind api, std::string_view text) {
    body_indexer indexer;
    const auto got = indexer.read(api, padded_text(text), limits{});
    if (got) return "ok";
    EXPECT_EQ(got.error().from, origin::client);
    EXPECT_FALSE(got.error().detail.empty());
    return std::string(code_name(got.error().code)) + " " + got.error().field;
}

std::string detail(api_kind api, std::string_view text) {
    body_indexer indexer;
    const auto got = indexer.read(api, padded_text(text), limits{});
    return got ? "ok" : got.error().field + " " + got.error().detail;
}

char letter_of(speaker s) {
    switch (s) {
        case speaker::system:
            return 's';
        case speaker::user:
            return 'u';
        case speaker::assistant:
            return 'a';
        case speaker::tool:
            return 't';
        case speaker::other:
            return 'o';
    }
    return '?';
}

std::string speakers(const body_index& index) {
    std::string out;
    for (const message& m : index.messages) out += letter_of(m.from);
    return out;
}

const std::string responses_sample = R"({
  "model":"auto", "instructions":"Be brief.", "input":[
    {"type":"message","role":"developer","content":[{"type":"input_text","text":"dev"}]},
    {"role":"user","content":[{"type":"input_text","text":"hi"},{"type":"input_image","image_url":"x"}]},
    {"type":"reasoning","id":"r1","summary":[],"content":[{"type":"reasoning_text","text":"hm"}],
     "encrypted_content":"AA"},
    {"type":"message","role":"assistant","content":[{"type":"output_text","text":"ok"}]},
    {"type":"function_call","id":"f1","call_id":"c1","name":"shell","arguments":"{\"a\":1}"},
    {"call_id":"c2","name":"apply_patch","input":"patch","type":"custom_tool_call"},
    {"type":"local_shell_call","id":"l1","call_id":"c3","action":{"command":["ls"]},"status":"completed"},
    {"type":"function_call_output","call_id":"c\u0031","output":"one"},
    {"output":[{"type":"input_text","text":"two"},{"type":"input_image","image_url":"y"}],"call_id":"c2",
     "type":"custom_tool_call_output"},
    {"type":"local_shell_call_output","id":"c3","output":"three"},
    {"type":"web_search_call","id":"w1","status":"completed"},
    {"type":"compaction","encrypted_content":"BB"}
  ],
  "reasoning":{"summary":"auto","effort":"high"},"max_output_tokens":900,"stream":true,"store":false,
  "tools":[{"type":"function"},{"type":"web_search"}],"tool_choice":"auto","prompt_cache_key":"k","user":"u",
  "text":{"verbosity":"low","format":{"type":"json_schema","name":"n","schema":{}}}
})";

TEST(responses_body, everything_that_weir_reads_is_found) {
    const indexed_body b(responses_sample, api_kind::responses);
    const body_index& i = b.index;
    EXPECT_EQ(i.api, api_kind::responses);
    EXPECT_EQ(i.model_name, "auto");
    EXPECT_TRUE(i.stream);
    EXPECT_EQ(i.effort, "high");
    EXPECT_EQ(at(b, i.effort_value), "\"high\"");
    EXPECT_EQ(i.thinking, thinking_word::unsaid);
    EXPECT_EQ(i.max_tokens, 900);
    EXPECT_EQ(at(b, i.max_tokens_value), "900");
    EXPECT_EQ(i.tools, 2u);
    EXPECT_EQ(i.tool_choice, tool_choice_word::automatic);
    EXPECT_EQ(i.response_format, response_format_word::json_schema);
    EXPECT_TRUE(i.schema.empty()) << "DeepSeek has schemas in Responses itself";
    EXPECT_EQ(at(b, i.user_id), "\"u\"");
    EXPECT_EQ(at(b, i.session), "\"k\"");
    EXPECT_EQ(i.images, 2u);
    EXPECT_EQ(speakers(i), "ssuaaaaatttoo");
    EXPECT_TRUE(i.messages[0].whole.empty());
    EXPECT_EQ(at(b, i.messages[0].content), "\"Be brief.\"");
    EXPECT_TRUE(i.messages[1].developer);
    EXPECT_TRUE(i.messages[3].content.empty()) << "what was thought is not said";
    for (const message& m : i.messages) EXPECT_EQ(m.reasoning, m.from == speaker::assistant);
}

TEST(responses_body, calls_are_matched_with_their_results) {
    const indexed_body b(responses_sample, api_kind::responses);
    const body_index& i = b.index;
    ASSERT_EQ(i.calls.size(), 3u);
    ASSERT_EQ(i.results.size(), 3u);
    for (std::size_t n = 0; n < 3; ++n) {
        EXPECT_EQ(i.calls[n].id_hash, i.results[n].id_hash) << n;
        EXPECT_EQ(i.calls[n].message, 5 + n);
        EXPECT_EQ(i.messages[5 + n].call_count, 1u);
        EXPECT_EQ(i.messages[5 + n].first_call, n);
        EXPECT_EQ(i.results[n].message, 8 + n);
    }
    EXPECT_EQ(at(b, i.calls[1].id), "\"c2\"");
    EXPECT_EQ(at(b, i.results[0].content), "\"one\"");
    EXPECT_TRUE(at(b, i.results[1].content).starts_with("[{\"type\":\"input_text\""));
    EXPECT_EQ(at(b, i.messages[10].content), "\"three\"");
}

TEST(responses_body, the_input_may_be_a_string) {
    const indexed_body b(R"({"input":"hi \u00e9","model":"a"})", api_kind::responses);
    EXPECT_EQ(speakers(b.index), "u");
    EXPECT_EQ(at(b, b.index.messages[0].content), R"("hi \u00e9")");
    EXPECT_TRUE(b.index.messages[0].whole.empty());
}

const std::string messages_sample = R"({
  "model":"auto","max_tokens":32000,"system":[{"type":"text","text":"Be brief."}],
  "messages":[
    {"role":"user","content":"hi"},
    {"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"s"},
      {"type":"text","text":"ok"},
      {"type":"tool_use","id":"t1","name":"bash","input":{"command":"ls"}},
      {"input":{"command":"ls"},"name":"bash","id":"t2","type":"tool_use"}]},
    {"content":[{"type":"tool_result","tool_use_id":"t1","content":"one"},
      {"is_error":true,"content":[{"type":"text","text":"two"},
        {"type":"image","source":{"type":"base64","data":"AAAA"}}],"tool_use_id":"t2","type":"tool_result"}],
     "role":"user"},
    {"role":"system","content":"more"},
    {"role":"assistant","content":[{"type":"redacted_thinking","data":"x"},
      {"type":"tool_use","id":"t3","name":"bash","input":{}}]},
    {"role":"user","content":[{"type":"tool_result","tool_use_id":"t3"},{"type":"text","text":"go on"}]},
    {"role":"assistant","content":[{"type":"text","text":"done"}]},
    {"role":"user","content":[{"type":"document","source":{"data":"BBBB","type":"base64"}},
      {"type":"document","source":{"type":"text","data":"CC"}},{"type":"image","source":{"type":"url"}}]}
  ],
  "thinking":{"type":"adaptive"},"output_config":{"effort":"high"},"metadata":{"user_id":"{\"d\":1}"},
  "tools":[{}],"tool_choice":{"disable_parallel_tool_use":true,"type":"tool","name":"bash"},"stream":true
})";

TEST(messages_body, everything_that_weir_reads_is_found) {
    const indexed_body b(messages_sample, api_kind::messages);
    const body_index& i = b.index;
    EXPECT_EQ(i.model_name, "auto");
    EXPECT_TRUE(i.stream);
    EXPECT_EQ(i.effort, "high");
    EXPECT_EQ(at(b, i.effort_value), "\"high\"");
    EXPECT_EQ(i.thinking, thinking_word::adaptive);
    EXPECT_EQ(i.max_tokens, 32000);
    EXPECT_EQ(i.tools, 1u);
    EXPECT_EQ(i.tool_choice, tool_choice_word::named);
    EXPECT_EQ(at(b, i.user_id), R"("{\"d\":1}")");
    EXPECT_EQ(at(b, i.session), R"("{\"d\":1}")");
    EXPECT_EQ(speakers(i), "suatsauau");
    EXPECT_TRUE(i.messages[0].whole.empty());
    EXPECT_EQ(at(b, i.messages[0].content), R"([{"type":"text","text":"Be brief."}])");
    EXPECT_TRUE(i.messages[2].reasoning);
    EXPECT_TRUE(i.messages[5].reasoning) << "redacted thinking is there as well";
    EXPECT_FALSE(i.messages[7].reasoning);
    EXPECT_EQ(i.images, 2u);
    const std::string encoded = R"({"type":"document","source":{"data":"BBBB","type":"base64"}})";
    const std::string image = R"({"type":"image","source":{"type":"base64","data":"AAAA"}})";
    const std::string linked = R"({"type":"image","source":{"type":"url"}})";
    EXPECT_EQ(i.image_bytes, encoded.size() + image.size() + linked.size());
    EXPECT_EQ(i.files, 1u) << "a document of text is no file";
}

TEST(messages_body, documents_are_files_unless_they_are_text) {
    const auto files = [](const std::string& source) {
        const std::string block = R"({"type":"document","title":"t","source":)" + source + "}";
        const indexed_body b(
            R"({"model":"a","messages":[{"role":"assistant","content":[)"
            R"({"type":"tool_use","id":"x","name":"n","input":{}}]},{"role":"user","content":[)" +
                block + R"(,{"type":"tool_result","tool_use_id":"x","content":[)" + block + "]}]}]}",
            api_kind::messages);
        EXPECT_EQ(b.index.image_bytes, b.index.files * block.size()) << block;
        EXPECT_EQ(b.index.images, 0u);
        return b.index.files;
    };
    EXPECT_EQ(files(R"({"type":"base64","media_type":"application/pdf","data":"AAAA"})"), 2u);
    EXPECT_EQ(files(R"({"file_id":"file_1","type":"file"})"), 2u);
    EXPECT_EQ(files(R"({"type":"url","url":"https://example.com/a.pdf"})"), 2u);
    EXPECT_EQ(files(R"({"type":"text","media_type":"text/plain","data":"base64"})"), 0u);
    EXPECT_EQ(files(R"({"type":"content","content":[{"type":"text","text":"x"}]})"), 0u);
}

TEST(responses_body, files_are_counted_in_messages_and_results) {
    const std::string file = R"({"type":"input_file","file_id":"file-1"})";
    const indexed_body b(R"({"model":"a","input":[{"role":"user","content":[)" + file +
                             R"(]},{"type":"function_call","call_id":"c","name":"n","arguments":"{}"},)"
                             R"({"type":"function_call_output","call_id":"c","output":[)" +
                             file + "]}]}",
                         api_kind::responses);
    EXPECT_EQ(b.index.files, 2u);
    EXPECT_EQ(b.index.image_bytes, 2 * file.size());
}

TEST(responses_body, thinking_is_no_field_of_responses) {
    const indexed_body b(R"({"model":"a","input":"x","thinking":{"type":"disabled"},"thinking":1})",
                         api_kind::responses);
    EXPECT_EQ(b.index.thinking, thinking_word::unsaid);
}

TEST(messages_body, calls_are_matched_with_their_results) {
    const indexed_body b(messages_sample, api_kind::messages);
    const body_index& i = b.index;
    ASSERT_EQ(i.calls.size(), 3u);
    ASSERT_EQ(i.results.size(), 3u);
    EXPECT_EQ(i.calls[0].fingerprint, i.calls[1].fingerprint);
    EXPECT_NE(i.calls[0].fingerprint, i.calls[2].fingerprint);
    for (std::size_t n = 0; n < 3; ++n) EXPECT_EQ(i.calls[n].id_hash, i.results[n].id_hash) << n;
    EXPECT_EQ(at(b, i.calls[1].id), "\"t2\"");
    EXPECT_EQ(i.messages[2].call_count, 2u);
    EXPECT_EQ(i.messages[5].first_call, 2u);
    EXPECT_EQ(at(b, i.results[0].content), "\"one\"");
    EXPECT_TRUE(at(b, i.results[1].content).starts_with("[{\"type\":\"text\",\"text\":\"two\"}"));
    EXPECT_TRUE(i.results[2].content.empty());
    EXPECT_FALSE(i.results[0].failed);
    EXPECT_TRUE(i.results[1].failed);
    EXPECT_EQ(i.results[1].message, 3u);
}

TEST(messages_body, results_alone_are_a_tools_and_text_beside_them_a_users) {
    const auto last = [](const std::string& content) {
        const indexed_body b(R"({"model":"a","messages":[{"role":"assistant","content":[)"
                             R"({"type":"tool_use","id":"x","name":"n","input":{}}]},)"
                             R"({"role":"user","content":[)" +
                                 content + "]}]}",
                             api_kind::messages);
        return letter_of(b.index.messages.back().from);
    };
    const std::string result =
        R"({"type":"tool_result","tool_use_id":"x","content":[{"type":"text","text":"y"}]})";
    EXPECT_EQ(last(result), 't');
    EXPECT_EQ(last(result + R"(,{"type":"text","text":""})"), 't');
    EXPECT_EQ(last(result + R"(,{"type":"text","text":"x"})"), 'u');
    EXPECT_EQ(last(R"({"type":"text","text":"x"},)" + result), 'u');
    EXPECT_EQ(last(R"({"type":"image","source":{}})"), 'u');
}

TEST(messages_body, words_of_a_choice_are_anthropics) {
    const auto choice = [](const char* value) {
        const indexed_body b(
            R"({"model":"a","messages":[{"role":"user"}],"tool_choice":)" + std::string(value) + "}",
            api_kind::messages);
        return b.index.tool_choice;
    };
    EXPECT_EQ(choice(R"({"type":"auto"})"), tool_choice_word::automatic);
    EXPECT_EQ(choice(R"({"type":"any"})"), tool_choice_word::required);
    EXPECT_EQ(choice(R"({"type":"tool","name":"auto"})"), tool_choice_word::named);
    EXPECT_EQ(choice(R"({"type":"none"})"), tool_choice_word::none);
    EXPECT_EQ(choice(R"({"type":"x"})"), tool_choice_word::other);
    EXPECT_EQ(choice(R"({"type":null})"), tool_choice_word::other);
    EXPECT_EQ(choice("\"auto\""), tool_choice_word::other);
    EXPECT_EQ(choice("null"), tool_choice_word::unsaid);
}

TEST(responses_body, words_of_a_choice_are_openais) {
    const auto choice = [](const char* value) {
        const indexed_body b(R"({"model":"a","input":"x","tool_choice":)" + std::string(value) + "}",
                             api_kind::responses);
        return b.index.tool_choice;
    };
    EXPECT_EQ(choice("\"required\""), tool_choice_word::required);
    EXPECT_EQ(choice("\"none\""), tool_choice_word::none);
    EXPECT_EQ(choice(R"({"type":"function","name":"f"})"), tool_choice_word::named);
    EXPECT_EQ(choice(R"({"type":"web_search"})"), tool_choice_word::named);
    EXPECT_EQ(choice(R"({"type":"auto"})"), tool_choice_word::automatic);
    EXPECT_EQ(choice(R"({"type":"none"})"), tool_choice_word::none);
    EXPECT_EQ(choice(R"({"type":"required"})"), tool_choice_word::required);
    EXPECT_EQ(choice(R"({"type":"any"})"), tool_choice_word::required);
    EXPECT_EQ(choice(R"({"mode":"auto","tools":[],"type":"allowed_tools"})"), tool_choice_word::other);
}

TEST(completions_body, the_prompt_is_one_message_of_the_user) {
    for (const char* prompt : {R"("def f(")", R"("")", R"(["a","b"])"}) {
        const indexed_body b(R"({"model":"a","prompt": )" + std::string(prompt) +
                                 R"(,"suffix":"x","max_tokens":64,"user_id":"u","stream":true,)"
                                 R"("stream_options":{"include_usage":true}})",
                             api_kind::completions);
        EXPECT_EQ(speakers(b.index), "u");
        EXPECT_EQ(at(b, b.index.messages[0].content), prompt);
        EXPECT_EQ(b.index.max_tokens, 64);
        EXPECT_TRUE(b.index.asks_usage);
        EXPECT_EQ(at(b, b.index.user_id), "\"u\"");
    }
}

struct refusal {
    api_kind api;
    std::string body;
    std::string field;
};

TEST(api_bodies, a_wrong_field_is_refused_and_named_as_the_api_calls_it) {
    using enum api_kind;
    const std::vector<refusal> cases = {
        {responses, R"({"input":"x"})", "model"},
        {responses, R"({"model":"a"})", "input"},
        {responses, R"({"model":"a","input":""})", "input"},
        {responses, R"({"model":"a","input":[]})", "input"},
        {responses, R"({"model":"a","input":null})", "input"},
        {responses, R"({"model":"a","instructions":"x","input":[]})", "input"},
        {responses, R"({"model":"a","input":"x","input":"y"})", "input"},
        {responses, R"({"model":"a","input":["x"]})", "input[0]"},
        {responses, R"({"model":"a","input":[{"role":"user"},{"content":"x"}]})", "input[1].type"},
        {responses, R"({"model":"a","input":[{"type":"message","content":"x"}]})", "input[0].role"},
        {responses, R"({"model":"a","input":[{"type":7,"role":"user"}]})", "input[0].type"},
        {responses, R"({"model":"a","input":[{"role":"tool","content":"x"}]})", "input[0].role"},
        {responses, R"({"model":"a","input":[{"role":"user"},{"type":"function_call_output"}]})",
         "input[1].call_id"},
        {responses,
         R"({"model":"a","instructions":"i","input":[{"role":"user"},)"
         R"({"type":"function_call_output","call_id":"x","output":""},)"
         R"({"type":"function_call","call_id":"x"}]})",
         "input[1].call_id"},
        {responses, R"({"model":"a","input":"x","reasoning":{"effort":"low","effort":"max"}})",
         "reasoning.effort"},
        {responses, R"({"model":"a","input":"x","stream":1})", "stream"},
        {messages, R"({"messages":[{"role":"user"}]})", "model"},
        {messages, R"({"model":"a"})", "messages"},
        {messages, R"({"model":"a","system":"x","messages":[]})", "messages"},
        {messages, R"({"model":"a","messages":"x"})", "messages"},
        {messages, R"({"model":"a","messages":[7]})", "messages[0]"},
        {messages, R"({"model":"a","messages":[{"content":"x"}]})", "messages[0].role"},
        {messages, R"({"model":"a","messages":[{"role":"tool","content":"x"}]})", "messages[0].role"},
        {messages, R"({"model":"a","messages":[{"role":"user"},{"role":"function"}]})", "messages[1].role"},
        {messages, R"({"model":"a","messages":[{"role":"assistant","tool_calls":[]}]})",
         "messages[0].tool_calls"},
        {messages,
         R"({"model":"a","system":"s","messages":[{"role":"user","content":[)"
         R"({"type":"text"},{"type":"tool_result","tool_use_id":"x"}]}]})",
         "messages[0].content[1].tool_use_id"},
        {messages,
         R"({"model":"a","messages":[{"role":"assistant","content":[{"type":"tool_use"}]},)"
         R"({"role":"user","content":[{"type":"tool_result"}]}]})",
         "messages[1].content[0].tool_use_id"},
        {messages, R"({"model":"a","messages":[{"role":"user","content":[{"type":"text","type":"x"}]}]})",
         "messages[0].content[0].type"},
        {messages, R"({"model":"a","messages":[{"role":"user"}],"metadata":{"user_id":1,"user_id":2}})",
         "metadata.user_id"},
        {completions, R"({"model":"a"})", "prompt"},
        {completions, R"({"model":"a","prompt":null})", "prompt"},
        {completions, R"({"model":"a","prompt":[]})", "prompt"},
        {completions, R"({"model":"a","prompt":["x",1]})", "prompt[1]"},
    };
    for (const auto& c : cases) EXPECT_EQ(outcome(c.api, c.body), "invalid_field " + c.field) << c.body;
}

TEST(api_bodies, a_body_of_another_api_is_told_which_one_it_looks_like) {
    using enum api_kind;
    const std::string chat_body = R"({"model":"a","messages":[{"role":"user","content":"x"}]})";
    const std::string responses_body = R"({"model":"a","input":"x"})";
    const std::string completions_body = R"({"model":"a","prompt":"x"})";
    const auto like = [](const std::string& field, const std::string& what) {
        return field + " is missing; this looks like a " + what + " body";
    };
    EXPECT_EQ(detail(responses, chat_body), like("input", "Chat Completions"));
    EXPECT_EQ(detail(completions, chat_body), like("prompt", "Chat Completions"));
    for (const api_kind api : {chat, messages}) {
        EXPECT_EQ(detail(api, responses_body), like("messages", "Responses"));
        EXPECT_EQ(detail(api, completions_body), like("messages", "Completions"));
    }
    EXPECT_EQ(detail(responses, completions_body), like("input", "Completions"));
    EXPECT_EQ(detail(completions, responses_body), like("prompt", "Responses"));
    EXPECT_NE(detail(messages, R"({"model":"a","messages":[{"role":"tool"}]})").find("Chat Completions"),
              std::string::npos);
    EXPECT_NE(detail(chat, R"({"model":"a","system":"s","messages":[{"role":"user"}]})").find("Messages"),
              std::string::npos);
}

TEST(api_bodies, members_of_other_types_are_left_to_the_upstream) {
    using enum api_kind;
    const std::vector<std::pair<api_kind, std::string>> cases = {
        {responses, R"("input":"x","reasoning":null,"text":[],"tools":{},"user":1,"instructions":null)"},
        {responses, R"("input":[{"type":"x","call_id":1,"content":5,"output":{}}])"},
        {responses, R"("input":[{"type":"item_reference","id":"x"}],"max_output_tokens":"1")"},
        {messages, R"("messages":[{"role":"user","content":[1,null,{"type":2},{"source":3}]}],"system":5)"},
        {messages, R"("messages":[{"role":"user","content":null}],"metadata":null,"output_config":1)"},
        {messages, R"("messages":[{"role":"assistant","content":[{"type":"tool_use","id":[],"name":{}}]}])"},
        {completions, R"("prompt":"x","suffix":null,"logprobs":{},"echo":1)"},
    };
    for (const auto& [api, members] : cases) {
        EXPECT_EQ(outcome(api, R"({"model":"a",)" + members + "}"), "ok") << members;
    }
}

TEST(api_bodies, a_sample_cut_anywhere_is_refused) {
    const std::map<api_kind, std::string> samples = {{api_kind::responses, responses_sample},
                                                     {api_kind::messages, messages_sample}};
    for (const auto& [api, sample] : samples) {
        for (std::size_t length = 0; length < sample.find_last_of('}'); ++length) {
            ASSERT_EQ(outcome(api, sample.substr(0, length)), "malformed_json ") << sample.substr(0, length);
        }
    }
}

TEST(api_bodies, each_api_knows_its_names) {
    for (const api_kind kind :
         {api_kind::chat, api_kind::responses, api_kind::messages, api_kind::completions}) {
        EXPECT_EQ(api_of(kind).kind(), kind);
    }
    EXPECT_EQ(api_of(api_kind::chat).name(), "chat");
    EXPECT_EQ(api_of(api_kind::responses).name(), "responses");
    EXPECT_EQ(api_of(api_kind::messages).name(), "messages");
    EXPECT_EQ(api_of(api_kind::completions).name(), "completions");
    EXPECT_EQ(api_of(api_kind::chat).terminal(), "[DONE]");
    EXPECT_EQ(api_of(api_kind::responses).terminal(), "response.completed");
    EXPECT_EQ(api_of(api_kind::messages).terminal(), "message_stop");
}

}  // namespace
}  // namespace weir::dialect
