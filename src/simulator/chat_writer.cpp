// Chat Completions. Source: DeepSeek API documentation, Create Chat Completion.

#include "chunks.hpp"
#include "text_pieces.hpp"
#include "tokens.hpp"
#include "writers.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace weir::simulator {
namespace {

using nlohmann::ordered_json;

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
    std::string delta = std::string("\"delta\":{\"") + field + "\":" + json_string(piece);
    // In thinking mode the member that has nothing to say is there too, as null.
    if (thinking) delta += std::string(",\"") + other + "\":null";
    return delta + "}";
}

// What the script says of each token's probability, where the request wants to know it.
ordered_json logprobs_json(const spoken& answer, const std::string& text) {
    if (!answer.asked.logprobs || !answer.act.logprob || text.empty()) return nullptr;
    ordered_json list = ordered_json::array();
    for (const std::string& token : split_tokens(text, 1)) {
        ordered_json bytes = ordered_json::array();
        for (const char c : token) bytes.push_back(static_cast<unsigned char>(c));
        list.push_back({{"token", token},
                        {"logprob", *answer.act.logprob},
                        {"bytes", std::move(bytes)},
                        {"top_logprobs", ordered_json::array()}});
    }
    return {{"content", std::move(list)}};
}

std::string shown(const ordered_json& value) {
    return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

void add_calls(chunk_writer& into, const std::vector<tool_call>& calls) {
    for (std::size_t i = 0; i < calls.size(); ++i) {
        const std::string index = "\"delta\":{\"tool_calls\":[{\"index\":" + std::to_string(i);
        into.add(index + ",\"id\":" + json_string(calls[i].id) +
                 ",\"type\":\"function\",\"function\":{\"name\":" + json_string(calls[i].name) +
                 ",\"arguments\":\"\"}}]}");
        for (const std::string& piece : split_arguments(calls[i])) {
            into.add(index + ",\"function\":{\"arguments\":" + json_string(piece) + "}}]}");
        }
    }
}

}  // namespace

std::string chat_body(const spoken& answer) {
    const completion& said = answer.said;
    ordered_json text{{"role", "assistant"}, {"content", said.content}};
    if (said.thinking) text["reasoning_content"] = said.thought;
    if (!said.calls.empty()) text["tool_calls"] = calls_json(said.calls);
    const ordered_json choice{{"index", 0},
                              {"message", std::move(text)},
                              {"logprobs", logprobs_json(answer, said.content)},
                              {"finish_reason", said.finish_reason}};
    return "{\"id\":" + json_string(answer.on.id) +
           ",\"object\":\"chat.completion\",\"created\":" + std::to_string(answer.on.created_s) +
           ",\"model\":" + json_string(answer.on.model) + ",\"choices\":[" + shown(choice) + "]" +
           usage_member(chunk_usage(answer.used), answer.act) +
           ",\"system_fingerprint\":" + json_string(answer.on.fingerprint) + "}";
}

std::vector<std::string> chat_events(const spoken& answer) {
    const completion& said = answer.said;
    chunk_writer out{answer, "chat.completion.chunk"};
    out.add(said.thinking ? R"("delta":{"role":"assistant","content":null,"reasoning_content":""})"
                          : R"("delta":{"role":"assistant","content":""})");
    const text_pieces pieces = split_text(said, answer.act);
    for (const std::string& piece : pieces.thought) {
        out.add(text_delta("reasoning_content", "content", piece, said.thinking));
    }
    for (const std::string& piece : pieces.content) {
        out.add_rated(text_delta("content", "reasoning_content", piece, said.thinking),
                      shown(logprobs_json(answer, piece)));
    }
    add_calls(out, said.calls);
    return std::move(out).finish(text_delta("content", "reasoning_content", "", said.thinking));
}

std::string chat_error_event(const spoken&, const std::string& message, std::size_t) {
    return "data: " + error_body(message, "internal_error") + "\n\n";
}

}  // namespace weir::simulator
