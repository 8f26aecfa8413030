#pragma once
// Requests in Responses and Messages, and their typed streams taken apart.

#include "box.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace weir::simulator {

inline constexpr std::string_view responses_path = "/responses";
inline constexpr std::string_view messages_path = "/anthropic/v1/messages";

inline answer post(simulator& box, std::string_view path, const json& body) {
    return ask(box, body.dump(), path);
}
inline answer post(std::string_view path, const json& body) {
    simulator box{default_script()};
    return post(box, path, body);
}
inline answer post_scripted(const std::string& yaml, std::string_view path, const json& body) {
    simulator box{script_of(yaml)};
    return post(box, path, body);
}

// `what`: the input, or the text of the only message.
inline json response_request(json what, const json& more = json::object()) {
    json body{{"model", "deepseek-flash"}, {"input", std::move(what)}};
    body.update(more);
    return body;
}
inline json message_request(json what, const json& more = json::object()) {
    json body{{"model", "deepseek-flash"}, {"max_tokens", 4096}};
    body["messages"] = what.is_string() ? json::array({user(what.get<std::string>())}) : std::move(what);
    body.update(more);
    return body;
}

inline json flat_tool(const std::string& name, json parameters = json::object()) {
    return {{"type", "function"}, {"name", name}, {"parameters", std::move(parameters)}};
}
inline json schema_tool(const std::string& name, json schema = {{"type", "object"}}) {
    return {{"name", name}, {"description", "for tests"}, {"input_schema", std::move(schema)}};
}

struct typed_event {
    std::string type;
    json data;
};

// Every event has a name, data of the same `type`, and a blank line.
inline std::vector<typed_event> read_typed(const answer& said) {
    std::vector<typed_event> events;
    const std::string payload = said.payload();
    std::string_view rest = payload;
    while (!rest.empty()) {
        const std::size_t end = rest.find("\n\n");
        EXPECT_NE(end, rest.npos) << "no blank line after: " << rest;
        if (end == rest.npos) break;
        const std::string_view event = rest.substr(0, end);
        rest.remove_prefix(end + 2);
        if (event.starts_with(":")) continue;
        const std::size_t line = event.find("\ndata: ");
        EXPECT_TRUE(event.starts_with("event: ") && line != event.npos) << event;
        if (!event.starts_with("event: ") || line == event.npos) continue;
        json data = json::parse(event.substr(line + 7), nullptr, false);
        EXPECT_TRUE(data.is_object()) << event;
        if (!data.is_object()) continue;
        events.push_back({std::string(event.substr(7, line - 7)), std::move(data)});
        EXPECT_EQ(events.back().data["type"], events.back().type);
    }
    return events;
}

// The types in order, repeated ones once: "a b c".
inline std::string shape_of(const std::vector<typed_event>& events) {
    std::string shape;
    std::string last;
    for (const typed_event& e : events) {
        if (e.type != last) shape += (shape.empty() ? "" : " ") + e.type;
        last = e.type;
    }
    return shape;
}

inline std::string joined(const std::vector<typed_event>& events, const std::string& type,
                          const std::string& key) {
    std::string text;
    for (const typed_event& e : events) {
        if (e.type == type) text += e.data[key].get<std::string>();
    }
    return text;
}

struct refused_body {
    json body;
    std::string says;  // part of the message
};

// Each is a 400 in the shape that all endpoints share, and nothing is billed.
inline void expect_refused(std::string_view path, const std::vector<refused_body>& table) {
    for (const auto& [body, says] : table) {
        const answer said = post(path, body);
        EXPECT_EQ(said.status, 400) << body.dump() << "\n" << said.payload();
        const json error = whole(said)["error"];
        ASSERT_TRUE(error.is_object()) << said.payload();
        EXPECT_NE(error["message"].get<std::string>().find(says), std::string::npos)
            << body.dump() << "\nsaid: " << error.dump() << "\nwanted: " << says;
        EXPECT_EQ(error["code"], "invalid_request_error");
        EXPECT_FALSE(said.used.has_value());
    }
}

inline void expect_served(std::string_view path, const std::vector<json>& table) {
    for (const json& body : table) {
        const answer said = post(path, body);
        EXPECT_EQ(said.status, 200) << body.dump() << "\n" << said.payload();
    }
}

}  // namespace weir::simulator
