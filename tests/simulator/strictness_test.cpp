// What DeepSeek refuses, refused in its words.

#include "box.hpp"

namespace weir::simulator {
namespace {

const json search = tool_named("search");
const json earlier =
    json::array({user("hi"), {{"role", "assistant"}, {"content", "hello"}}, user("and now?")});
const json image{{"type", "image_url"}, {"image_url", {{"url", "data:image/png;base64,AAAA"}}}};
const json call{{"id", "c1"}, {"type", "function"}, {"function", {{"name", "search"}, {"arguments", "{}"}}}};

json called(json calls) {
    return {
        {"role", "assistant"}, {"content", ""}, {"reasoning_content", ""}, {"tool_calls", std::move(calls)}};
}
json tool_result(const std::string& id) {
    return {{"role", "tool"}, {"tool_call_id", id}, {"content", "42"}};
}

struct refused_request {
    json body;
    std::string says;  // part of the message
};

const std::string replay = "The reasoning_content in the thinking mode must be passed back to the API.";
const std::string forced = "Thinking mode does not support this tool_choice";
const std::string orphan =
    "Messages with role 'tool' must be a response to a preceding message with 'tool_calls'";

std::vector<refused_request> refusals() {
    return {
        {chat(json::array({{{"role", "developer"}, {"content", "x"}}, user("hi")})),
         "messages[0].role: unknown variant `developer`, expected one of `system`, `user`, `assistant`, "
         "`tool`, "
         "`latest_reminder`"},
        {chat("hi", {{"stream_options", {{"include_usage", true}}}}),
         "stream_options should be set along with stream"},
        {chat("hi", {{"thinking", false}}), "thinking: invalid type: boolean `false`"},
        {chat("hi", {{"thinking", {{"type", "off"}}}}),
         "unknown variant `off`, expected one of `enabled`, `disabled`, `adaptive`"},
        {chat("hi", {{"thinking", {{"type", "disabled"}}}, {"reasoning_effort", "low"}}),
         "thinking options type cannot be disabled when reasoning_effort is set"},
        {chat("hi", {{"reasoning_effort", "huge"}}), "reasoning_effort: unknown variant `huge`"},
        {chat("hi", {{"reasoning_effort", 3}}), "reasoning_effort: invalid type: integer `3`"},
        {chat(earlier, {{"tools", json::array({search})}}), replay},
        {chat("hi", {{"tools", json::array({search})}, {"tool_choice", "required"}}), forced},
        {chat("hi", {{"tools", json::array({search})},
                     {"tool_choice", {{"type", "function"}, {"function", {{"name", "search"}}}}}}),
         forced},
        {chat("hi", {{"thinking", {{"type", "disabled"}}}, {"tool_choice", "required"}}),
         "when tools are specified"},
        {chat("hi", {{"tools", json::array({search, search})}}), "unique"},
        {chat("hi", {{"tools", json::array({tool_named("not a name")})}}), "does not match pattern"},
        {chat("hi", {{"tools", json::array({tool_named(std::string(129, 'a'))})}}), "does not match pattern"},
        {chat(json::array({{{"role", "system"}, {"content", json::array({image})}}, user("hi")})),
         "user messages"},
        {chat(json::array({{{"role", "assistant"}, {"content", json::array({image})}}, user("hi")})),
         "user messages"},
        {chat("hi", {{"response_format", {{"type", "json_schema"}}}}), "response_format type is unavailable"},
        {chat("hi", {{"response_format", {{"type", "json_object"}}}}), "must contain the word 'json'"},
        {chat("hi", {{"max_tokens", 0}}), "the valid range of max_tokens is [1, 393216]"},
        {chat("hi", {{"max_tokens", 393217}}), "the valid range of max_tokens is [1, 393216]"},
        {chat("hi", {{"max_tokens", 1.5}}), "max_tokens: invalid type: floating point `1.5`"},
        {chat("hi", {{"max_tokens", 18446744073709551615ULL}}), "max_tokens: invalid value"},
        {chat("hi", {{"temperature", 2.5}}), "temperature"},
        {chat("hi", {{"top_p", 1.5}}), "top_p"},
        {chat("hi", {{"top_logprobs", 2}}), "logprobs must be set to true"},
        {chat("hi", {{"stop", json::array({"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12",
                                           "13", "14", "15", "16", "17"})}}),
         "at most 16"},
        {chat("hi", {{"user_id", std::string(513, 'u')}}), "maximum length 512"},
        {chat("hi", {{"user_id", "{\"device\":1}"}}), "Invalid 'user_id': string does not match pattern"},
        {chat(json::array()), "Empty input messages"},
        {chat("hi", {{"messages", "hi"}}), "messages: invalid type: string \"hi\", expected a sequence"},
        {chat(json::array({tool_result("c1")})), orphan},
        {chat(json::array({user("a"), called(json::array({call})), tool_result("c2")})), orphan},
        {chat(json::array({user("a"), called(json::array({call})), tool_result("c1"), tool_result("c1")})),
         orphan},
        {chat(json::array({user("a"), called(json::array({call})), user("b")})),
         "insufficient tool messages"},
        {chat(json::array({user("a"), called(json::array({call}))})), "insufficient tool messages"},
        {chat(json::array({{{"role", "assistant"}, {"content", nullptr}}, user("b")})),
         "content or tool_calls must be set"},
        {chat(json::array({{{"role", "user"}}})), "messages[0]: missing field `content`"},
        {chat(json::array({{{"content", "x"}}})), "messages[0]: missing field `role`"},
        {chat(json::array({{{"role", "user"}, {"content", json::array({{{"type", "video"}}})}}})),
         "unknown variant `video`"},
        {chat("hi", {{"model", "deepseek-chat"}}), "Model Not Exist"},
        {chat("hi", {{"model", "auto"}}), "Model Not Exist"},
        {chat("hi", {{"model", nullptr}}), "missing field `model`"},
        {chat("hi", {{"stream", "yes"}}), "stream: invalid type: string \"yes\", expected a boolean"},
        {json::array({1}), "expected a map"},
    };
}

TEST(strictness, every_refusal_is_a_400_in_deepseeks_shape_and_words) {
    for (const auto& [body, says] : refusals()) {
        const answer said = ask(body);
        EXPECT_EQ(said.status, 400) << body.dump();
        const json error = whole(said)["error"];
        EXPECT_NE(error["message"].get<std::string>().find(says), std::string::npos)
            << body.dump() << "\nsaid: " << error.dump() << "\nwanted: " << says;
        EXPECT_EQ(error["type"], "invalid_request_error");
        EXPECT_EQ(error["code"], "invalid_request_error");
        EXPECT_TRUE(error.contains("param") && error["param"].is_null()) << error.dump();
        EXPECT_FALSE(said.used.has_value()) << "nothing is billed for a refusal";
    }
}

TEST(strictness, what_only_looks_wrong_is_served) {
    const json with_reasoning = json::array(
        {user("hi"), {{"role", "assistant"}, {"content", "x"}, {"reasoning_content", ""}}, user("and now?")});
    const json tools{{"tools", json::array({search})}};
    json off = tools;
    off["thinking"] = {{"type", "disabled"}};
    json off_by_effort = tools;
    off_by_effort["reasoning_effort"] = "none";
    const std::vector<json> served{
        chat(with_reasoning, tools),  // an empty reasoning_content counts as sent
        chat(earlier),                // without tools it need not be sent
        chat(earlier, off),
        chat(earlier, off_by_effort),
        chat("hi", {{"tools", json::array({search})}, {"tool_choice", "auto"}}),
        chat("hi", {{"tools", json::array({search})}, {"tool_choice", "none"}}),
        chat("hi", {{"max_completion_tokens", 1}, {"metadata", {{"a", "b"}}}, {"n", 1}}),
        chat("hi", {{"thinking", {{"type", "adaptive"}}}}),
        chat("Answer in JSON", {{"response_format", {{"type", "json_object"}}}}),
        chat(json::array({{{"role", "user"}, {"content", json::array({image})}}})),
        chat(json::array({{{"role", "latest_reminder"}, {"content", "x"}}, user("hi")})),
        chat(json::array({user("a"), called(json::array({call})), tool_result("c1")}), tools),
    };
    for (const json& body : served) {
        const answer said = ask(body);
        EXPECT_EQ(said.status, 200) << body.dump() << "\n" << said.payload();
    }
}

TEST(strictness, an_image_for_a_model_without_eyes_is_degraded_in_silence) {
    const json messages = json::array({{{"role", "user"}, {"content", json::array({image})}}});
    const answer flash = ask(chat(messages));
    const answer pro = ask(chat(messages, {{"model", "deepseek-v4-pro"}}));
    ASSERT_EQ(pro.status, 200);
    EXPECT_GT(flash.used->miss, 300) << "the image itself is read";
    EXPECT_LT(pro.used->miss, 50) << "a placeholder is read";
}

TEST(strictness, bytes_that_are_not_json_are_refused) {
    simulator box{default_script()};
    const std::string deep = std::string(200, '[') + std::string(200, ']');
    for (const std::string& body :
         {std::string(), std::string("{"), std::string("{\"model\":\"\xff\"}"), std::string("{} x"), deep}) {
        const answer said = ask(box, body);
        EXPECT_EQ(said.status, 400) << body;
        EXPECT_NE(error_text(said).find("Failed to parse the request body as JSON"), std::string::npos)
            << body;
    }
}

TEST(strictness, nesting_is_counted_outside_of_strings_only) {
    EXPECT_EQ(ask(chat(std::string(500, '[') + "\\\"" + std::string(500, '{'))).status, 200);
}

TEST(strictness, prompt_and_max_tokens_together_must_fit_the_context) {
    // 4 bytes a token: 700,000 tokens of text leave no room for 393,216 more.
    const std::string text(4 * 700'000, 'x');
    const answer said = ask(chat(text, {{"max_tokens", 393'216}}));
    EXPECT_EQ(said.status, 400);
    const std::string message = error_text(said);
    EXPECT_TRUE(
        message.starts_with("This model's maximum context length is 1048576 tokens. However, you requested "))
        << message;
    EXPECT_NE(message.find("393216 in the completion)"), std::string::npos) << message;
    EXPECT_EQ(ask(chat(text)).status, 200) << "the default shrinks to what is left";
}

TEST(strictness, a_body_over_48_mib_is_413) {
    simulator box{default_script()};
    const std::string body(request_bytes_max + 1, ' ');
    EXPECT_EQ(ask(box, body).status, 413);
}

}  // namespace
}  // namespace weir::simulator
