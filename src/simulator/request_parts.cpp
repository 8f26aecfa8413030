#include "request_parts.hpp"

#include "fields.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace weir::simulator {
namespace {

using nlohmann::json;

constexpr std::size_t tool_name_bytes_max = 128;
constexpr std::size_t stops_max = 16;
constexpr std::size_t user_id_bytes_max = 512;
constexpr double temperature_max = 2.0;
constexpr std::size_t images_max = 600;            // in one request
constexpr std::size_t image_url_bytes_max = 8192;  // of a URL that is fetched

bool is_plain_word(std::string_view text) {
    return std::ranges::all_of(text,
                               [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-'; });
}

bool is_tool_name(std::string_view name) {
    return !name.empty() && name.size() <= tool_name_bytes_max && is_plain_word(name);
}

bool says_json(const model_request& asked) {
    const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
    constexpr std::string_view word = "json";
    for (const message& m : asked.messages) {
        for (const part& p : m.parts) {
            if (!p.is_image && std::ranges::search(p.text, word, same).begin() != p.text.end()) return true;
        }
    }
    return false;
}

std::string put(std::string text, std::string_view id) {
    const std::size_t at = text.find('%');
    if (at != text.npos) text.replace(at, 1, id);
    return text;
}

}  // namespace

allowed<void> check_is_map(const json& body) {
    if (!body.is_object()) return bad_field("", "invalid type: " + describe(body) + ", expected a map");
    return {};
}

allowed<void> read_model(const json& body, const catalogue& offered, model_request& into) {
    auto model = required_text(body, "model", "");
    if (!model) return std::unexpected(std::move(model.error()));
    into.model = offered.model(*model);
    if (!into.model) return bad_request("Model Not Exist");
    return {};
}

allowed<void> read_stream(const json& body, model_request& into) {
    auto stream = flag_member(body, "stream", "");
    if (!stream) return std::unexpected(std::move(stream.error()));
    into.stream = stream->value_or(false);
    return {};
}

allowed<void> read_stream_options(const json& body, model_request& into) {
    if (auto read = read_stream(body, into); !read) return read;
    auto options = map_member(body, "stream_options", "");
    if (!options) return std::unexpected(std::move(options.error()));
    if (!*options) return {};
    if (!into.stream) return bad_request("stream_options should be set along with stream = true");
    auto include = flag_member(**options, "include_usage", "stream_options");
    if (!include) return std::unexpected(std::move(include.error()));
    into.include_usage = include->value_or(false);
    return {};
}

allowed<void> read_sampling(const json& body, const char* max_tokens_key, std::int64_t tokens_max,
                            model_request& into) {
    auto max_tokens = count_member(body, max_tokens_key, "");
    if (!max_tokens) return std::unexpected(std::move(max_tokens.error()));
    if (*max_tokens && (**max_tokens < 1 || **max_tokens > tokens_max)) {
        const std::string name = max_tokens_key;
        return bad_request("Invalid " + name + " value, the valid range of " + name + " is [1, " +
                           std::to_string(tokens_max) + "]");
    }
    into.max_tokens = *max_tokens;
    auto temperature = number_member(body, "temperature", "");
    if (!temperature) return std::unexpected(std::move(temperature.error()));
    if (*temperature && (**temperature < 0 || **temperature > temperature_max)) {
        return bad_request("Invalid temperature value, the valid range of temperature is [0, 2.0]");
    }
    auto top_p = number_member(body, "top_p", "");
    if (!top_p) return std::unexpected(std::move(top_p.error()));
    if (*top_p && (**top_p <= 0 || **top_p > 1)) {
        return bad_request("Invalid top_p value, the valid range of top_p is (0, 1.0]");
    }
    return {};
}

allowed<void> read_stops(const json& body, const char* key, model_request& into) {
    const auto* stop = member(body, key);
    if (!stop) return {};
    if (stop->is_string()) {
        into.stops.push_back(stop->get<std::string>());
    } else if (stop->is_array()) {
        if (stop->size() > stops_max) {
            return bad_request(std::string("Invalid ") + key + " value, at most 16 strings are supported");
        }
        for (const json& word : *stop) {
            if (!word.is_string()) return wrong_type(word, key, "a string");
            into.stops.push_back(word.get<std::string>());
        }
    } else {
        return wrong_type(*stop, key, "a string or a sequence");
    }
    std::erase(into.stops, std::string());
    return {};
}

allowed<bool> read_thinking_switch(const json& body) {
    auto thinking = map_member(body, "thinking", "");
    if (!thinking) return std::unexpected(std::move(thinking.error()));
    if (!*thinking) return true;
    auto kind = required_text(**thinking, "type", "thinking");
    if (!kind) return std::unexpected(std::move(kind.error()));
    if (*kind != "enabled" && *kind != "disabled" && *kind != "adaptive") {
        return bad_field("thinking.type", "unknown variant `" + *kind +
                                              "`, expected one of `enabled`, `disabled`, `adaptive`");
    }
    return *kind != "disabled";
}

allowed<void> set_effort(bool enabled, const std::optional<std::string>& word, const std::string& path,
                         const catalogue& offered, model_request& into) {
    if (!enabled) {
        if (word) return bad_request("thinking options type cannot be disabled when reasoning_effort is set");
        return {};
    }
    if (!word) {
        into.effort = offered.effort(offered.effort_default);
        return {};
    }
    if (offered.effort_off_words.contains(*word)) return {};
    const auto level = offered.effort_words.find(*word);
    if (level == offered.effort_words.end()) {
        std::string known;
        for (const effort_level& e : offered.efforts) known += ", `" + e.name + "`";
        return bad_field(path, "unknown variant `" + *word + "`, expected one of `none`" + known);
    }
    into.effort = offered.effort(level->second);
    return {};
}

allowed<void> add_tool(tool offered, const json* parameters, const std::string& path,
                       const std::string& parameters_path, model_request& into) {
    if (!is_tool_name(offered.name)) {
        return bad_request("Invalid '" + path +
                           ".name': string does not match pattern. Expected a string that matches the "
                           "pattern '^[a-zA-Z0-9_-]+$'.");
    }
    if (into.find_tool(offered.name)) return bad_request("Tool names must be unique.");
    if (parameters) {
        if (!parameters->is_object()) return wrong_type(*parameters, parameters_path, "a map");
        offered.parameters = text_of_json(*parameters);
    }
    into.tools.push_back(std::move(offered));
    return {};
}

allowed<void> check_tool_count(const json& list) {
    if (list.size() > tools_max) return bad_request("Too many tools: at most 128 are supported.");
    return {};
}

allowed<void> check_choice(const model_request& asked) {
    const bool forced = asked.choice == tool_choice::required || asked.choice == tool_choice::named;
    if (!forced) return {};
    if (asked.thinking()) return bad_request("Thinking mode does not support this tool_choice");
    if (asked.tools.empty()) return bad_request("tool_choice is only allowed when tools are specified");
    if (asked.choice == tool_choice::named && !asked.find_tool(asked.chosen_tool)) {
        return bad_request("The tool named in tool_choice is not among the tools");
    }
    return {};
}

// The pattern was enforced when it was last seen; the newest page only recommends it.
// Source: https://github.com/deepseek-ai/DeepSeek-V3/issues/1277
allowed<void> read_user(const std::optional<std::string>& id, model_request& into) {
    if (!id) return {};
    if (id->size() > user_id_bytes_max) {
        return bad_request("Invalid 'user_id': string too long. Expected a string with maximum length 512.");
    }
    if (id->empty() || !is_plain_word(*id))
        return bad_request("Invalid 'user_id': string does not match pattern");
    into.user_id = *id;
    return {};
}

allowed<void> check_says_json(const model_request& asked) {
    if (asked.format != answer_format::json_object || says_json(asked)) return {};
    return bad_request(
        "Prompt must contain the word 'json' in some form to use 'response_format' of type 'json_object'.");
}

allowed<part> image_of(std::string url) {
    const bool fetched = url.starts_with("http://") || url.starts_with("https://");
    if (!fetched && !url.starts_with("data:image/")) return bad_request("Invalid image url.");
    if (fetched && url.size() > image_url_bytes_max) {
        return bad_request("The image url is longer than 8192 characters.");
    }
    return part{true, std::move(url)};
}

allowed<void> check_image_count(const model_request& asked) {
    std::size_t images = 0;
    for (const message& m : asked.messages) {
        images += static_cast<std::size_t>(std::ranges::count_if(m.parts, &part::is_image));
    }
    if (images > images_max) return bad_request("Too many images: at most 600 in one request.");
    return {};
}

allowed<void> check_replay(const model_request& asked, const char* missing) {
    if (!asked.thinking() || !asked.offers_tools()) return {};
    const bool forgotten = std::ranges::any_of(asked.messages, [](const message& m) {
        return m.from == role::assistant && !m.continued && !m.reasoning;
    });
    if (forgotten) return bad_request(missing);
    return {};
}

allowed<void> check_tool_turns(const model_request& asked, const turn_texts& say) {
    std::vector<std::string_view> open;
    for (const message& m : asked.messages) {
        if (m.from == role::tool) {
            if (std::erase(open, std::string_view(m.tool_call_id)) == 0) {
                return bad_request(put(say.orphan, m.tool_call_id));
            }
            continue;
        }
        if (!open.empty()) return bad_request(put(say.unanswered, open.front()));
        for (const tool_call& call : m.calls) open.push_back(call.id);
    }
    if (!open.empty()) return bad_request(put(say.unanswered, open.front()));
    return {};
}

}  // namespace weir::simulator
