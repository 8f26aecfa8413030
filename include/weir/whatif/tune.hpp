#pragma once
// The threshold of the learned score that meets a target on an operator's own requests, and the curve that it
// was taken from. Pure; nothing is changed, the caller prints what it finds.

#include "weir/base/error.hpp"
#include "weir/pricing/price_book.hpp"
#include "weir/router/routing.hpp"
#include "weir/whatif/plot.hpp"
#include "weir/whatif/replay.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace weir::whatif {

enum class aim : std::uint8_t {
    target_savings,  // at least this much saved against all requests on the dearest tier
    max_pro_share,   // at most this share of requests on dearer tiers
    min_pro_recall   // at least this share of the requests that needed more on dearer tiers
};

struct tune_target {
    aim what = aim::target_savings;
    int per_mille = 0;
};

// One way to set the threshold, over some rows.
struct curve_point {
    int threshold = 0;  // thousandths, 0 .. threshold_max
    std::int64_t requests = 0;
    std::int64_t dearer_per_mille = 0;
    std::optional<std::int64_t> saved_per_mille;   // against all on the dearest tier
    std::optional<std::int64_t> recall_per_mille;  // nullopt where nothing is known of any request
    std::int64_t needed_more = 0;                  // requests that the recall is over
    pricing::pico_sum cost;
    caveats but;
};

struct tuning {
    std::string policy;  // name/version
    std::string weights;
    std::string currency;
    std::vector<std::string> tiers;
    std::vector<curve_point> curve;  // on the tuning days, by threshold in ascending order
    curve_point chosen;              // the same days at the threshold that was chosen
    bool met = false;                // false: no threshold meets the target, and the chosen one comes nearest
    std::optional<curve_point> held_out;  // the held-out days at that threshold; nullopt where there are none
    std::string first_day, last_day;      // of tuning, UTC: "2026-11-02"
    std::string held_first_day, held_last_day;
    caveats but;  // of all these days
};

inline constexpr int threshold_max = 1000;  // thousandths: only a score of 1 reaches it

struct tune_options {
    tune_target target;
    // The last days, in UTC and with requests, on which the threshold is tried and not chosen. nullopt: a
    // fifth of them, but at least one where there are two or more.
    std::optional<std::size_t> holdout_days;
    std::size_t curve_points_max = 41;  // >= 2
    std::function<void(std::size_t done, std::size_t of)> progress = {};
};

// The default policy with its lines, its learned score deciding at each of the thresholds. Where several meet
// the target, the one that sends most requests to dearer tiers is taken; for a recall the one that sends
// least. `rows` in the order of their starts.
// Faults: bad_config where the policy has no learned score; invalid_field where there are no rows, none is
// left to tune on, or a recall is asked for and no outcome is known.
result<tuning> tune(std::span<const past> rows, const router::routing& routes,
                    const pricing::price_book& book, const tune_options& how);

// Saving and recall over the share of requests on dearer tiers, the chosen threshold marked.
plot plot_of(const tuning& t);

// What to put into the policy's file, as YAML with its reasons as comments.
std::string yaml_patch(const tuning& t, const tune_target& target);

}  // namespace weir::whatif
