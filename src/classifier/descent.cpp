#include "descent.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deque>
#include <numeric>
#include <utility>

namespace weir::classifier {
namespace {

// Of the slope promised at the start of a step, what must be kept: the condition of Armijo.
constexpr double kept_share = 1e-4;
constexpr int halvings_max = 40;

using vector = std::vector<double>;

double dot(std::span<const double> a, std::span<const double> b) noexcept {
    return std::transform_reduce(a.begin(), a.end(), b.begin(), 0.0);
}

double steepest(std::span<const double> g) noexcept {
    double most = 0;
    for (const double each : g) most = std::max(most, std::abs(each));
    return most;
}

struct pair {
    vector step, change;  // of the point and of its gradient
    double curvature = 0;
};

// The two-loop recursion: where to go from a point with gradient `g`.
vector direction(const std::deque<pair>& pairs, const vector& g) {
    vector d(g.size());
    std::ranges::transform(g, d.begin(), [](double each) { return -each; });
    vector alphas(pairs.size());
    for (std::size_t i = pairs.size(); i-- > 0;) {
        alphas[i] = dot(pairs[i].step, d) / pairs[i].curvature;
        for (std::size_t k = 0; k < d.size(); ++k) d[k] -= alphas[i] * pairs[i].change[k];
    }
    if (!pairs.empty()) {
        const pair& last = pairs.back();
        const double scale = last.curvature / dot(last.change, last.change);
        for (double& each : d) each *= scale;
    }
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        const double beta = dot(pairs[i].change, d) / pairs[i].curvature;
        for (std::size_t k = 0; k < d.size(); ++k) d[k] += (alphas[i] - beta) * pairs[i].step[k];
    }
    return d;
}

struct place_on_slope {
    vector x, gradient;
    double value = 0;
};

// Along `d` from `from`, halving until the value falls enough; false where it never does.
bool step_down(const smooth_function& f, const place_on_slope& from, const vector& d, double length,
               place_on_slope& to) {
    const double promised = dot(from.gradient, d);
    if (!(promised < 0)) return false;
    for (int i = 0; i < halvings_max; ++i, length /= 2) {
        for (std::size_t k = 0; k < d.size(); ++k) to.x[k] = from.x[k] + length * d[k];
        to.value = f(to.x, to.gradient);
        if (to.value <= from.value + kept_share * length * promised) return true;
    }
    return false;
}

}  // namespace

std::vector<double> descend(std::vector<double> start, const smooth_function& f,
                            const descent_limits& limits) {
    const std::size_t size = start.size();
    place_on_slope at{std::move(start), vector(size), 0};
    at.value = f(at.x, at.gradient);
    place_on_slope next{vector(size), vector(size), 0};
    std::deque<pair> pairs;
    for (std::size_t step = 0; step < limits.steps_max; ++step) {
        const double steep = steepest(at.gradient);
        if (!(steep > limits.slope_tolerance)) break;
        const vector d = direction(pairs, at.gradient);
        // the first direction is the bare gradient, whose length says nothing about how far to go
        const double length = pairs.empty() ? 1 / std::max(1.0, std::sqrt(dot(d, d))) : 1;
        if (!step_down(f, at, d, length, next)) {
            // curvature that leads astray is forgotten; the gradient itself always leads down
            if (pairs.empty()) break;
            pairs.clear();
            continue;
        }
        pair made{vector(size), vector(size), 0};
        for (std::size_t k = 0; k < size; ++k) {
            made.step[k] = next.x[k] - at.x[k];
            made.change[k] = next.gradient[k] - at.gradient[k];
        }
        made.curvature = dot(made.step, made.change);
        if (made.curvature > 1e-12 * dot(made.change, made.change)) {
            if (pairs.size() == limits.memory) pairs.pop_front();
            pairs.push_back(std::move(made));
        }
        const double gained = at.value - next.value;
        std::swap(at, next);
        if (gained <= limits.value_tolerance * std::abs(at.value)) break;
    }
    return std::move(at.x);
}

}  // namespace weir::classifier
