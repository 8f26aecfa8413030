#include "answer_json.hpp"

#include "json_text.hpp"

#include <algorithm>

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
