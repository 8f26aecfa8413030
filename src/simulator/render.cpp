#include "render.hpp"

#include "tokens.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace weir::simulator {
namespace {

using nlohmann::ordered_json;

constexpr std::int64_t tokens_per_event = 8;

std::string usage_json(const weir::usage& used) {
    const std::int64_t prompt = used.hit + used.miss;
    const ordered_json object{{"prompt_tokens", prompt},
                              {"completion_tokens", used.output},
                              {"total_tokens", prompt + used.output},
                              {"prompt_tokens_details", {{"cached_tokens", used.hit}}},
                              {"completion_tokens_details", {{"reasoning_tokens", used.reasoning}}},
                              {"prompt_cache_hit_tokens", used.hit},
                              {"prompt_cache_miss_tokens", used.miss}};
    return object.dump();
}

ordered_json calls_json(const std::vector<tool_call>& calls) {
    ordered_json list = ordered_json::array();
    for (std::size_t i = 0; i < calls.size(); ++i) {
        list.push_back({{"index", i},
                        {"id", calls[i].id},
                        {"type", "function"},
                        {"function", {{"name", calls[i].name}, {"arguments", calls[i].arguments}}}});
    }
    return list;
}

std::string text_delta(const char* field, const char* other, const std::string& piece, bool thinking) {
    std::string delta = std::string("{\"") + field + "\":" + quoted(piece);
    // In thinking mode the member that has nothing to say is there too, as null.
    if (thinking) delta += std::string(",\"") + other + "\":null";
    return delta + "}";
}

class event_writer {
public:
    event_writer(const label& on, bool null_usage)
        : head_("data: {\"id\":" + quoted(on.id) + ",\"object\":\"chat.completion.chunk\",\"created\":" +
                std::to_string(on.created_s) + ",\"model\":" + quoted(on.model) +
                ",\"system_fingerprint\":" + quoted(on.fingerprint) + ",\"choices\":["),
          null_usage_(null_usage) {}

    void add(const std::string& delta, const std::string& finish_reason = {}, const std::string& usage = {}) {
        close(head_ + "{\"index\":0,\"delta\":" + delta + ",\"logprobs\":null,\"finish_reason\":" +
                  (finish_reason.empty() ? "null" : quoted(finish_reason)) + "}]",
              usage);
    }
    void add_without_choice(const std::string& usage) { close(head_ + "]", usage); }
    void add_done() { events.emplace_back("data: [DONE]\n\n"); }

    std::vector<std::string> events;

private:
    void close(std::string text, const std::string& usage) {
        if (!usage.empty())
            text += ",\"usage\":" + usage;
        else if (null_usage_)
            text += ",\"usage\":null";
        events.push_back(std::move(text) + "}\n\n");
    }

    std::string head_;
    bool null_usage_;
};

// Tokens in each text event, so that thought and content together make about `events` of them.
std::int64_t tokens_each(const completion& said, std::optional<std::int64_t> events) {
    if (!events || *events < 1) return tokens_per_event;
    const std::int64_t total = count_tokens(said.thought) + count_tokens(said.content);
    return std::max<std::int64_t>(1, (total + *events - 1) / *events);
}

// `text` in exactly `count` >= 1 pieces where it has that many tokens.
std::vector<std::string> split_evenly(const std::string& text, std::int64_t count) {
    std::vector<std::string> pieces;
    std::string_view rest = text;
    for (std::int64_t i = 0; i < count && !rest.empty(); ++i) {
        const std::int64_t shares = count - i;
        const std::string_view piece = first_tokens(rest, (count_tokens(rest) + shares - 1) / shares);
        pieces.emplace_back(piece);
        rest.remove_prefix(piece.size());
    }
    return pieces;
}

struct text_pieces {
    std::vector<std::string> thought;
    std::vector<std::string> content;
};

text_pieces split(const completion& said, const actions& act) {
    if (!act.events) {
        return {split_tokens(said.thought, tokens_per_event), split_tokens(said.content, tokens_per_event)};
    }
    const std::int64_t each = tokens_each(said, act.events);
    const std::int64_t thoughts =
        said.thought.empty() ? 0 : std::max<std::int64_t>(1, count_tokens(said.thought) / each);
    const std::int64_t contents = std::max<std::int64_t>(1, *act.events - thoughts);
    return {split_evenly(said.thought, thoughts), split_evenly(said.content, contents)};
}

void add_calls(event_writer& into, const std::vector<tool_call>& calls) {
    for (std::size_t i = 0; i < calls.size(); ++i) {
        const std::string index = "{\"tool_calls\":[{\"index\":" + std::to_string(i);
        into.add(index + ",\"id\":" + quoted(calls[i].id) + ",\"type\":\"function\",\"function\":{\"name\":" +
                 quoted(calls[i].name) + ",\"arguments\":\"\"}}]}");
        for (const std::string& piece : split_tokens(calls[i].arguments, 2)) {
            into.add(index + ",\"function\":{\"arguments\":" + quoted(piece) + "}}]}");
        }
    }
}

}  // namespace

std::string quoted(const std::string& text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string error_body(const std::string& message, const std::string& type) {
    return "{\"error\":{\"message\":" + quoted(message) + ",\"type\":" + quoted(type) +
           ",\"param\":null,\"code\":\"invalid_request_error\"}}";
}

std::string whole_body(const label& on, const completion& said, const weir::usage& used, const actions& act) {
    ordered_json text{{"role", "assistant"}, {"content", said.content}};
    if (said.thinking) text["reasoning_content"] = said.thought;
    if (!said.calls.empty()) text["tool_calls"] = calls_json(said.calls);
    const ordered_json choice{{"index", 0},
                              {"message", std::move(text)},
                              {"logprobs", nullptr},
                              {"finish_reason", said.finish_reason}};
    const std::string shown = choice.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
    std::string body = "{\"id\":" + quoted(on.id) +
                       ",\"object\":\"chat.completion\",\"created\":" + std::to_string(on.created_s) +
                       ",\"model\":" + quoted(on.model) + ",\"choices\":[" + shown + "]";
    // A whole answer has no place for a chunk of its own, so that style is the documented one here.
    if (act.usage == usage_style::null)
        body += ",\"usage\":null";
    else if (act.usage != usage_style::absent)
        body += ",\"usage\":" + usage_json(used);
    return body + ",\"system_fingerprint\":" + quoted(on.fingerprint) + "}";
}

std::vector<std::string> stream_events(const label& on, const completion& said, const weir::usage& used,
                                       const actions& act, bool include_usage) {
    event_writer out{on,
                     act.usage == usage_style::null || (include_usage && act.usage != usage_style::absent)};
    out.add(said.thinking ? R"({"role":"assistant","content":null,"reasoning_content":""})"
                          : R"({"role":"assistant","content":""})");
    const text_pieces pieces = split(said, act);
    for (const std::string& piece : pieces.thought) {
        out.add(text_delta("reasoning_content", "content", piece, said.thinking));
    }
    for (const std::string& piece : pieces.content) {
        out.add(text_delta("content", "reasoning_content", piece, said.thinking));
    }
    add_calls(out, said.calls);
    const std::string last = text_delta("content", "reasoning_content", "", said.thinking);
    const std::string usage = usage_json(used);
    out.add(last, said.finish_reason, act.usage == usage_style::documented ? usage : std::string());
    if (act.usage == usage_style::separate_chunk) out.add_without_choice(usage);
    if (!act.no_done) out.add_done();
    return std::move(out.events);
}

}  // namespace weir::simulator
