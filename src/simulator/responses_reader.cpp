// The members of a Responses request beside its input. Source: DeepSeek API documentation, Responses API:
// what is not named there is ignored.

#include "fields.hpp"
#include "readers.hpp"
#include "request_parts.hpp"

#include <utility>

namespace weir::simulator {
namespace {

using nlohmann::json;

constexpr std::int64_t top_logprobs_max = 20;
constexpr std::string_view custom_tool_known = "apply_patch";  // no other custom tool is taken

// What the prompt shows of a tool, alike in all dialects.
std::string rendered(const json& from, const char* parameters_key) {
    json shown{{"name", from.at("name")}};
    if (const auto* text = member(from, "description")) shown["description"] = *text;
    if (const auto* schema = member(from, parameters_key)) shown["parameters"] = *schema;
    return text_of_json(shown);
}

allowed<void> read_tool(const json& from, model_request& into, const std::string& path) {
    if (!from.is_object()) return wrong_type(from, path, "a map");
    auto kind = required_text(from, "type", path);
    if (!kind) return std::unexpected(std::move(kind.error()));
    const bool custom = *kind == "custom";
    // Tools that OpenAI would run are ignored without a word; the request is answered as if they were not
    // there. Source: https://github.com/Chevey339/kelivo/pull/1030
    if (*kind != "function" && !custom) return {};
    auto name = required_text(from, "name", path);
    if (!name) return std::unexpected(std::move(name.error()));
    if (custom && *name != custom_tool_known) {
        return bad_request("Unsupported custom tool `" + *name + "`, only `" +
                           std::string(custom_tool_known) + "` is supported.");
    }
    tool offered{std::move(*name), rendered(from, "parameters"), {}, custom};
    return add_tool(std::move(offered), custom ? nullptr : member(from, "parameters"), path,
                    path + ".parameters", into);
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
    into.tools_as_sent = text_of_json(**list);
    return {};
}

allowed<void> read_tool_choice(const json& body, model_request& into) {
    const auto* choice = member(body, "tool_choice");
    if (!choice) return {};
    if (choice->is_string()) {
        const auto& word = choice->get_ref<const std::string&>();
        if (word == "none")
            into.choice = tool_choice::none;
        else if (word == "required")
            into.choice = tool_choice::required;
        else if (word != "auto")
            return bad_field("tool_choice",
                             "unknown variant `" + word + "`, expected one of `none`, `auto`, `required`");
        return check_choice(into);
    }
    if (!choice->is_object()) return wrong_type(*choice, "tool_choice", "a string or a map");
    auto kind = required_text(*choice, "type", "tool_choice");
    if (!kind) return std::unexpected(std::move(kind.error()));
    // The choice of a tool that is ignored is ignored with it.
    if (*kind != "function" && *kind != "custom") return {};
    auto name = required_text(*choice, "name", "tool_choice");
    if (!name) return std::unexpected(std::move(name.error()));
    into.choice = tool_choice::named;
    into.chosen_tool = std::move(*name);
    return check_choice(into);
}

allowed<void> read_reasoning(const json& body, const catalogue& offered, model_request& into) {
    auto reasoning = map_member(body, "reasoning", "");
    if (!reasoning) return std::unexpected(std::move(reasoning.error()));
    std::optional<std::string> effort;
    if (*reasoning) {
        auto word = text_member(**reasoning, "effort", "reasoning");
        if (!word) return std::unexpected(std::move(word.error()));
        effort = std::move(*word);
    }
    return set_effort(true, effort, "reasoning.effort", offered, into);
}

allowed<void> read_format(const json& body, model_request& into) {
    auto text = map_member(body, "text", "");
    if (!text) return std::unexpected(std::move(text.error()));
    if (!*text) return {};
    auto format = map_member(**text, "format", "text");
    if (!format) return std::unexpected(std::move(format.error()));
    if (!*format) return {};
    auto kind = required_text(**format, "type", "text.format");
    if (!kind) return std::unexpected(std::move(kind.error()));
    if (*kind == "text") return {};
    if (*kind == "json_object") {
        into.format = answer_format::json_object;
        return check_says_json(into);
    }
    if (*kind != "json_schema") {
        return bad_field("text.format.type", "unknown variant `" + *kind +
                                                 "`, expected one of `text`, `json_object`, `json_schema`");
    }
    auto schema = map_member(**format, "schema", "text.format");
    if (!schema) return std::unexpected(std::move(schema.error()));
    if (!*schema) return missing_field("text.format", "schema");
    into.format = answer_format::json_schema;
    into.schema = text_of_json(**schema);
    return {};
}

allowed<void> check_stateless(const json& body) {
    for (const char* key : {"previous_response_id", "conversation"}) {
        if (member(body, key)) {
            return bad_request(std::string("`") + key +
                               "` is not supported: the Responses API is stateless, send the whole input.");
        }
    }
    return {};
}

allowed<void> read_rest(const json& body, model_request& into) {
    auto top_logprobs = count_member(body, "top_logprobs", "");
    if (!top_logprobs) return std::unexpected(std::move(top_logprobs.error()));
    if (*top_logprobs && (**top_logprobs < 0 || **top_logprobs > top_logprobs_max)) {
        return bad_request("Invalid top_logprobs value, the valid range of top_logprobs is [0, 20]");
    }
    auto user = text_member(body, "user", "");
    if (!user) return std::unexpected(std::move(user.error()));
    return read_user(*user, into);
}

}  // namespace

allowed<model_request> read_responses(const json& body, const catalogue& offered) {
    model_request into;
    // Codex sends back no thought that could be read, so none is asked for, and none is in the prompt.
    into.replays_thoughts = false;
    allowed<void> done = check_is_map(body);
    if (done) done = read_model(body, offered, into);
    if (done) done = check_stateless(body);
    if (done) done = read_input(body, into);
    if (done) done = read_reasoning(body, offered, into);
    if (done) done = read_stream(body, into);
    if (done) done = read_tools(body, into);
    if (done) done = read_tool_choice(body, into);
    if (done) done = read_sampling(body, "max_output_tokens", into.model->output_tokens_max, into);
    if (done) done = read_format(body, into);
    if (done) done = read_rest(body, into);
    if (!done) return std::unexpected(std::move(done.error()));
    return into;
}

}  // namespace weir::simulator
