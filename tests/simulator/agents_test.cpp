// Scripts for agents: conditions and actions that hold in every dialect.

#include "typed.hpp"

namespace weir::simulator {
namespace {

constexpr std::string_view chat_path = "/chat/completions";
constexpr std::string_view fim_path = "/beta/completions";

// One request in each dialect, all of them asking `text`, with a tool where there may be one.
struct sample {
    std::string_view path;
    std::string endpoint;
    json body;
};

std::vector<sample> samples(const std::string& text, bool stream = false) {
    const json more{{"stream", stream}};
    sample made[]{
        {chat_path, "chat", chat(text, {{"tools", json::array({tool_named("bash")})}})},
        {responses_path, "responses", response_request(text, {{"tools", json::array({flat_tool("bash")})}})},
        {messages_path, "messages", message_request(text, {{"tools", json::array({schema_tool("bash")})}})},
        {fim_path, "completions", {{"model", "deepseek-flash"}, {"prompt", text}}}};
    for (sample& s : made) s.body.update(more);
    return {std::begin(made), std::end(made)};
}

// What the answer calls: NAME and arguments, as JSON.
json calls_in(const sample& of, const json& body) {
    json calls = json::array();
    if (of.path == chat_path) {
        for (const json& call : body["choices"][0]["message"]["tool_calls"]) {
            calls.push_back({call["function"]["name"],
                             json::parse(call["function"]["arguments"].get<std::string>(), nullptr, false)});
        }
    }
    if (of.path == responses_path) {
        for (const json& item : body["output"]) {
            if (item["type"] != "function_call") continue;
            calls.push_back(
                {item["name"], json::parse(item["arguments"].get<std::string>(), nullptr, false)});
        }
    }
    if (of.path == messages_path) {
        for (const json& block : body["content"]) {
            if (block["type"] == "tool_use") calls.push_back({block["name"], block["input"]});
        }
    }
    return calls;
}

TEST(agent_scripts, the_latest_human_text_counts_in_every_dialect) {
    const std::string yaml = "rules: [{when: {ask_contains: boom}, status: 503}]";
    for (const sample& s : samples("boom")) {
        EXPECT_EQ(post_scripted(yaml, s.path, s.body).status, 503) << s.endpoint;
    }
    for (const sample& s : samples("fine")) {
        EXPECT_EQ(post_scripted(yaml, s.path, s.body).status, 200) << s.endpoint;
    }
    const json parts =
        json::array({{{"type", "input_text"}, {"text", "bo"}}, {{"type", "text"}, {"text", "om"}}});
    const json items = json::array({{{"role", "user"}, {"content", parts}}, {{"type", "reasoning"}}});
    EXPECT_EQ(post_scripted(yaml, responses_path, response_request(items)).status, 503);
    const json system_last = json::array({user("boom"), {{"role", "system"}, {"content", "fine"}}});
    EXPECT_EQ(post_scripted(yaml, messages_path, message_request(system_last)).status, 503);
}

TEST(agent_scripts, a_rule_can_be_for_one_endpoint_or_for_requests_with_tools) {
    for (const sample& wanted : samples("hi")) {
        const std::string yaml = "rules: [{when: {endpoint: " + wanted.endpoint + "}, status: 503}]";
        for (const sample& s : samples("hi")) {
            EXPECT_EQ(post_scripted(yaml, s.path, s.body).status, s.endpoint == wanted.endpoint ? 503 : 200)
                << wanted.endpoint << " " << s.endpoint;
        }
    }
    for (const sample& s : samples("hi")) {
        const bool has_tools = s.body.contains("tools");
        EXPECT_EQ(post_scripted("rules: [{when: {tools: true}, status: 503}]", s.path, s.body).status,
                  has_tools ? 503 : 200)
            << s.endpoint;
        EXPECT_EQ(post_scripted("rules: [{when: {tools: false}, status: 503}]", s.path, s.body).status,
                  has_tools ? 200 : 503)
            << s.endpoint;
    }
}

TEST(agent_scripts, tools_are_called_as_the_script_says) {
    const std::string yaml = R"(default:
  tool_calls:
    - name: bash
      arguments: {command: "echo 'a' > \"b\"", timeout: 5, quoted: "5", deep: {list: [1.5, true, null]}}
    - name: bash
)";
    const json wanted = json::array({json::array({"bash",
                                                  {{"command", "echo 'a' > \"b\""},
                                                   {"timeout", 5},
                                                   {"quoted", "5"},
                                                   {"deep", {{"list", json::array({1.5, true, nullptr})}}}}}),
                                     json::array({"bash", json::object()})});
    for (const sample& s : samples("hi")) {
        if (s.path == fim_path) continue;
        const answer said = post_scripted(yaml, s.path, s.body);
        ASSERT_EQ(said.status, 200) << s.endpoint << said.payload();
        EXPECT_EQ(calls_in(s, whole(said)), wanted) << s.endpoint << said.payload();
    }
}

TEST(agent_scripts, text_may_go_with_the_calls) {
    simulator box{script_of("default: {content: Listing, tool_calls: [{name: bash}]}")};
    const json message = message_of(ask(box, chat("hi", {{"tools", json::array({tool_named("bash")})}})));
    EXPECT_EQ(message["content"], "Listing");
    EXPECT_EQ(message["tool_calls"].size(), 1U);
}

TEST(agent_scripts, a_tool_that_is_not_offered_is_an_error_of_the_script) {
    for (const sample& s : samples("hi")) {
        const answer said = post_scripted("default: {tool_calls: [{name: shell}]}", s.path, s.body);
        EXPECT_EQ(said.status, 500) << s.endpoint;
        EXPECT_EQ(error_text(said),
                  std::string("the simulator's script calls the tool shell, but the request "
                              "offers ") +
                      (s.path == fim_path ? "none" : "bash"));
    }
}

// Two steps of an agent: each answer depends on how many results there are.
constexpr const char* two_steps = R"(rules:
  - {when: {ask_contains: hello, after_tool_results: 0}, tool_calls: [{name: bash, arguments: {step: 1}}]}
  - {when: {ask_contains: hello, after_tool_results: 1}, tool_calls: [{name: bash, arguments: {step: 2}}]}
  - {when: {ask_contains: hello, after_tool_results: 2}, content: done}
)";

TEST(agent_scripts, steps_follow_the_number_of_tool_results_in_chat) {
    simulator box{script_of(two_steps)};
    const json more{{"tools", json::array({tool_named("bash")})}};
    json messages = json::array({user("say hello")});
    for (int step = 1; step <= 2; ++step) {
        const json said = message_of(ask(box, chat(messages, more)));
        EXPECT_EQ(said["tool_calls"][0]["function"]["arguments"], "{\"step\":" + std::to_string(step) + "}");
        messages.push_back(said);
        messages.push_back(
            {{"role", "tool"}, {"tool_call_id", said["tool_calls"][0]["id"]}, {"content", "ok"}});
    }
    EXPECT_EQ(message_of(ask(box, chat(messages, more)))["content"], "done");
}

TEST(agent_scripts, steps_follow_the_number_of_tool_results_in_responses) {
    simulator box{script_of(two_steps)};
    const json more{{"tools", json::array({flat_tool("bash")})}};
    json input = json::array({user("say hello")});
    for (int step = 1; step <= 2; ++step) {
        const json body = whole(post(box, responses_path, response_request(input, more)));
        for (const json& item : body["output"]) input.push_back(item);
        const json call = body["output"].back();
        EXPECT_EQ(call["arguments"], "{\"step\":" + std::to_string(step) + "}") << body.dump();
        input.push_back({{"type", "function_call_output"}, {"call_id", call["call_id"]}, {"output", "ok"}});
    }
    EXPECT_EQ(whole(post(box, responses_path, response_request(input, more)))["output"]
                  .back()["content"][0]["text"],
              "done");
}

TEST(agent_scripts, steps_follow_the_number_of_tool_results_in_messages) {
    simulator box{script_of(two_steps)};
    const json more{{"tools", json::array({schema_tool("bash")})}};
    json turns = json::array({user("say hello")});
    for (int step = 1; step <= 2; ++step) {
        const json body = whole(post(box, messages_path, message_request(turns, more)));
        turns.push_back({{"role", "assistant"}, {"content", body["content"]}});
        const json use = body["content"].back();
        EXPECT_EQ(use["input"]["step"], step) << body.dump();
        const json result{{"type", "tool_result"}, {"tool_use_id", use["id"]}, {"content", "ok"}};
        const json reminder{{"type", "text"}, {"text", "a reminder"}};
        turns.push_back({{"role", "user"}, {"content", json::array({result, reminder})}});
    }
    EXPECT_EQ(whole(post(box, messages_path, message_request(turns, more)))["content"].back()["text"],
              "done");
}

TEST(agent_faults, a_stream_can_fail_in_band_in_every_dialect) {
    const std::string yaml = "default: {error_after_events: 3, message: it broke}";
    for (const sample& s : samples("hi", true)) {
        const answer said = post_scripted(yaml, s.path, s.body);
        const std::string payload = said.payload();
        EXPECT_EQ(said.status, 200) << s.endpoint;
        EXPECT_EQ(said.end, ending::complete) << s.endpoint;
        EXPECT_NE(payload.find("it broke"), std::string::npos) << payload;
        EXPECT_EQ(payload.find("[DONE]"), std::string::npos) << payload;
        EXPECT_EQ(payload.find("message_stop"), std::string::npos) << payload;
        if (s.path == chat_path || s.path == fim_path) {
            const std::string last = payload.substr(payload.rfind("data: ") + 6);
            EXPECT_EQ(json::parse(last)["error"]["message"], "it broke") << payload;
            continue;
        }
        const auto events = read_typed(said);
        ASSERT_EQ(events.size(), 4U) << payload;
        if (s.path == messages_path) {
            EXPECT_EQ(events.back().type, "error");
            EXPECT_EQ(events.back().data["error"]["message"], "it broke");
        } else {
            EXPECT_EQ(events.back().type, "response.failed");
            EXPECT_EQ(events.back().data["sequence_number"], 3);
            EXPECT_EQ(events.back().data["response"]["error"]["message"], "it broke");
        }
    }
}

TEST(agent_faults, an_error_after_the_end_of_a_stream_never_comes) {
    for (const sample& s : samples("hi", true)) {
        EXPECT_EQ(post_scripted("default: {error_after_events: 100000}", s.path, s.body).payload(),
                  post(s.path, s.body).payload())
            << s.endpoint;
    }
}

TEST(agent_faults, a_stream_can_end_without_its_last_event) {
    for (const sample& s : samples("hi", true)) {
        const std::string intact = post(s.path, s.body).payload();
        const std::string cut = post_scripted("default: {no_done: true}", s.path, s.body).payload();
        EXPECT_TRUE(intact.starts_with(cut)) << s.endpoint;
        EXPECT_EQ(intact.find("\n\n", cut.size()), intact.size() - 2) << "exactly one event is missing";
    }
}

TEST(agent_faults, keep_alives_are_those_of_the_dialect) {
    for (const sample& s : samples("hi", true)) {
        const answer said =
            post_scripted("default: {first_token_ms: 20, keep_alive_every_ms: 10}", s.path, s.body);
        EXPECT_EQ(said.steps.front().payload,
                  s.path == messages_path ? "event: ping\ndata: {\"type\":\"ping\"}\n\n" : ": keep-alive\n\n")
            << s.endpoint;
    }
}

TEST(agent_faults, breaks_and_odd_answers_work_in_every_dialect) {
    for (const sample& s : samples("hi", true)) {
        EXPECT_EQ(post_scripted("default: {cut_after_events: 2}", s.path, s.body).end, ending::cut);
        EXPECT_EQ(post_scripted("default: {stall_after_events: 2}", s.path, s.body).end, ending::stall);
        const answer other = post_scripted("default: {served_model: other, content: said}", s.path, s.body);
        EXPECT_EQ(other.served_model, "other");
        EXPECT_NE(other.payload().find("\"model\":\"other\""), std::string::npos) << s.endpoint;
        EXPECT_NE(other.payload().find("said"), std::string::npos) << s.endpoint;
        const std::string short_one =
            post_scripted("default: {truncate_json: true}", s.path, s.body).payload();
        EXPECT_FALSE(short_one.ends_with("\n\n")) << s.endpoint;
    }
}

}  // namespace
}  // namespace weir::simulator
