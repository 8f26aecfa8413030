// The members of a chat request beside its messages, and what may not go together.

#include "chat_request.hpp"
#include "fields.hpp"

#include <algorithm>
#include <cctype>
#include <set>
#include <utility>

namespace weir::simulator {
namespace {

using nlohmann::json;

constexpr std::size_t tools_max = 128;
constexpr std::size_t tool_name_bytes_max = 128;
constexpr std::size_t stops_max = 16;
constexpr std::size_t user_id_bytes_max = 512;
constexpr std::int64_t top_logprobs_max = 20;
constexpr double temperature_max = 2.0;

bool is_tool_name(std::string_view name) {
    return !name.empty() && name.size() <= tool_name_bytes_max &&
           std::ranges::all_of(name,
                               [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-'; });
}

allowed<void> read_tool(const json& from, chat_request& into, const std::string& path) {
    if (!from.is_object()) return bad_field(path, "invalid type: " + describe(from) + ", expected a map");
    auto kind = text_member(from, "type", path);
    if (!kind) return std::unexpected(kind.error());
    if (!*kind) return bad_field(path, "missing field `type`");
    if (**kind == "deepseek_web_search" || **kind == "deepseek_read_url") {
        if (!into.model->images)
            return bad_request("The tool `" + **kind + "` is not supported by this model.");
        into.has_server_tools = true;
        return {};
    }
    if (**kind != "function") return bad_field(path, "unknown variant `" + **kind + "`, expected `function`");
    const auto* function = member(from, "function");
    if (!function || !function->is_object()) return bad_field(path, "missing field `function`");
    auto name = text_member(*function, "name", path + ".function");
    if (!name) return std::unexpected(name.error());
    if (!*name) return bad_field(path + ".function", "missing field `name`");
    if (!is_tool_name(**name)) {
        return bad_request("Invalid '" + path +
                           ".function.name': string does not match pattern. Expected a string that "
                           "matches the pattern '^[a-zA-Z0-9_-]+$'.");
    }
    if (std::ranges::find(into.tools, **name, &tool::name) != into.tools.end()) {
        return bad_request("Tool names must be unique.");
    }
    tool offered{**name, function->dump(-1, ' ', false, json::error_handler_t::replace), {}};
    if (const auto* parameters = member(*function, "parameters")) {
        if (!parameters->is_object()) {
            return bad_field(path + ".function.parameters",
                             "invalid type: " + describe(*parameters) + ", expected a map");
        }
        offered.parameters = parameters->dump(-1, ' ', false, json::error_handler_t::replace);
    }
    into.tools.push_back(std::move(offered));
    return {};
}

allowed<void> read_tools(const json& body, chat_request& into) {
    const auto* list = member(body, "tools");
    if (!list) return {};
    if (!list->is_array())
        return bad_field("tools", "invalid type: " + describe(*list) + ", expected a sequence");
    if (list->size() > tools_max) return bad_request("Too many tools: at most 128 are supported.");
    for (std::size_t i = 0; i < list->size(); ++i) {
        auto read = read_tool((*list)[i], into, "tools[" + std::to_string(i) + "]");
        if (!read) return read;
    }
    return {};
}

allowed<void> read_tool_choice(const json& body, chat_request& into) {
    const auto* choice = member(body, "tool_choice");
    if (!choice) return {};
    if (choice->is_string()) {
        const auto& word = choice->get_ref<const std::string&>();
        if (word == "none")
            into.choice = tool_choice::none;
        else if (word == "auto")
            into.choice = tool_choice::automatic;
        else if (word == "required")
            into.choice = tool_choice::required;
        else
            return bad_field("tool_choice",
                             "unknown variant `" + word + "`, expected one of `none`, `auto`, `required`");
    } else if (choice->is_object()) {
        const auto* function = member(*choice, "function");
        if (!function || !function->is_object()) return bad_field("tool_choice", "missing field `function`");
        auto name = text_member(*function, "name", "tool_choice.function");
        if (!name) return std::unexpected(name.error());
        if (!*name) return bad_field("tool_choice.function", "missing field `name`");
        into.choice = tool_choice::named;
        into.chosen_tool = std::move(**name);
    } else {
        return bad_field("tool_choice",
                         "invalid type: " + describe(*choice) + ", expected a string or a map");
    }
    const bool forced = into.choice == tool_choice::required || into.choice == tool_choice::named;
    if (forced && into.thinking()) return bad_request("Thinking mode does not support this tool_choice");
    if (forced && into.tools.empty())
        return bad_request("tool_choice is only allowed when tools are specified");
    if (into.choice == tool_choice::named &&
        std::ranges::find(into.tools, into.chosen_tool, &tool::name) == into.tools.end()) {
        return bad_request("The tool named in tool_choice is not among the tools");
    }
    return {};
}

// `thinking` and `reasoning_effort` together say whether and how much the model thinks; the default is to
// think.
allowed<void> read_thinking(const json& body, const catalogue& offered, chat_request& into) {
    bool enabled = true;
    if (const auto* thinking = member(body, "thinking")) {
        if (!thinking->is_object()) {
            return bad_field("thinking", "invalid type: " + describe(*thinking) + ", expected a map");
        }
        auto kind = text_member(*thinking, "type", "thinking");
        if (!kind) return std::unexpected(kind.error());
        if (!*kind) return bad_field("thinking", "missing field `type`");
        if (**kind != "enabled" && **kind != "disabled" && **kind != "adaptive") {
            return bad_field("thinking.type", "unknown variant `" + **kind +
                                                  "`, expected one of `enabled`, `disabled`, `adaptive`");
        }
        enabled = **kind != "disabled";
    }
    auto word = text_member(body, "reasoning_effort", "");
    if (!word) return std::unexpected(word.error());
    if (!enabled) {
        if (*word)
            return bad_request("thinking options type cannot be disabled when reasoning_effort is set");
        return {};
    }
    if (!*word) {
        into.effort = offered.effort(offered.effort_default);
        return {};
    }
    if (offered.effort_off_words.contains(**word)) return {};
    const auto level = offered.effort_words.find(**word);
    if (level == offered.effort_words.end()) {
        std::string known;
        for (const effort_level& e : offered.efforts) known += ", `" + e.name + "`";
        return bad_field("reasoning_effort",
                         "unknown variant `" + **word + "`, expected one of `none`" + known);
    }
    into.effort = offered.effort(level->second);
    return {};
}

allowed<void> read_streaming(const json& body, chat_request& into) {
    auto stream = flag_member(body, "stream", "");
    if (!stream) return std::unexpected(stream.error());
    into.stream = stream->value_or(false);
    const auto* options = member(body, "stream_options");
    if (!options) return {};
    if (!options->is_object()) {
        return bad_field("stream_options", "invalid type: " + describe(*options) + ", expected a map");
    }
    if (!into.stream) return bad_request("stream_options should be set along with stream = true");
    auto include = flag_member(*options, "include_usage", "stream_options");
    if (!include) return std::unexpected(include.error());
    into.include_usage = include->value_or(false);
    return {};
}

allowed<void> read_sampling(const json& body, chat_request& into) {
    auto max_tokens = count_member(body, "max_tokens", "");
    if (!max_tokens) return std::unexpected(max_tokens.error());
    if (*max_tokens && (**max_tokens < 1 || **max_tokens > into.model->output_tokens_max)) {
        return bad_request("Invalid max_tokens value, the valid range of max_tokens is [1, " +
                           std::to_string(into.model->output_tokens_max) + "]");
    }
    into.max_tokens = *max_tokens;
    auto temperature = number_member(body, "temperature", "");
    if (!temperature) return std::unexpected(temperature.error());
    if (*temperature && (**temperature < 0 || **temperature > temperature_max)) {
        return bad_request("Invalid temperature value, the valid range of temperature is [0, 2.0]");
    }
    auto top_p = number_member(body, "top_p", "");
    if (!top_p) return std::unexpected(top_p.error());
    if (*top_p && (**top_p <= 0 || **top_p > 1)) {
        return bad_request("Invalid top_p value, the valid range of top_p is (0, 1.0]");
    }
    auto logprobs = flag_member(body, "logprobs", "");
    if (!logprobs) return std::unexpected(logprobs.error());
    auto top_logprobs = count_member(body, "top_logprobs", "");
    if (!top_logprobs) return std::unexpected(top_logprobs.error());
    if (*top_logprobs && (**top_logprobs < 0 || **top_logprobs > top_logprobs_max)) {
        return bad_request("Invalid top_logprobs value, the valid range of top_logprobs is [0, 20]");
    }
    if (*top_logprobs && !logprobs->value_or(false)) {
        return bad_request("Invalid top_logprobs, logprobs must be set to true when top_logprobs is used");
    }
    return {};
}

allowed<void> read_stops(const json& body, chat_request& into) {
    const auto* stop = member(body, "stop");
    if (!stop) return {};
    if (stop->is_string()) {
        into.stops.push_back(stop->get<std::string>());
    } else if (stop->is_array()) {
        if (stop->size() > stops_max)
            return bad_request("Invalid stop value, at most 16 strings are supported");
        for (const json& word : *stop) {
            if (!word.is_string()) {
                return bad_field("stop", "invalid type: " + describe(word) + ", expected a string");
            }
            into.stops.push_back(word.get<std::string>());
        }
    } else {
        return bad_field("stop", "invalid type: " + describe(*stop) + ", expected a string or a sequence");
    }
    std::erase(into.stops, std::string());
    return {};
}

allowed<void> read_user(const json& body, chat_request& into) {
    auto id = text_member(body, "user_id", "");
    if (!id) return std::unexpected(id.error());
    if (*id && (*id)->size() > user_id_bytes_max) {
        return bad_request("Invalid 'user_id': string too long. Expected a string with maximum length 512.");
    }
    into.user_id = id->value_or("");
    return {};
}

bool says_json(const std::vector<message>& messages) {
    const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
    constexpr std::string_view word = "json";
    for (const message& m : messages) {
        for (const part& p : m.parts) {
            if (!p.is_image && std::ranges::search(p.text, word, same).begin() != p.text.end()) return true;
        }
    }
    return false;
}

allowed<void> read_response_format(const json& body, chat_request& into) {
    const auto* format = member(body, "response_format");
    if (!format) return {};
    if (!format->is_object()) {
        return bad_field("response_format", "invalid type: " + describe(*format) + ", expected a map");
    }
    auto kind = text_member(*format, "type", "response_format");
    if (!kind) return std::unexpected(kind.error());
    if (!*kind) return bad_field("response_format", "missing field `type`");
    if (**kind == "text") return {};
    if (**kind == "json_schema") return bad_request("This response_format type is unavailable now");
    if (**kind != "json_object") {
        return bad_field("response_format.type",
                         "unknown variant `" + **kind + "`, expected one of `text`, `json_object`");
    }
    if (!says_json(into.messages)) {
        return bad_request(
            "Prompt must contain the word 'json' in some form to use 'response_format' of type "
            "'json_object'.");
    }
    into.json_mode = true;
    return {};
}

allowed<void> check_replay(const chat_request& asked) {
    if (!asked.thinking() || (asked.tools.empty() && !asked.has_server_tools)) return {};
    for (const message& m : asked.messages) {
        if (m.from == role::assistant && !m.reasoning) {
            return bad_request("The reasoning_content in the thinking mode must be passed back to the API.");
        }
    }
    return {};
}

}  // namespace

allowed<chat_request> read_chat_request(const json& body, const catalogue& offered) {
    if (!body.is_object()) return bad_field("", "invalid type: " + describe(body) + ", expected a map");
    chat_request into;
    auto model = text_member(body, "model", "");
    if (!model) return std::unexpected(model.error());
    if (!*model) return bad_field("", "missing field `model`");
    into.model = offered.model(**model);
    if (!into.model) return bad_request("Model Not Exist");
    auto messages = read_messages(body);
    if (!messages) return std::unexpected(messages.error());
    into.messages = std::move(*messages);

    allowed<void> read = read_thinking(body, offered, into);
    if (read) read = read_streaming(body, into);
    if (read) read = read_tools(body, into);
    if (read) read = read_tool_choice(body, into);
    if (read) read = read_sampling(body, into);
    if (read) read = read_stops(body, into);
    if (read) read = read_user(body, into);
    if (read) read = read_response_format(body, into);
    if (read) read = check_replay(into);
    if (!read) return std::unexpected(std::move(read.error()));
    return into;
}

}  // namespace weir::simulator
