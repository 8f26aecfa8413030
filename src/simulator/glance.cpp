#include "glance.hpp"

#include "fields.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace weir::simulator {
namespace {

using nlohmann::json;

// Nesting by brackets outside of strings; right for JSON, and too high at worst for anything else.
int depth_of(std::string_view text) noexcept {
    int depth = 0;
    int deepest = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            deepest = std::max(deepest, ++depth);
        } else if (c == '}' || c == ']') {
            --depth;
        }
    }
    return deepest;
}

std::string word_of(const json& object, const char* key) {
    if (!object.is_object()) return {};
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string text_of(const json& content) {
    if (content.is_string()) return content.get<std::string>();
    std::string text;
    if (!content.is_array()) return text;
    for (const json& block : content) text += word_of(block, "text");
    return text;
}

// What one entry of messages[] or input[] is, as far as rules care.
struct turn {
    bool is_ask = false;
    std::int64_t results = 0;
    std::string text;  // of an ask
};

std::int64_t results_in(const json& content) {
    if (!content.is_array()) return 0;
    return std::ranges::count_if(content,
                                 [](const json& block) { return word_of(block, "type") == "tool_result"; });
}

turn turn_of(const json& entry) {
    turn read;
    if (!entry.is_object()) return read;
    const std::string from = word_of(entry, "role");
    const std::string type = word_of(entry, "type");
    if (from == "tool" || type == "function_call_output" || type == "custom_tool_call_output") {
        read.results = 1;
        return read;
    }
    if (from != "user") return read;
    const auto content = entry.find("content");
    if (content == entry.end()) return turn{true, 0, {}};
    // In Messages a user's turn carries the results; text beside them is no new question.
    read.results = results_in(*content);
    read.is_ask = read.results == 0;
    if (read.is_ask) read.text = text_of(*content);
    return read;
}

void look_at_turns(const json& list, glimpse& into) {
    for (auto entry = list.rbegin(); entry != list.rend(); ++entry) {
        turn read = turn_of(*entry);
        into.tool_results += read.results;
        if (!read.is_ask) continue;
        into.ask = std::move(read.text);
        return;
    }
}

const char* conversation_key(dialect spoken) noexcept {
    switch (spoken) {
        case dialect::responses:
            return "input";
        case dialect::completions:
            return "prompt";
        default:
            return "messages";
    }
}

}  // namespace

allowed<json> parse_body(std::string_view body) {
    // The document is walked and printed recursively later on, so its depth is bounded before it is built.
    if (depth_of(body) > json_depth_max)
        return bad_request("Failed to parse the request body as JSON: recursion limit exceeded");
    json document = json::parse(body, nullptr, false);
    if (document.is_discarded())
        return bad_request("Failed to parse the request body as JSON: expected value");
    return document;
}

glimpse glance(const json& body, dialect spoken) {
    glimpse seen;
    seen.spoken = spoken;
    if (!body.is_object()) return seen;
    seen.model = word_of(body, "model");
    if (const auto stream = body.find("stream"); stream != body.end() && stream->is_boolean()) {
        seen.stream = stream->get<bool>();
    }
    if (const auto tools = body.find("tools"); tools != body.end() && tools->is_array()) {
        seen.tools = !tools->empty();
    }
    const auto conversation = body.find(conversation_key(spoken));
    if (conversation == body.end()) return seen;
    if (conversation->is_string())
        seen.ask = conversation->get<std::string>();
    else if (conversation->is_array())
        look_at_turns(*conversation, seen);
    return seen;
}

}  // namespace weir::simulator
