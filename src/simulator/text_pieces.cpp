#include "text_pieces.hpp"

#include "tokens.hpp"

#include <algorithm>
#include <optional>

namespace weir::simulator {
namespace {

constexpr std::int64_t tokens_per_event = 8;
constexpr std::int64_t argument_tokens_per_event = 2;

// Tokens in each text event, so that thought and content together make about `events` of them.
std::int64_t tokens_each(const completion& said, std::optional<std::int64_t> events) {
    if (!events || *events < 1) return tokens_per_event;
    const std::int64_t total = count_tokens(said.thought) + count_tokens(said.content);
    return std::max<std::int64_t>(1, (total + *events - 1) / *events);
}

// `text` in exactly `count` >= 1 pieces where it has that many tokens.
std::vector<std::string> split_evenly(const std::string& text, std::int64_t count) {
    std::vector<std::string> pieces;
    std::string_view rest = text;
    for (std::int64_t i = 0; i < count && !rest.empty(); ++i) {
        const std::int64_t shares = count - i;
        const std::string_view piece = first_tokens(rest, (count_tokens(rest) + shares - 1) / shares);
        pieces.emplace_back(piece);
        rest.remove_prefix(piece.size());
    }
    return pieces;
}

}  // namespace

text_pieces split_text(const completion& said, const actions& act) {
    if (!act.events) {
        return {split_tokens(said.thought, tokens_per_event), split_tokens(said.content, tokens_per_event)};
    }
    const std::int64_t each = tokens_each(said, act.events);
    const std::int64_t thoughts =
        said.thought.empty() ? 0 : std::max<std::int64_t>(1, count_tokens(said.thought) / each);
    const std::int64_t contents = std::max<std::int64_t>(1, *act.events - thoughts);
    return {split_evenly(said.thought, thoughts), split_evenly(said.content, contents)};
}

std::vector<std::string> split_arguments(const tool_call& call) {
    return split_tokens(call.arguments, argument_tokens_per_event);
}

}  // namespace weir::simulator
