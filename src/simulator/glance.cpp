// From bytes to a document, and the few values that are read before anything is checked.

#include "chat_request.hpp"
#include "fields.hpp"

#include <nlohmann/json.hpp>

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

std::string text_of(const json& content) {
    if (content.is_string()) return content.get<std::string>();
    std::string text;
    if (!content.is_array()) return text;
    for (const json& block : content) {
        if (!block.is_object()) continue;
        const auto found = block.find("text");
        if (found != block.end() && found->is_string()) text += found->get_ref<const std::string&>();
    }
    return text;
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

glimpse glance(const json& body) {
    glimpse seen;
    if (!body.is_object()) return seen;
    if (const auto model = body.find("model"); model != body.end() && model->is_string()) {
        seen.model = model->get<std::string>();
    }
    if (const auto stream = body.find("stream"); stream != body.end() && stream->is_boolean()) {
        seen.stream = stream->get<bool>();
    }
    const auto messages = body.find("messages");
    if (messages == body.end() || !messages->is_array()) return seen;
    for (auto m = messages->rbegin(); m != messages->rend(); ++m) {
        if (!m->is_object()) continue;
        const auto role = m->find("role");
        if (role == m->end() || !role->is_string() || role->get_ref<const std::string&>() != "user") continue;
        const auto content = m->find("content");
        if (content != m->end()) seen.ask = text_of(*content);
        break;
    }
    return seen;
}

std::string last_ask(const chat_request& asked) {
    for (auto m = asked.messages.rbegin(); m != asked.messages.rend(); ++m) {
        if (m->from != role::user) continue;
        std::string text;
        for (const part& p : m->parts) {
            if (!p.is_image) text += p.text;
        }
        return text;
    }
    return {};
}

}  // namespace weir::simulator
