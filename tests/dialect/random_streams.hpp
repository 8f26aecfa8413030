#pragma once
// Streams of each API in odd framing, what they say, and what a client shall get of them.

#include "weir/dialect/body_index.hpp"

#include "random_json.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::dialect::test {

struct made_stream {
    std::string bytes;   // as they come
    std::string edited;  // as the client gets them: its own model's name, no chunk of usage alone
    std::string text;
    std::string reasoning;
    std::vector<std::string> call_ids;
    std::int64_t input = 0;
    std::int64_t output = 0;
    std::size_t events = 0;
};

class stream_maker {
public:
    stream_maker(dice& d, api_kind api, std::string_view model_asked)
        : d_(d), api_(api), asked_(model_asked), line_end_(d.pick<const char*>({"\n", "\n", "\r\n", "\r"})) {
        out_.input = static_cast<std::int64_t>(d.below(100'000));
        out_.output = static_cast<std::int64_t>(d.below(10'000));
    }

    made_stream make() {
        switch (api_) {
            case api_kind::chat:
            case api_kind::completions:
                make_chat();
                break;
            case api_kind::responses:
                make_responses();
                break;
            case api_kind::messages:
                make_messages();
                break;
        }
        noise();
        return std::move(out_);
    }

private:
    // ---- framing ----

    void both(std::string_view text) {
        out_.bytes += text;
        out_.edited += text;
    }
    // White space as JSON has it, but for line ends, which would end the data line.
    std::string gap() { return d_.pick<const char*>({"", "", " ", "\t  "}); }
    // Keep-alives: comments and blank lines, which are no events.
    void noise() {
        while (d_.chance(15)) {
            both(d_.pick<const char*>({": keep-alive", ":", "", ": \xE4\xB8\xAD"}) + line_end_);
            if (d_.chance(70)) both(line_end_);
        }
    }
    // `json` as an event with or without a name, in one data line or two.
    std::string framed(std::string_view type, const std::string& json) {
        std::string out;
        if (!type.empty() && d_.chance(90)) out += "event: " + std::string(type) + line_end_;
        if (d_.chance(5)) out += "id: 7" + line_end_ + ": aside" + line_end_;
        const std::string data = d_.chance(90) ? "data: " : "data:";
        if (d_.chance(5) && json.starts_with('{')) {
            out += data + "{" + line_end_ + data + json.substr(1) + line_end_;
        } else {
            out += data + json + line_end_;
        }
        return out + line_end_;
    }
    void event(std::string_view type, const std::string& json) {
        noise();
        both(framed(type, json));
        ++out_.events;
    }
    std::string typed(std::string_view type, const std::string& members) {
        return "{\"type\":" + gap() + "\"" + std::string(type) + "\"," + gap() + members + "}";
    }
    void typed_event(std::string_view type, const std::string& members) { event(type, typed(type, members)); }

    std::string text_delta(std::string& into) {
        const written_text text = random_text(d_, 3);
        into += text.meaning;
        return "\"" + text.json + "\"";
    }
    std::string number(std::int64_t n) { return std::to_string(n); }

    // ---- Chat Completions and Completions ----

    std::string choice(const std::string& inner, std::string_view finish = "null") {
        return R"({"id":"a1","model":"served","choices":[{"index":0,)" + inner + R"(,"finish_reason":)" +
               std::string(finish) + "}]";
    }
    std::string usage_member() {
        return R"(,"usage":{"prompt_tokens":)" + number(out_.input) + R"(,"completion_tokens":)" +
               number(out_.output) + "}";
    }
    std::string delta() {
        if (api_ == api_kind::completions) return "\"text\":" + text_delta(out_.text);
        switch (d_.below(3)) {
            case 0:
                return R"("delta":{"reasoning_content":)" + text_delta(out_.reasoning) + "}";
            case 1:
                return R"("delta":{"content":)" + text_delta(out_.text) + ",\"reasoning_content\":null}";
            default:
                out_.call_ids.push_back("call_" + std::to_string(out_.call_ids.size()));
                return R"("delta":{"tool_calls":[{"index":0,"id":)" + written(d_, out_.call_ids.back()) +
                       R"(,"function":{"arguments":)" + random_string(d_) + "}}]}";
        }
    }
    void make_chat() {
        for (std::size_t left = 1 + d_.below(8); left > 0; --left) {
            event("", choice(delta()) + (d_.chance(50) ? ",\"usage\":null}" : "}"));
        }
        const bool alone = d_.chance(50);
        const std::string inner = api_ == api_kind::completions ? "\"text\":\"\"" : "\"delta\":{}";
        event("", choice(inner, "\"stop\"") + (alone ? "}" : usage_member() + "}"));
        if (alone) {
            noise();
            out_.bytes += framed("", R"({"id":"a1","choices":[)" + gap() + "]" + usage_member() + "}");
            ++out_.events;
        }
        noise();
        both(framed("", "[DONE]"));
    }

    // ---- Responses ----

    void responses_event(std::string_view type, const std::string& members) {
        typed_event(type, R"("sequence_number":)" + std::to_string(out_.events) + "," + members);
    }
    void make_responses() {
        responses_event("response.created",
                        R"("response":{"id":"a1","model":"served","status":"in_progress","usage":null})");
        for (std::size_t left = 1 + d_.below(8); left > 0; --left) {
            if (d_.chance(60)) {
                responses_event("response.output_text.delta", "\"delta\":" + text_delta(out_.text));
            } else if (d_.chance(50)) {
                std::string thought;
                responses_event("response.reasoning_text.delta", "\"delta\":" + text_delta(thought));
            } else {
                out_.call_ids.push_back("call_" + std::to_string(out_.call_ids.size()));
                responses_event("response.output_item.done", R"("item":{"type":"function_call","call_id":)" +
                                                                 written(d_, out_.call_ids.back()) + "}");
            }
        }
        responses_event(
            "response.completed",
            R"("response":{"id":"a1","model":"served","status":"completed","usage":{"input_tokens":)" +
                number(out_.input) + R"(,"output_tokens":)" + number(out_.output) + "}}");
    }

    // ---- Messages ----

    void message_start() {
        noise();
        const std::string head = "{\"type\":\"message_start\",\"message\":{\"id\":\"a1\",\"model\":" + gap();
        const std::string tail =
            R"(,"content":[],"usage":{"input_tokens":)" + number(out_.input) + R"(,"output_tokens":1}}})";
        // The same dice twice, so that both frames are alike.
        const dice before = d_;
        out_.bytes += framed("message_start", head + "\"served\"" + tail);
        d_ = before;
        out_.edited += framed("message_start", head + "\"" + asked_ + "\"" + tail);
        ++out_.events;
    }
    void block(std::string_view type, const std::string& start, const std::string& delta) {
        typed_event("content_block_start",
                    R"("content_block":{"type":")" + std::string(type) + "\"," + start + "}");
        typed_event("content_block_delta", "\"delta\":{" + delta + "}");
        typed_event("content_block_stop", "\"index\":0");
    }
    void make_messages() {
        if (d_.chance(30)) typed_event("ping", "\"x\":0");
        message_start();
        for (std::size_t left = 1 + d_.below(4); left > 0; --left) {
            if (d_.chance(40)) {
                block("text", R"("text":"")", R"("type":"text_delta","text":)" + text_delta(out_.text));
            } else if (d_.chance(50)) {
                block("thinking", R"("thinking":"")",
                      R"("type":"thinking_delta","thinking":)" + text_delta(out_.reasoning));
            } else {
                out_.call_ids.push_back("toolu_" + std::to_string(out_.call_ids.size()));
                block("tool_use", "\"id\":" + written(d_, out_.call_ids.back()),
                      R"("type":"input_json_delta","partial_json":)" + random_string(d_));
            }
        }
        typed_event("message_delta", R"("delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":)" +
                                         number(out_.output) + "}");
        typed_event("message_stop", "\"x\":0");
    }

    dice& d_;
    api_kind api_;
    std::string asked_;
    std::string line_end_;
    made_stream out_;
};

}  // namespace weir::dialect::test
