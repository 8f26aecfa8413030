// OpenAI Responses as DeepSeek serves them.

#include "../../src/simulator/tokens.hpp"
#include "typed.hpp"

namespace weir::simulator {
namespace {

const json off{{"reasoning", {{"effort", "none"}}}};
const json weather = flat_tool("get_weather", {{"type", "object"},
                                               {"properties", {{"city", {{"type", "string"}}}}},
                                               {"required", json::array({"city"})}});
const json call{{"type", "function_call"}, {"call_id", "c1"}, {"name", "get_weather"}, {"arguments", "{}"}};
const json result{{"type", "function_call_output"}, {"call_id", "c1"}, {"output", "12 degrees"}};
const json patch_tool{{"type", "custom"}, {"name", "apply_patch"}, {"format", {{"type", "grammar"}}}};

json said_by(const std::string& from, json content) {
    return {{"type", "message"}, {"role", from}, {"content", std::move(content)}};
}
json streamed(json more = json::object()) {
    more["stream"] = true;
    return more;
}
// The first output item of that type; null where there is none.
json item_of(const json& response, const std::string& type) {
    for (const json& item : response["output"]) {
        if (item["type"] == type) return item;
    }
    return nullptr;
}
std::string text_of(const json& response) {
    const json item = item_of(response, "message");
    return item.is_null() ? "" : item["content"][0]["text"].get<std::string>();
}

TEST(responses, have_the_documented_members) {
    const answer said = post(responses_path, response_request("hi"));
    const json body = whole(said);
    EXPECT_TRUE(body["id"].get<std::string>().starts_with("resp_"));
    EXPECT_EQ(body["object"], "response");
    EXPECT_EQ(body["status"], "completed");
    EXPECT_EQ(body["model"], "deepseek-flash");
    EXPECT_EQ(body["created_at"], 1'795'000'000);
    EXPECT_FALSE(body.contains("system_fingerprint")) << "chat and completions only";
    ASSERT_EQ(body["output"].size(), 2U) << body.dump();
    EXPECT_EQ(body["output"][0]["type"], "reasoning");
    EXPECT_EQ(body["output"][0]["summary"], json::array());
    EXPECT_EQ(body["output"][0]["content"][0]["type"], "reasoning_text");
    EXPECT_EQ(body["output"][1]["content"][0]["type"], "output_text");
    const json usage = body["usage"];
    EXPECT_EQ(usage["input_tokens"], said.used->hit + said.used->miss);
    EXPECT_EQ(usage["input_tokens_details"]["cached_tokens"], said.used->hit);
    EXPECT_EQ(usage["output_tokens"], said.used->output);
    EXPECT_EQ(usage["output_tokens_details"]["reasoning_tokens"], said.used->reasoning);
    EXPECT_EQ(usage["total_tokens"], said.used->hit + said.used->miss + said.used->output);
}

TEST(responses, are_served_with_and_without_v1_and_need_a_bearer_key) {
    simulator box{default_script()};
    const std::string body = response_request("hi").dump();
    EXPECT_EQ(ask(box, body, "/responses").status, 200);
    EXPECT_EQ(ask(box, body, "/v1/responses").status, 200);
    EXPECT_EQ(ask(box, body, "/beta/responses").status, 404);
    EXPECT_EQ(box.respond({"POST", "/responses", "", body, "sk-key"}, test_now).status, 401);
}

TEST(responses, every_refusal_is_a_400_in_deepseeks_shape) {
    const json tools{{"tools", json::array({weather})}};
    json forced = tools;
    forced["tool_choice"] = "required";
    json named = tools;
    named["tool_choice"] = {{"type", "function"}, {"name", "get_weather"}};
    json stranger = off;
    stranger.update(tools);
    stranger["tool_choice"] = {{"type", "function"}, {"name", "other"}};
    const json format_without_schema{{"text", {{"format", {{"type", "json_schema"}, {"name", "x"}}}}}};
    expect_refused(
        responses_path,
        {{response_request("hi", {{"previous_response_id", "resp_1"}}), "`previous_response_id`"},
         {response_request("hi", {{"model", "gpt-5"}}), "Model Not Exist"},
         {response_request("hi", {{"model", "claude-opus-4-6"}}), "Model Not Exist"},
         {json{{"model", "deepseek-flash"}}, "missing field `input`"},
         {response_request(json::array()), "Empty input"},
         {response_request(5), "input: invalid type: integer `5`"},
         {response_request(json::array({said_by("tool", "x")})), "input[0].role: unknown variant `tool`"},
         {response_request(json::array({{{"content", "x"}}})), "input[0]: missing field `type`"},
         {response_request(json::array({{{"type", "hologram"}}})), "input[0].type: unknown variant"},
         {response_request(json::array({said_by("user", json::array({{{"type", "video"}}}))})),
          "input[0].content[0]: unknown variant `video`"},
         {response_request(json::array({user("a"), result})),
          "No tool call found for function call output with call_id c1."},
         {response_request(json::array({user("a"), call})), "No tool output found for function call c1."},
         {response_request(json::array({user("a"), call, user("b")}), tools), "No tool output found"},
         {response_request("hi", forced), "Thinking mode does not support this tool_choice"},
         {response_request("hi", named), "Thinking mode does not support this tool_choice"},
         {response_request("hi", stranger), "not among the tools"},
         {response_request("hi", {{"reasoning", {{"effort", "huge"}}}}), "reasoning.effort: unknown variant"},
         {response_request("hi", {{"max_output_tokens", 0}}), "valid range of max_output_tokens"},
         {response_request("hi", {{"max_output_tokens", 393217}}), "valid range of max_output_tokens"},
         {response_request("hi", {{"tools", json::array({{{"type", "custom"}, {"name", "shell"}}})}}),
          "Unsupported custom tool `shell`"},
         {response_request("hi", {{"tools", json::array({weather, weather})}}), "unique"},
         {response_request("hi", {{"tools", json::array({flat_tool("a b")})}}), "does not match pattern"},
         {response_request("hi", format_without_schema), "text.format: missing field `schema`"},
         {response_request("hi", {{"text", {{"format", {{"type", "xml"}}}}}}), "text.format.type"},
         {response_request("hi", {{"text", {{"format", {{"type", "json_object"}}}}}}), "the word 'json'"},
         {response_request("hi", {{"user", "a b"}}), "Invalid 'user_id'"},
         {response_request("hi", {{"stream", 1}}), "stream: invalid type"}});
}

TEST(responses, what_is_documented_as_ignored_is_ignored) {
    const json part = json::array({{{"type", "input_text"}, {"text", "hi"}}});
    const json reasoning{
        {"type", "reasoning"}, {"id", "rs_1"}, {"summary", json::array()}, {"encrypted_content", "abc"}};
    const json output_parts{{"type", "function_call_output"},
                            {"call_id", "c1"},
                            {"output", json::array({{{"type", "input_text"}, {"text", "ok"}}})}};
    const json custom_call{
        {"type", "custom_tool_call"}, {"call_id", "c2"}, {"name", "apply_patch"}, {"input", "*** Begin"}};
    const json custom_result{{"type", "custom_tool_call_output"}, {"call_id", "c2"}, {"output", "done"}};
    const json builtin =
        json::array({{{"type", "web_search"}},
                     {{"type", "local_shell"}},
                     {{"type", "tool_search"}},
                     {{"type", "namespace"}, {"name", "n"}, {"tools", json::array({weather})}},
                     patch_tool,
                     weather});
    expect_served(
        responses_path,
        {response_request("hi", {{"store", true},
                                 {"metadata", {{"a", "b"}}},
                                 {"include", json::array({"reasoning.encrypted_content"})},
                                 {"service_tier", "auto"},
                                 {"prompt_cache_key", "k"},
                                 {"stream_options", {{"include_obfuscation", false}}},
                                 {"client_metadata", {{"turn", 1}}},
                                 {"parallel_tool_calls", true},
                                 {"previous_response_id", nullptr},
                                 {"text", {{"verbosity", "low"}}},
                                 {"reasoning", {{"effort", "high"}, {"summary", "auto"}}}}),
         response_request(json::array({said_by("developer", part), said_by("system", part),
                                       said_by("user", part), user("no type")}),
                          {{"instructions", "be brief"}, {"tools", builtin}}),
         // A thought that nobody can read, or none at all, is not asked for.
         response_request(json::array({user("a"), reasoning, call, result}), {{"tools", builtin}}),
         response_request(json::array({user("a"), call, output_parts}), {{"tools", builtin}}),
         response_request(json::array({user("a"), custom_call, custom_result}), {{"tools", builtin}}),
         response_request(json::array({user("a"), call, user("b"), result}), {{"tools", builtin}}),
         response_request("hi", {{"tools", builtin}, {"tool_choice", {{"type", "web_search"}}}})});
}

TEST(responses, effort_none_switches_thinking_off) {
    const answer said = post(responses_path, response_request("hi", off));
    EXPECT_TRUE(item_of(whole(said), "reasoning").is_null()) << said.payload();
    EXPECT_EQ(said.used->reasoning, 0);
    EXPECT_LT(
        post(responses_path, response_request("hi", {{"reasoning", {{"effort", "low"}}}})).used->reasoning,
        post(responses_path, response_request("hi", {{"reasoning", {{"effort", "max"}}}})).used->reasoning);
}

TEST(responses, a_json_schema_is_filled_with_and_without_thinking) {
    const json place{{"type", "object"},
                     {"properties", {{"city", {{"type", "string"}}}, {"open", {{"type", "boolean"}}}}},
                     {"required", json::array({"city", "open"})}};
    const json schema{{"type", "object"},
                      {"$defs", {{"place", place}}},
                      {"properties",
                       {{"where", {{"$ref", "#/$defs/place"}}},
                        {"count", {{"type", "integer"}, {"minimum", 20}}},
                        {"note", {{"anyOf", json::array({{{"type", "null"}}, {{"type", "string"}}})}}}}},
                      {"required", json::array({"where", "count", "note"})}};
    const json format{{"text", {{"format", {{"type", "json_schema"}, {"name", "x"}, {"schema", schema}}}}}};
    for (json more : {json::object(), off}) {
        more.update(format);
        const std::string text = text_of(whole(post(responses_path, response_request("hi", more))));
        const json read = json::parse(text, nullptr, false);
        ASSERT_TRUE(read.is_object()) << text;
        EXPECT_TRUE(read["where"]["city"].is_string()) << text;
        EXPECT_EQ(read["where"]["open"], true) << text;
        EXPECT_GE(read["count"], 20) << text;
        EXPECT_TRUE(read["note"].is_string()) << text;
    }
}

TEST(responses, a_tool_is_called_and_its_result_is_answered_in_text) {
    simulator box{default_script()};
    const json tools{{"tools", json::array({weather})}};
    const json first = whole(post(box, responses_path, response_request("get_weather?", tools)));
    const json made = item_of(first, "function_call");
    ASSERT_FALSE(made.is_null()) << first.dump();
    EXPECT_EQ(made["name"], "get_weather");
    EXPECT_TRUE(json::parse(made["arguments"].get<std::string>())["city"].is_string());
    json input = json::array({user("get_weather?")});
    for (const json& item : first["output"]) input.push_back(item);
    input.push_back({{"type", "function_call_output"}, {"call_id", made["call_id"]}, {"output", "12"}});
    const answer second = post(box, responses_path, response_request(input, tools));
    ASSERT_EQ(second.status, 200) << second.payload();
    EXPECT_TRUE(item_of(whole(second), "function_call").is_null()) << second.payload();
    EXPECT_FALSE(text_of(whole(second)).empty());
}

TEST(responses, a_custom_tool_is_given_bare_text) {
    const json more{{"tools", json::array({patch_tool})}};
    const json item = item_of(
        whole(post_scripted("default: {tool_calls: [{name: apply_patch, arguments: {input: \"*** Begin\"}}]}",
                            responses_path, response_request("hi", more))),
        "custom_tool_call");
    ASSERT_FALSE(item.is_null());
    EXPECT_EQ(item["input"], "*** Begin");
    const auto events = read_typed(post(responses_path, response_request("apply_patch", streamed(more))));
    EXPECT_EQ(joined(events, "response.custom_tool_call_input.delta", "delta"),
              "*** Begin Patch\n*** End Patch\n");
}

const std::string opening = "response.created response.in_progress response.output_item.added ";
const std::string thought =
    "response.content_part.added response.reasoning_text.delta response.reasoning_text.done "
    "response.content_part.done response.output_item.done "
    "response.output_item.added ";
const std::string text_events =
    "response.content_part.added response.output_text.delta response.output_text.done "
    "response.content_part.done response.output_item.done ";

TEST(response_streams, have_the_typed_events_in_order) {
    const auto shape = [](const std::string& text, const json& more) {
        return shape_of(read_typed(post(responses_path, response_request(text, streamed(more)))));
    };
    EXPECT_EQ(shape("hi", json::object()), opening + thought + text_events + "response.completed");
    EXPECT_EQ(shape("hi", off), opening + text_events + "response.completed");
    EXPECT_EQ(shape("get_weather", {{"tools", json::array({weather})}}),
              opening + thought +
                  "response.function_call_arguments.delta response.function_call_arguments.done "
                  "response.output_item.done response.completed");
    json cut = off;
    cut["max_output_tokens"] = 5;
    EXPECT_EQ(shape("hi", cut), opening + text_events + "response.incomplete");
}

TEST(response_streams, say_what_the_whole_answer_says) {
    const std::vector<json> cases{
        json::object(), off, {{"max_output_tokens", 30}}, {{"tools", json::array({weather})}}};
    for (const json& more : cases) {
        simulator box{default_script()};
        const json body = whole(post(box, responses_path, response_request("get_weather?", more)));
        simulator other{default_script()};
        const answer said = post(other, responses_path, response_request("get_weather?", streamed(more)));
        const auto events = read_typed(said);
        EXPECT_EQ(events.back().data["response"], body) << more.dump();
        EXPECT_EQ(joined(events, "response.output_text.delta", "delta"), text_of(body));
        EXPECT_EQ(said.payload().find("[DONE]"), std::string::npos);
        for (std::size_t i = 0; i < events.size(); ++i) {
            EXPECT_EQ(events[i].data["sequence_number"], i);
        }
    }
}

TEST(response_streams, tell_the_usage_in_the_last_event_alone) {
    const answer said = post(responses_path, response_request("hi", streamed()));
    const auto events = read_typed(said);
    EXPECT_TRUE(events[0].data["response"]["usage"].is_null());
    EXPECT_TRUE(events[1].data["response"]["usage"].is_null());
    EXPECT_EQ(events.back().data["response"]["usage"]["output_tokens"], said.used->output);
    const auto last = [](const char* style) {
        return read_typed(post_scripted(std::string("default: {") + style + ": true}", responses_path,
                                        response_request("hi", streamed())))
            .back()
            .data["response"];
    };
    EXPECT_FALSE(last("no_usage").contains("usage"));
    EXPECT_TRUE(last("usage_null")["usage"].is_null());
}

TEST(response_streams, end_as_the_finish_reason_says) {
    const std::tuple<const char*, const char*, const char*> table[]{
        {"stop", "completed", ""},
        {"length", "incomplete", "max_output_tokens"},
        {"content_filter", "incomplete", "content_filter"},
        {"insufficient_system_resource", "failed", ""},
        {"aborted", "failed", ""}};
    for (const auto& [reason, status, why] : table) {
        const std::string yaml = std::string("default: {finish_reason: ") + reason + "}";
        const auto events =
            read_typed(post_scripted(yaml, responses_path, response_request("hi", streamed())));
        const json last = events.back().data["response"];
        EXPECT_EQ(events.back().type, std::string("response.") + status) << reason;
        EXPECT_EQ(last["status"], status);
        EXPECT_EQ(last["incomplete_details"].is_null() ? "" : last["incomplete_details"]["reason"], why);
        EXPECT_EQ(last["error"].is_object(), std::string_view(status) == "failed") << last.dump();
        EXPECT_TRUE(last["usage"].is_object()) << "what was cut is billed";
        EXPECT_EQ(whole(post_scripted(yaml, responses_path, response_request("hi")))["status"], status);
    }
}

TEST(response_cache, a_conversation_hits_what_was_said_before) {
    simulator box{default_script()};
    const std::string long_text(4 * 1000, 'x');
    json more = off;
    more["instructions"] = long_text;
    post(box, responses_path, response_request("first", more));
    const answer again = post(box, responses_path, response_request("second", more));
    EXPECT_EQ(again.used->hit, 896);
    EXPECT_EQ(whole(again)["usage"]["input_tokens_details"]["cached_tokens"], 896);
}

}  // namespace
}  // namespace weir::simulator
