// Answers of Chat Completions and of Completions: chunks, whole answers, errors.

#include "answer_json.hpp"
#include "json_scan.hpp"
#include "usage_json.hpp"

namespace weir::dialect {
namespace {

struct answer {
    json_scan& in;
    answer_facts& facts;
    answer_turn* turn;
};

// A text that is a token's, or more.
bool read_text(answer& a, std::string answer_turn::* into) {
    const auto value = a.in.value();
    if (!value) return false;
    a.facts.has_output = a.facts.has_output || has_text(*value);
    say(a.turn, into, *value);
    return true;
}

// `function` of a call, or `custom` of one that takes bare text.
bool read_called(answer& a, call_part& part) {
    if (a.in.peek() != '{') return a.in.value().has_value();
    return a.in.object([&](std::string_view key) {
        const auto value = a.in.value();
        if (value && key == "name") part.name = *value;
        if (value && (key == "arguments" || key == "input")) part.arguments = *value;
        return value.has_value();
    });
}

// `place`: in the array, where the call does not say its index.
bool read_call(answer& a, std::int64_t place) {
    if (a.in.peek() != '{') return a.in.value().has_value();
    call_part part;
    part.index = place;
    const bool whole = a.in.object([&](std::string_view key) {
        if (key == "custom") part.bare = true;
        if (key == "function" || key == "custom") return read_called(a, part);
        const auto value = a.in.value();
        if (!value) return false;
        if (key == "id") part.id = *value;
        if (key == "index") part.index = parse_integer(*value).value_or(place);
        return true;
    });
    say_call(a.turn, part.id);
    say_part(a.turn, part);
    return whole;
}

bool read_calls(answer& a) {
    if (a.in.peek() != '[') return a.in.value().has_value();
    std::int64_t place = 0;
    return a.in.array([&] {
        a.facts.has_output = true;
        return read_call(a, place++);
    });
}

// `delta` of a chunk, `message` of a whole answer.
bool read_message(answer& a) {
    if (a.in.peek() != '{') return a.in.value().has_value();
    return a.in.object([&](std::string_view key) {
        if (key == "content") return read_text(a, &answer_turn::text);
        if (key == "tool_calls") return read_calls(a);
        if (key != "reasoning_content") {
            const auto value = a.in.value();
            if (value && key == "refusal") say_refusal(a.turn, *value);
            // What weir cannot judge: the older form of a call, and sound.
            const bool other = key == "function_call" || key == "audio";
            if (value && other && *value != "null") say_other(a.turn);
            return value.has_value();
        }
        // An empty one counts: it must come back as well. Source: DeepSeek, thinking mode.
        if (a.turn && a.in.peek() == '"') a.turn->has_reasoning = true;
        return read_text(a, &answer_turn::reasoning);
    });
}

bool read_choice(answer& a) {
    if (a.in.peek() != '{') return a.in.value().has_value();
    return a.in.object([&](std::string_view key) {
        if (key == "delta" || key == "message") return read_message(a);
        if (key == "text") return read_text(a, &answer_turn::text);
        const auto value = a.in.value();
        if (value && key == "finish_reason") note_last(a.facts.finish_reason, *value);
        if (value && key == "logprobs" && a.turn && a.turn->in_full) {
            rate_tokens(a.turn, member_of(*value, "content"));
        }
        return value.has_value();
    });
}

bool read_member(answer& a, std::string_view key) {
    if (key == "usage") return read_usage(a.in, a.facts, usage_reading::replaces);
    if (key == "choices" && a.in.peek() == '[') return a.in.array([&] { return read_choice(a); });
    const auto value = a.in.value();
    if (!value) return false;
    if (key == "model") note_first(a.facts.served_model, *value);
    if (key == "system_fingerprint") note_first(a.facts.fingerprint, *value);
    if (key == "id") note_first(a.facts.id, *value);
    if (key == "error" && *value != "null") a.facts.error = true;
    return true;
}

}  // namespace

bool read_chat_document(std::string_view json, answer_facts& facts, answer_turn* turn) {
    json_scan in(json);
    if (in.peek() != '{') return in.value().has_value() && in.at_end();
    answer a{in, facts, turn};
    return in.object([&](std::string_view key) { return read_member(a, key); }) && in.at_end();
}

}  // namespace weir::dialect
