// How much is thought, and what goes wrong in saying so: bugs 6 to 12 of docs/pitfalls.md.
#include "pitfalls/support.hpp"

namespace weir::pitfalls {
namespace {

using testing::HasSubstr;

// One question in each API, for the same two members: a tool list, and what is said about thinking.
struct question {
    std::string path;
    json body;
};

question in_chat(const std::string& model, const json& more = json::object()) {
    return {chat_path, chat(model, "What is a weir?", more)};
}
question in_responses(const std::string& model, const json& more = json::object()) {
    json body{{"model", model}, {"input", "What is a weir?"}};
    body.update(more);
    return {responses_path, body};
}
question in_messages(const std::string& model, const json& more = json::object()) {
    json body{{"model", model}, {"max_tokens", 4000}, {"messages", json::array({user("What is a weir?")})}};
    body.update(more);
    return {messages_path, body};
}

// Where an API says the effort.
std::vector<question> with_effort(const std::string& model, const std::string& word) {
    return {in_chat(model, {{"reasoning_effort", word}}),
            in_responses(model, {{"reasoning", {{"effort", word}}}}),
            in_messages(model, {{"output_config", {{"effort", word}}}})};
}
json effort_in(const question& q, const json& body) {
    if (q.path == chat_path) return body.at("reasoning_effort");
    return body.at(q.path == responses_path ? "reasoning" : "output_config").at("effort");
}

std::vector<question> with_forced_tool() {
    const json run = run_tool();
    const json as_responses{
        {"type", "function"}, {"name", "run"}, {"parameters", run.at("function").at("parameters")}};
    const json as_messages{{"name", "run"}, {"input_schema", run.at("function").at("parameters")}};
    const json named{{"type", "function"}, {"function", {{"name", "run"}}}};
    const std::string pro = "deepseek-v4-pro";
    return {
        in_chat(pro, {{"tools", json::array({run})}, {"tool_choice", "required"}}),
        in_chat(pro, {{"tools", json::array({run})}, {"tool_choice", named}, {"reasoning_effort", "max"}}),
        in_chat("auto", {{"tools", json::array({run})}, {"tool_choice", named}}),
        in_responses(pro, {{"tools", json::array({as_responses})},
                           {"tool_choice", "required"},
                           {"reasoning", {{"effort", "high"}, {"summary", "auto"}}}}),
        in_messages(pro, {{"tools", json::array({as_messages})}, {"tool_choice", {{"type", "any"}}}}),
        in_messages(pro, {{"tools", json::array({as_messages})},
                          {"tool_choice", {{"type", "tool"}, {"name", "run"}}}}),
    };
}

// What only an answer has that calls a tool.
std::string sign_of_call(const std::string& path) {
    if (path == chat_path) return R"("finish_reason":"tool_calls")";
    return path == responses_path ? R"("type":"function_call")" : R"("type":"tool_use")";
}

// As DeepSeek would get it from a client that names a real model.
json unrouted(json body) {
    if (body.at("model") == "auto") body["model"] = "deepseek-flash";
    return body;
}

TEST(pitfall_06, a_forced_tool_is_called_with_thinking_off_and_not_refused) {
    deepseek_behind_weir both;
    for (const question& q : with_forced_tool()) {
        expect_refused(both.ask_alone(unrouted(q.body), q.path),
                       "Thinking mode does not support this tool_choice");
        const http_message answer = both.ask(q.body, q.path);
        EXPECT_EQ(answer.status(), 200) << q.body << answer.body;
        EXPECT_THAT(mended(answer), HasSubstr("forced_tool_choice")) << q.body;
        EXPECT_EQ(answer.field("x-weir-effort"), "none") << q.body;
        EXPECT_THAT(answer.body, HasSubstr(sign_of_call(q.path))) << q.body;
        EXPECT_EQ(both.sent().at("tool_choice"), q.body.at("tool_choice")) << "the choice itself stands";
        EXPECT_EQ(both.billed().reasoning, 0) << q.body;
    }
}

TEST(pitfall_06, or_it_is_refused_in_the_clients_own_words_where_it_is_set_so) {
    deepseek_behind_weir both("", [](config::settings& s) {
        s.routes.thinking.forced_tool_choice = router::thinking_rules::forced::refuse;
    });
    for (const question& q : with_forced_tool()) {
        const http_message answer = both.ask(q.body, q.path);
        EXPECT_EQ(answer.status(), 400) << q.body;
        const json said = json::parse(answer.body);
        EXPECT_THAT(said.at("error").at("message").get<std::string>(), HasSubstr("forced tool choice"));
        if (q.path == messages_path) EXPECT_EQ(said.at("type"), "error") << said;
    }
    EXPECT_EQ(both.requests(), 0) << "nothing goes up";
}

TEST(pitfall_07, an_effort_beside_disabled_thinking_is_dropped) {
    deepseek_behind_weir both;
    const json off{{"type", "disabled"}};
    for (const question& q :
         {in_chat("deepseek-flash", {{"thinking", off}, {"reasoning_effort", "high"}}),
          in_messages("deepseek-flash", {{"thinking", off}, {"output_config", {{"effort", "high"}}}})}) {
        expect_refused(both.ask_alone(q.body, q.path),
                       "thinking options type cannot be disabled when reasoning_effort is set");
        const http_message answer = both.ask(q.body, q.path);
        EXPECT_EQ(answer.status(), 200) << q.body << answer.body;
        EXPECT_THAT(mended(answer), HasSubstr("effort_while_disabled"));
        EXPECT_EQ(both.sent().at("thinking"), off);
        EXPECT_EQ(both.billed().reasoning, 0);
    }
}

// What the simulator thinks at each effort: more effort is always more tokens.
struct level {
    std::string word;
    std::int64_t least = 0;
    std::int64_t most = 0;
};
const std::vector<level> levels{{"low", 16, 48}, {"high", 64, 160}, {"max", 200, 480}};

TEST(pitfall_08, every_effort_that_the_client_states_arrives) {
    deepseek_behind_weir both;
    for (const std::string model : {"deepseek-v4-pro", "auto"}) {
        for (const level& l : levels) {
            for (const question& q : with_effort(model, l.word)) {
                const http_message answer = both.ask(q.body, q.path);
                EXPECT_EQ(answer.status(), 200) << q.body << answer.body;
                EXPECT_EQ(effort_in(q, both.sent()), l.word) << both.sent();
                EXPECT_EQ(answer.field("x-weir-effort"), l.word) << q.body;
                const std::int64_t thought = both.billed().reasoning;
                EXPECT_TRUE(thought >= l.least && thought <= l.most) << q.body << " thinks " << thought;
            }
        }
    }
}

TEST(pitfall_09, effort_none_is_thinking_off_and_not_paid_for) {
    deepseek_behind_weir both;
    for (const std::string model : {"deepseek-v4-pro", "auto"}) {
        const std::vector<question> silent{in_chat(model), in_responses(model), in_messages(model)};
        const std::vector<question> none = with_effort(model, "none");
        for (std::size_t i = 0; i < none.size(); ++i) {
            EXPECT_EQ(both.ask(silent[i].body, silent[i].path).status(), 200);
            EXPECT_GT(both.billed().reasoning, 0) << silent[i].body;
            const http_message answer = both.ask(none[i].body, none[i].path);
            EXPECT_EQ(answer.status(), 200) << none[i].body << answer.body;
            EXPECT_EQ(both.billed().reasoning, 0) << none[i].body;
            const json row = both.row_of(answer);
            EXPECT_EQ(row.at("effort"), "none") << row;
            EXPECT_EQ(row.at("tokens").at("reasoning"), 0) << row;
        }
    }
}

TEST(pitfall_10, max_stays_max_and_an_alias_becomes_what_it_stands_for_now) {
    const struct {
        std::string said, sent, mended;
    } all[] = {{"max", "max", ""},
               {"ultra", "max", "effort_alias"},
               {"xhigh", "high", "effort_alias"},
               {"medium", "high", "effort_alias"},
               {"minimal", "low", "effort_alias"}};
    deepseek_behind_weir both;
    // The bug: a gateway that writes xhigh for max. Nobody complains, and less is thought.
    const unmended downgraded =
        both.ask_alone(chat("deepseek-v4-pro", "What is a weir?", {{"reasoning_effort", "xhigh"}}));
    ASSERT_EQ(downgraded.status, 200);
    EXPECT_LT(json::parse(downgraded.body)["usage"]["completion_tokens_details"]["reasoning_tokens"], 200);
    for (const auto& one : all) {
        for (const question& q : with_effort("deepseek-v4-pro", one.said)) {
            const http_message answer = both.ask(q.body, q.path);
            EXPECT_EQ(answer.status(), 200) << q.body << answer.body;
            EXPECT_EQ(effort_in(q, both.sent()), one.sent) << one.said;
            EXPECT_EQ(mended(answer), one.mended) << one.said;
            EXPECT_EQ(both.billed().reasoning >= 200, one.sent == "max") << one.said;
        }
    }
}

TEST(pitfall_11, a_title_within_few_tokens_is_asked_for_without_thinking) {
    deepseek_behind_weir both("default: {output_tokens: 8}");
    const json title = chat("auto",
                            json::parse(R"([{"role":"system","content":"You are a title generator. Answer )"
                                        R"(with a short title for the conversation."},)"
                                        R"({"role":"user","content":"How do I dam a brook?"}])"),
                            {{"max_tokens", 24}});
    const json alone = json::parse(both.ask_alone(unrouted(title)).body).at("choices").at(0);
    EXPECT_EQ(alone.at("message").at("content"), "") << "the thinking ate it";
    EXPECT_EQ(alone.at("finish_reason"), "length");
    const http_message answer = both.ask(title);
    expect_served(answer);
    EXPECT_NE(message_of(answer).at("content"), "");
    EXPECT_EQ(json::parse(answer.body).at("choices").at(0).at("finish_reason"), "stop");
    EXPECT_EQ(answer.field("x-weir-effort"), "none");
    EXPECT_EQ(both.billed().reasoning, 0);
}

// Whoever names a model gets what he asked for: weir neither raises the limit nor hides how it ended.
TEST(pitfall_11, a_pin_with_few_tokens_comes_back_empty_and_its_row_says_why) {
    deepseek_behind_weir both;
    const std::string body = chat("deepseek-v4-pro", "What is a weir?", {{"max_tokens", 24}}).dump();
    const http_message answer = both.ask(body);
    expect_served(answer);
    EXPECT_EQ(both.sent_text(), body);
    EXPECT_EQ(message_of(answer).at("content"), "");
    const json row = both.row_of(answer);
    EXPECT_EQ(row.at("finish_reason"), "length") << row;
    EXPECT_EQ(row.at("tokens").at("output"), 24) << row;
    EXPECT_EQ(row.at("tokens").at("reasoning"), 24) << row;
    EXPECT_GT(row.at("cost_pico").get<std::int64_t>(), 0) << row;
    // The old name of the model that never thought.
    const http_message old_name = both.ask(chat("deepseek-chat", "What is a weir?", {{"max_tokens", 24}}));
    expect_served(old_name);
    EXPECT_NE(message_of(old_name).at("content"), "");
}

TEST(pitfall_12, an_answer_within_the_reasoning_reaches_the_client_as_it_is) {
    deepseek_behind_weir both("default: {empty_content: true}");
    for (const bool stream : {false, true}) {
        const http_message answer = both.ask(chat("deepseek-flash", "What is a weir?", {{"stream", stream}}));
        expect_served(answer);
        streamed said;
        if (stream) {
            said = stream_of(answer.body);
        } else {
            const json choice = json::parse(answer.body).at("choices").at(0);
            said.content = choice.at("message").at("content").get<std::string>();
            said.reasoning = choice.at("message").at("reasoning_content").get<std::string>();
            said.finish_reason = choice.at("finish_reason").get<std::string>();
        }
        EXPECT_EQ(said.content, "");
        EXPECT_FALSE(said.reasoning.empty());
        EXPECT_EQ(said.finish_reason, "stop");
        EXPECT_EQ(mended(answer), "") << "weir moves no reasoning into the content";
        const json row = both.row_of(answer);
        expect_tokens(row, both.billed());
        EXPECT_EQ(row.at("tokens").at("output"), row.at("tokens").at("reasoning")) << row;
        EXPECT_GT(row.at("cost_pico").get<std::int64_t>(), 0) << row;
    }
}

}  // namespace
}  // namespace weir::pitfalls
