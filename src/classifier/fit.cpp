#include "weir/classifier/fit.hpp"

#include "descent.hpp"
#include "logistic.hpp"
#include "rounding.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <string_view>
#include <utility>

namespace weir::classifier {
namespace {

using indices = std::vector<std::size_t>;

// Not a property of what is asked, or one that labelled requests without a conversation cannot show.
constexpr std::array<std::string_view, 18> not_learned = {
    "max_tokens", "images", "files", "error_cost_usd", "output_forecast", "session_turns", "warm_tokens",
    "effort_asked", "traffic_class",
    // matters of style, which on sources that were not seen did harm or nothing
    "ends_as_sentence", "ends_as_lead", "begins_upper", "lines", "addresses", "blanks", "other_share",
    "messages", "calls_in_history"};
// Counts up to here are taken as they are, larger ones by their logarithm.
constexpr std::int64_t small_max = 8;

// What lies further out than this is taken to lie here, so that one huge number cannot outweigh all others.
constexpr double deviations_max = 4;
// Fits beside another only say how rows fare that were left out: their third digit is enough.
constexpr double near_tolerance = 1e-6;
// A calibration may flatten what was learned, never turn it round.
constexpr double slope_min = 0.05;
// Holds the two numbers of a calibration where rows are few or cleanly divided.
constexpr double calibration_l2 = 1e-3;

// How a term's values lie over some rows.
struct spread {
    double mean = 0;
    double deviation = 0;  // 0: all the same
};

spread spread_of(std::span<const example> rows, const indices& chosen, const linear_term& t) {
    double sum = 0, squares = 0;
    for (const std::size_t i : chosen) {
        const double value = term_value(rows[i].f, t);
        sum += value;
        squares += value * value;
    }
    const auto count = static_cast<double>(chosen.size());
    const double mean = sum / count;
    const double variance = std::max(0.0, squares / count - mean * mean);
    // what is left of a constant by rounding is no spread
    return {mean, variance > 1e-12 * (1 + mean * mean) ? std::sqrt(variance) : 0};
}

// Standard deviations from the mean, outliers drawn in.
double standardised(double value, const spread& s, shape how) {
    if (s.deviation == 0) return 0;
    const double off = (value - s.mean) / s.deviation;
    return how == shape::over ? off : std::clamp(off, -deviations_max, deviations_max);
}

// Weights of some rows, in standardised terms, and what they were standardised with.
struct solution {
    std::vector<double> x;
    std::vector<spread> spreads;
};

std::vector<double> row_weights(std::span<const example> rows, const indices& chosen, double balance) {
    std::map<std::uint32_t, double> counts;
    for (const std::size_t i : chosen) counts[rows[i].source] += 1;
    std::vector<double> weights;
    weights.reserve(chosen.size());
    for (const std::size_t i : chosen) weights.push_back(std::pow(counts[rows[i].source], -balance));
    const double mean =
        std::accumulate(weights.begin(), weights.end(), 0.0) / static_cast<double>(chosen.size());
    for (double& each : weights) each /= mean;
    return weights;
}

// Starts at `near`, the solution of similar rows, where there is one.
solution solve(std::span<const example> rows, const indices& chosen, const recipe& how,
               const solution* near = nullptr) {
    solution made;
    logistic_problem p;
    p.columns = how.terms.size();
    p.buckets = how.bits == 0 ? 0 : std::size_t{1} << how.bits;
    p.columns_l2 = how.terms_l2;
    p.words_l2 = how.words_l2;
    made.x.assign(p.variables(), 0);
    if (chosen.empty()) return made;
    for (const linear_term& t : how.terms) made.spreads.push_back(spread_of(rows, chosen, t));
    p.weight = row_weights(rows, chosen, how.balance);
    p.base.assign(chosen.size(), 0);
    p.values.reserve(chosen.size() * p.columns);
    for (const std::size_t i : chosen) {
        for (std::size_t k = 0; k < p.columns; ++k) {
            p.values.push_back(
                standardised(term_value(rows[i].f, how.terms[k]), made.spreads[k], how.terms[k].how));
        }
        if (p.buckets > 0) p.words.push_back(&rows[i].words);
        p.target.push_back(rows[i].pro ? 1 : 0);
    }
    descent_limits limits;
    if (near) limits.value_tolerance = near_tolerance;
    made.x = descend(near ? near->x : made.x, std::cref(p), limits);
    return made;
}

// The same weights for the terms as they are.
linear unfold(const solution& from, const recipe& how) {
    linear made;
    made.bias = from.x[0];
    made.terms = how.terms;
    for (std::size_t k = 0; k < how.terms.size(); ++k) {
        const spread s = k < from.spreads.size() ? from.spreads[k] : spread{};
        made.terms[k].weight = s.deviation == 0 ? 0 : from.x[1 + k] / s.deviation;
        made.bias -= made.terms[k].weight * s.mean;
        if (s.deviation == 0 || how.terms[k].how == shape::over) continue;
        made.terms[k].low = s.mean - deviations_max * s.deviation;
        made.terms[k].high = s.mean + deviations_max * s.deviation;
    }
    made.words.assign(from.x.begin() + static_cast<std::ptrdiff_t>(1 + how.terms.size()), from.x.end());
    return made;
}

double sum_of(const example& row, const linear& kind) {
    double sum = kind.bias;
    for (const linear_term& t : kind.terms) sum += t.weight * term_value(row.f, t);
    if (kind.words.empty()) return sum;
    double words = 0;
    for (const std::uint32_t bucket : row.words.buckets) words += static_cast<double>(kind.words[bucket]);
    return sum + kind.words_scale * words * row.words.value;
}

// Every second source, by size, goes whole to the fold that has the fewest rows; the rows of the others are
// dealt out. What will be asked is in part like what was seen, in part not.
std::vector<indices> mixed_folds(std::span<const example> rows, const indices& chosen, std::size_t count) {
    std::map<std::uint32_t, indices> by_source;
    for (const std::size_t i : chosen) by_source[rows[i].source].push_back(i);
    std::vector<indices> sources;
    for (auto& [source, members] : by_source) sources.push_back(std::move(members));
    std::ranges::sort(sources, [](const indices& a, const indices& b) {
        return a.size() != b.size() ? a.size() > b.size() : a < b;
    });
    std::vector<indices> folds(std::min(count, chosen.size()));
    std::size_t dealt = 0;
    for (std::size_t k = 0; k < sources.size(); ++k) {
        if (k % 2 == 1) {
            indices& smallest = *std::ranges::min_element(folds, {}, &indices::size);
            smallest.insert(smallest.end(), sources[k].begin(), sources[k].end());
            continue;
        }
        for (const std::size_t i : sources[k]) folds[dealt++ % folds.size()].push_back(i);
    }
    std::erase_if(folds, [](const indices& fold) { return fold.empty(); });
    return folds;
}

indices without(const indices& all, const indices& some) {
    const std::vector<std::size_t> sorted = [&] {
        indices copy = some;
        std::ranges::sort(copy);
        return copy;
    }();
    indices rest;
    for (const std::size_t i : all) {
        if (!std::ranges::binary_search(sorted, i)) rest.push_back(i);
    }
    return rest;
}

// The sigmoid that makes sums of rows that were not seen into probabilities. Source: Platt, "Probabilistic
// Outputs for Support Vector Machines", 1999: targets stay a little off 0 and 1.
void calibrate(linear& kind, const std::vector<double>& sums, const std::vector<bool>& pro) {
    const auto pros = static_cast<double>(std::ranges::count(pro, true));
    const double others = static_cast<double>(pro.size()) - pros;
    if (pros == 0 || others == 0) return;
    logistic_problem p;
    p.columns = 1;
    p.columns_l2 = calibration_l2;
    p.values = sums;
    p.base.assign(sums.size(), 0);
    p.weight.assign(sums.size(), 1);
    for (const bool each : pro) p.target.push_back(each ? (pros + 1) / (pros + 2) : 1 / (others + 2));
    std::vector<double> x = descend({0, 1}, std::cref(p));
    if (x[1] < slope_min) {
        x[1] = slope_min;
        for (std::size_t i = 0; i < sums.size(); ++i) p.base[i] = slope_min * sums[i];
        p.values.clear();
        p.columns = 0;
        x[0] = descend({0}, std::cref(p))[0];
    }
    kind.offset = x[0];
    kind.slope = x[1];
}

// `near`: the solution of similar rows.
linear fit_on(std::span<const example> rows, const indices& chosen, const recipe& how,
              const solution* near = nullptr) {
    const solution whole = solve(rows, chosen, how, near);
    linear made = unfold(whole, how);
    std::vector<double> sums;
    std::vector<bool> pro;
    const std::vector<indices> folds = mixed_folds(rows, chosen, how.folds);
    if (folds.size() < 2) return made;
    for (const indices& fold : folds) {
        const linear other = unfold(solve(rows, without(chosen, fold), how, &whole), how);
        for (const std::size_t i : fold) {
            sums.push_back(sum_of(rows[i], other));
            pro.push_back(rows[i].pro);
        }
    }
    calibrate(made, sums, pro);
    return made;
}

}  // namespace

recipe default_recipe() {
    recipe made;
    for (std::size_t i = 0; i < feature_list().size(); ++i) {
        const feature& each = feature_list()[i];
        if (std::ranges::find(not_learned, each.name) != not_learned.end()) continue;
        if (each.name == "turn") {
            // three kinds, no quantity
            made.terms.push_back({i, shape::over, 0});
            made.terms.push_back({i, shape::over, 1});
        } else if (each.thousandths) {
            made.terms.push_back({i, shape::plain, 1000});
        } else {
            made.terms.push_back({i, each.max <= small_max ? shape::plain : shape::logarithm, 1});
        }
    }
    return made;
}

linear fit(std::span<const example> rows, const recipe& how) {
    assert(how.bits <= word_bits_max);
    indices all(rows.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    linear made = fit_on(rows, all, how);
    round_for_a_file(made);
    return made;
}

std::vector<double> held_out(std::span<const example> rows, std::span<const std::uint32_t> part,
                             const recipe& how, const fit_progress& progress) {
    assert(part.size() == rows.size());
    std::map<std::uint32_t, indices> parts;
    for (std::size_t i = 0; i < rows.size(); ++i) parts[part[i]].push_back(i);
    indices all(rows.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    const solution near = solve(rows, all, how);
    std::vector<double> given(rows.size(), 0);
    std::size_t done = 0;
    for (const auto& [name, members] : parts) {
        const linear other = fit_on(rows, without(all, members), how, &near);
        for (const std::size_t i : members) given[i] = probability(sum_of(rows[i], other), other);
        if (progress) progress(++done, parts.size());
    }
    return given;
}

}  // namespace weir::classifier
