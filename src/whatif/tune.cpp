#include "weir/whatif/tune.hpp"

#include "course.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <set>
#include <utility>

namespace weir::whatif {
namespace {

constexpr std::size_t date_chars = 10;  // of an RFC 3339 time
constexpr std::int64_t day_ms = 86'400'000;

std::string day_of(const past& row) { return to_rfc3339(from_unix_ms(row.started_ms)).substr(0, date_chars); }

// Rows made ready once for all thresholds.
struct ready_rows {
    std::span<const past> rows;
    std::unique_ptr<inputs[]> made;
};

ready_rows make_ready(std::span<const past> rows, const router::routing& routes) {
    ready_rows ready{rows, std::make_unique<inputs[]>(rows.size())};
    for (std::size_t i = 0; i < rows.size(); ++i) {
        remake(ready.made[i], rows[i].made_of, rows[i].model_asked, rows[i].key_id, routes);
    }
    return ready;
}

// What a request says, and what a run over many sums up.
struct sums {
    column taken;
    column dearest;
};

void add(column& c, const past& row, std::size_t tier, pricing::pico cost) {
    ++c.requests[tier];
    c.cost.add(cost);
    if (!row.needed_more.value_or(false)) return;
    ++c.needed_more;
    c.needed_more_given += tier > 0 ? 1 : 0;
}

curve_point run(const ready_rows& ready, const router::routing& routes, const pricing::price_book& book,
                int threshold) {
    router::routing with = routes;
    with.policies.front().learned.decides = router::learned_rule::use::when_tuned;
    with.policies.front().learned.pro_from_score = threshold;
    course at(with, book);
    const std::size_t tiers = with.tiers.size();
    curve_point p;
    sums s;
    s.taken.requests.resize(tiers);
    s.dearest.requests.resize(tiers);
    for (std::size_t i = 0; i < ready.rows.size(); ++i) {
        const past& row = ready.rows[i];
        const verdict v = at.next(row, ready.made[i]);
        if (!count(p.but, v)) continue;
        add(s.taken, row, v.tier, v.cost);
        add(s.dearest, row, tiers - 1, at.single_cost(row, tiers - 1));
    }
    p.threshold = threshold;
    for (const std::int64_t requests : s.taken.requests) p.requests += requests;
    p.dearer_per_mille = dearer_per_mille(s.taken);
    p.saved_per_mille = saved_per_mille(s.taken, s.dearest);
    p.recall_per_mille = recall_per_mille(s.taken);
    p.needed_more = s.taken.needed_more;
    p.cost = s.taken.cost;
    return p;
}

// Thresholds at which equal shares of the requests have their scores, so that the curve has no long straight
// parts where no request is and no jumps where many are.
std::vector<int> thresholds(const ready_rows& ready, const classifier::linear& kind, std::size_t count_max) {
    std::vector<int> scores;
    scores.reserve(ready.rows.size());
    for (std::size_t i = 0; i < ready.rows.size(); ++i) {
        const inputs& with = ready.made[i];
        scores.push_back(classifier::learned_score(with.features, with.learned.words_part, kind));
    }
    std::ranges::sort(scores);
    std::set<int> found{0, threshold_max};
    const std::size_t between = count_max > 2 ? count_max - 2 : 0;
    for (std::size_t k = 1; k <= between && !scores.empty(); ++k) {
        found.insert(scores[(scores.size() - 1) * k / (between + 1)]);
    }
    return {found.begin(), found.end()};
}

// What the target is about, in thousandths.
std::int64_t measured(const curve_point& p, aim what) {
    switch (what) {
        case aim::target_savings:
            return p.saved_per_mille.value_or(0);
        case aim::max_pro_share:
            return p.dearer_per_mille;
        case aim::min_pro_recall:
            break;
    }
    return p.recall_per_mille.value_or(0);
}

bool meets(const curve_point& p, const tune_target& target) {
    const std::int64_t value = measured(p, target.what);
    return target.what == aim::max_pro_share ? value <= target.per_mille : value >= target.per_mille;
}

// Saving and share ask for a threshold that is high enough, recall for one that is low enough.
bool wants_high(aim what) { return what != aim::min_pro_recall; }

class search {
public:
    search(const ready_rows& ready, const router::routing& routes, const pricing::price_book& book,
           const tune_options& how)
        : ready_(ready), routes_(routes), book_(book), how_(how) {}

    std::vector<curve_point> curve() {
        const auto at = thresholds(ready_, *routes_.default_policy().learned.kind, how_.curve_points_max);
        for (const int threshold : at) {
            curve_.push_back(run(ready_, routes_, book_, threshold));
            // What a bisection between two of them may still take.
            constexpr std::size_t refinements_max = 10;
            if (how_.progress) how_.progress(curve_.size(), at.size() + refinements_max);
        }
        return curve_;
    }

    // The last threshold on the way from the costly end of the target that still meets it, between the two
    // points of the curve where that changes. nullopt: none meets it.
    std::optional<curve_point> best() const {
        const bool high = wants_high(how_.target.what);
        std::optional<curve_point> good;
        std::optional<curve_point> bad;
        const auto look = [&](const curve_point& p) {
            if (meets(p, how_.target)) {
                good = p;
                return true;
            }
            if (!good) bad = p;
            return false;
        };
        if (high) {
            for (const curve_point& p : curve_)
                if (look(p)) break;
        } else {
            for (auto p = curve_.rbegin(); p != curve_.rend(); ++p)
                if (look(*p)) break;
        }
        if (!good || !bad) return good;
        while (std::abs(good->threshold - bad->threshold) > 1) {
            const curve_point middle = run(ready_, routes_, book_, (good->threshold + bad->threshold) / 2);
            (meets(middle, how_.target) ? good : bad) = middle;
        }
        return good;
    }

    curve_point nearest() const {
        return *std::ranges::min_element(curve_, {}, [this](const curve_point& p) {
            return std::abs(measured(p, how_.target.what) - how_.target.per_mille);
        });
    }

private:
    const ready_rows& ready_;
    const router::routing& routes_;
    const pricing::price_book& book_;
    const tune_options& how_;
    std::vector<curve_point> curve_;
};

// How many of the rows, from the first, are tuned on.
std::size_t tuning_rows(std::span<const past> rows, const std::optional<std::size_t>& holdout_days) {
    const auto day = [](const past& row) { return row.started_ms / day_ms; };
    std::set<std::int64_t> days;
    for (const past& row : rows) days.insert(day(row));
    const std::size_t fifth = days.size() < 2 ? 0 : std::max<std::size_t>(1, days.size() / 5);
    const std::size_t held = std::min(holdout_days.value_or(fifth), days.size());
    if (held == 0) return rows.size();
    const std::int64_t first_held = *std::prev(days.end(), static_cast<std::ptrdiff_t>(held));
    const auto at = std::ranges::find_if(rows, [&](const past& row) { return day(row) >= first_held; });
    return static_cast<std::size_t>(at - rows.begin());
}

}  // namespace

result<tuning> tune(std::span<const past> rows, const router::routing& routes,
                    const pricing::price_book& book, const tune_options& how) {
    const router::policy& policy = routes.default_policy();
    if (!policy.learned.kind) {
        return weir_fault(errc::bad_config, "the policy " + policy.name + " has no learned score to tune");
    }
    if (rows.empty()) return weir_fault(errc::invalid_field, "no request with a recorded decision");
    const std::size_t tuned_on = tuning_rows(rows, how.holdout_days);
    if (tuned_on == 0)
        return weir_fault(errc::invalid_field, "every day is held out: none is left to tune on");

    tuning t;
    t.policy = policy.name + '/' + std::to_string(policy.version);
    t.weights = policy.learned.kind->name + '/' + std::to_string(policy.learned.kind->version);
    t.currency = book.currency();
    for (const router::tier& tier : routes.tiers) t.tiers.push_back(tier.name);
    t.first_day = day_of(rows.front());
    t.last_day = day_of(rows[tuned_on - 1]);

    const ready_rows ready = make_ready(rows.first(tuned_on), routes);
    search s(ready, routes, book, how);
    t.curve = s.curve();
    if (t.curve.front().requests == 0) {
        return weir_fault(errc::invalid_field, "no recorded request can be decided and priced here");
    }
    if (how.target.what == aim::min_pro_recall && t.curve.front().needed_more == 0) {
        return weir_fault(errc::invalid_field,
                          "no outcome says that a request needed more than the cheapest tier");
    }
    const auto best = s.best();
    t.met = best.has_value();
    t.chosen = best ? *best : s.nearest();
    t.but = t.chosen.but;

    const auto held = rows.subspan(tuned_on);
    if (!held.empty()) {
        t.held_first_day = day_of(held.front());
        t.held_last_day = day_of(held.back());
        t.held_out = run(make_ready(held, routes), routes, book, t.chosen.threshold);
        t.but += t.held_out->but;
    }
    return t;
}

}  // namespace weir::whatif
