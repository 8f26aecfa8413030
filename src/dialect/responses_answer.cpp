// Answers of Responses: typed events, whole answers, errors. Source: OpenAI, Responses, streaming events.

#include "answer_json.hpp"
#include "json_scan.hpp"
#include "usage_json.hpp"

#include <optional>

namespace weir::dialect {
namespace {

// The members of a document that matter, as written; empty where they are not there.
struct document {
    std::string_view type;  // between its quotes
    std::string_view object;
    std::string_view response;
    std::string_view item;
    std::string_view delta;
    std::string_view logprobs;
    std::string_view error;
    std::string_view sequence;
};

bool read_members(json_scan& in, document& d) {
    return in.object([&](std::string_view key) {
        const auto value = in.value();
        if (!value) return false;
        if (key == "type") d.type = inner_of(*value).value_or("");
        if (key == "object") d.object = inner_of(*value).value_or("");
        if (key == "response") d.response = *value;
        if (key == "item") d.item = *value;
        if (key == "delta") d.delta = *value;
        if (key == "logprobs") d.logprobs = *value;
        if (key == "error") d.error = *value;
        if (key == "sequence_number") d.sequence = *value;
        return true;
    });
}

void say_item_text(answer_turn* turn, std::string_view item) {
    const std::string_view content = member_of(item, "content");
    json_scan in(content);
    in.array([&] {
        const auto part = in.value();
        if (!part) return false;
        const auto type = inner_of(member_of(*part, "type"));
        if (type == "output_text") {
            say(turn, &answer_turn::text, member_of(*part, "text"));
            rate_tokens(turn, member_of(*part, "logprobs"));
        }
        if (type == "refusal") say_refusal(turn, member_of(*part, "refusal"));
        return true;
    });
}

// A whole item that is no message.
void say_item(answer_turn* turn, std::string_view item) {
    if (!turn) return;
    const std::string_view id = member_of(item, "call_id");
    say_call(turn, id);
    if (!turn->in_full) return;
    const std::string_view type = inner_of(member_of(item, "type")).value_or("");
    if (type == "function_call") {
        say_part(turn, {-1, id, member_of(item, "name"), member_of(item, "arguments"), false});
    } else if (type == "custom_tool_call") {
        say_part(turn, {-1, id, member_of(item, "name"), member_of(item, "input"), true});
    } else if (type != "message" && type != "reasoning") {
        say_other(turn);
    }
}

// The output of a whole answer, and of the event that ends a stream, where deltas may have told it all.
void read_output(std::string_view output, answer_facts& facts, answer_turn* turn) {
    const bool wants_text = turn && turn->text.empty();
    const bool wants_items = turn && turn->calls.empty();
    json_scan in(output);
    in.array([&] {
        const auto item = in.value();
        if (!item) return false;
        facts.has_output = true;
        if (wants_items) say_item(turn, *item);
        if (wants_text && inner_of(member_of(*item, "type")) == "message") say_item_text(turn, *item);
        return true;
    });
}

void note_status(std::string_view status, std::string_view incomplete, answer_facts& facts) {
    if (status == "completed" || status == "failed" || status == "cancelled") facts.finish_reason = status;
    if (status == "failed") facts.error = true;
    if (status != "incomplete") return;
    facts.finish_reason = status;
    note_last(facts.finish_reason, member_of(incomplete, "reason"));
}

// The answer as a whole, as far as it is known.
void read_response(std::string_view json, answer_facts& facts, answer_turn* turn) {
    std::string_view status;
    std::string_view incomplete;
    std::string_view output;
    json_scan in(json);
    in.object([&](std::string_view key) {
        if (key == "usage") return read_usage(in, facts, usage_reading::replaces);
        const auto value = in.value();
        if (!value) return false;
        if (key == "id") note_first(facts.id, *value);
        if (key == "model") note_first(facts.served_model, *value);
        if (key == "system_fingerprint") note_first(facts.fingerprint, *value);
        if (key == "status") status = inner_of(*value).value_or("");
        if (key == "incomplete_details") incomplete = *value;
        if (key == "output") output = *value;
        if (key == "error" && *value != "null") facts.error = true;
        return true;
    });
    note_status(status, incomplete, facts);
    read_output(output, facts, turn);
}

bool ends_stream(std::string_view type) noexcept {
    return type == "response.completed" || type == "response.incomplete" || type == "response.failed";
}

void read_event(const document& d, answer_facts& facts, answer_turn* turn) {
    if (const auto number = parse_integer(d.sequence)) facts.sequence = *number;
    if (d.type.ends_with(".delta") && has_text(d.delta)) facts.has_output = true;
    if (d.type == "response.output_text.delta") {
        say(turn, &answer_turn::text, d.delta);
        rate_tokens(turn, d.logprobs);
    }
    if (d.type == "response.refusal.delta") say_refusal(turn, d.delta);
    if (d.type == "response.output_item.done") {
        facts.has_output = true;
        say_item(turn, d.item);
    }
    if (d.type == "error" || d.type == "response.failed") facts.error = true;
    if (ends_stream(d.type)) facts.done = true;
}

}  // namespace

bool read_responses_document(std::string_view json, answer_facts& facts, answer_turn* turn) {
    json_scan in(json);
    if (in.peek() != '{') return in.value().has_value() && in.at_end();
    document d;
    const bool whole = read_members(in, d) && in.at_end();
    if (!d.error.empty() && d.error != "null") facts.error = true;
    if (d.object == "response") read_response(json, facts, turn);
    // A usage counts though the rest of its event was cut off.
    if (!d.response.empty()) read_response(d.response, facts, ends_stream(d.type) ? turn : nullptr);
    if (!d.type.empty() && whole) read_event(d, facts, turn);
    return whole;
}

}  // namespace weir::dialect
