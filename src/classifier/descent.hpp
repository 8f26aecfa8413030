#pragma once
// The smallest value of a smooth convex function of many variables, by L-BFGS. Pure and deterministic.

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace weir::classifier {

// Value at `x`; writes the gradient, which is as long.
using smooth_function = std::function<double(std::span<const double> x, std::span<double> gradient)>;

struct descent_limits {
    std::size_t steps_max = 300;
    std::size_t memory = 10;        // pairs of steps that stand for the curvature
    double slope_tolerance = 1e-6;  // ends where no component of the gradient is steeper
    double value_tolerance = 1e-8;  // or where a step gains less than this share of the value
};

// Goes from `start` downhill. Ends at the tolerances, at steps_max, or where no step leads down; what it
// gives back is never worse than `start`. Source: Nocedal and Wright, Numerical Optimization, algorithm 7.4.
std::vector<double> descend(std::vector<double> start, const smooth_function& f,
                            const descent_limits& limits = {});

}  // namespace weir::classifier
