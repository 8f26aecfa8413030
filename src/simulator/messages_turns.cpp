// system and messages[] of Messages: blocks to parts, calls and results.

#include "fields.hpp"
#include "readers.hpp"
#include "request_parts.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace weir::simulator {
namespace {

using nlohmann::json;

// Blocks of tools that DeepSeek runs itself, and those that it documents as not supported: they are not
// refused, and not read.
constexpr std::array<std::string_view, 10> ignored_blocks{
    "redacted_thinking", "server_tool_use", "web_search_tool_result",     "web_fetch_tool_result",
    "document",          "search_result",   "code_execution_tool_result", "mcp_tool_use",
    "mcp_tool_result",   "container_upload"};

allowed<part> read_image(const json& block, role from, const std::string& path) {
    if (from != role::user && from != role::tool) {
        return bad_request("Images are only supported in user messages.");
    }
    auto source = map_member(block, "source", path);
    if (!source) return std::unexpected(std::move(source.error()));
    if (!*source) return missing_field(path, "source");
    const std::string inner = path + ".source";
    auto kind = required_text(**source, "type", inner);
    if (!kind) return std::unexpected(std::move(kind.error()));
    const char* key = *kind == "base64" ? "data" : *kind == "url" ? "url" : "file_id";
    auto value = required_text(**source, key, inner);
    if (!value) return std::unexpected(std::move(value.error()));
    if (*kind == "url") return image_of(std::move(*value));
    if (*kind == "file") return part{true, std::move(*value)};
    if (*kind != "base64") {
        return bad_field(inner + ".type",
                         "unknown variant `" + *kind + "`, expected one of `base64`, `url`, `file`");
    }
    auto media = required_text(**source, "media_type", inner);
    if (!media) return std::unexpected(std::move(media.error()));
    if (!media->starts_with("image/")) return bad_request("Invalid image media type.");
    return part{true, std::move(*value)};
}

// One user or assistant turn while it is read: results go before what else a user says.
struct turn {
    message said;
    std::vector<message> results;
};

allowed<void> read_text(const json& block, message& into, const std::string& path) {
    auto text = required_text(block, "text", path);
    if (!text) return std::unexpected(std::move(text.error()));
    into.parts.push_back({false, std::move(*text)});
    return {};
}

allowed<void> read_thought(const json& block, message& into, const std::string& path) {
    if (into.from != role::assistant)
        return bad_field(path, "`thinking` is only allowed in assistant messages");
    auto text = required_text(block, "thinking", path);
    if (!text) return std::unexpected(std::move(text.error()));
    into.reasoning = into.reasoning.value_or("") + *text;
    return {};
}

allowed<void> read_tool_use(const json& block, message& into, const std::string& path) {
    if (into.from != role::assistant)
        return bad_field(path, "`tool_use` is only allowed in assistant messages");
    tool_call call;
    auto id = required_text(block, "id", path);
    if (!id) return std::unexpected(std::move(id.error()));
    auto name = required_text(block, "name", path);
    if (!name) return std::unexpected(std::move(name.error()));
    auto input = map_member(block, "input", path);
    if (!input) return std::unexpected(std::move(input.error()));
    if (!*input) return missing_field(path, "input");
    into.calls.push_back({std::move(*id), std::move(*name), text_of_json(**input), false});
    return {};
}

allowed<void> read_result_content(const json& block, message& into, const std::string& path) {
    const auto* content = member(block, "content");
    if (!content) return {};
    if (content->is_string()) {
        into.parts.push_back({false, content->get<std::string>()});
        return {};
    }
    if (!content->is_array()) return wrong_type(*content, path + ".content", "a string or a sequence");
    for (std::size_t i = 0; i < content->size(); ++i) {
        const json& inner = (*content)[i];
        const std::string at = path + ".content[" + std::to_string(i) + "]";
        if (!inner.is_object()) return wrong_type(inner, at, "a map");
        auto kind = required_text(inner, "type", at);
        if (!kind) return std::unexpected(std::move(kind.error()));
        if (*kind == "text") {
            if (auto text = read_text(inner, into, at); !text) return text;
        } else if (*kind == "image") {
            auto image = read_image(inner, role::tool, at);
            if (!image) return std::unexpected(std::move(image.error()));
            into.parts.push_back(std::move(*image));
        } else if (*kind != "document" && *kind != "search_result" && *kind != "tool_reference") {
            return bad_field(at, "unknown variant `" + *kind + "`, expected one of `text`, `image`");
        }
    }
    return {};
}

allowed<void> read_tool_result(const json& block, turn& into, const std::string& path) {
    if (into.said.from != role::user) {
        return bad_field(path, "`tool_result` is only allowed in user messages");
    }
    message result;
    result.from = role::tool;
    result.has_content = true;
    auto id = required_text(block, "tool_use_id", path);
    if (!id) return std::unexpected(std::move(id.error()));
    result.tool_call_id = std::move(*id);
    auto read = read_result_content(block, result, path);
    if (read) into.results.push_back(std::move(result));
    return read;
}

allowed<void> read_block(const json& block, turn& into, const std::string& path) {
    if (!block.is_object()) return wrong_type(block, path, "a map");
    auto kind = required_text(block, "type", path);
    if (!kind) return std::unexpected(std::move(kind.error()));
    if (*kind == "text") return read_text(block, into.said, path);
    if (*kind == "thinking") return read_thought(block, into.said, path);
    if (*kind == "tool_use") return read_tool_use(block, into.said, path);
    if (*kind == "tool_result") return read_tool_result(block, into, path);
    if (*kind == "image") {
        auto image = read_image(block, into.said.from, path);
        if (!image) return std::unexpected(std::move(image.error()));
        into.said.parts.push_back(std::move(*image));
        return {};
    }
    if (std::ranges::find(ignored_blocks, *kind) != ignored_blocks.end()) return {};
    return bad_field(path, "unknown variant `" + *kind +
                               "`, expected one of `text`, `image`, `thinking`, `tool_use`, `tool_result`");
}

// A string, or blocks, under `key`.
allowed<turn> read_turn(const json& from, const char* key, role by, const std::string& path) {
    turn into;
    into.said.from = by;
    into.said.has_content = true;
    const auto* content = member(from, key);
    if (!content) return missing_field(path, key);
    if (content->is_string()) {
        into.said.parts.push_back({false, content->get<std::string>()});
        return into;
    }
    const std::string inner = path.empty() ? key : path + "." + key;
    if (!content->is_array()) return wrong_type(*content, inner, "a string or a sequence");
    for (std::size_t i = 0; i < content->size(); ++i) {
        auto read = read_block((*content)[i], into, inner + "[" + std::to_string(i) + "]");
        if (!read) return std::unexpected(std::move(read.error()));
    }
    return into;
}

// Text beside results belongs to them: it is no new question.
void add_turn(turn said, model_request& into) {
    if (said.results.empty()) {
        into.messages.push_back(std::move(said.said));
        return;
    }
    for (part& p : said.said.parts) said.results.back().parts.push_back(std::move(p));
    for (message& result : said.results) into.messages.push_back(std::move(result));
}

allowed<role> role_of(const json& from, const std::string& path) {
    auto word = required_text(from, "role", path);
    if (!word) return std::unexpected(std::move(word.error()));
    if (*word == "user") return role::user;
    if (*word == "assistant") return role::assistant;
    if (*word == "system") return role::system;
    return bad_field(path + ".role",
                     "unknown variant `" + *word + "`, expected one of `user`, `assistant`, `system`");
}

allowed<void> read_list(const json& list, model_request& into) {
    auto leading = static_cast<std::ptrdiff_t>(into.messages.size());
    for (std::size_t i = 0; i < list.size(); ++i) {
        const std::string path = "messages[" + std::to_string(i) + "]";
        if (!list[i].is_object()) return wrong_type(list[i], path, "a map");
        auto by = role_of(list[i], path);
        if (!by) return std::unexpected(std::move(by.error()));
        auto said = read_turn(list[i], "content", *by, path);
        if (!said) return std::unexpected(std::move(said.error()));
        // A model that reads system text at the beginning alone is shown it there.
        if (*by == role::system && !into.model->system_in_history) {
            into.messages.insert(into.messages.begin() + leading++, std::move(said->said));
        } else {
            add_turn(std::move(*said), into);
        }
    }
    return {};
}

}  // namespace

allowed<void> read_message_turns(const json& body, model_request& into) {
    if (member(body, "system")) {
        auto system = read_turn(body, "system", role::system, "");
        if (!system) return std::unexpected(std::move(system.error()));
        into.messages.push_back(std::move(system->said));
    }
    auto list = list_member(body, "messages", "");
    if (!list) return std::unexpected(std::move(list.error()));
    if (!*list) return missing_field("", "messages");
    if ((*list)->empty()) return bad_request("Empty input messages");
    if (auto read = read_list(**list, into); !read) return read;
    if (auto images = check_image_count(into); !images) return images;
    return check_tool_turns(
        into,
        {"`tool_use` ids were found without `tool_result` blocks immediately after: %. Each `tool_use` "
         "block must have a corresponding `tool_result` block in the next message.",
         "unexpected `tool_use_id` found in `tool_result` blocks: %. Each `tool_result` block must have "
         "a corresponding `tool_use` block in the previous message."});
}

}  // namespace weir::simulator
