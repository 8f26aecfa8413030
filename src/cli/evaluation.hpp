#pragma once
// How right each way to decide is on labelled requests. Pure, given the rows.

#include "labelled.hpp"
#include "tables.hpp"

#include <functional>
#include <string>
#include <vector>

namespace weir::cli {

// One way to decide, on every row.
struct scorer {
    std::string name;
    std::vector<double> scores;  // a row each, 0 .. 1; higher: rather a dearer tier
    std::vector<bool> dearer;    // a row each: what it chooses
    bool probability = false;    // scores claim to be probabilities
    bool policy = false;         // the decision as weir makes and reports it
};

struct evaluation {
    std::vector<scorer> scorers;
    // Of the policy: a row each. The tier does not depend on the learned score where that only ranks.
    std::vector<result<router::decision>> decisions;
    std::vector<bool> by_line;  // a line of the policy decided
};

// Called before each longer step with its name; gives what is told of its progress.
using step_progress = std::function<classifier::fit_progress(const std::string& step)>;

// Always the cheapest, always the dearest, the configured weights over three texts, and the learned score as
// shipped and held out in each way of `by`, alone and in the policy's reported score. `how`: the recipe of
// what is held out.
evaluation evaluate(const labelled_set& data, const router::routing& routes, const classifier::recipe& how,
                    const std::vector<hold_out>& by, const step_progress& progress = {});

// Scorers, lines, slices, sources, and the curve of risk over coverage.
std::vector<table> tables_of(const labelled_set& data, const evaluation& e);

}  // namespace weir::cli
