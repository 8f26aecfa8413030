// Answers of Anthropic Messages: events, whole answers, errors. Source: Anthropic, Streaming messages.

#include "answer_json.hpp"
#include "json_scan.hpp"
#include "usage_json.hpp"

namespace weir::dialect {
namespace {

constexpr std::string_view refusal_reason = "\"refusal\"";  // as stop_reason says it

// The members of a document that matter, as written; empty where they are not there.
struct document {
    std::string_view type;  // between its quotes
    std::string_view message;
    std::string_view block;
    std::string_view delta;
    std::string_view usage;
    std::string_view error;
    std::string_view index;
};

bool read_members(json_scan& in, document& d) {
    return in.object([&](std::string_view key) {
        const auto value = in.value();
        if (!value) return false;
        if (key == "type") d.type = inner_of(*value).value_or("");
        if (key == "message") d.message = *value;
        if (key == "content_block") d.block = *value;
        if (key == "delta") d.delta = *value;
        if (key == "usage") d.usage = *value;
        if (key == "error") d.error = *value;
        if (key == "index") d.index = *value;
        return true;
    });
}

void note_usage(std::string_view value, answer_facts& facts) {
    if (value.empty()) return;
    json_scan in(value);
    read_usage(in, facts, usage_reading::merges);
}

// Whether a usage has the count that ends the output's; null or {} says nothing.
bool tells_output(std::string_view usage) {
    bool told = false;
    json_scan in(usage);
    if (in.peek() != '{') return false;
    in.object([&](std::string_view key) {
        const auto value = in.value();
        if (value && (key == "output_tokens" || key == "completion_tokens")) told = *value != "null";
        return value.has_value();
    });
    return told;
}

// The input of a call: its parts follow where it is {} at the start of a block of a stream.
std::string_view input_of(std::string_view input, bool streamed) noexcept {
    return streamed && input == "{}" ? std::string_view{} : input;
}

// A block as content_block_start and whole answers have it; `index`: its place.
void read_block(std::string_view json, std::int64_t index, bool streamed, answer_facts& facts,
                answer_turn* turn) {
    std::string_view type;
    std::string_view id;
    std::string_view name;
    std::string_view input;
    std::string_view text;
    std::string_view thinking;
    std::string_view signature;
    json_scan in(json);
    in.object([&](std::string_view key) {
        const auto value = in.value();
        if (!value) return false;
        if (key == "type") type = inner_of(*value).value_or("");
        if (key == "id") id = *value;
        if (key == "name") name = *value;
        if (key == "input") input = *value;
        if (key == "text") text = *value;
        if (key == "thinking") thinking = *value;
        if (key == "signature") signature = *value;
        return true;
    });
    if (has_text(text) || has_text(thinking) || type == "tool_use") facts.has_output = true;
    if (type == "text") say(turn, &answer_turn::text, text);
    if (type == "tool_use") {
        say_call(turn, id);
        say_part(turn, {index, id, name, input_of(input, streamed), false});
    }
    if (!turn || type == "text" || type == "tool_use") return;
    if (type != "thinking" && type != "redacted_thinking") return say_other(turn);
    turn->has_reasoning = true;
    if (type != "thinking" || turn->overflow) return;
    turn->bytes -= turn->signature.size();
    turn->signature.clear();
    say(turn, &answer_turn::reasoning, thinking);
    say(turn, &answer_turn::signature, signature);
}

void read_block_delta(std::string_view json, std::int64_t index, answer_facts& facts, answer_turn* turn) {
    json_scan in(json);
    in.object([&](std::string_view key) {
        const auto value = in.value();
        if (!value) return false;
        if (key == "text") say(turn, &answer_turn::text, *value);
        if (key == "thinking") say(turn, &answer_turn::reasoning, *value);
        if (key == "signature") say(turn, &answer_turn::signature, *value);
        if (key == "partial_json") say_part(turn, {index, {}, {}, *value, false, true});
        const bool output = key == "text" || key == "thinking" || key == "partial_json";
        if (output && has_text(*value)) facts.has_output = true;
        return true;
    });
}

// A whole answer, or the head of one in message_start.
void read_message(std::string_view json, answer_facts& facts, answer_turn* turn) {
    json_scan in(json);
    in.object([&](std::string_view key) {
        if (key == "content" && in.peek() == '[') {
            std::int64_t place = 0;
            return in.array([&] {
                const auto block = in.value();
                if (block) read_block(*block, place++, false, facts, turn);
                return block.has_value();
            });
        }
        const auto value = in.value();
        if (!value) return false;
        if (key == "id") note_first(facts.id, *value);
        if (key == "model") note_first(facts.served_model, *value);
        if (key == "system_fingerprint") note_first(facts.fingerprint, *value);
        if (key == "stop_reason") note_last(facts.finish_reason, *value);
        if (key == "stop_reason" && *value == refusal_reason) say_refusal(turn, *value);
        if (key == "usage") note_usage(*value, facts);
        return true;
    });
}

void read_stop_reason(std::string_view delta, answer_facts& facts, answer_turn* turn) {
    json_scan in(delta);
    in.object([&](std::string_view key) {
        const auto value = in.value();
        if (value && key == "stop_reason") {
            note_last(facts.finish_reason, *value);
            if (*value == refusal_reason) say_refusal(turn, *value);
        }
        return value.has_value();
    });
}

}  // namespace

bool read_messages_document(std::string_view json, answer_facts& facts, answer_turn* turn) {
    json_scan in(json);
    if (in.peek() != '{') return in.value().has_value() && in.at_end();
    document d;
    const bool whole = read_members(in, d) && in.at_end();
    if (d.type == "error" || (!d.error.empty() && d.error != "null")) facts.error = true;
    if (d.type == "message") read_message(json, facts, turn);
    if (d.type == "message_start" && !d.message.empty()) {
        read_message(d.message, facts, turn);
        facts.output_open = facts.tokens.has_value();
    }
    const std::int64_t index = parse_integer(d.index).value_or(0);
    if (d.type == "content_block_start") read_block(d.block, index, true, facts, turn);
    if (d.type == "content_block_delta") read_block_delta(d.delta, index, facts, turn);
    if (d.type == "message_delta") {
        read_stop_reason(d.delta, facts, turn);
        note_usage(d.usage, facts);
        if (tells_output(d.usage)) facts.output_open = false;
    }
    if (d.type == "message_stop" && whole) facts.done = true;
    return whole;
}

}  // namespace weir::dialect
