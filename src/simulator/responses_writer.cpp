// OpenAI Responses. Sources: OpenAI API documentation, Responses and its streaming events; that a thought
// comes as reasoning text and never as a summary was seen in
// https://github.com/deepseek-ai/awesome-deepseek-integration/issues/738

#include "text_pieces.hpp"
#include "writers.hpp"

#include <utility>

namespace weir::simulator {
namespace {

std::string usage_json(const weir::usage& used) {
    const std::int64_t input = used.hit + used.miss;
    return "{\"input_tokens\":" + std::to_string(input) +
           ",\"input_tokens_details\":{\"cached_tokens\":" + std::to_string(used.hit) +
           "},\"output_tokens\":" + std::to_string(used.output) +
           ",\"output_tokens_details\":{\"reasoning_tokens\":" + std::to_string(used.reasoning) +
           "},\"total_tokens\":" + std::to_string(input + used.output) + "}";
}

// How an answer ended, in the words of this dialect.
struct outcome {
    std::string status;
    std::string reason;   // where incomplete
    std::string failure;  // where failed
};

outcome outcome_of(const completion& said) {
    if (said.finish_reason == "length") return {"incomplete", "max_output_tokens", {}};
    if (said.finish_reason == "content_filter") return {"incomplete", "content_filter", {}};
    if (said.finish_reason == "stop" || said.finish_reason == "tool_calls") return {"completed", {}, {}};
    // What is left are the reasons for which the provider cut the answer.
    return {"failed", {}, "The response was cut by the server: " + said.finish_reason};
}

std::string error_json(const std::string& message) {
    return message.empty() ? "null" : "{\"code\":\"server_error\",\"message\":" + json_string(message) + "}";
}

std::string format_json(const model_request& asked) {
    switch (asked.format) {
        case answer_format::json_object:
            return R"({"type":"json_object"})";
        case answer_format::json_schema:
            return R"({"type":"json_schema","name":"schema","schema":)" + asked.schema + "}";
        case answer_format::text:
            break;
    }
    return R"({"type":"text"})";
}

// The object that stands for the whole answer, at any time. `usage` is `,"usage":...` or nothing.
std::string response_json(const spoken& answer, const outcome& now, const std::string& output,
                          const std::string& usage) {
    const model_request& asked = answer.asked;
    return "{\"id\":" + json_string("resp_" + answer.on.id) +
           ",\"object\":\"response\",\"created_at\":" + std::to_string(answer.on.created_s) +
           ",\"status\":" + json_string(now.status) +
           ",\"background\":false,\"error\":" + error_json(now.failure) + ",\"incomplete_details\":" +
           (now.reason.empty() ? "null" : "{\"reason\":" + json_string(now.reason) + "}") +
           ",\"instructions\":null,\"max_output_tokens\":" +
           (asked.max_tokens ? std::to_string(*asked.max_tokens) : "null") +
           ",\"model\":" + json_string(answer.on.model) + ",\"output\":[" + output +
           "],\"parallel_tool_calls\":true,\"previous_response_id\":null,\"reasoning\":{\"effort\":" +
           json_string(asked.thinking() ? asked.effort->name : "none") +
           ",\"summary\":null},\"store\":false,\"temperature\":1.0,\"text\":{\"format\":" +
           format_json(asked) + "},\"tool_choice\":\"auto\",\"tools\":" + asked.tools_as_sent +
           ",\"top_p\":1.0,\"truncation\":\"disabled\",\"metadata\":{}" + usage + "}";
}

// One item of the output, before anything is in it and when it is whole.
struct item {
    std::string id;
    std::string empty;
    std::string whole;
};

item reasoning_item(const spoken& answer) {
    const std::string id = "rs_" + answer.on.id;
    const std::string head =
        "{\"id\":" + json_string(id) + ",\"type\":\"reasoning\",\"summary\":[],\"content\":[";
    return {id, head + "]}",
            head + "{\"type\":\"reasoning_text\",\"text\":" + json_string(answer.said.thought) + "}]}"};
}

std::string text_part(const std::string& text) {
    return "{\"type\":\"output_text\",\"text\":" + json_string(text) + ",\"annotations\":[],\"logprobs\":[]}";
}

item message_item(const spoken& answer, const std::string& status) {
    const std::string id = "msg_" + answer.on.id;
    const auto with = [&](const std::string& state, const std::string& content) {
        return "{\"id\":" + json_string(id) + ",\"type\":\"message\",\"status\":" + json_string(state) +
               ",\"role\":\"assistant\",\"content\":[" + content + "]}";
    };
    return {id, with("in_progress", ""), with(status, text_part(answer.said.content))};
}

item call_item(const tool_call& call, const std::string& status) {
    const std::string id = (call.custom ? "ctc_" : "fc_") + call.id;
    const auto with = [&](const std::string& state, const std::string& arguments) {
        return "{\"id\":" + json_string(id) +
               ",\"type\":" + (call.custom ? "\"custom_tool_call\"" : "\"function_call\"") +
               ",\"status\":" + json_string(state) + ",\"call_id\":" + json_string(call.id) +
               ",\"name\":" + json_string(call.name) + (call.custom ? ",\"input\":" : ",\"arguments\":") +
               json_string(arguments) + "}";
    };
    return {id, with("in_progress", ""), with(status, call.arguments)};
}

// The last item is as incomplete as the answer.
std::string item_status(const outcome& end) { return end.status == "completed" ? "completed" : "incomplete"; }

class event_writer {
public:
    void add(const std::string& type, const std::string& members) {
        events.push_back("event: " + type + "\ndata: {\"type\":" + json_string(type) +
                         ",\"sequence_number\":" + std::to_string(events.size()) + members + "}\n\n");
    }
    // An event within the current item.
    void add_within(const item& of, const std::string& type, const std::string& members) {
        add(type,
            ",\"item_id\":" + json_string(of.id) + ",\"output_index\":" + std::to_string(items_) + members);
    }
    void open(const item& of) {
        add("response.output_item.added",
            ",\"output_index\":" + std::to_string(items_) + ",\"item\":" + of.empty);
    }
    void close(const item& of) {
        add("response.output_item.done",
            ",\"output_index\":" + std::to_string(items_) + ",\"item\":" + of.whole);
        output += (output.empty() ? "" : ",") + of.whole;
        ++items_;
    }

    std::vector<std::string> events;
    std::string output;  // items that are whole

private:
    int items_ = 0;
};

constexpr const char* at_first_part = ",\"content_index\":0";

std::string thought_part(std::string_view text) {
    return "{\"type\":\"reasoning_text\",\"text\":" + json_string(text) + "}";
}

void add_thought(event_writer& out, const spoken& answer, const std::vector<std::string>& pieces) {
    const item of = reasoning_item(answer);
    out.open(of);
    out.add_within(of, "response.content_part.added", at_first_part + (",\"part\":" + thought_part("")));
    for (const std::string& piece : pieces) {
        out.add_within(of, "response.reasoning_text.delta",
                       at_first_part + (",\"delta\":" + json_string(piece)));
    }
    out.add_within(of, "response.reasoning_text.done",
                   at_first_part + (",\"text\":" + json_string(answer.said.thought)));
    out.add_within(of, "response.content_part.done",
                   at_first_part + (",\"part\":" + thought_part(answer.said.thought)));
    out.close(of);
}

void add_message(event_writer& out, const spoken& answer, const item& of,
                 const std::vector<std::string>& pieces) {
    out.open(of);
    out.add_within(of, "response.content_part.added", at_first_part + (",\"part\":" + text_part("")));
    for (const std::string& piece : pieces) {
        out.add_within(of, "response.output_text.delta",
                       at_first_part + (",\"delta\":" + json_string(piece) + ",\"logprobs\":[]"));
    }
    out.add_within(of, "response.output_text.done",
                   at_first_part + (",\"text\":" + json_string(answer.said.content) + ",\"logprobs\":[]"));
    out.add_within(of, "response.content_part.done",
                   at_first_part + (",\"part\":" + text_part(answer.said.content)));
    out.close(of);
}

void add_call(event_writer& out, const tool_call& call, const item& of) {
    const std::string name =
        call.custom ? "response.custom_tool_call_input" : "response.function_call_arguments";
    out.open(of);
    for (const std::string& piece : split_arguments(call)) {
        out.add_within(of, name + ".delta", ",\"delta\":" + json_string(piece));
    }
    out.add_within(of, name + ".done",
                   (call.custom ? ",\"input\":" : ",\"arguments\":") + json_string(call.arguments));
    out.close(of);
}

// All items of the answer, in their order.
void add_items(event_writer& out, const spoken& answer, const outcome& end) {
    const completion& said = answer.said;
    const text_pieces pieces = split_text(said, answer.act);
    if (said.thinking) add_thought(out, answer, pieces.thought);
    const bool text_is_last = said.calls.empty();
    if (!said.content.empty()) {
        add_message(out, answer, message_item(answer, text_is_last ? item_status(end) : "completed"),
                    pieces.content);
    }
    for (const tool_call& call : said.calls) {
        const bool is_last = &call == &said.calls.back();
        add_call(out, call, call_item(call, is_last ? item_status(end) : "completed"));
    }
}

const outcome in_progress{"in_progress", {}, {}};

}  // namespace

std::string responses_body(const spoken& answer) {
    const outcome end = outcome_of(answer.said);
    event_writer items;
    add_items(items, answer, end);
    return response_json(answer, end, items.output, usage_member(usage_json(answer.used), answer.act));
}

std::vector<std::string> responses_events(const spoken& answer) {
    const outcome end = outcome_of(answer.said);
    const std::string begun = ",\"response\":" + response_json(answer, in_progress, "", ",\"usage\":null");
    event_writer out;
    out.add("response.created", begun);
    out.add("response.in_progress", begun);
    add_items(out, answer, end);
    out.add("response." + end.status,
            ",\"response\":" +
                response_json(answer, end, out.output, usage_member(usage_json(answer.used), answer.act)));
    return std::move(out.events);
}

std::string responses_error_event(const spoken& answer, const std::string& message, std::size_t index) {
    const outcome failed{"failed", {}, message};
    return "event: response.failed\ndata: {\"type\":\"response.failed\",\"sequence_number\":" +
           std::to_string(index) + ",\"response\":" + response_json(answer, failed, "", ",\"usage\":null") +
           "}\n\n";
}

}  // namespace weir::simulator
