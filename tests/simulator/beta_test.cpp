// What is served under /beta: strict tools, answers that go on, and text with a hole.

#include "../../src/simulator/tokens.hpp"
#include "typed.hpp"

#include <initializer_list>
#include <sstream>

namespace weir::simulator {
namespace {

constexpr std::string_view beta_path = "/beta/chat/completions";
constexpr std::string_view fim_path = "/beta/completions";
const json off{{"thinking", {{"type", "disabled"}}}};

json strict_tool(const std::string& name, json parameters) {
    json tool = tool_named(name, std::move(parameters));
    tool["function"]["strict"] = true;
    return tool;
}
json closed_object(json properties, json required) {
    return {{"type", "object"},
            {"properties", std::move(properties)},
            {"required", std::move(required)},
            {"additionalProperties", false}};
}
const json text_type{{"type", "string"}};
const json good_schema = closed_object({{"q", text_type}}, json::array({"q"}));
const json open_schema{
    {"type", "object"}, {"properties", {{"q", text_type}}}, {"required", json::array({"q"})}};

json ended_with(json assistant_more) {
    json last{{"role", "assistant"}, {"content", "Once upon"}, {"prefix", true}};
    last.update(assistant_more);
    return json::array({user("a tale"), last});
}
json fim(const json& more = json::object()) {
    json body{{"model", "deepseek-flash"}, {"prompt", "def fib(n):"}};
    body.update(more);
    return body;
}

TEST(beta_chat, serves_what_chat_serves) {
    EXPECT_EQ(post(beta_path, chat("hi")).status, 200);
    EXPECT_EQ(post(beta_path, chat("hi", {{"stream_options", {{"include_usage", true}}}})).status, 400);
}

TEST(beta_chat, strict_tools_are_all_strict_and_their_schemas_closed) {
    const auto with = [](std::initializer_list<json> tools) {
        json list = json::array();
        for (const json& tool : tools) list.push_back(tool);
        return chat("hi", {{"tools", std::move(list)}});
    };
    const json good = strict_tool("a", good_schema);
    const json nested = closed_object({{"list", {{"type", "array"}, {"items", open_schema}}}}, {"list"});
    const json defined{{"type", "object"},
                       {"properties", json::object()},
                       {"additionalProperties", false},
                       {"$defs", {{"x", open_schema}}}};
    const json choice = closed_object({{"q", {{"anyOf", json::array({text_type, open_schema})}}}}, {"q"});
    const json short_text = closed_object({{"q", {{"type", "string"}, {"maxLength", 5}}}}, {"q"});
    const json optional = closed_object({{"q", text_type}, {"r", text_type}}, {"q"});
    expect_refused(beta_path,
                   {{with({good, tool_named("b")}), "every function must set `strict`"},
                    {with({strict_tool("a", open_schema)}), "additionalProperties must be false"},
                    {with({strict_tool("a", nested)}), "parameters.properties.list.items: additionalProp"},
                    {with({strict_tool("a", defined)}), "parameters.$defs.x: additionalProperties"},
                    {with({strict_tool("a", choice)}), "parameters.properties.q.anyOf: additionalProperties"},
                    {with({strict_tool("a", short_text)}), "maxLength is not supported"},
                    {with({strict_tool("a", optional)}), "and lacks r"},
                    {with({strict_tool("a", good_schema), strict_tool("a", good_schema)}), "unique"}});
    expect_served(beta_path,
                  {with({good, strict_tool("b", good_schema)}), with({tool_named("a", open_schema)})});
    EXPECT_EQ(post("/chat/completions", with({good, tool_named("b")})).status, 200)
        << "elsewhere `strict` means nothing";
}

TEST(beta_chat, an_answer_goes_on_from_a_prefix) {
    simulator box{default_script()};
    const answer first = post(box, beta_path, chat(ended_with(json::object()), off));
    ASSERT_EQ(first.status, 200) << first.payload();
    const std::string rest = message_of(first)["content"];
    EXPECT_FALSE(rest.empty());
    EXPECT_FALSE(rest.starts_with("Once upon")) << "the prefix is not said again";
    EXPECT_EQ(post("/chat/completions", chat(ended_with(json::object()), off)).status, 400);
    const answer given =
        post(beta_path, chat(ended_with({{"reasoning_content", "a tale begins so"}}), json::object()));
    EXPECT_EQ(given.used->reasoning, 0) << "a thought that is given is not thought again";
    EXPECT_EQ(message_of(given)["reasoning_content"], "");
    EXPECT_GT(post(beta_path, chat(ended_with(json::object()))).used->reasoning, 0);
}

TEST(beta_chat, a_prefix_stands_on_the_last_message) {
    json early = ended_with(json::object());
    early.push_back(user("and then?"));
    expect_refused(beta_path, {{chat(early, off), "only supported on the last message"}});
    expect_refused("/chat/completions", {{chat(early, off), "beta feature"}});
}

TEST(beta_chat, what_was_continued_is_cached_for_the_next_turn) {
    simulator box{script_of("default: {output_tokens: 1000}")};
    const json first = ended_with(json::object());
    const std::string rest = message_of(post(box, beta_path, chat(first, off)))["content"];
    json next =
        json::array({first[0], {{"role", "assistant"}, {"content", "Once upon" + rest}}, user("go on")});
    EXPECT_GE(ask(box, chat(next, off)).used->hit, 896);
}

TEST(fill_in_the_middle, has_the_documented_members) {
    const answer said = post(fim_path, fim({{"suffix", "return a"}}));
    const json body = whole(said);
    EXPECT_EQ(body["object"], "text_completion");
    EXPECT_EQ(body["model"], "deepseek-flash");
    EXPECT_FALSE(body["system_fingerprint"].get<std::string>().empty());
    EXPECT_EQ(body["choices"][0]["finish_reason"], "stop");
    EXPECT_EQ(count_tokens(body["choices"][0]["text"].get<std::string>()), said.used->output);
    EXPECT_EQ(body["usage"]["completion_tokens"], said.used->output);
    EXPECT_EQ(said.used->reasoning, 0) << "it never thinks";
    EXPECT_EQ(post(fim_path, fim({{"model", "deepseek-v4-pro"}})).status, 200);
    EXPECT_NE(whole(post(fim_path, fim()))["choices"][0]["text"], body["choices"][0]["text"])
        << "the suffix is read";
}

TEST(fill_in_the_middle, is_refused_where_it_is_not_served_or_not_right) {
    for (const char* path : {"/completions", "/v1/completions"}) {
        const answer said = post(path, fim());
        EXPECT_EQ(said.status, 400) << path;
        EXPECT_NE(error_text(said).find("only available when using beta api"), std::string::npos);
    }
    expect_refused(fim_path, {{json{{"model", "deepseek-flash"}}, "missing field `prompt`"},
                              {fim({{"prompt", json::array({"a"})}}), "prompt: invalid type: sequence"},
                              {fim({{"max_tokens", 4097}}), "valid range of max_tokens is [1, 4096]"},
                              {fim({{"model", "auto"}}), "Model Not Exist"},
                              {fim({{"logprobs", 21}}), "logprobs"},
                              {fim({{"stream_options", json::object()}}), "along with stream"}});
}

TEST(fill_in_the_middle, stops_is_cut_and_repeats_the_prompt_when_asked) {
    const auto choice = [](const json& more) { return whole(post(fim_path, fim(more)))["choices"][0]; };
    const std::string full = choice(json::object())["text"];
    EXPECT_EQ(choice({{"echo", true}})["text"], "def fib(n):" + full);
    const std::string word = full.substr(full.find(' ', 8), 4);
    EXPECT_EQ(choice({{"stop", word}})["text"], full.substr(0, full.find(word)));
    const json cut = choice({{"max_tokens", 3}});
    EXPECT_EQ(count_tokens(cut["text"].get<std::string>()), 3);
    EXPECT_EQ(cut["finish_reason"], "length");
}

TEST(fill_in_the_middle, streams_text_and_ends_with_done) {
    for (const bool echo : {false, true}) {
        const json body = whole(post(fim_path, fim({{"echo", echo}})));
        const std::string payload = post(fim_path, fim({{"echo", echo}, {"stream", true}})).payload();
        ASSERT_TRUE(payload.ends_with("\n\ndata: [DONE]\n\n")) << payload;
        std::string text;
        json chunk;
        std::istringstream lines(payload);
        for (std::string line; std::getline(lines, line);) {
            if (!line.starts_with("data: {")) continue;
            chunk = json::parse(line.substr(6));
            EXPECT_EQ(chunk["object"], "text_completion");
            text += chunk["choices"][0]["text"].get<std::string>();
        }
        EXPECT_EQ(json(text), body["choices"][0]["text"]);
        EXPECT_EQ(chunk["usage"], body["usage"]);
        EXPECT_EQ(chunk["choices"][0]["finish_reason"], "stop");
    }
}

}  // namespace
}  // namespace weir::simulator
