#include "weir/classifier/linear.hpp"

#include "ngrams.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace weir::classifier {
namespace {

constexpr double score_max = 1000;
// Beyond it a contribution says no more, and a hand-made file could overflow the integer.
constexpr double contribution_max = 1e9;

double sum_of(const features& f, double words, const linear& kind) noexcept {
    double sum = kind.bias + kind.words_scale * words;
    for (const linear_term& t : kind.terms) sum += t.weight * term_value(f, t);
    return sum;
}

int score_of(double sum, const linear& kind) noexcept {
    const double p = probability(sum, kind);
    // only weights that no reader lets in could do this
    if (!(p >= 0)) return 0;
    return static_cast<int>(std::lround(p * score_max));
}

std::int64_t thousandths(double logit) noexcept {
    const double bounded = std::clamp(logit * 1000, -contribution_max, contribution_max);
    return std::isnan(bounded) ? 0 : static_cast<std::int64_t>(std::llround(bounded));
}

std::string name_of(const linear_term& t) {
    const feature& known = feature_list()[t.feature];
    std::string name{known.name};
    if (t.how != shape::over) return name;
    const auto bound = static_cast<std::int64_t>(t.scale);
    name += " over ";
    name += std::to_string(known.thousandths ? bound / 1000 : bound);
    if (known.thousandths && bound % 1000 != 0) name += '.' + std::to_string(1000 + bound % 1000).substr(1);
    return name;
}

}  // namespace

double term_value(const features& f, const linear_term& t) noexcept {
    const auto value = static_cast<double>(value_of(f, t.feature));
    double shaped = value > t.scale ? 1 : 0;
    if (t.how == shape::plain) shaped = value / t.scale;
    if (t.how == shape::logarithm) shaped = std::log1p(value) / t.scale;
    return std::min(std::max(shaped, t.low), t.high);
}

double probability(double sum, const linear& kind) noexcept {
    return 1 / (1 + std::exp(-(kind.slope * sum + kind.offset)));
}

double word_unit(const linear& kind) noexcept {
    double most = 0;
    for (const float weight : kind.words) most = std::max(most, std::abs(static_cast<double>(weight)));
    return most / std::numeric_limits<std::int16_t>::max();
}

double words_part(std::string_view request, const linear& kind) {
    if (kind.words.empty()) return 0;
    assert(std::has_single_bit(kind.words.size()) && kind.words.size() > 1);
    const auto bits = static_cast<unsigned>(std::countr_zero(kind.words.size()));
    double sum = 0;
    const std::size_t count = for_each_bucket(
        request, bits, [&](std::uint32_t bucket) { sum += static_cast<double>(kind.words[bucket]); });
    return count == 0 ? 0 : sum / std::sqrt(static_cast<double>(count));
}

int learned_score(const features& f, double words_part, const linear& kind) {
    return score_of(sum_of(f, words_part, kind), kind);
}

learned_card score(const features& f, std::string_view request, const linear& kind) {
    learned_card card;
    card.words_part = words_part(request, kind);
    card.score = learned_score(f, card.words_part, kind);
    return card;
}

std::vector<contribution> contributions(const features& f, double words_part, const linear& kind) {
    std::vector<contribution> all;
    all.reserve(kind.terms.size() + 2);
    all.push_back({"bias", 1, thousandths(kind.slope * kind.bias + kind.offset)});
    for (const linear_term& t : kind.terms) {
        all.push_back(
            {name_of(t), value_of(f, t.feature), thousandths(kind.slope * t.weight * term_value(f, t))});
    }
    if (!kind.words.empty())
        all.push_back({"words", 1, thousandths(kind.slope * kind.words_scale * words_part)});
    std::ranges::sort(all, [](const contribution& a, const contribution& b) {
        const std::int64_t of_a = std::abs(a.weight), of_b = std::abs(b.weight);
        return of_a != of_b ? of_a > of_b : a.name < b.name;
    });
    return all;
}

}  // namespace weir::classifier
