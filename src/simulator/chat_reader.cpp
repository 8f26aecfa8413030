// The members of a chat request beside its messages, and what may not go together.

#include "fields.hpp"
#include "readers.hpp"
#include "request_parts.hpp"
#include "strict_schema.hpp"

#include <utility>

namespace weir::simulator {
namespace {

using nlohmann::json;

constexpr std::int64_t top_logprobs_max = 20;

allowed<void> read_tool(const json& from, model_request& into, const std::string& path) {
    if (!from.is_object()) return wrong_type(from, path, "a map");
    auto kind = required_text(from, "type", path);
    if (!kind) return std::unexpected(std::move(kind.error()));
    if (*kind == "deepseek_web_search" || *kind == "deepseek_read_url") {
        if (!into.model->images)
            return bad_request("The tool `" + *kind + "` is not supported by this model.");
        into.has_server_tools = true;
        return {};
    }
    if (*kind != "function") return bad_field(path, "unknown variant `" + *kind + "`, expected `function`");
    const auto* function = member(from, "function");
    if (!function || !function->is_object()) return missing_field(path, "function");
    auto name = required_text(*function, "name", path + ".function");
    if (!name) return std::unexpected(std::move(name.error()));
    return add_tool({std::move(*name), text_of_json(*function), {}, false}, member(*function, "parameters"),
                    path + ".function", path + ".function.parameters", into);
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

// Members were checked by read_tools().
allowed<void> check_strict_tools(const json& body) {
    const auto* list = member(body, "tools");
    if (!list) return {};
    std::size_t functions = 0;
    std::size_t strict = 0;
    for (std::size_t i = 0; i < list->size(); ++i) {
        const auto* function = member((*list)[i], "function");
        if (!function) continue;
        ++functions;
        const std::string path = "tools[" + std::to_string(i) + "].function";
        auto flag = flag_member(*function, "strict", path);
        if (!flag) return std::unexpected(std::move(flag.error()));
        if (!flag->value_or(false)) continue;
        ++strict;
        const auto* parameters = member(*function, "parameters");
        if (!parameters) continue;
        if (auto problem = strict_problem(*parameters, path + ".parameters")) {
            return bad_request("Invalid tool schema: " + *problem);
        }
    }
    if (strict > 0 && strict < functions) {
        return bad_request("In strict mode every function must set `strict` to true.");
    }
    return {};
}

allowed<void> read_tool_choice(const json& body, model_request& into) {
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
        if (!function || !function->is_object()) return missing_field("tool_choice", "function");
        auto name = required_text(*function, "name", "tool_choice.function");
        if (!name) return std::unexpected(std::move(name.error()));
        into.choice = tool_choice::named;
        into.chosen_tool = std::move(*name);
    } else {
        return wrong_type(*choice, "tool_choice", "a string or a map");
    }
    return check_choice(into);
}

allowed<void> read_thinking(const json& body, const catalogue& offered, model_request& into) {
    const auto enabled = read_thinking_switch(body);
    if (!enabled) return std::unexpected(enabled.error());
    auto word = text_member(body, "reasoning_effort", "");
    if (!word) return std::unexpected(std::move(word.error()));
    return set_effort(*enabled, *word, "reasoning_effort", offered, into);
}

allowed<void> read_logprobs(const json& body, model_request& into) {
    auto logprobs = flag_member(body, "logprobs", "");
    if (!logprobs) return std::unexpected(std::move(logprobs.error()));
    auto top_logprobs = count_member(body, "top_logprobs", "");
    if (!top_logprobs) return std::unexpected(std::move(top_logprobs.error()));
    if (*top_logprobs && (**top_logprobs < 0 || **top_logprobs > top_logprobs_max)) {
        return bad_request("Invalid top_logprobs value, the valid range of top_logprobs is [0, 20]");
    }
    if (*top_logprobs && !logprobs->value_or(false)) {
        return bad_request("Invalid top_logprobs, logprobs must be set to true when top_logprobs is used");
    }
    into.logprobs = logprobs->value_or(false);
    return {};
}

allowed<void> read_user_id(const json& body, model_request& into) {
    auto id = text_member(body, "user_id", "");
    if (!id) return std::unexpected(std::move(id.error()));
    return read_user(*id, into);
}

allowed<void> read_response_format(const json& body, model_request& into) {
    auto format = map_member(body, "response_format", "");
    if (!format) return std::unexpected(std::move(format.error()));
    if (!*format) return {};
    auto kind = required_text(**format, "type", "response_format");
    if (!kind) return std::unexpected(std::move(kind.error()));
    if (*kind == "text") return {};
    if (*kind == "json_schema") return bad_request("This response_format type is unavailable now");
    if (*kind != "json_object") {
        return bad_field("response_format.type",
                         "unknown variant `" + *kind + "`, expected one of `text`, `json_object`");
    }
    into.format = answer_format::json_object;
    return check_says_json(into);
}

allowed<void> check_continued(const model_request& asked, bool beta) {
    for (std::size_t i = 0; i < asked.messages.size(); ++i) {
        if (!asked.messages[i].continued) continue;
        if (!beta) return bad_request("The `prefix` of an assistant message is a beta feature.");
        if (i + 1 < asked.messages.size()) {
            return bad_request("The `prefix` is only supported on the last message.");
        }
    }
    return {};
}

allowed<model_request> read(const json& body, const catalogue& offered, bool beta) {
    model_request into;
    allowed<void> done = check_is_map(body);
    if (done) done = read_model(body, offered, into);
    if (done) done = read_chat_turns(body, into);
    if (done) done = check_continued(into, beta);
    if (done) done = read_thinking(body, offered, into);
    if (done) done = read_stream_options(body, into);
    if (done) done = read_tools(body, into);
    if (done && beta) done = check_strict_tools(body);
    if (done) done = read_tool_choice(body, into);
    if (done) done = read_sampling(body, "max_tokens", into.model->output_tokens_max, into);
    if (done) done = read_logprobs(body, into);
    if (done) done = read_stops(body, "stop", into);
    if (done) done = read_user_id(body, into);
    if (done) done = read_response_format(body, into);
    if (done) {
        done =
            check_replay(into, "The reasoning_content in the thinking mode must be passed back to the API.");
    }
    if (!done) return std::unexpected(std::move(done.error()));
    return into;
}

}  // namespace

allowed<model_request> read_chat(const json& body, const catalogue& offered) {
    return read(body, offered, false);
}

allowed<model_request> read_beta_chat(const json& body, const catalogue& offered) {
    return read(body, offered, true);
}

}  // namespace weir::simulator
