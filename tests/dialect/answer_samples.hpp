#pragma once
// What a model says, written as each API writes it: whole, or as a stream of events.

#include "weir/dialect/answer_check.hpp"
#include "weir/dialect/api.hpp"

#include "support.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::dialect::test {

using nlohmann::json;

struct sample_call {
    std::string name;
    std::string arguments;  // as written
};

struct sample_answer {
    std::string text = {};
    std::vector<sample_call> calls = {};
    std::string finish = "stop";  // in chat's words
    std::int64_t output_tokens = 20;
    std::vector<double> logprobs = {};
};

inline const api_kind conversational[] = {api_kind::chat, api_kind::responses, api_kind::messages};

// The text in pieces, so that nothing depends on a stream's being cut where it is convenient.
inline std::vector<std::string> pieces_of(const std::string& text) {
    std::vector<std::string> pieces;
    // Whole characters: an event is UTF-8.
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = std::min(at + 3, text.size());
        while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) ++end;
        pieces.push_back(text.substr(at, end - at));
        at = end;
    }
    return pieces;
}

inline json rated(const std::vector<double>& logprobs) {
    json list = json::array();
    for (const double p : logprobs) list.push_back({{"token", "x"}, {"logprob", p}, {"bytes", nullptr}});
    return list;
}

inline std::string event_of(const json& data) {
    const std::string name = data.contains("type") ? "event: " + data["type"].get<std::string>() + "\n" : "";
    return name + "data: " + data.dump() + "\n\n";
}

// ---- chat ----

inline json chat_usage(const sample_answer& said) {
    return {{"prompt_tokens", 30}, {"completion_tokens", said.output_tokens}};
}

inline std::string chat_whole(const sample_answer& said) {
    json text{{"role", "assistant"}, {"content", said.text.empty() ? json() : json(said.text)}};
    for (std::size_t i = 0; i < said.calls.size(); ++i) {
        text["tool_calls"].push_back(
            {{"id", "call_" + std::to_string(i)},
             {"type", "function"},
             {"function", {{"name", said.calls[i].name}, {"arguments", said.calls[i].arguments}}}});
    }
    const json rates = said.logprobs.empty() ? json() : json{{"content", rated(said.logprobs)}};
    const json choice{{"message", text}, {"logprobs", rates}, {"finish_reason", said.finish}};
    return json{{"id", "c1"}, {"model", "m"}, {"choices", json::array({choice})}, {"usage", chat_usage(said)}}
        .dump();
}

inline std::string chat_stream(const sample_answer& said) {
    std::string out;
    const auto add = [&](const json& delta, const json& more = json::object()) {
        json choice{{"index", 0}, {"delta", delta}, {"finish_reason", nullptr}};
        choice.update(more);
        out += event_of({{"id", "c1"}, {"choices", json::array({choice})}});
    };
    for (const std::string& piece : pieces_of(said.text)) add({{"content", piece}});
    for (const double p : said.logprobs) {
        add({{"content", ""}}, {{"logprobs", {{"content", rated({p})}}}});
    }
    for (std::size_t i = 0; i < said.calls.size(); ++i) {
        const json opened{{"name", said.calls[i].name}, {"arguments", ""}};
        const auto part = [&](json call) {
            call["index"] = i;
            add({{"tool_calls", json::array({std::move(call)})}});
        };
        part({{"id", "call_" + std::to_string(i)}, {"function", opened}});
        for (const std::string& piece : pieces_of(said.calls[i].arguments)) {
            part({{"function", {{"arguments", piece}}}});
        }
    }
    const json last{{"delta", json::object()}, {"finish_reason", said.finish}};
    out += event_of({{"id", "c1"}, {"choices", json::array({last})}, {"usage", chat_usage(said)}});
    return out + "data: [DONE]\n\n";
}

// ---- Responses ----

inline json response_object(const sample_answer& said) {
    json output = json::array();
    output.push_back({{"type", "reasoning"}, {"id", "r"}, {"summary", json::array()}});
    if (said.calls.empty() || !said.text.empty()) {
        const json part{{"type", "output_text"}, {"text", said.text}, {"logprobs", rated(said.logprobs)}};
        output.push_back({{"type", "message"}, {"role", "assistant"}, {"content", json::array({part})}});
    }
    for (std::size_t i = 0; i < said.calls.size(); ++i) {
        output.push_back({{"type", "function_call"},
                          {"call_id", "call_" + std::to_string(i)},
                          {"name", said.calls[i].name},
                          {"arguments", said.calls[i].arguments}});
    }
    const bool cut = said.finish == "length" || said.finish == "content_filter";
    const bool ended = said.finish == "stop" || said.finish == "tool_calls";
    json whole{{"object", "response"},
               {"id", "resp_1"},
               {"status", cut     ? "incomplete"
                          : ended ? "completed"
                                  : "failed"},
               {"error", nullptr},
               {"output", output},
               {"usage", {{"input_tokens", 30}, {"output_tokens", said.output_tokens}}}};
    const std::string why = said.finish == "length" ? "max_output_tokens" : said.finish;
    whole["incomplete_details"] = cut ? json{{"reason", why}} : json();
    return whole;
}

inline std::string responses_whole(const sample_answer& said) { return response_object(said).dump(); }

inline std::string responses_stream(const sample_answer& said) {
    const json whole = response_object(said);
    std::string out;
    for (const std::string& piece : pieces_of(said.text)) {
        out += event_of({{"type", "response.output_text.delta"}, {"delta", piece}});
    }
    for (const double p : said.logprobs) {
        out += event_of({{"type", "response.output_text.delta"}, {"delta", ""}, {"logprobs", rated({p})}});
    }
    for (const json& item : whole["output"]) {
        out += event_of({{"type", "response.output_item.done"}, {"item", item}});
    }
    const std::string end = "response." + whole["status"].get<std::string>();
    return out + event_of({{"type", end}, {"response", whole}});
}

// ---- Messages ----

inline std::string stop_reason_of(const sample_answer& said) {
    if (said.finish == "length") return "max_tokens";
    if (said.finish == "stop") return said.calls.empty() ? "end_turn" : "tool_use";
    return said.finish == "content_filter" ? "refusal" : said.finish;
}

// The input of a call is JSON there, so arguments that are none cannot be written whole.
inline std::string messages_whole(const sample_answer& said) {
    std::string content;
    if (!said.text.empty()) content += json{{"type", "text"}, {"text", said.text}}.dump();
    for (std::size_t i = 0; i < said.calls.size(); ++i) {
        content += std::string(content.empty() ? "" : ",") + R"({"type":"tool_use","id":"call_)" +
                   std::to_string(i) + R"(","name":)" + json(said.calls[i].name).dump() + R"(,"input":)" +
                   (said.calls[i].arguments.empty() ? "{}" : said.calls[i].arguments) + "}";
    }
    return R"({"type":"message","id":"m1","content":[)" + content + R"(],"stop_reason":)" +
           json(stop_reason_of(said)).dump() + R"(,"usage":{"input_tokens":30,"output_tokens":)" +
           std::to_string(said.output_tokens) + "}}";
}

inline std::string messages_stream(const sample_answer& said) {
    std::string out =
        event_of({{"type", "message_start"}, {"message", {{"type", "message"}, {"content", json::array()}}}});
    int index = 0;
    const auto block = [&](json start, const char* kind, const char* member, const std::string& text) {
        out += event_of({{"type", "content_block_start"}, {"index", index}, {"content_block", start}});
        for (const std::string& piece : pieces_of(text)) {
            const json delta{{"type", kind}, {member, piece}};
            out += event_of({{"type", "content_block_delta"}, {"index", index}, {"delta", delta}});
        }
        out += event_of({{"type", "content_block_stop"}, {"index", index++}});
    };
    if (!said.text.empty()) block({{"type", "text"}, {"text", ""}}, "text_delta", "text", said.text);
    for (const sample_call& call : said.calls) {
        block({{"type", "tool_use"},
               {"id", "call_" + std::to_string(index)},
               {"name", call.name},
               {"input", json::object()}},
              "input_json_delta", "partial_json", call.arguments);
    }
    out += event_of({{"type", "message_delta"},
                     {"delta", {{"stop_reason", stop_reason_of(said)}}},
                     {"usage", {{"input_tokens", 30}, {"output_tokens", said.output_tokens}}}});
    return out + event_of({{"type", "message_stop"}});
}

// ---- all ----

inline std::string written(api_kind api, const sample_answer& said, bool stream) {
    if (api == api_kind::responses) return stream ? responses_stream(said) : responses_whole(said);
    if (api == api_kind::messages) return stream ? messages_stream(said) : messages_whole(said);
    return stream ? chat_stream(said) : chat_whole(said);
}

// An answer as weir reads it.
struct read_sample {
    answer_facts facts;
    answer_turn said;
};
inline read_sample read(api_kind api, const std::string& bytes, bool stream,
                        std::size_t bytes_max = 1024 * 1024) {
    read_sample out;
    out.said.bytes_max = bytes_max;
    out.said.in_full = true;
    if (!stream) {
        out.facts = read_answer(api_of(api), padded_text(bytes), &out.said);
        return out;
    }
    stream_reader reader(api_of(api), 1024 * 1024, &out.said);
    // In pieces of a size that no event has.
    for (std::size_t at = 0; at < bytes.size(); at += 37)
        reader.observe(std::string_view(bytes).substr(at, 37));
    out.facts = reader.facts();
    return out;
}

// ---- requests ----

struct sample_request {
    std::vector<std::pair<std::string, json>> tools = {};  // name and schema
    bool json_object = false;
    json schema = {};  // null: none
    std::optional<std::int64_t> max_tokens = {};
    bool logprobs = false;
    json more = json::object();
};

inline json tools_of(api_kind api, const sample_request& asked) {
    json list = json::array();
    for (const auto& [name, schema] : asked.tools) {
        const json about{{"name", name}, {"parameters", schema}};
        if (api == api_kind::chat) list.push_back({{"type", "function"}, {"function", about}});
        if (api == api_kind::messages) list.push_back({{"name", name}, {"input_schema", schema}});
        if (api != api_kind::responses) continue;
        list.push_back(about);
        list.back()["type"] = "function";
    }
    return list;
}

inline std::string body_of(api_kind api, const sample_request& asked) {
    json body{{"model", "auto"}};
    const json user{{"role", "user"}, {"content", "Do it, as json."}};
    body[api == api_kind::responses ? "input" : "messages"] = json::array({user});
    if (!asked.tools.empty()) body["tools"] = tools_of(api, asked);
    if (asked.max_tokens) {
        body[api == api_kind::responses ? "max_output_tokens" : "max_tokens"] = *asked.max_tokens;
    }
    if (asked.logprobs && api == api_kind::chat) body["logprobs"] = true;
    if (asked.logprobs && api == api_kind::responses)
        body["include"] = json::array({"message.output_text.logprobs"});
    if (asked.json_object || !asked.schema.is_null()) {
        json format{{"type", asked.schema.is_null() ? "json_object" : "json_schema"}};
        if (!asked.schema.is_null() && api == api_kind::chat) {
            format["json_schema"] = {{"name", "s"}, {"schema", asked.schema}};
        }
        if (!asked.schema.is_null() && api == api_kind::responses) format["schema"] = asked.schema;
        if (api == api_kind::chat) body["response_format"] = format;
        if (api == api_kind::responses) body["text"] = {{"format", format}};
    }
    body.update(asked.more);
    return body.dump();
}

inline answer_demand demand_in(api_kind api, const std::string& body, std::size_t bytes_max = 256 * 1024) {
    const indexed_body indexed(body, api);
    return demand_of(indexed.body, indexed.index, bytes_max);
}

inline const answer_rules& sample_rules() {
    static const answer_rules rules{{"I'm sorry, but I can't", "I can't assist with", "I cannot help with",
                                     "As an AI*, I cannot",
                                     "\xE6\x8A\xB1\xE6\xAD\x89\xEF\xBC\x8C"
                                     "\xE6\x88\x91\xE6\x97\xA0\xE6\xB3\x95"}};
    return rules;
}
inline const std::vector<std::string>& sample_reasons() {
    static const std::vector<std::string> reasons{"insufficient_system_resource", "aborted", "failed"};
    return reasons;
}
inline answer_checks all_checks() {
    return {true, true, true, true, true, true, true, 850, &sample_rules(), &sample_reasons()};
}

inline answer_failure found_in(api_kind api, const sample_request& asked, const sample_answer& said,
                               bool stream, const answer_checks& wanted = all_checks()) {
    const read_sample got = read(api, written(api, said, stream), stream);
    EXPECT_TRUE(got.facts.done) << written(api, said, stream);
    return check_answer(demand_in(api, body_of(api, asked)), wanted, got.facts, got.said);
}

}  // namespace weir::dialect::test
