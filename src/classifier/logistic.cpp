#include "logistic.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace weir::classifier {

double softplus(double x) noexcept { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }

double sigmoid(double x) noexcept { return 1 / (1 + std::exp(-x)); }

double logistic_problem::sum(std::size_t row, std::span<const double> x) const noexcept {
    double sum = base[row] + x[0];
    const double* value = values.data() + row * columns;
    for (std::size_t k = 0; k < columns; ++k) sum += x[1 + k] * value[k];
    if (buckets == 0) return sum;
    double of_words = 0;
    for (const std::uint32_t bucket : words[row]->buckets) of_words += x[1 + columns + bucket];
    return sum + of_words * words[row]->value;
}

double logistic_problem::operator()(std::span<const double> x, std::span<double> gradient) const {
    assert(x.size() == variables() && gradient.size() == variables());
    std::ranges::fill(gradient, 0.0);
    double loss = 0;
    for (std::size_t row = 0; row < rows(); ++row) {
        const double s = sum(row, x);
        loss += weight[row] * (target[row] * softplus(-s) + (1 - target[row]) * softplus(s));
        const double off = weight[row] * (sigmoid(s) - target[row]);
        gradient[0] += off;
        const double* value = values.data() + row * columns;
        for (std::size_t k = 0; k < columns; ++k) gradient[1 + k] += off * value[k];
        if (buckets == 0) continue;
        const double of_words = off * words[row]->value;
        for (const std::uint32_t bucket : words[row]->buckets) gradient[1 + columns + bucket] += of_words;
    }
    for (std::size_t k = 0; k < x.size(); ++k) {
        const double l2 = k == 0 ? bias_l2 : k <= columns ? columns_l2 : words_l2;
        loss += l2 / 2 * x[k] * x[k];
        gradient[k] += l2 * x[k];
    }
    return loss;
}

}  // namespace weir::classifier
