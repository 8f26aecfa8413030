#include "conditions.hpp"

#include "names.hpp"

#include <algorithm>
#include <utility>

namespace weir::router {
namespace {

bool compare(const bound& b, std::int64_t value) noexcept {
    switch (b.how) {
        case comparison::over:
            return value > b.value;
        case comparison::from:
            return value >= b.value;
        case comparison::under:
            return value < b.value;
    }
    std::unreachable();
}

template <class Words>
bool hits(const classifier::features& f, const Words& w) noexcept {
    return w.list < 64 && (((w.lead ? f.lead_words : f.words) >> w.list) & 1U) != 0;
}

// One predicate, each kind in its own line.
struct check {
    const situation& now;

    bool operator()(const bound& b) const { return compare(b, classifier::value_of(now.f, b.feature)); }
    bool operator()(const words_in& w) const { return hits(now.f, w); }
    bool operator()(const no_words_in& w) const { return !hits(now.f, w); }
    bool operator()(const turn_is& t) const { return now.f.turn == t.kind; }
    bool operator()(const score_reached&) const {
        const int score = now.with.learned.deciding() ? now.learned.score : now.card.score;
        return score >= threshold_of(now);
    }
    bool operator()(const no_signal&) const {
        // A learned score that knows no word of the request has nothing to go by.
        if (now.with.learned.deciding() && now.learned.words_part != 0) return false;
        return std::ranges::all_of(now.card.contributions, [](const auto& c) { return c.weight == 0; });
    }
    bool operator()(const always&) const { return true; }
    bool operator()(const reason_is& r) const { return now.reason == r.reason; }
    bool operator()(const tier_is& t) const { return now.tier == t.tier; }
    bool operator()(const class_is& c) const { return now.traffic.name == c.name; }
    bool operator()(const key_is& k) const { return now.about.key_id == k.key_id; }
    bool operator()(const model_is& m) const { return name_matches(m.name, now.index.model_name); }
};

}  // namespace

int threshold_of(const situation& now) noexcept {
    const learned_rule& rule = now.with.learned;
    return rule.deciding() ? rule.pro_from_score.value_or(now.traffic.pro_from_score)
                           : now.traffic.pro_from_score;
}

bool holds(const condition& when, const situation& now) {
    return std::ranges::all_of(when, [&](const predicate& p) { return std::visit(check{now}, p); });
}

bool keeps_score(const condition& when) {
    const auto asks_classifier = [](const predicate& p) {
        return std::holds_alternative<score_reached>(p) || std::holds_alternative<no_signal>(p);
    };
    const auto asks_nothing = [](const predicate& p) { return std::holds_alternative<always>(p); };
    return std::ranges::any_of(when, asks_classifier) || std::ranges::all_of(when, asks_nothing);
}

}  // namespace weir::router
