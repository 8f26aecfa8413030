// Anthropic Messages. Source: Anthropic API documentation, Messages and Streaming; that the id is a UUID and
// the signature of a thought repeats it was seen in https://github.com/Hmbown/Codewhale/issues/708

#include "text_pieces.hpp"
#include "writers.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <utility>

namespace weir::simulator {
namespace {

using nlohmann::ordered_json;

// Words of Chat Completions and of Messages. What is not here is said as it is.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> stop_reasons{
    {{"stop", "end_turn"},
     {"length", "max_tokens"},
     {"tool_calls", "tool_use"},
     {"content_filter", "refusal"}}};

std::string stop_reason_of(const completion& said) {
    if (said.stopped_by && said.finish_reason == "stop") return "stop_sequence";
    for (const auto& [chat, word] : stop_reasons) {
        if (said.finish_reason == chat) return std::string(word);
    }
    return said.finish_reason;
}

std::string stop_members(const completion& said) {
    return "\"stop_reason\":" + json_string(stop_reason_of(said)) +
           ",\"stop_sequence\":" + (said.stopped_by ? json_string(*said.stopped_by) : "null");
}

// Tokens that were read from the cache are not among the input tokens.
std::string usage_json(const weir::usage& used, std::int64_t output) {
    return "{\"input_tokens\":" + std::to_string(used.miss) +
           ",\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":" + std::to_string(used.hit) +
           ",\"output_tokens\":" + std::to_string(output) + "}";
}

std::string head(const spoken& answer) {
    return "{\"id\":" + json_string(answer.on.id) +
           ",\"type\":\"message\",\"role\":\"assistant\",\"model\":" + json_string(answer.on.model) +
           ",\"content\":[";
}

// Arguments that the budget cut off are no JSON, and no input can be made of them.
std::string input_of(const tool_call& call) {
    const auto read = ordered_json::parse(call.arguments, nullptr, false);
    return read.is_object() ? call.arguments : "{}";
}

std::string blocks(const spoken& answer) {
    const completion& said = answer.said;
    std::string list;
    const auto add = [&list](const std::string& block) { list += (list.empty() ? "" : ",") + block; };
    if (said.thinking) {
        add("{\"type\":\"thinking\",\"thinking\":" + json_string(said.thought) +
            ",\"signature\":" + json_string(answer.on.id) + "}");
    }
    if (!said.content.empty()) add("{\"type\":\"text\",\"text\":" + json_string(said.content) + "}");
    for (const tool_call& call : said.calls) {
        add("{\"type\":\"tool_use\",\"id\":" + json_string(call.id) + ",\"name\":" + json_string(call.name) +
            ",\"input\":" + input_of(call) + "}");
    }
    return list;
}

std::string event(const std::string& type, const std::string& members) {
    return "event: " + type + "\ndata: {\"type\":" + json_string(type) + members + "}\n\n";
}

class block_writer {
public:
    explicit block_writer(std::vector<std::string>& into) : events_(into) {}

    void start(const std::string& block) {
        events_.push_back(event("content_block_start", at() + ",\"content_block\":" + block));
        // The real API sends its first ping here.
        if (index_ == 0) events_.push_back(event("ping", ""));
    }
    void delta(const char* type, const char* member, const std::string& piece) {
        events_.push_back(event("content_block_delta", at() + ",\"delta\":{\"type\":\"" + type + "\",\"" +
                                                           member + "\":" + json_string(piece) + "}"));
    }
    void stop() {
        events_.push_back(event("content_block_stop", at()));
        ++index_;
    }

private:
    std::string at() const { return ",\"index\":" + std::to_string(index_); }

    std::vector<std::string>& events_;
    int index_ = 0;
};

void add_blocks(std::vector<std::string>& events, const spoken& answer) {
    const completion& said = answer.said;
    const text_pieces pieces = split_text(said, answer.act);
    block_writer out{events};
    if (said.thinking) {
        out.start(R"({"type":"thinking","thinking":"","signature":""})");
        for (const std::string& piece : pieces.thought) out.delta("thinking_delta", "thinking", piece);
        out.delta("signature_delta", "signature", answer.on.id);
        out.stop();
    }
    if (!said.content.empty()) {
        out.start(R"({"type":"text","text":""})");
        for (const std::string& piece : pieces.content) out.delta("text_delta", "text", piece);
        out.stop();
    }
    for (const tool_call& call : said.calls) {
        out.start("{\"type\":\"tool_use\",\"id\":" + json_string(call.id) +
                  ",\"name\":" + json_string(call.name) + ",\"input\":{}}");
        for (const std::string& piece : split_arguments(call)) {
            out.delta("input_json_delta", "partial_json", piece);
        }
        out.stop();
    }
}

}  // namespace

std::string messages_body(const spoken& answer) {
    return head(answer) + blocks(answer) + "]," + stop_members(answer.said) +
           usage_member(usage_json(answer.used, answer.used.output), answer.act) + "}";
}

std::vector<std::string> messages_events(const spoken& answer) {
    std::vector<std::string> events;
    events.push_back(event("message_start", ",\"message\":" + head(answer) +
                                                "],\"stop_reason\":null,\"stop_sequence\":null" +
                                                usage_member(usage_json(answer.used, 0), answer.act) + "}"));
    add_blocks(events, answer);
    // The input is told at the beginning alone, the output at the end.
    events.push_back(event(
        "message_delta",
        ",\"delta\":{" + stop_members(answer.said) + "}" +
            usage_member("{\"output_tokens\":" + std::to_string(answer.used.output) + "}", answer.act)));
    events.push_back(event("message_stop", ""));
    return events;
}

std::string messages_error_event(const spoken&, const std::string& message, std::size_t) {
    return event("error", ",\"error\":{\"type\":\"api_error\",\"message\":" + json_string(message) + "}");
}

}  // namespace weir::simulator
