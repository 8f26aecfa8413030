#pragma once
// How weights of the learned score come about: a logistic regression over terms and words, whose sum is
// calibrated on rows that it did not see. Pure and deterministic: the same rows give the same weights.

#include "weir/classifier/linear.hpp"
#include "weir/classifier/word_hash.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace weir::classifier {

// A request of which it is known what it needed.
struct example {
    features f;
    word_buckets words;        // of the request, with recipe::bits
    bool pro = false;          // the dearer tier was needed
    std::uint32_t source = 0;  // where it comes from: requests of one source are alike
};

struct recipe {
    std::vector<linear_term> terms;  // which numbers enter and how; their weights are not read
    unsigned bits = 13;              // 2^bits buckets of words; 0: no words
    double terms_l2 = 333;           // half of it times the squares of the standardised weights is added
    double words_l2 = 1;             // the same for the weights of the words
    double balance = 0;              // a row counts (rows of its source)^-balance
    std::size_t folds = 5;           // for the calibration
};
// What shipped weights are made with.
recipe default_recipe();

// Called after each step, of how many.
using fit_progress = std::function<void(std::size_t done, std::size_t of)>;

// Weights without name and origin. Numbers are rounded so that a file holds them exactly. Rows that are all
// of one kind, or none, give a constant.
linear fit(std::span<const example> rows, const recipe& how);

// The calibrated probability of each row by weights that were fitted on the rows of other parts. part[i]: of
// row i; as long as `rows`.
std::vector<double> held_out(std::span<const example> rows, std::span<const std::uint32_t> part,
                             const recipe& how, const fit_progress& progress = {});

// A request of an operator's own traffic and what came of it; needs no text.
struct outcome {
    features f;
    double words_part = 0;  // as it was stored: before words_scale
    bool pro = false;       // the dearer tier was needed
    double weight = 1;      // > 0: how much it counts
};

struct refit_recipe {
    // How strongly weights are held to what they were: the half of it times the squares of what moves, in
    // standard deviations of its feature. Of these the one is taken that predicts held-out rows best.
    std::vector<double> l2 = {1, 3, 10, 30, 100, 1000};
    std::size_t folds = 5;
};

// Weights moved towards `rows`: the terms, one for each feature that had none, the words' scale and the bias;
// the words stay. The new sum is the log-odds itself: slope 1, offset 0. Name, version and origin are those
// of `shipped`. Without rows: `shipped`.
linear refit(const linear& shipped, std::span<const outcome> rows, const refit_recipe& how = {});

}  // namespace weir::classifier
