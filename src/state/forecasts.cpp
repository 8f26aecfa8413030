#include "weir/state/forecasts.hpp"

#include "lru.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <string>

namespace weir::state {
namespace {

// The last answers, the oldest overwritten first.
struct recent_answers {
    std::array<std::uint32_t, output_forecasts::answers_kept> tokens{};
    std::uint32_t seen = 0;  // stops at answers_kept
    std::uint32_t next = 0;

    void add(std::uint32_t count) noexcept {
        tokens[next] = count;
        next = (next + 1) % output_forecasts::answers_kept;
        seen = std::min<std::uint32_t>(seen + 1, output_forecasts::answers_kept);
    }
    std::int64_t median() const noexcept {
        auto sorted = tokens;
        const auto middle = sorted.begin() + (seen - 1) / 2;
        std::nth_element(sorted.begin(), middle, sorted.begin() + seen);
        return *middle;
    }
};

std::string name_of(std::string_view client, const answer_kind& kind) {
    const auto context = static_cast<std::uint64_t>(std::max<std::int64_t>(kind.context_tokens, 0));
    const auto size_class = static_cast<char>((std::bit_width(context) + 1) / 2);
    std::string name;
    name.reserve(client.size() + 2);
    name += static_cast<char>((kind.tools ? 1 : 0) + (kind.human_turn ? 2 : 0));
    name += size_class;
    return name.append(client);
}

// Answers are no events in time here: what was seen long ago is still the best that is known.
constexpr std::int64_t any_time_ms = 0;
constexpr std::int64_t never_idle_ms = std::numeric_limits<std::int64_t>::max();

}  // namespace

struct output_forecasts::entries {
    lru_map<recent_answers> by_kind;
};

output_forecasts::output_forecasts(std::size_t entries_max)
    : entries_(std::make_unique<entries>(lru_map<recent_answers>(entries_max, never_idle_ms))) {}
output_forecasts::~output_forecasts() = default;

void output_forecasts::note(std::string_view client, const answer_kind& kind, std::int64_t output_tokens) {
    if (output_tokens < 0) return;
    constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();
    const auto count = static_cast<std::uint32_t>(std::min(output_tokens, most));
    entries_->by_kind.upsert(name_of(client, kind), any_time_ms,
                             [&](recent_answers& recent) { recent.add(count); });
}

std::int64_t output_forecasts::forecast(std::string_view client, const answer_kind& kind) const {
    std::int64_t median = 0;
    entries_->by_kind.visit(name_of(client, kind), any_time_ms, [&](const recent_answers& recent) {
        if (recent.seen >= answers_needed) median = recent.median();
    });
    return median;
}

output_forecasts::counts output_forecasts::read() const {
    const auto all = entries_->by_kind.read();
    return {all.entries, all.evicted};
}

}  // namespace weir::state
