#pragma once
// The sum that a logistic regression makes small: log loss and the squares of the weights.

#include "weir/classifier/word_hash.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace weir::classifier {

// Variables are the bias, a weight for each column, then one for each bucket of words.
struct logistic_problem {
    std::size_t columns = 0;
    std::size_t buckets = 0;
    double bias_l2 = 0, columns_l2 = 0, words_l2 = 0;
    std::vector<double> values;              // rows x columns, row by row
    std::vector<const word_buckets*> words;  // a row each; none where buckets is 0
    std::vector<double> base;                // a row each: log-odds that are there before any weight
    std::vector<double> target;              // a row each: 0 .. 1
    std::vector<double> weight;              // a row each: how much it counts

    std::size_t rows() const noexcept { return target.size(); }
    std::size_t variables() const noexcept { return 1 + columns + buckets; }
    // Log-odds of a row.
    double sum(std::size_t row, std::span<const double> x) const noexcept;
    // For descend().
    double operator()(std::span<const double> x, std::span<double> gradient) const;
};

// ln(1 + e^x) without overflow
double softplus(double x) noexcept;
double sigmoid(double x) noexcept;

}  // namespace weir::classifier
