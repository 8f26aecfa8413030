// messages[]: roles, contents, and the order that tool calls and their results must keep.

#include "chat_request.hpp"
#include "fields.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace weir::simulator {
namespace {

using nlohmann::json;

constexpr std::size_t images_max = 600;            // in one request
constexpr std::size_t image_url_bytes_max = 8192;  // of a URL that is fetched

constexpr std::array<std::pair<std::string_view, role>, 5> roles{
    {{"system", role::system},
     {"user", role::user},
     {"assistant", role::assistant},
     {"tool", role::tool},
     {"latest_reminder", role::latest_reminder}}};

allowed<role> read_role(const json& from, const std::string& path) {
    auto word = text_member(from, "role", path);
    if (!word) return std::unexpected(word.error());
    if (!*word) return bad_field(path, "missing field `role`");
    for (const auto& [name, value] : roles) {
        if (**word == name) return value;
    }
    return bad_field(path + ".role",
                     "unknown variant `" + **word +
                         "`, expected one of `system`, `user`, `assistant`, `tool`, `latest_reminder`");
}

allowed<part> read_image(const json& block, role from, const std::string& path) {
    if (from == role::system || from == role::assistant || from == role::latest_reminder) {
        return bad_request("Images are only supported in user messages.");
    }
    const auto* image = member(block, "image_url");
    if (!image) return bad_field(path, "missing field `image_url`");
    std::string url;
    if (image->is_string()) {
        url = image->get<std::string>();
    } else if (image->is_object()) {
        auto named = text_member(*image, "url", path + ".image_url");
        if (!named) return std::unexpected(named.error());
        if (!*named) return bad_field(path + ".image_url", "missing field `url`");
        url = std::move(**named);
    } else {
        return bad_field(path + ".image_url", "invalid type: " + describe(*image) + ", expected a map");
    }
    const bool fetched = url.starts_with("http://") || url.starts_with("https://");
    if (!fetched && !url.starts_with("data:image/")) return bad_request("Invalid image url.");
    if (fetched && url.size() > image_url_bytes_max) {
        return bad_request("The image url is longer than 8192 characters.");
    }
    return part{true, std::move(url)};
}

allowed<part> read_part(const json& block, role from, const std::string& path) {
    if (!block.is_object()) return bad_field(path, "invalid type: " + describe(block) + ", expected a map");
    auto kind = text_member(block, "type", path);
    if (!kind) return std::unexpected(kind.error());
    if (!*kind) return bad_field(path, "missing field `type`");
    if (**kind == "text") {
        auto text = text_member(block, "text", path);
        if (!text) return std::unexpected(text.error());
        if (!*text) return bad_field(path, "missing field `text`");
        return part{false, std::move(**text)};
    }
    if (**kind == "image_url") return read_image(block, from, path);
    if (**kind == "file") {
        if (from != role::user && from != role::tool) {
            return bad_request("Files are only supported in user messages.");
        }
        const auto* file = member(block, "file");
        return part{true,
                    file ? file->dump(-1, ' ', false, json::error_handler_t::replace) : std::string("file")};
    }
    return bad_field(path, "unknown variant `" + **kind + "`, expected one of `text`, `image_url`, `file`");
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
        return bad_field(path + ".content",
                         "invalid type: " + describe(*content) + ", expected a string or a sequence");
    }
    for (std::size_t i = 0; i < content->size(); ++i) {
        auto read = read_part((*content)[i], into.from, path + ".content[" + std::to_string(i) + "]");
        if (!read) return std::unexpected(read.error());
        into.parts.push_back(std::move(*read));
    }
    return {};
}

allowed<tool_call> read_call(const json& from, const std::string& path) {
    if (!from.is_object()) return bad_field(path, "invalid type: " + describe(from) + ", expected a map");
    tool_call call;
    auto id = text_member(from, "id", path);
    if (!id) return std::unexpected(id.error());
    if (!*id) return bad_field(path, "missing field `id`");
    call.id = std::move(**id);
    auto kind = text_member(from, "type", path);
    if (!kind) return std::unexpected(kind.error());
    if (!*kind) return bad_field(path, "missing field `type`");
    if (**kind != "function") return bad_field(path, "unknown variant `" + **kind + "`, expected `function`");
    const auto* function = member(from, "function");
    if (!function || !function->is_object()) return bad_field(path, "missing field `function`");
    auto name = text_member(*function, "name", path + ".function");
    if (!name) return std::unexpected(name.error());
    if (!*name) return bad_field(path + ".function", "missing field `name`");
    call.name = std::move(**name);
    auto arguments = text_member(*function, "arguments", path + ".function");
    if (!arguments) return std::unexpected(arguments.error());
    if (!*arguments) return bad_field(path + ".function", "missing field `arguments`");
    call.arguments = std::move(**arguments);
    return call;
}

allowed<void> read_assistant(const json& from, message& into, const std::string& path) {
    auto reasoning = text_member(from, "reasoning_content", path);
    if (!reasoning) return std::unexpected(reasoning.error());
    into.reasoning = std::move(*reasoning);
    auto prefix = flag_member(from, "prefix", path);
    if (!prefix) return std::unexpected(prefix.error());
    if (prefix->value_or(false))
        return bad_request("The `prefix` of an assistant message is a beta feature.");
    if (const auto* calls = member(from, "tool_calls")) {
        if (!calls->is_array()) {
            return bad_field(path + ".tool_calls",
                             "invalid type: " + describe(*calls) + ", expected a sequence");
        }
        for (std::size_t i = 0; i < calls->size(); ++i) {
            auto call = read_call((*calls)[i], path + ".tool_calls[" + std::to_string(i) + "]");
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
    if (!from.is_object()) return bad_field(path, "invalid type: " + describe(from) + ", expected a map");
    message into;
    auto said_by = read_role(from, path);
    if (!said_by) return std::unexpected(said_by.error());
    into.from = *said_by;
    if (auto content = read_content(from, into, path); !content) return std::unexpected(content.error());
    if (into.from == role::assistant) {
        if (auto rest = read_assistant(from, into, path); !rest) return std::unexpected(rest.error());
    }
    if (into.from == role::tool) {
        auto id = text_member(from, "tool_call_id", path);
        if (!id) return std::unexpected(id.error());
        if (!*id) return bad_field(path, "missing field `tool_call_id`");
        into.tool_call_id = std::move(**id);
    }
    return into;
}

// Each call has exactly one result, right after the message that made it.
allowed<void> check_tool_turns(const std::vector<message>& messages) {
    std::set<std::string_view> open;
    const auto unanswered = [] {
        return bad_request(
            "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
            "'tool_call_id'. (insufficient tool messages following tool_calls message)");
    };
    for (const message& m : messages) {
        if (m.from == role::tool) {
            if (open.erase(m.tool_call_id) == 0) {
                return bad_request(
                    "Messages with role 'tool' must be a response to a preceding message with 'tool_calls'");
            }
            continue;
        }
        if (!open.empty()) return unanswered();
        for (const tool_call& call : m.calls) open.insert(call.id);
    }
    if (!open.empty()) return unanswered();
    return {};
}

std::size_t count_images(const std::vector<message>& messages) {
    std::size_t images = 0;
    for (const message& m : messages) {
        images += static_cast<std::size_t>(std::ranges::count_if(m.parts, &part::is_image));
    }
    return images;
}

}  // namespace

allowed<std::vector<message>> read_messages(const json& body) {
    const auto* list = member(body, "messages");
    if (!list) return bad_field("", "missing field `messages`");
    if (!list->is_array()) {
        return bad_field("messages", "invalid type: " + describe(*list) + ", expected a sequence");
    }
    if (list->empty()) return bad_request("Empty input messages");
    std::vector<message> messages;
    messages.reserve(list->size());
    for (std::size_t i = 0; i < list->size(); ++i) {
        auto read = read_message((*list)[i], "messages[" + std::to_string(i) + "]");
        if (!read) return std::unexpected(read.error());
        messages.push_back(std::move(*read));
    }
    if (count_images(messages) > images_max)
        return bad_request("Too many images: at most 600 in one request.");
    if (auto turns = check_tool_turns(messages); !turns) return std::unexpected(turns.error());
    return messages;
}

}  // namespace weir::simulator
