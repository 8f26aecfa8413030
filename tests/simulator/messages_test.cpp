// Anthropic Messages as DeepSeek serves them.

#include "typed.hpp"

namespace weir::simulator {
namespace {

const json off{{"thinking", {{"type", "disabled"}}}};
const json weather = schema_tool("get_weather", {{"type", "object"},
                                                 {"properties", {{"city", {{"type", "string"}}}}},
                                                 {"required", json::array({"city"})}});
const json with_tools{{"tools", json::array({weather})}};

json assistant(json content) { return {{"role", "assistant"}, {"content", std::move(content)}}; }
json user_blocks(json content) { return {{"role", "user"}, {"content", std::move(content)}}; }
json text_block(const std::string& text) { return {{"type", "text"}, {"text", text}}; }
json thinking_block(const std::string& text) {
    return {{"type", "thinking"}, {"thinking", text}, {"signature", "s"}};
}
json use_block(const std::string& id) {
    return {{"type", "tool_use"}, {"id", id}, {"name", "get_weather"}, {"input", {{"city", "Ulm"}}}};
}
json result_block(const std::string& id, json content = "12 degrees") {
    return {{"type", "tool_result"}, {"tool_use_id", id}, {"content", std::move(content)}};
}
json streamed(json more = json::object()) {
    more["stream"] = true;
    return more;
}
json block_of(const json& message, const std::string& type) {
    for (const json& block : message["content"]) {
        if (block["type"] == type) return block;
    }
    return nullptr;
}
json merged(json a, const json& b) {
    a.update(b);
    return a;
}

TEST(messages, have_the_documented_members) {
    const answer said = post(messages_path, message_request("hi"));
    const json body = whole(said);
    EXPECT_EQ(body["type"], "message");
    EXPECT_EQ(body["role"], "assistant");
    EXPECT_EQ(body["model"], "deepseek-flash");
    EXPECT_EQ(body["stop_reason"], "end_turn");
    EXPECT_TRUE(body["stop_sequence"].is_null());
    EXPECT_FALSE(body.contains("system_fingerprint"));
    ASSERT_EQ(body["content"].size(), 2U) << body.dump();
    EXPECT_EQ(body["content"][0]["type"], "thinking");
    EXPECT_FALSE(body["content"][0]["signature"].get<std::string>().empty());
    EXPECT_EQ(body["content"][1]["type"], "text");
    EXPECT_EQ(body["usage"]["input_tokens"], said.used->miss);
    EXPECT_EQ(body["usage"]["cache_read_input_tokens"], said.used->hit);
    EXPECT_EQ(body["usage"]["cache_creation_input_tokens"], 0);
    EXPECT_EQ(body["usage"]["output_tokens"], said.used->output);
}

TEST(messages, are_served_at_the_documented_path_alone) {
    simulator box{default_script()};
    const std::string body = message_request("hi").dump();
    for (const char* path : {"/v1/messages", "/anthropic/messages", "/anthropic/v1/messages/count_tokens"}) {
        EXPECT_EQ(ask(box, body, path).status, 404) << path;
    }
}

TEST(messages, take_the_key_from_either_field) {
    simulator box{script_of("keys: {bad: [sk-bad], broke: [sk-empty]}")};
    const std::string body = message_request("hi").dump();
    const auto status = [&](std::string_view authorization, std::string_view api_key) {
        return box.respond({"POST", messages_path, authorization, body, api_key}, test_now).status;
    };
    EXPECT_EQ(status("", "sk-good"), 200);
    EXPECT_EQ(status("Bearer sk-good", ""), 200);
    EXPECT_EQ(status("Bearer sk-other", "sk-good"), 200);
    EXPECT_EQ(status("Bearer sk-bad", "sk-good"), 200) << "x-api-key goes first";
    EXPECT_EQ(status("Bearer sk-good", "sk-bad"), 401);
    EXPECT_EQ(status("", ""), 401);
    EXPECT_EQ(status("", "sk-bad"), 401);
    EXPECT_EQ(status("Bearer sk-empty", ""), 402);
}

TEST(messages, name_the_served_model_and_know_the_names_of_another_maker) {
    const std::pair<const char*, const char*> table[]{
        {"claude-opus-4-6", "deepseek-v4-pro"}, {"claude-opus", "deepseek-v4-pro"},
        {"claude-sonnet-5", "deepseek-flash"},  {"claude", "deepseek-flash"},
        {"deepseek-v4-pro", "deepseek-v4-pro"}, {"deepseek-v4-flash", "deepseek-v4-flash"}};
    for (const auto& [asked, served] : table) {
        const answer said = post(messages_path, message_request("hi", {{"model", asked}}));
        EXPECT_EQ(whole(said)["model"], served) << asked;
        EXPECT_EQ(said.model, asked);
        EXPECT_EQ(said.served_model, served);
    }
    for (const char* asked : {"gpt-5", "auto", "opus", "deepseek-chat", "my-claude"}) {
        EXPECT_EQ(post(messages_path, message_request("hi", {{"model", asked}})).status, 400) << asked;
    }
}

TEST(messages, other_names_are_data_of_the_catalogue) {
    const std::string yaml = "models: [{id: tiny, messages_names: [\"small-*\", exact]}]";
    EXPECT_EQ(post_scripted(yaml, messages_path, message_request("hi", {{"model", "small-1"}})).status, 200);
    EXPECT_EQ(post_scripted(yaml, messages_path, message_request("hi", {{"model", "exact"}})).status, 200);
    EXPECT_EQ(post_scripted(yaml, messages_path, message_request("hi", {{"model", "exactly"}})).status, 400);
}

TEST(messages, every_refusal_is_a_400_in_deepseeks_shape) {
    const std::string replay =
        "The `content[].thinking` in the thinking mode must be passed back to the API.";
    const std::string forced = "Thinking mode does not support this tool_choice";
    const json turn = json::array({user("a"), assistant("b"), user("c")});
    const json called = assistant(json::array({thinking_block(""), use_block("t1")}));
    json unlimited = message_request("hi");
    unlimited.erase("max_tokens");
    const json image{{"type", "image"},
                     {"source", {{"type", "base64"}, {"media_type", "image/png"}, {"data", "AAAA"}}}};
    expect_refused(
        messages_path,
        {{unlimited, "missing field `max_tokens`"},
         {message_request("hi", {{"max_tokens", 0}}), "valid range of max_tokens"},
         {message_request("hi", {{"max_tokens", 393217}}), "valid range of max_tokens"},
         {message_request(turn, with_tools), replay},
         {message_request(json::array({user("a"), assistant(json::array({text_block("b")})), user("c")}),
                          with_tools),
          replay},
         {message_request(
              json::array({user("a"),
                           assistant(json::array({{{"type", "redacted_thinking"}, {"data", "x"}}})),
                           user("c")}),
              with_tools),
          replay},
         {message_request("hi", merged(with_tools, {{"tool_choice", {{"type", "any"}}}})), forced},
         {message_request("hi",
                          merged(with_tools, {{"tool_choice", {{"type", "tool"}, {"name", "get_weather"}}}})),
          forced},
         {message_request("hi", merged(off, {{"output_config", {{"effort", "low"}}}})),
          "thinking options type cannot be disabled when reasoning_effort is set"},
         {message_request("hi", {{"output_config", {{"effort", "huge"}}}}), "output_config.effort"},
         {message_request("hi", {{"thinking", {{"type", "off"}}}}), "unknown variant `off`"},
         {message_request("hi", {{"metadata", {{"user_id", "{\"device\":\"x\"}"}}}}),
          "Invalid 'user_id': string does not match pattern"},
         {message_request("hi", {{"metadata", {{"user_id", ""}}}}), "does not match pattern"},
         {message_request("hi", {{"metadata", {{"user_id", std::string(513, 'u')}}}}), "maximum length 512"},
         {message_request(json::array({user_blocks(json::array({result_block("t1")}))})),
          "unexpected `tool_use_id` found in `tool_result` blocks: t1"},
         {message_request(json::array({user("a"), called, user("b")})),
          "`tool_use` ids were found without `tool_result` blocks immediately after: t1"},
         {message_request(json::array({user("a"), called})), "without `tool_result`"},
         {message_request(json::array({{{"role", "tool"}, {"content", "x"}}})), "messages[0].role"},
         {message_request(json::array({user_blocks(json::array({{{"type", "video"}}}))})),
          "messages[0].content[0]: unknown variant `video`"},
         {message_request(json::array({user_blocks(json::array({use_block("t1")}))})), "assistant messages"},
         {message_request(json::array({assistant(json::array({image})), user("x")})), "user messages"},
         {message_request(json::array()), "Empty input messages"},
         {message_request("hi", {{"tools", json::array({{{"name", "x"}}})}}), "missing field `input_schema`"},
         {message_request("hi", {{"tools", json::array({{{"type", "bash_1"}, {"name", "bash"}}})}}),
          "tools[0].type: unknown variant"},
         {message_request("hi", {{"tools", json::array({weather, weather})}}), "unique"},
         {message_request("hi", {{"temperature", 2.5}}), "temperature"},
         {message_request("hi", {{"stop_sequences", 5}}), "stop_sequences"}});
}

TEST(messages, what_is_documented_as_ignored_is_ignored) {
    const json system =
        json::array({{{"type", "text"}, {"text", "be brief"}, {"cache_control", {{"type", "ephemeral"}}}}});
    const json called =
        assistant(json::array({thinking_block(""), text_block("let me see"), use_block("t1")}));
    const json results = user_blocks(
        json::array({result_block("t1", json::array({text_block("12")})), text_block("<reminder>")}));
    const json search{{"type", "web_search_20250305"}, {"name", "web_search"}};
    expect_served(
        messages_path,
        {message_request("hi", {{"system", "be brief"}}), message_request("hi", {{"system", system}}),
         message_request("hi", {{"thinking", {{"type", "adaptive"}}},
                                {"output_config", {{"effort", "high"}}},
                                {"context_management", {{"edits", json::array()}}},
                                {"metadata", {{"user_id", "user_1-a"}}},
                                {"top_k", 5},
                                {"container", "x"},
                                {"service_tier", "auto"}}),
         message_request("hi", {{"thinking", {{"type", "enabled"}, {"budget_tokens", 1024}}}}),
         message_request(json::array({user("a"), called, results, {{"role", "system"}, {"content", "note"}}}),
                         with_tools),
         message_request(json::array({user("a"), assistant("b"), user("c")})),
         message_request(json::array({user("a"), assistant("b"), user("c")}), merged(with_tools, off)),
         message_request(json::array({user_blocks(
             json::array({text_block("a"), {{"type", "document"}, {"source", {{"type", "text"}}}}}))})),
         message_request("hi", {{"tools", json::array({search, weather})}}),
         message_request(
             "hi", merged(with_tools,
                          {{"tool_choice", {{"type", "auto"}, {"disable_parallel_tool_use", true}}}}))});
}

TEST(messages, a_forced_tool_is_called_with_thinking_off) {
    for (const json& choice : {json{{"type", "any"}}, json{{"type", "tool"}, {"name", "get_weather"}}}) {
        const json body =
            whole(post(messages_path,
                       message_request("hi", merged(merged(with_tools, off), {{"tool_choice", choice}}))));
        const json use = block_of(body, "tool_use");
        ASSERT_FALSE(use.is_null()) << body.dump();
        EXPECT_EQ(body["stop_reason"], "tool_use");
        EXPECT_TRUE(use["input"]["city"].is_string());
        EXPECT_TRUE(block_of(body, "thinking").is_null());
    }
}

TEST(messages, a_tool_turn_is_answered_in_text_whatever_stands_beside_the_result) {
    simulator box{default_script()};
    json turns = json::array({user("get_weather?")});
    const json first = whole(post(box, messages_path, message_request(turns, with_tools)));
    turns.push_back(assistant(first["content"]));
    turns.push_back(user_blocks(json::array(
        {result_block(block_of(first, "tool_use")["id"]), text_block("a reminder of get_weather")})));
    const answer second = post(box, messages_path, message_request(turns, with_tools));
    ASSERT_EQ(second.status, 200) << second.payload();
    EXPECT_TRUE(block_of(whole(second), "tool_use").is_null()) << second.payload();
}

TEST(messages, system_text_among_the_turns_breaks_the_prefix_of_pro_alone) {
    const std::string long_text(4 * 1000, 'x');
    const auto hit = [&](const char* model) {
        simulator box{default_script()};
        const json first = json::array({user(long_text), assistant("b"), user("c")});
        json second = first;
        second.push_back({{"role", "system"}, {"content", "a note"}});
        post(box, messages_path, message_request(first, {{"model", model}}));
        return post(box, messages_path, message_request(second, {{"model", model}})).used->hit;
    };
    EXPECT_EQ(hit("deepseek-flash"), 896);
    EXPECT_EQ(hit("deepseek-v4-pro"), 0) << "its system text stands at the beginning";
}

TEST(messages, stop_reasons_are_those_of_the_dialect) {
    const auto reason = [](const std::string& actions_text, const json& more) {
        const json body = whole(
            post_scripted("default: {" + actions_text + "}", messages_path, message_request("hi", more)));
        const json& stop = body["stop_sequence"];
        return body["stop_reason"].get<std::string>() +
               (stop.is_string() ? " " + stop.get<std::string>() : "");
    };
    EXPECT_EQ(reason("content: 'one two three'", {{"stop_sequences", json::array({"never", "two"})}}),
              "stop_sequence two");
    EXPECT_EQ(reason("content: 'one two three'", {{"max_tokens", 5}}), "max_tokens");
    EXPECT_EQ(reason("content: 'one two three'", json::object()), "end_turn");
    EXPECT_EQ(reason("finish_reason: content_filter", json::object()), "refusal");
    EXPECT_EQ(reason("finish_reason: insufficient_system_resource", json::object()),
              "insufficient_system_resource");
}

TEST(message_streams, have_the_typed_events_in_order) {
    const auto shape = [](const std::string& text, const json& more) {
        return shape_of(read_typed(post(messages_path, message_request(text, streamed(more)))));
    };
    const std::string end = "content_block_stop message_delta message_stop";
    const std::string block = "message_start content_block_start ping content_block_delta ";
    const std::string next = "content_block_stop content_block_start content_block_delta ";
    EXPECT_EQ(shape("hi", json::object()), block + next + end);
    EXPECT_EQ(shape("hi", off), block + end);
    EXPECT_EQ(shape("get_weather", with_tools), block + next + end);
}

TEST(message_streams, say_what_the_whole_answer_says) {
    for (const json& more : {json::object(), off, with_tools, json{{"max_tokens", 20}}}) {
        const json body = whole(post(messages_path, message_request("get_weather?", more)));
        const answer said = post(messages_path, message_request("get_weather?", streamed(more)));
        json built = json::array();
        std::vector<std::string> inputs;
        for (const typed_event& e : read_typed(said)) {
            if (e.type == "content_block_start") {
                EXPECT_EQ(e.data["index"], built.size());
                built.push_back(e.data["content_block"]);
                inputs.emplace_back();
            }
            if (e.type != "content_block_delta") continue;
            EXPECT_EQ(e.data["index"], built.size() - 1);
            const json& delta = e.data["delta"];
            if (delta["type"] == "input_json_delta") {
                inputs.back() += delta["partial_json"].get<std::string>();
                continue;
            }
            const std::string kind = delta["type"];
            const std::string key = kind.substr(0, kind.find('_'));
            built.back()[key] = built.back()[key].get<std::string>() + delta[key].get<std::string>();
        }
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            if (!inputs[i].empty()) built[i]["input"] = json::parse(inputs[i], nullptr, false);
        }
        EXPECT_EQ(built, body["content"]) << more.dump();
        EXPECT_EQ(said.payload().find("[DONE]"), std::string::npos);
    }
}

TEST(message_streams, tell_the_input_first_and_the_output_last) {
    const answer said = post(messages_path, message_request("hi", streamed({{"model", "claude-opus-4"}})));
    const auto events = read_typed(said);
    const json start = events.front().data["message"];
    EXPECT_EQ(start["model"], "deepseek-v4-pro");
    EXPECT_EQ(start["content"], json::array());
    EXPECT_EQ(start["usage"]["input_tokens"], said.used->miss);
    EXPECT_EQ(start["usage"]["output_tokens"], 0);
    const json& last = events[events.size() - 2].data;
    EXPECT_EQ(last["delta"]["stop_reason"], "end_turn");
    EXPECT_EQ(last["usage"], (json{{"output_tokens", said.used->output}}));
    const auto silent = read_typed(
        post_scripted("default: {no_usage: true}", messages_path, message_request("hi", streamed())));
    for (const typed_event& e : silent) EXPECT_EQ(e.data.dump().find("usage"), std::string::npos) << e.data;
}

}  // namespace
}  // namespace weir::simulator
