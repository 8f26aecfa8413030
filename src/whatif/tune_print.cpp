// What tuning found, as a picture and as a patch.

#include "weir/whatif/tune.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace weir::whatif {
namespace {

double fraction(std::int64_t per_mille) { return static_cast<double>(per_mille) / 1000.0; }

// "0.412", "1"
std::string decimal(int per_mille) {
    if (per_mille >= threshold_max) return "1";
    std::string digits = std::to_string(per_mille);
    digits.insert(0, 3 - std::min<std::size_t>(digits.size(), 3), '0');
    return "0." + digits;
}

std::string percent(std::int64_t per_mille) { return percent_text(per_mille) + " %"; }

std::string_view phrase(aim what) {
    switch (what) {
        case aim::target_savings:
            return "a saving of at least ";
        case aim::max_pro_share:
            return "a share on dearer tiers of at most ";
        case aim::min_pro_recall:
            break;
    }
    return "a recall of at least ";
}

// "saves 43.2 % against all pro, 31.0 % of requests above flash, recall 71.4 % of 77"
std::string described(const curve_point& p, const tuning& t) {
    std::string text;
    if (p.saved_per_mille)
        text += "saves " + percent(*p.saved_per_mille) + " against all " + t.tiers.back() + ", ";
    text += percent(p.dearer_per_mille) + " of " + std::to_string(p.requests) + " requests above " +
            t.tiers.front();
    if (p.recall_per_mille) {
        text += ", recall " + percent(*p.recall_per_mille) + " of " + std::to_string(p.needed_more);
    }
    return text;
}

}  // namespace

plot plot_of(const tuning& t) {
    plot drawn;
    drawn.title = "Policy " + t.policy + ", weights " + t.weights + ", " + t.first_day + " to " + t.last_day;
    drawn.x_label = "share of requests above " + t.tiers.front();
    drawn.y_label = "share";
    plot_series saving{"saved against all " + t.tiers.back(), {}};
    plot_series recall{"recall of requests that needed more", {}};
    for (const curve_point& p : t.curve) {
        const double x = fraction(p.dearer_per_mille);
        if (p.saved_per_mille) saving.points.push_back({x, fraction(*p.saved_per_mille)});
        if (p.recall_per_mille) recall.points.push_back({x, fraction(*p.recall_per_mille)});
    }
    drawn.series.push_back(std::move(saving));
    if (!recall.points.empty()) drawn.series.push_back(std::move(recall));
    drawn.mark =
        plot_mark{{fraction(t.chosen.dearer_per_mille), fraction(t.chosen.saved_per_mille.value_or(0))},
                  "from score " + decimal(t.chosen.threshold)};
    return drawn;
}

std::string yaml_patch(const tuning& t, const tune_target& target) {
    std::string text = "# Asked for: " + std::string(phrase(target.what)) + percent(target.per_mille) + '.';
    text += t.met ? "\n" : " No threshold gives it; this is the nearest.\n";
    text += "# Tuned on " + t.first_day + " to " + t.last_day + ": " + described(t.chosen, t) + ".\n";
    if (t.held_out) {
        text += "# Held out, " + t.held_first_day + " to " + t.held_last_day + ": " +
                described(*t.held_out, t) + ".\n";
    } else {
        text += "# No day was held out.\n";
    }
    text += "# Into the file of the policy " + t.policy + ", whose learned weights are " + t.weights + ":\n";
    return text + "learned:\n  decides: when_tuned\n  pro_from_score: " + decimal(t.chosen.threshold) + '\n';
}

}  // namespace weir::whatif
