// The members of a Messages request beside its turns. Source: DeepSeek API documentation, Anthropic API.

#include "fields.hpp"
#include "readers.hpp"
#include "request_parts.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace weir::simulator {
namespace {

using nlohmann::json;

// Tools that DeepSeek runs itself; the date at the end of a type is its version.
constexpr std::array<std::string_view, 4> server_tools{"web_search_20250305", "web_search_20260209",
                                                       "deepseek_web_search", "deepseek_read_url"};

allowed<void> read_named_model(const json& body, const catalogue& offered, model_request& into) {
    auto name = required_text(body, "model", "");
    if (!name) return std::unexpected(std::move(name.error()));
    into.model = offered.messages_model(*name);
    if (!into.model) return bad_request("Model Not Exist");
    return {};
}

allowed<void> read_tool(const json& from, model_request& into, const std::string& path) {
    if (!from.is_object()) return wrong_type(from, path, "a map");
    auto kind = text_member(from, "type", path);
    if (!kind) return std::unexpected(std::move(kind.error()));
    auto name = required_text(from, "name", path);
    if (!name) return std::unexpected(std::move(name.error()));
    if (*kind && std::ranges::find(server_tools, **kind) != server_tools.end()) {
        into.has_server_tools = true;
        return {};
    }
    if (*kind && **kind != "custom") {
        return bad_field(path + ".type", "unknown variant `" + **kind + "`");
    }
    const auto* schema = member(from, "input_schema");
    if (!schema) return missing_field(path, "input_schema");
    json shown{{"name", *name}, {"parameters", *schema}};
    if (const auto* text = member(from, "description")) shown["description"] = *text;
    return add_tool({std::move(*name), text_of_json(shown), {}, false}, schema, path, path + ".input_schema",
                    into);
}

allowed<void> read_tools(const json& body, model_request& into) {
    auto list = list_member(body, "tools", "");
    if (!list) return std::unexpected(std::move(list.error()));
    if (!*list) return {};
    if (auto count = check_tool_count(**list); !count) return count;
    for (std::size_t i = 0; i < (*list)->size(); ++i) {
        auto read = read_tool((**list)[i], into, "tools[" + std::to_string(i) + "]");
        if (!read) return read;
    }
    return {};
}

allowed<void> read_tool_choice(const json& body, model_request& into) {
    auto choice = map_member(body, "tool_choice", "");
    if (!choice) return std::unexpected(std::move(choice.error()));
    if (!*choice) return {};
    auto kind = required_text(**choice, "type", "tool_choice");
    if (!kind) return std::unexpected(std::move(kind.error()));
    if (*kind == "none") {
        into.choice = tool_choice::none;
    } else if (*kind == "any") {
        into.choice = tool_choice::required;
    } else if (*kind == "tool") {
        auto name = required_text(**choice, "name", "tool_choice");
        if (!name) return std::unexpected(std::move(name.error()));
        into.choice = tool_choice::named;
        into.chosen_tool = std::move(*name);
    } else if (*kind != "auto") {
        return bad_field("tool_choice.type",
                         "unknown variant `" + *kind + "`, expected one of `auto`, `any`, `tool`, `none`");
    }
    return check_choice(into);
}

allowed<void> read_thinking(const json& body, const catalogue& offered, model_request& into) {
    const auto enabled = read_thinking_switch(body);
    if (!enabled) return std::unexpected(enabled.error());
    auto config = map_member(body, "output_config", "");
    if (!config) return std::unexpected(std::move(config.error()));
    std::optional<std::string> effort;
    if (*config) {
        auto word = text_member(**config, "effort", "output_config");
        if (!word) return std::unexpected(std::move(word.error()));
        effort = std::move(*word);
    }
    return set_effort(*enabled, effort, "output_config.effort", offered, into);
}

allowed<void> read_metadata(const json& body, model_request& into) {
    auto metadata = map_member(body, "metadata", "");
    if (!metadata) return std::unexpected(std::move(metadata.error()));
    if (!*metadata) return {};
    auto id = text_member(**metadata, "user_id", "metadata");
    if (!id) return std::unexpected(std::move(id.error()));
    return read_user(*id, into);
}

}  // namespace

allowed<model_request> read_messages(const json& body, const catalogue& offered) {
    model_request into;
    allowed<void> done = check_is_map(body);
    if (done) done = read_named_model(body, offered, into);
    if (done && !member(body, "max_tokens")) done = missing_field("", "max_tokens");
    if (done) done = read_sampling(body, "max_tokens", into.model->output_tokens_max, into);
    if (done) done = read_message_turns(body, into);
    if (done) done = read_thinking(body, offered, into);
    if (done) done = read_stream(body, into);
    if (done) done = read_tools(body, into);
    if (done) done = read_tool_choice(body, into);
    if (done) done = read_stops(body, "stop_sequences", into);
    if (done) done = read_metadata(body, into);
    if (done) {
        done = check_replay(into,
                            "The `content[].thinking` in the thinking mode must be passed back to the API.");
    }
    if (!done) return std::unexpected(std::move(done.error()));
    return into;
}

}  // namespace weir::simulator
