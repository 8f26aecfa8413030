#pragma once
// Whether a line of a policy or a rule applies to a request.

#include "weir/router/decide.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace weir::router {

// All that a condition can ask about. The last two are known once the tier is chosen: effort lines see them.
struct situation {
    const routing& routes;
    const dialect::body_index& index;
    const classifier::features& f;
    const circumstances& about;
    const classifier::score_card& card;
    const traffic_class& traffic;
    std::optional<std::size_t> tier = std::nullopt;
    std::string_view reason = {};
};

// All predicates hold; a condition without any always does.
bool holds(const condition& when, const situation& now);

// The line leaves the verdict to the score: it asks for it, or it asks for nothing.
bool keeps_score(const condition& when);

}  // namespace weir::router
