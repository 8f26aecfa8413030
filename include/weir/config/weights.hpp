#pragma once
// Files of weights for the learned score: config/classifier/*.yaml. Written by `weir train`, named by a
// policy under `learned`.

#include "weir/classifier/linear.hpp"
#include "weir/config/settings.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace weir::config {

// The weights in `file`. nullopt after every problem with them was added to `problems`, each with line and
// column: what is missing or unknown, numbers out of range, words that are not as many as `bits` says, and
// above all a feature list that is not classifier::feature_list(): such weights were made for other numbers.
std::optional<classifier::linear> read_weights(const std::filesystem::path& file,
                                               std::vector<problem>& problems);

// The same for text; `file` is its name in problems.
std::optional<classifier::linear> parse_weights(const std::string& text, const std::string& file,
                                                std::vector<problem>& problems);

// The file. Weights that classifier::fit() or refit() made come back from it bit by bit.
std::string print_weights(const classifier::linear& kind);

}  // namespace weir::config
