#pragma once
// Weights moved towards an operator's own outcomes. Pure.

#include "weir/base/error.hpp"
#include "weir/classifier/linear.hpp"
#include "weir/router/routing.hpp"
#include "weir/whatif/replay.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace weir::whatif {

struct refitted {
    classifier::linear weights;   // named by own_name(), one version on from `base` where that was refitted
    std::size_t rows = 0;         // that it was fitted on
    std::size_t needed_more = 0;  // of these
    std::string sha256;           // of these rows as they were fitted: ids, numbers and outcomes
    std::size_t other_words = 0;  // rows left out: the words' part of their score is from other weights
    // How well the last fifth of the rows is ranked by `base`, and by weights that saw only the rows before
    // it. nullopt where these rows are all of one kind.
    std::optional<double> auroc_before;
    std::optional<double> auroc_after;
};

inline constexpr std::size_t refit_rows_min = 20;  // of them at least two of each kind

// `rows` in the order of their starts; those of which nothing is known are passed over. Faults:
// invalid_field where too few are left, or all are of one kind.
result<refitted> refit_on(std::span<const past> rows, const router::routing& routes,
                          const classifier::linear& base);

// "shipped/1" refitted is called "shipped-1.own": the words are still those of shipped/1, which is what
// words_of() says of either.
std::string own_name(const classifier::linear& base);
std::string words_of(std::string_view name_and_version);

}  // namespace weir::whatif
