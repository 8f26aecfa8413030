#pragma once
// One conversation written in each of the three APIs, for tests that must come out alike in all of them.

#include "weir/dialect/body_index.hpp"

#include <string>
#include <utility>
#include <vector>

namespace weir::config {

// All texts are JSON text already escaped.
struct written_call {
    std::string arguments;  // the value of "c"
    std::string result;
};

struct conversation {
    std::string model = "auto";
    std::string system = {};
    std::string human = {};
    std::vector<written_call> calls = {};  // one a round, all since the human text
    int tools = 0;
    std::string effort = {};  // stated by the client; "" says nothing
    bool schema = false;      // a JSON schema is demanded: chat and Responses
    bool image = false;
};

inline std::string repeated(std::size_t times, const std::string& text) {
    std::string made;
    for (std::size_t i = 0; i < times; ++i) made += text;
    return made;
}

namespace scenario_parts {

inline constexpr const char* pixel = "iVBORw0KGgo=";

inline std::string list_of(int count, const std::string& before, const std::string& after) {
    std::string made;
    for (int i = 0; i < count; ++i) made += (i > 0 ? "," : "") + before + std::to_string(i) + after;
    return made;
}

inline std::string chat(const conversation& c) {
    std::string body = R"({"model":")" + c.model + R"(","messages":[)";
    if (!c.system.empty()) body += R"({"role":"system","content":")" + c.system + R"("},)";
    const std::string text = R"({"type":"text","text":")" + c.human + R"("})";
    const std::string image =
        std::string(R"({"type":"image_url","image_url":{"url":"data:image/png;base64,)") + pixel + R"("}})";
    body += R"({"role":"user","content":)";
    body += c.image ? "[" + text + "," + image + "]}" : '"' + c.human + "\"}";
    for (std::size_t i = 0; i < c.calls.size(); ++i) {
        const std::string id = "call_" + std::to_string(i);
        body += R"(,{"role":"assistant","content":"","reasoning_content":"so","tool_calls":[{"id":")" + id +
                R"(","type":"function","function":{"name":"bash","arguments":"{\"c\":\")" +
                c.calls[i].arguments + R"(\"}"}}]},{"role":"tool","tool_call_id":")" + id +
                R"(","content":")" + c.calls[i].result + R"("})";
    }
    body += "]";
    if (c.tools > 0) {
        body += R"(,"tools":[)" +
                list_of(c.tools, R"({"type":"function","function":{"name":"tool_)",
                        R"(","parameters":{"type":"object"}}})") +
                "]";
    }
    if (c.schema)
        body += R"(,"response_format":{"type":"json_schema","json_schema":{"name":"p","schema":{}}})";
    if (!c.effort.empty()) body += R"(,"reasoning_effort":")" + c.effort + '"';
    return body + "}";
}

inline std::string responses(const conversation& c) {
    std::string body = R"({"model":")" + c.model + '"';
    if (!c.system.empty()) body += R"(,"instructions":")" + c.system + '"';
    const std::string text = R"({"type":"input_text","text":")" + c.human + R"("})";
    const std::string image =
        std::string(R"(,{"type":"input_image","image_url":"data:image/png;base64,)") + pixel + R"("})";
    body += R"(,"input":[{"type":"message","role":"user","content":[)" + text + (c.image ? image : "") + "]}";
    for (std::size_t i = 0; i < c.calls.size(); ++i) {
        const std::string id = "call_" + std::to_string(i);
        body += R"(,{"type":"function_call","call_id":")" + id + R"(","name":"bash","arguments":"{\"c\":\")" +
                c.calls[i].arguments + R"(\"}"},{"type":"function_call_output","call_id":")" + id +
                R"(","output":")" + c.calls[i].result + R"("})";
    }
    body += "]";
    if (c.tools > 0) {
        body +=
            R"(,"tools":[)" +
            list_of(c.tools, R"({"type":"function","name":"tool_)", R"(","parameters":{"type":"object"}})") +
            "]";
    }
    if (c.schema) body += R"(,"text":{"format":{"type":"json_schema","name":"p","schema":{}}})";
    if (!c.effort.empty()) body += R"(,"reasoning":{"effort":")" + c.effort + R"("})";
    return body + "}";
}

inline std::string messages(const conversation& c) {
    std::string body = R"({"model":")" + c.model + R"(","max_tokens":32000)";
    if (!c.system.empty()) body += R"(,"system":")" + c.system + '"';
    const std::string text = R"({"type":"text","text":")" + c.human + R"("})";
    const std::string image =
        std::string(R"(,{"type":"image","source":{"type":"base64","media_type":"image/png","data":")") +
        pixel + R"("}})";
    body += R"(,"messages":[{"role":"user","content":[)" + text + (c.image ? image : "") + "]}";
    for (std::size_t i = 0; i < c.calls.size(); ++i) {
        const std::string id = "toolu_" + std::to_string(i);
        body += R"(,{"role":"assistant","content":[{"type":"thinking","thinking":"so","signature":"s"},)"
                R"({"type":"tool_use","id":")" +
                id + R"(","name":"bash","input":{"c":")" + c.calls[i].arguments +
                R"("}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":")" + id +
                R"(","content":")" + c.calls[i].result + R"("}]})";
    }
    body += "]";
    if (c.tools > 0) {
        body += R"(,"tools":[)" +
                list_of(c.tools, R"({"name":"tool_)", R"(","input_schema":{"type":"object"}})") + "]";
    }
    if (!c.effort.empty()) body += R"(,"output_config":{"effort":")" + c.effort + R"("})";
    return body + "}";
}

}  // namespace scenario_parts

inline std::string written_in(dialect::api_kind api, const conversation& c) {
    if (api == dialect::api_kind::responses) return scenario_parts::responses(c);
    if (api == dialect::api_kind::messages) return scenario_parts::messages(c);
    return scenario_parts::chat(c);
}

}  // namespace weir::config
