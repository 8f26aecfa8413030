#pragma once
// The learned score: a logistic regression over the features and the hashed words of the request. Pure.
// It is recorded and shown with every decision; it decides only where the policy says so.

#include "weir/classifier/features.hpp"
#include "weir/classifier/score.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace weir::classifier {

// How a feature's number enters the sum; as value_of() gives it, in thousandths where feature_list() says so.
enum class shape : std::uint8_t {
    plain,      // value / scale
    logarithm,  // ln(1 + value) / scale
    over        // 1 where value > scale, else 0
};

struct linear_term {
    std::size_t feature = 0;  // index into feature_list()
    shape how = shape::plain;
    double scale = 1;
    double weight = 0;
    // What the number may be, after shape and scale: beyond what training saw, nothing more is known.
    double low = -std::numeric_limits<double>::infinity();
    double high = std::numeric_limits<double>::infinity();
};

// Where weights come from, shown wherever they are used.
struct provenance {
    std::string data;  // name of the data and its SHA-256: "train.jsonl sha256:0a1b..."
    std::string date;  // 2026-11-22
    std::int64_t rows = 0;
    std::string scores;  // one line: what evaluation said when they were fitted
};

struct linear {
    std::string name;          // "shipped"
    std::int64_t version = 0;  // with the name what rows remember: "shipped/1"
    provenance from;
    double bias = 0;
    std::vector<linear_term> terms;
    double words_scale = 1;        // refitting on outcomes changes this and not the words
    std::vector<float> words;      // one weight a bucket; a power of two of them, or none
    double slope = 1, offset = 0;  // sigmoid calibration: p = 1 / (1 + exp(-(slope * sum + offset)))
};

struct learned_card {
    int score = 0;          // thousandths: the calibrated probability that this is Pro's
    double words_part = 0;  // the words' sum before words_scale: stored, so that a row can be scored again
};

// What a term multiplies its weight with.
double term_value(const features& f, const linear_term& t) noexcept;
// 0 .. 1: the calibrated sigmoid of a sum.
double probability(double sum, const linear& kind) noexcept;

// Words are stored as whole multiples of this: the largest of them is 32,767 of it. 0 where all are 0.
double word_unit(const linear& kind) noexcept;

// Sum over the request's n-grams of their bucket's weight, as word_hash.hpp counts them; 0 without buckets.
double words_part(std::string_view request, const linear& kind);
// Thousandths. Needs no text: the words' sum is given.
int learned_score(const features& f, double words_part, const linear& kind);
learned_card score(const features& f, std::string_view request, const linear& kind);

// What makes up a score: a term each, "words" and "bias", in thousandths of logit, the largest first:
// together they are the logit of the score. For whoever explains; no request needs it.
std::vector<contribution> contributions(const features& f, double words_part, const linear& kind);

}  // namespace weir::classifier
