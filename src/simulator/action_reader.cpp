#include "action_reader.hpp"

#include "yaml_json.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <system_error>
#include <utility>

namespace weir::simulator {
namespace {

constexpr std::int64_t wait_ms_max = 24 * 3600 * 1000;
constexpr std::int64_t tokens_max = 1'048'576;
constexpr std::int64_t events_max = 1'000'000;
constexpr std::int64_t payload_bytes_max = 1'000'000'000;

void read_error_actions(map_reader& from, actions& into) {
    constexpr std::int64_t status_least = 400;
    constexpr std::int64_t status_most = 599;
    if (const auto status = from.count("status", status_least, status_most))
        into.status = static_cast<int>(*status);
    into.message = from.text("message");
    into.raw_body = from.text("raw_body");
    into.content_type = from.text("content_type");
    into.error_after_events = from.count("error_after_events", 0, events_max);
    if (!into.status && into.raw_body) from.complain("raw_body needs a status");
    if (!into.status && !into.error_after_events && into.message) {
        from.complain("message needs a status or error_after_events");
    }
    if (into.status && into.error_after_events) {
        from.complain("only one of status and error_after_events can hold");
    }
}

void read_headers(const YAML::Node& node, actions& into, problems& found) {
    if (!node.IsDefined()) return;
    map_reader fields{node, "headers", found};
    if (!fields.usable()) return;
    for (const auto& entry : node) {
        const std::string name = entry.first.Scalar();
        if (const auto value = fields.text(name.c_str())) into.headers.push_back({name, *value});
    }
}

void read_connection_actions(map_reader& from, actions& into) {
    into.delay_ms = from.count("delay_ms", 0, wait_ms_max).value_or(0);
    into.first_token_ms = from.count("first_token_ms", 0, wait_ms_max).value_or(0);
    into.keep_alive_every_ms = from.count("keep_alive_every_ms", 0, wait_ms_max).value_or(0);
    into.token_ms = from.count("token_ms", 0, wait_ms_max).value_or(0);
    into.cut_after_events = from.count("cut_after_events", 0, events_max);
    into.stall_after_events = from.count("stall_after_events", 0, events_max);
    into.cut_after_bytes = from.count("cut_after_bytes", 0, payload_bytes_max);
    into.connection_close = from.flag("connection_close").value_or(false);
    into.garbage = from.flag("garbage").value_or(false);
    into.bad_json = from.flag("bad_json").value_or(false);
    into.truncate_json = from.flag("truncate_json").value_or(false);
    into.no_done = from.flag("no_done").value_or(false);
    into.separate_events = from.flag("separate_events").value_or(false);
    into.chunk_bytes = from.count("chunk_bytes", 0, payload_bytes_max).value_or(0);
    if (into.keep_alive_every_ms > 0 && into.first_token_ms == 0) {
        from.complain("keep_alive_every_ms needs a first_token_ms to fill");
    }
}

std::optional<double> read_logprob(const std::string& text, map_reader& from) {
    constexpr double least = -9999;  // what DeepSeek writes for a token out of sight
    double value = 1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc{} && end == text.data() + text.size() && value >= least && value <= 0)
        return value;
    from.complain("logprob must be a number between -9999 and 0");
    return std::nullopt;
}

void read_answer_actions(map_reader& from, actions& into) {
    const std::pair<const char*, usage_style> styles[]{{"no_usage", usage_style::absent},
                                                       {"usage_null", usage_style::null},
                                                       {"usage_separate_chunk", usage_style::separate_chunk}};
    int chosen = 0;
    for (const auto& [key, style] : styles) {
        if (from.flag(key).value_or(false)) into.usage = style, ++chosen;
    }
    if (chosen > 1) from.complain("only one of no_usage, usage_null and usage_separate_chunk can hold");
    into.served_model = from.text("served_model");
    into.finish_reason = from.text("finish_reason");
    into.content = from.text("content");
    into.empty_content = from.flag("empty_content").value_or(false);
    if (const auto text = from.text("logprob")) into.logprob = read_logprob(*text, from);
    into.output_tokens = from.count("output_tokens", 0, tokens_max);
    into.reasoning_tokens = from.count("reasoning_tokens", 0, tokens_max);
    into.events = from.count("events", 1, events_max);
}

void read_tool_calls(const YAML::Node& list, actions& into, problems& found) {
    if (!list.IsDefined()) return;
    if (!list.IsSequence() || list.size() == 0) {
        found.add(list.Mark(), "tool_calls must be a list of at least one call");
        return;
    }
    for (std::size_t i = 0; i < list.size(); ++i) {
        map_reader from{list[i], "tool_calls[" + std::to_string(i) + "]", found};
        scripted_call call;
        call.name = from.text("name").value_or("");
        if (from.usable() && call.name.empty()) from.complain("name is missing");
        const YAML::Node arguments = from.node("arguments");
        if (arguments.IsDefined() && !arguments.IsMap()) from.complain("arguments must be a map");
        const auto as_it_is = from.text("arguments_text");
        if (as_it_is && arguments.IsDefined()) {
            from.complain("only one of arguments and arguments_text can hold");
        }
        call.arguments = arguments.IsDefined() ? json_text_of(arguments) : as_it_is.value_or("{}");
        from.finish();
        into.tool_calls.push_back(std::move(call));
    }
}

std::optional<dialect> read_dialect(map_reader& from) {
    constexpr std::array<std::pair<std::string_view, dialect>, 4> words{
        {{"chat", dialect::chat},
         {"responses", dialect::responses},
         {"messages", dialect::messages},
         {"completions", dialect::completions}}};
    const auto word = from.text("endpoint");
    if (!word) return std::nullopt;
    for (const auto& [name, value] : words) {
        if (*word == name) return value;
    }
    from.complain("endpoint must be chat, responses, messages or completions, not " + *word);
    return std::nullopt;
}

}  // namespace

actions read_actions(map_reader& from, problems& found) {
    actions into;
    read_error_actions(from, into);
    read_headers(from.node("headers"), into, found);
    read_connection_actions(from, into);
    read_answer_actions(from, into);
    read_tool_calls(from.node("tool_calls"), into, found);
    return into;
}

conditions read_conditions(const YAML::Node& node, const std::string& name, problems& found) {
    constexpr std::int64_t count_max = std::numeric_limits<std::int64_t>::max();
    map_reader from{node, name, found};
    conditions into;
    into.endpoint = read_dialect(from);
    into.model = from.text("model");
    into.ask_contains = from.text("ask_contains");
    into.stream = from.flag("stream");
    into.tools = from.flag("tools");
    into.after_tool_results = from.count("after_tool_results", 0, count_max);
    into.nth = from.count("nth", 1, count_max);
    into.every = from.count("every", 1, count_max);
    from.finish();
    return into;
}

}  // namespace weir::simulator
