#include "weir/classifier/fit.hpp"

#include "descent.hpp"
#include "logistic.hpp"
#include "rounding.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

namespace weir::classifier {
namespace {

// A few rows of one kind would else move the bias without end.
constexpr double bias_l2 = 1;

// What may move: each term of the weights and, last, the words' scale; each standardised over the rows.
struct movable {
    std::vector<double> values;     // rows x columns, row by row
    std::vector<double> mean;       // by column
    std::vector<double> deviation;  // by column; 0: all the same
    std::vector<double> base;       // by row: what the weights say before they move
    std::size_t columns = 0;
};

double value_at(const outcome& row, const linear& kind, std::size_t column) noexcept {
    return column < kind.terms.size() ? term_value(row.f, kind.terms[column]) : row.words_part;
}

movable movable_of(std::span<const outcome> rows, const linear& kind) {
    movable m;
    m.columns = kind.terms.size() + 1;
    m.mean.assign(m.columns, 0);
    m.deviation.assign(m.columns, 0);
    const auto count = static_cast<double>(rows.size());
    for (std::size_t k = 0; k < m.columns; ++k) {
        double sum = 0, squares = 0;
        for (const outcome& row : rows) {
            const double value = value_at(row, kind, k);
            sum += value;
            squares += value * value;
        }
        m.mean[k] = sum / count;
        const double variance = squares / count - m.mean[k] * m.mean[k];
        if (variance > 1e-12 * (1 + m.mean[k] * m.mean[k])) m.deviation[k] = std::sqrt(variance);
    }
    for (const outcome& row : rows) {
        double sum = kind.bias + kind.words_scale * row.words_part;
        for (const linear_term& t : kind.terms) sum += t.weight * term_value(row.f, t);
        m.base.push_back(sum);
        for (std::size_t k = 0; k < m.columns; ++k) {
            const double off = value_at(row, kind, k) - m.mean[k];
            m.values.push_back(m.deviation[k] == 0 ? 0 : off / m.deviation[k]);
        }
    }
    return m;
}

// How far each column moves, after the bias; learned from the rows for which `taken` is true.
template <class Taken>
std::vector<double> learn_moves(std::span<const outcome> rows, const movable& m, double l2, Taken taken) {
    logistic_problem p;
    p.columns = m.columns;
    p.columns_l2 = l2;
    p.bias_l2 = bias_l2;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!taken(i)) continue;
        const auto begin = m.values.begin() + static_cast<std::ptrdiff_t>(i * m.columns);
        p.values.insert(p.values.end(), begin, begin + static_cast<std::ptrdiff_t>(m.columns));
        p.base.push_back(m.base[i]);
        p.target.push_back(rows[i].pro ? 1 : 0);
        p.weight.push_back(rows[i].weight);
    }
    return descend(std::vector<double>(p.variables(), 0), std::cref(p));
}

// Log loss of rows that were not learned from.
double loss_held_out(std::span<const outcome> rows, const movable& m, double l2, std::size_t folds) {
    double loss = 0;
    for (std::size_t fold = 0; fold < folds; ++fold) {
        const auto x = learn_moves(rows, m, l2, [&](std::size_t i) { return i % folds != fold; });
        for (std::size_t i = fold; i < rows.size(); i += folds) {
            double sum = m.base[i] + x[0];
            for (std::size_t k = 0; k < m.columns; ++k) sum += x[1 + k] * m.values[i * m.columns + k];
            loss += rows[i].weight * softplus(rows[i].pro ? -sum : sum);
        }
    }
    return loss;
}

// Of equal losses the strongest hold.
double best_l2(std::span<const outcome> rows, const movable& m, const refit_recipe& how) {
    std::vector<double> strengths = how.l2;
    std::ranges::sort(strengths, std::greater{});
    double best = strengths.empty() ? 1 : strengths.front();
    double least = std::numeric_limits<double>::infinity();
    for (const double l2 : strengths) {
        const double loss = loss_held_out(rows, m, l2, std::max<std::size_t>(how.folds, 2));
        if (!(loss < least)) continue;
        least = loss;
        best = l2;
    }
    return best;
}

// The same weights with the calibration in them, and a term for every feature.
linear ready_to_move(const linear& shipped) {
    linear made = shipped;
    made.bias = shipped.slope * shipped.bias + shipped.offset;
    made.words_scale *= shipped.slope;
    for (linear_term& t : made.terms) t.weight *= shipped.slope;
    made.slope = 1;
    made.offset = 0;
    for (std::size_t i = 0; i < feature_list().size(); ++i) {
        const bool known =
            std::ranges::any_of(made.terms, [&](const linear_term& t) { return t.feature == i; });
        if (!known) made.terms.push_back({i, shape::logarithm, 1, 0});
    }
    return made;
}

}  // namespace

linear refit(const linear& shipped, std::span<const outcome> rows, const refit_recipe& how) {
    if (rows.empty()) return shipped;
    linear made = ready_to_move(shipped);
    const movable m = movable_of(rows, made);
    const auto x = learn_moves(rows, m, best_l2(rows, m, how), [](std::size_t) { return true; });
    made.bias += x[0];
    for (std::size_t k = 0; k < m.columns; ++k) {
        if (m.deviation[k] == 0) continue;
        const double moved = x[1 + k] / m.deviation[k];
        made.bias -= moved * m.mean[k];
        (k < made.terms.size() ? made.terms[k].weight : made.words_scale) += moved;
    }
    round_for_a_file(made);
    return made;
}

}  // namespace weir::classifier
