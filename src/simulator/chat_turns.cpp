// messages[]: roles, contents, and the order that tool calls and their results must keep.

#include "fields.hpp"
#include "readers.hpp"
#include "request_parts.hpp"

#include <array>
#include <utility>

namespace weir::simulator {
namespace {

using nlohmann::json;

constexpr std::array<std::pair<std::string_view, role>, 5> roles{
    {{"system", role::system},
     {"user", role::user},
     {"assistant", role::assistant},
     {"tool", role::tool},
     {"latest_reminder", role::latest_reminder}}};

allowed<role> read_role(const json& from, const std::string& path) {
    auto word = required_text(from, "role", path);
    if (!word) return std::unexpected(std::move(word.error()));
    for (const auto& [name, value] : roles) {
        if (*word == name) return value;
    }
    return bad_field(path + ".role",
                     "unknown variant `" + *word +
                         "`, expected one of `system`, `user`, `assistant`, `tool`, `latest_reminder`");
}

allowed<part> read_image(const json& block, role from, const std::string& path) {
    if (from == role::system || from == role::assistant || from == role::latest_reminder) {
        return bad_request("Images are only supported in user messages.");
    }
    const auto* image = member(block, "image_url");
    if (!image) return missing_field(path, "image_url");
    if (image->is_string()) return image_of(image->get<std::string>());
    if (!image->is_object()) return wrong_type(*image, path + ".image_url", "a map");
    auto url = required_text(*image, "url", path + ".image_url");
    if (!url) return std::unexpected(std::move(url.error()));
    return image_of(std::move(*url));
}

allowed<part> read_part(const json& block, role from, const std::string& path) {
    if (!block.is_object()) return wrong_type(block, path, "a map");
    auto kind = required_text(block, "type", path);
    if (!kind) return std::unexpected(std::move(kind.error()));
    if (*kind == "text") {
        auto text = required_text(block, "text", path);
        if (!text) return std::unexpected(std::move(text.error()));
        return part{false, std::move(*text)};
    }
    if (*kind == "image_url") return read_image(block, from, path);
    if (*kind == "file") {
        if (from != role::user && from != role::tool) {
            return bad_request("Files are only supported in user messages.");
        }
        const auto* file = member(block, "file");
        return part{true, file ? text_of_json(*file) : std::string("file")};
    }
    return bad_field(path, "unknown variant `" + *kind + "`, expected one of `text`, `image_url`, `file`");
}

allowed<void> read_content(const json& from, message& into, const std::string& path) {
    const auto* content = member(from, "content");
    if (!content) {
        if (into.from != role::assistant) return bad_field(path, "missing field `content`");
        return {};
    }
    into.has_content = true;
    if (content->is_string()) {
        into.parts.push_back({false, content->get<std::string>()});
        return {};
    }
    if (!content->is_array()) {
        return wrong_type(*content, path + ".content", "a string or a sequence");
    }
    for (std::size_t i = 0; i < content->size(); ++i) {
        auto read = read_part((*content)[i], into.from, path + ".content[" + std::to_string(i) + "]");
        if (!read) return std::unexpected(read.error());
        into.parts.push_back(std::move(*read));
    }
    return {};
}

allowed<tool_call> read_call(const json& from, const std::string& path) {
    if (!from.is_object()) return wrong_type(from, path, "a map");
    tool_call call;
    auto id = required_text(from, "id", path);
    if (!id) return std::unexpected(std::move(id.error()));
    call.id = std::move(*id);
    auto kind = required_text(from, "type", path);
    if (!kind) return std::unexpected(std::move(kind.error()));
    if (*kind != "function") return bad_field(path, "unknown variant `" + *kind + "`, expected `function`");
    const auto* function = member(from, "function");
    if (!function || !function->is_object()) return missing_field(path, "function");
    auto name = required_text(*function, "name", path + ".function");
    if (!name) return std::unexpected(std::move(name.error()));
    call.name = std::move(*name);
    auto arguments = required_text(*function, "arguments", path + ".function");
    if (!arguments) return std::unexpected(std::move(arguments.error()));
    call.arguments = std::move(*arguments);
    return call;
}

allowed<void> read_assistant(const json& from, message& into, const std::string& path) {
    auto reasoning = text_member(from, "reasoning_content", path);
    if (!reasoning) return std::unexpected(reasoning.error());
    into.reasoning = std::move(*reasoning);
    auto prefix = flag_member(from, "prefix", path);
    if (!prefix) return std::unexpected(prefix.error());
    into.continued = prefix->value_or(false);
    auto calls = list_member(from, "tool_calls", path);
    if (!calls) return std::unexpected(std::move(calls.error()));
    if (*calls) {
        for (std::size_t i = 0; i < (*calls)->size(); ++i) {
            auto call = read_call((**calls)[i], path + ".tool_calls[" + std::to_string(i) + "]");
            if (!call) return std::unexpected(call.error());
            into.calls.push_back(std::move(*call));
        }
    }
    if (!into.has_content && into.calls.empty()) {
        return bad_request("Invalid assistant message: content or tool_calls must be set");
    }
    return {};
}

allowed<message> read_message(const json& from, const std::string& path) {
    if (!from.is_object()) return wrong_type(from, path, "a map");
    message into;
    auto said_by = read_role(from, path);
    if (!said_by) return std::unexpected(said_by.error());
    into.from = *said_by;
    if (auto content = read_content(from, into, path); !content) return std::unexpected(content.error());
    if (into.from == role::assistant) {
        if (auto rest = read_assistant(from, into, path); !rest) return std::unexpected(rest.error());
    }
    if (into.from == role::tool) {
        auto id = required_text(from, "tool_call_id", path);
        if (!id) return std::unexpected(std::move(id.error()));
        into.tool_call_id = std::move(*id);
    }
    return into;
}

}  // namespace

allowed<void> read_chat_turns(const json& body, model_request& into) {
    auto list = list_member(body, "messages", "");
    if (!list) return std::unexpected(std::move(list.error()));
    if (!*list) return missing_field("", "messages");
    if ((*list)->empty()) return bad_request("Empty input messages");
    into.messages.reserve((*list)->size());
    for (std::size_t i = 0; i < (*list)->size(); ++i) {
        auto read = read_message((**list)[i], "messages[" + std::to_string(i) + "]");
        if (!read) return std::unexpected(std::move(read.error()));
        into.messages.push_back(std::move(*read));
    }
    if (auto images = check_image_count(into); !images) return images;
    return check_tool_turns(
        into, {"An assistant message with 'tool_calls' must be followed by tool messages responding to each "
               "'tool_call_id'. (insufficient tool messages following tool_calls message)",
               "Messages with role 'tool' must be a response to a preceding message with 'tool_calls'"});
}

}  // namespace weir::simulator
