#pragma once
// How good scores are, against what was right. Pure.

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace weir::classifier {

struct judged {
    double score = 0;  // higher: rather the dearer tier
    bool pro = false;  // the dearer tier was needed
};

// Probability that a row that needed the dearer tier has the higher score of two, ties counted half. nullopt
// where all rows are of one kind.
std::optional<double> auroc(std::span<const judged> rows);

// Share of rows that are right when score >= threshold means the dearer tier; 0 for no rows.
double accuracy(std::span<const judged> rows, double threshold) noexcept;

// Mean square of score - outcome, scores being probabilities; 0 for no rows.
double brier(std::span<const judged> rows) noexcept;

// Expected calibration error: over `bins` equal parts of 0 .. 1, how far the mean score is from the share
// that needed the dearer tier, weighted by rows.
double calibration_error(std::span<const judged> rows, std::size_t bins = 10);

// Of the rows that needed the dearer tier, the share that gets it when the `flash_share` (0 .. 1) of all rows
// with the lowest scores go to the cheap one. Rows of the same score are taken evenly, as if in random order.
// nullopt where no row needed it.
std::optional<double> pro_recall(std::span<const judged> rows, double flash_share);

// Who abstains where unsure is right more often: accuracy over the rows that are decided.
struct risk_point {
    double coverage = 0;    // share of rows that are decided, the surest first
    double confidence = 0;  // of the least sure of them
    double accuracy = 0;
};
struct decided_row {
    double confidence = 0;  // higher: surer
    bool right = false;
};
// One point for each of `parts` equal shares of the rows; rows of the same confidence stand with their mean.
std::vector<risk_point> risk_coverage(std::span<const decided_row> rows, std::size_t parts = 10);

}  // namespace weir::classifier
