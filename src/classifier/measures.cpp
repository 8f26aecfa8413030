#include "weir/classifier/measures.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdint>

namespace weir::classifier {
namespace {

double share(double part, double whole) noexcept { return whole > 0 ? part / whole : 0; }

template <class Row, class Key>
std::vector<Row> ordered(std::span<const Row> rows, Key key) {
    std::vector<Row> all(rows.begin(), rows.end());
    std::ranges::sort(all, [&](const Row& a, const Row& b) { return key(a) < key(b); });
    return all;
}

// End of the stretch from `begin` whose keys are all the same.
template <class Row, class Key>
std::size_t end_of_ties(const std::vector<Row>& rows, std::size_t begin, Key key) {
    std::size_t end = begin + 1;
    while (end < rows.size() && key(rows[end]) == key(rows[begin])) ++end;
    return end;
}

double score_of(const judged& row) noexcept { return row.score; }

}  // namespace

std::optional<double> auroc(std::span<const judged> rows) {
    const std::vector<judged> all = ordered(rows, score_of);
    double pros = 0, below = 0, won = 0;  // below: rows of the other kind with a lower score
    for (std::size_t begin = 0; begin < all.size();) {
        const std::size_t end = end_of_ties(all, begin, score_of);
        double tied_pros = 0;
        for (std::size_t i = begin; i < end; ++i) tied_pros += all[i].pro ? 1 : 0;
        const double tied_others = static_cast<double>(end - begin) - tied_pros;
        won += tied_pros * (below + tied_others / 2);
        pros += tied_pros;
        below += tied_others;
        begin = end;
    }
    if (pros == 0 || below == 0) return std::nullopt;
    return won / (pros * below);
}

double accuracy(std::span<const judged> rows, double threshold) noexcept {
    const auto right =
        std::ranges::count_if(rows, [&](const judged& row) { return (row.score >= threshold) == row.pro; });
    return share(static_cast<double>(right), static_cast<double>(rows.size()));
}

double brier(std::span<const judged> rows) noexcept {
    double sum = 0;
    for (const judged& row : rows) {
        const double off = row.score - (row.pro ? 1 : 0);
        sum += off * off;
    }
    return share(sum, static_cast<double>(rows.size()));
}

double calibration_error(std::span<const judged> rows, std::size_t bins) {
    assert(bins > 0);
    struct bin {
        double rows = 0, scores = 0, pros = 0;
    };
    std::vector<bin> all(bins);
    for (const judged& row : rows) {
        const double place = std::clamp(row.score, 0.0, 1.0) * static_cast<double>(bins);
        bin& into = all[std::min(static_cast<std::size_t>(place), bins - 1)];
        into.rows += 1;
        into.scores += row.score;
        into.pros += row.pro ? 1 : 0;
    }
    double sum = 0;
    for (const bin& each : all) sum += std::abs(each.scores - each.pros);
    return share(sum, static_cast<double>(rows.size()));
}

std::optional<double> pro_recall(std::span<const judged> rows, double flash_share) {
    const std::vector<judged> all = ordered(rows, score_of);
    const double to_flash = std::clamp(flash_share, 0.0, 1.0) * static_cast<double>(all.size());
    double pros = 0, missed = 0;
    for (std::size_t begin = 0; begin < all.size();) {
        const std::size_t end = end_of_ties(all, begin, score_of);
        double tied_pros = 0;
        for (std::size_t i = begin; i < end; ++i) tied_pros += all[i].pro ? 1 : 0;
        const double tied = static_cast<double>(end - begin);
        const double taken = std::clamp(to_flash - static_cast<double>(begin), 0.0, tied);
        missed += tied_pros * taken / tied;
        pros += tied_pros;
        begin = end;
    }
    if (pros == 0) return std::nullopt;
    return 1 - missed / pros;
}

std::vector<risk_point> risk_coverage(std::span<const decided_row> rows, std::size_t parts) {
    assert(parts > 0);
    const auto doubt = [](const decided_row& row) { return -row.confidence; };
    const std::vector<decided_row> all = ordered(rows, doubt);
    // expected number of right rows among the first i, ties in random order
    std::vector<double> right(all.size() + 1, 0);
    for (std::size_t begin = 0; begin < all.size();) {
        const std::size_t end = end_of_ties(all, begin, doubt);
        double tied_right = 0;
        for (std::size_t i = begin; i < end; ++i) tied_right += all[i].right ? 1 : 0;
        const double each = tied_right / static_cast<double>(end - begin);
        for (std::size_t i = begin; i < end; ++i) right[i + 1] = right[i] + each;
        begin = end;
    }
    std::vector<risk_point> points;
    for (std::size_t part = 1; part <= parts; ++part) {
        const std::size_t count = all.size() * part / parts;
        if (count == 0) continue;
        points.push_back({static_cast<double>(count) / static_cast<double>(all.size()),
                          all[count - 1].confidence, right[count] / static_cast<double>(count)});
    }
    return points;
}

}  // namespace weir::classifier
