#pragma once
// A simulator to ask in tests, and its answers taken apart.

#include "weir/simulator/script.hpp"
#include "weir/simulator/simulator.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace weir::simulator {

using nlohmann::json;

inline constexpr wall_time test_now = from_unix_ms(1'795'000'000'000);

inline script script_of(std::string_view yaml) {
    auto read = parse_script(yaml);
    EXPECT_TRUE(read.has_value()) << (read ? "" : read.error().detail);
    return read ? *read : default_script();
}

inline answer ask(simulator& box, const std::string& body, std::string_view path = "/chat/completions") {
    return box.respond({"POST", path, "Bearer sk-test", body}, test_now);
}
inline answer ask(simulator& box, const json& body) { return ask(box, body.dump()); }
inline answer ask(const json& body) {
    simulator box{default_script()};
    return ask(box, body);
}

inline json user(const std::string& text) { return {{"role", "user"}, {"content", text}}; }
inline json system_text(const std::string& text) { return {{"role", "system"}, {"content", text}}; }

// `what`: the messages, or the text of the only one. Members of `more` are added, or replace what is there.
inline json chat(json what, const json& more = json::object()) {
    json body{{"model", "deepseek-v4-flash"}};
    body["messages"] = what.is_string() ? json::array({user(what.get<std::string>())}) : std::move(what);
    body.update(more);
    return body;
}

inline json tool_named(const std::string& name, json parameters = json::object()) {
    return {
        {"type", "function"},
        {"function", {{"name", name}, {"description", "for tests"}, {"parameters", std::move(parameters)}}}};
}

// The body as JSON; a null, and a failure, where it is not.
inline json whole(const answer& said) {
    json body = json::parse(said.payload(), nullptr, false);
    EXPECT_FALSE(body.is_discarded()) << said.payload();
    return body.is_discarded() ? json() : body;
}
inline json message_of(const answer& said) { return whole(said)["choices"][0]["message"]; }
inline std::string error_text(const answer& said) {
    const json body = whole(said);
    return body.contains("error") ? body["error"]["message"].get<std::string>() : "no error: " + body.dump();
}

struct stream_read {
    std::vector<json> chunks;
    bool done = false;
    std::string thought;
    std::string content;
    std::string arguments;
    std::string call_id;
    std::string call_name;
    std::string finish_reason;
    std::vector<std::string> comments;
};

inline void add_delta(stream_read& into, const json& choice) {
    const json& delta = choice["delta"];
    if (delta.contains("reasoning_content") && delta["reasoning_content"].is_string()) {
        into.thought += delta["reasoning_content"].get<std::string>();
    }
    if (delta.contains("content") && delta["content"].is_string())
        into.content += delta["content"].get<std::string>();
    if (delta.contains("tool_calls")) {
        const json& call = delta["tool_calls"][0];
        if (call.contains("id")) into.call_id = call["id"].get<std::string>();
        if (call["function"].contains("name")) into.call_name = call["function"]["name"].get<std::string>();
        into.arguments += call["function"]["arguments"].get<std::string>();
    }
    if (choice["finish_reason"].is_string()) into.finish_reason = choice["finish_reason"].get<std::string>();
}

inline stream_read read_stream(const std::string& payload) {
    stream_read into;
    std::string_view rest = payload;
    while (!rest.empty()) {
        const std::size_t end = rest.find("\n\n");
        EXPECT_NE(end, rest.npos) << "no blank line after: " << rest;
        if (end == rest.npos) break;
        const std::string_view event = rest.substr(0, end);
        rest.remove_prefix(end + 2);
        if (event.starts_with(":")) {
            into.comments.emplace_back(event);
        } else if (event == "data: [DONE]") {
            into.done = true;
            EXPECT_TRUE(rest.empty()) << "after [DONE]: " << rest;
        } else {
            EXPECT_TRUE(event.starts_with("data: ")) << event;
            const json chunk = json::parse(event.substr(6), nullptr, false);
            EXPECT_FALSE(chunk.is_discarded()) << event;
            if (chunk.is_discarded()) continue;
            into.chunks.push_back(chunk);
            if (!chunk["choices"].empty()) add_delta(into, chunk["choices"][0]);
        }
    }
    return into;
}
inline stream_read read_stream(const answer& said) { return read_stream(said.payload()); }

}  // namespace weir::simulator
