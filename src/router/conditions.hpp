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
    const policy& with;
    const classifier::score_card& card;
    const classifier::learned_card& learned;
    const traffic_class& traffic;
    std::optional<std::size_t> tier = std::nullopt;
    std::string_view reason = {};
};

// The score from which the dearer tier answers, thousandths: the learned one's where it decides.
int threshold_of(const situation& now) noexcept;

// All predicates hold; a condition without any always does.
bool holds(const condition& when, const situation& now);

// The line leaves the verdict to the classifier: it asks for the score or for no signal, or it asks for
// nothing.
bool keeps_score(const condition& when);

}  // namespace weir::router
