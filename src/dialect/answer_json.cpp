#include "answer_json.hpp"

#include "json_scan.hpp"
#include "json_text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <ranges>
#include <system_error>

namespace weir::dialect {

std::optional<std::string_view> inner_of(std::string_view value) noexcept {
    if (value.size() < 2 || value.front() != '"') return std::nullopt;
    return value.substr(1, value.size() - 2);
}

bool has_text(std::string_view value) noexcept { return value.size() > 2 && value.front() == '"'; }

void note_first(std::string& into, std::string_view value) {
    if (into.empty()) note_last(into, value);
}

void note_last(std::string& into, std::string_view value) {
    if (const auto inner = inner_of(value)) into = unescape(*inner);
}

namespace {

// Adds to one of the turn's texts, as long as all of them fit.
void keep(answer_turn& turn, std::string& text, std::string_view added) {
    if (turn.overflow || added.size() > turn.bytes_max - turn.bytes) {
        turn.overflow = true;
        return;
    }
    text += added;
    turn.bytes += added.size();
}

void keep_string(answer_turn& turn, std::string& text, std::string_view value) {
    if (const auto inner = inner_of(value)) keep(turn, text, unescape(*inner));
}

// The call that a part goes on with; nullptr where it begins one.
answer_call* call_of(answer_turn& turn, const call_part& part) {
    const std::string id = has_text(part.id) ? unescape(*inner_of(part.id)) : std::string{};
    for (answer_call& call : std::views::reverse(turn.calls)) {
        const bool same_place = part.index >= 0 && call.index == part.index;
        if (same_place && (id.empty() || call.id.empty() || call.id == id)) return &call;
    }
    return nullptr;
}

}  // namespace

void say_part(answer_turn* turn, const call_part& part) {
    if (!turn || !turn->in_full || turn->overflow) return;
    answer_call* call = call_of(*turn, part);
    if (!call && part.goes_on) return;
    if (!call) {
        if (sizeof(answer_call) > turn->bytes_max - turn->bytes) {
            turn->overflow = true;
            return;
        }
        turn->bytes += sizeof(answer_call);
        call = &turn->calls.emplace_back();
        call->index = part.index;
        call->bare = part.bare;
    }
    if (call->id.empty()) keep_string(*turn, call->id, part.id);
    if (call->name.empty()) keep_string(*turn, call->name, part.name);
    if (inner_of(part.arguments)) {
        keep_string(*turn, call->arguments, part.arguments);
    } else if (part.arguments != "null") {
        keep(*turn, call->arguments, part.arguments);
    }
}

void rate_tokens(answer_turn* turn, std::string_view logprobs) {
    if (!turn || !turn->in_full) return;
    json_scan in(logprobs);
    if (in.peek() != '[') return;
    in.array([&] {
        const auto token = in.value();
        if (!token) return false;
        const std::string_view text = member_of(*token, "logprob");
        double value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (text.empty() || error != std::errc{}) return true;
        ++turn->rated_tokens;
        turn->probability_sum += std::exp(std::min(value, 0.0));
        return true;
    });
}

void say_refusal(answer_turn* turn, std::string_view value) {
    if (turn && has_text(value)) turn->refused = true;
}

void say_other(answer_turn* turn) {
    if (turn) turn->other_output = true;
}

std::string_view member_of(std::string_view object, std::string_view name) {
    std::string_view found;
    json_scan in(object);
    in.object([&](std::string_view key) {
        const auto value = in.value();
        if (value && key == name) found = *value;
        return value.has_value();
    });
    return found;
}

void say(answer_turn* turn, std::string answer_turn::* into, std::string_view value) {
    const auto inner = inner_of(value);
    if (!turn || turn->overflow || !inner) return;
    std::string& text = turn->*into;
    const std::size_t before = text.size();
    append_unescaped(text, *inner);
    const std::size_t added = text.size() - before;
    if (added > turn->bytes_max - turn->bytes) {
        text.resize(before);
        turn->overflow = true;
        return;
    }
    turn->bytes += added;
}

// Deltas may name their call again and again.
void say_call(answer_turn* turn, std::string_view id) {
    if (!turn || turn->overflow || !has_text(id)) return;
    std::string name = unescape(*inner_of(id));
    if (std::ranges::find(turn->call_ids, name) != turn->call_ids.end()) return;
    const std::size_t added = name.size() + answer_turn::call_bytes;
    if (added > turn->bytes_max - turn->bytes) {
        turn->overflow = true;
        return;
    }
    turn->bytes += added;
    turn->call_ids.push_back(std::move(name));
}

}  // namespace weir::dialect
