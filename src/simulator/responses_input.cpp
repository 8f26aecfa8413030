// instructions and input[] of Responses: items, and the pairs that calls and their results make.

#include "fields.hpp"
#include "readers.hpp"
#include "request_parts.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace weir::simulator {
namespace {

using nlohmann::json;

// Items that tell of tools which are ignored, or of what only their maker can read.
constexpr std::array<std::string_view, 17> ignored_items{"reasoning",
                                                         "web_search_call",
                                                         "file_search_call",
                                                         "computer_call",
                                                         "computer_call_output",
                                                         "code_interpreter_call",
                                                         "image_generation_call",
                                                         "local_shell_call",
                                                         "local_shell_call_output",
                                                         "shell_call",
                                                         "shell_call_output",
                                                         "mcp_list_tools",
                                                         "mcp_approval_request",
                                                         "mcp_call",
                                                         "tool_search_call",
                                                         "tool_search_output",
                                                         "compaction"};

allowed<role> role_of(const json& item, const std::string& path) {
    auto word = required_text(item, "role", path);
    if (!word) return std::unexpected(std::move(word.error()));
    if (*word == "user") return role::user;
    if (*word == "assistant") return role::assistant;
    if (*word == "system" || *word == "developer") return role::system;
    return bad_field(path + ".role", "unknown variant `" + *word +
                                         "`, expected one of `user`, `assistant`, `system`, `developer`");
}

allowed<part> read_image(const json& block, role from, const std::string& path) {
    if (from != role::user && from != role::tool) {
        return bad_request("Images are only supported in user messages.");
    }
    auto url = text_member(block, "image_url", path);
    if (!url) return std::unexpected(std::move(url.error()));
    if (*url) return image_of(std::move(**url));
    auto file = text_member(block, "file_id", path);
    if (!file) return std::unexpected(std::move(file.error()));
    if (!*file) return missing_field(path, "image_url");
    return part{true, std::move(**file)};
}

allowed<part> read_part(const json& block, role from, const std::string& path) {
    if (!block.is_object()) return wrong_type(block, path, "a map");
    auto kind = required_text(block, "type", path);
    if (!kind) return std::unexpected(std::move(kind.error()));
    if (*kind == "input_image") return read_image(block, from, path);
    if (*kind == "input_file") {
        if (from != role::user && from != role::tool) {
            return bad_request("Files are only supported in user messages.");
        }
        return part{true, text_of_json(block)};
    }
    const bool is_text = *kind == "input_text" || *kind == "output_text" || *kind == "text";
    if (!is_text && *kind != "refusal") {
        return bad_field(path, "unknown variant `" + *kind +
                                   "`, expected one of `input_text`, `input_image`, `input_file`, "
                                   "`output_text`, `refusal`");
    }
    auto text = required_text(block, is_text ? "text" : "refusal", path);
    if (!text) return std::unexpected(std::move(text.error()));
    return part{false, std::move(*text)};
}

// A string, or parts, under `key`.
allowed<void> read_parts(const json& item, const char* key, message& into, const std::string& path) {
    const auto* content = member(item, key);
    if (!content) return missing_field(path, key);
    into.has_content = true;
    if (content->is_string()) {
        into.parts.push_back({false, content->get<std::string>()});
        return {};
    }
    const std::string inner = path + "." + key;
    if (!content->is_array()) return wrong_type(*content, inner, "a string or a sequence");
    for (std::size_t i = 0; i < content->size(); ++i) {
        auto read = read_part((*content)[i], into.from, inner + "[" + std::to_string(i) + "]");
        if (!read) return std::unexpected(std::move(read.error()));
        into.parts.push_back(std::move(*read));
    }
    return {};
}

// Items of the assistant that follow each other are one message.
message& open_answer(model_request& into) {
    if (into.messages.empty() || into.messages.back().from != role::assistant) {
        into.messages.push_back({});
        into.messages.back().from = role::assistant;
    }
    return into.messages.back();
}

allowed<void> read_message(const json& item, model_request& into, const std::string& path) {
    auto from = role_of(item, path);
    if (!from) return std::unexpected(std::move(from.error()));
    if (*from == role::assistant) return read_parts(item, "content", open_answer(into), path);
    message said;
    said.from = *from;
    auto read = read_parts(item, "content", said, path);
    if (read) into.messages.push_back(std::move(said));
    return read;
}

allowed<void> read_call(const json& item, bool custom, model_request& into, const std::string& path) {
    tool_call call;
    call.custom = custom;
    for (const auto& [key, to] : {std::pair{"call_id", &call.id}, std::pair{"name", &call.name},
                                  std::pair{custom ? "input" : "arguments", &call.arguments}}) {
        auto text = required_text(item, key, path);
        if (!text) return std::unexpected(std::move(text.error()));
        *to = std::move(*text);
    }
    open_answer(into).calls.push_back(std::move(call));
    return {};
}

allowed<void> read_result(const json& item, model_request& into, const std::string& path) {
    message said;
    said.from = role::tool;
    auto id = required_text(item, "call_id", path);
    if (!id) return std::unexpected(std::move(id.error()));
    said.tool_call_id = std::move(*id);
    auto read = read_parts(item, "output", said, path);
    if (read) into.messages.push_back(std::move(said));
    return read;
}

allowed<void> read_item(const json& item, model_request& into, const std::string& path) {
    if (!item.is_object()) return wrong_type(item, path, "a map");
    auto kind = text_member(item, "type", path);
    if (!kind) return std::unexpected(std::move(kind.error()));
    if (!*kind && !member(item, "role")) return missing_field(path, "type");
    const std::string type = kind->value_or("message");
    if (type == "message") return read_message(item, into, path);
    if (type == "function_call") return read_call(item, false, into, path);
    if (type == "custom_tool_call") return read_call(item, true, into, path);
    if (type == "function_call_output" || type == "custom_tool_call_output") {
        return read_result(item, into, path);
    }
    if (std::ranges::find(ignored_items, type) != ignored_items.end()) return {};
    return bad_field(path + ".type", "unknown variant `" + type + "`");
}

// A result may stand anywhere after its call, but neither is without the other.
allowed<void> check_pairs(const model_request& asked) {
    std::vector<std::string_view> called;
    std::vector<std::string_view> open;
    for (const message& m : asked.messages) {
        for (const tool_call& call : m.calls) {
            called.push_back(call.id);
            open.push_back(call.id);
        }
        if (m.from != role::tool) continue;
        if (std::ranges::find(called, m.tool_call_id) == called.end()) {
            return bad_request("No tool call found for function call output with call_id " + m.tool_call_id +
                               ".");
        }
        std::erase(open, std::string_view(m.tool_call_id));
    }
    if (!open.empty())
        return bad_request("No tool output found for function call " + std::string(open.front()) + ".");
    return {};
}

allowed<void> read_items(const json& list, model_request& into) {
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (auto read = read_item(list[i], into, "input[" + std::to_string(i) + "]"); !read) return read;
    }
    if (auto images = check_image_count(into); !images) return images;
    return check_pairs(into);
}

}  // namespace

allowed<void> read_input(const json& body, model_request& into) {
    auto instructions = text_member(body, "instructions", "");
    if (!instructions) return std::unexpected(std::move(instructions.error()));
    if (*instructions) {
        message system;
        system.from = role::system;
        system.has_content = true;
        system.parts.push_back({false, std::move(**instructions)});
        into.messages.push_back(std::move(system));
    }
    const auto* input = member(body, "input");
    if (!input) return missing_field("", "input");
    if (input->is_string()) {
        message said;
        said.has_content = true;
        said.parts.push_back({false, input->get<std::string>()});
        into.messages.push_back(std::move(said));
        return {};
    }
    if (!input->is_array()) return wrong_type(*input, "input", "a string or a sequence");
    if (input->empty()) return bad_request("Empty input messages");
    return read_items(*input, into);
}

}  // namespace weir::simulator
