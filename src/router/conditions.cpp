#include "conditions.hpp"

#include "names.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace weir::router {
namespace {

std::int64_t measured(measure what, const situation& now) {
    switch (what) {
        case measure::prompt_chars:
            return now.f.prompt_chars;
        case measure::tools:
            return now.f.tools;
        case measure::tool_calls:
            return now.f.tool_calls;
        case measure::same_call_of_last_6:
            return now.f.same_call_of_last_6;
        case measure::failed_results_of_last_6:
            return now.f.failed_results_of_last_6;
        case measure::files_named:
            return now.f.files_named;
        case measure::pasted_lines:
            return now.f.pasted_lines;
        case measure::pasted_per_mille:
            return now.f.pasted_per_mille;
        case measure::context_tokens:
            return now.f.context_tokens;
        case measure::images:
            return now.f.images;
        case measure::error_cost_usd_milli:
            return now.about.error_cost_usd_milli;
        case measure::input_tokens:
            return now.f.context_tokens;
    }
    std::unreachable();
}

// One predicate, each kind in its own line.
struct check {
    const situation& now;

    bool operator()(const bound& b) const {
        const std::int64_t value = measured(b.what, now);
        return b.inclusive ? value >= b.value : value > b.value;
    }
    bool operator()(const words_in& w) const { return w.list < 64 && ((now.f.words >> w.list) & 1U) != 0; }
    bool operator()(const turn_is& t) const { return now.f.turn == t.kind; }
    bool operator()(const score_reached&) const { return now.card.score >= now.traffic.pro_from_score; }
    bool operator()(const no_signal&) const {
        return std::ranges::all_of(now.card.contributions, [](const auto& c) { return c.weight == 0; });
    }
    bool operator()(const always&) const { return true; }
    bool operator()(const never&) const { return false; }
    bool operator()(const reason_is& r) const { return now.reason == r.reason; }
    bool operator()(const tier_is& t) const { return now.tier == t.tier; }
    bool operator()(const class_is& c) const { return now.traffic.name == c.name; }
    bool operator()(const key_is& k) const { return now.about.key_id == k.key_id; }
    bool operator()(const model_is& m) const { return name_matches(m.name, now.index.model_name); }
};

}  // namespace

bool holds(const condition& when, const situation& now) {
    return std::ranges::all_of(when, [&](const predicate& p) { return std::visit(check{now}, p); });
}

bool keeps_score(const condition& when) {
    const auto asks_score = [](const predicate& p) { return std::holds_alternative<score_reached>(p); };
    const auto asks_nothing = [](const predicate& p) { return std::holds_alternative<always>(p); };
    return std::ranges::any_of(when, asks_score) || std::ranges::all_of(when, asks_nothing);
}

}  // namespace weir::router
