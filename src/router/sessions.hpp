#pragma once
// What a conversation's past does to a decision: it holds a tier, or lets it go where that is cheaper.

#include "weir/router/decide.hpp"

#include "conditions.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace weir::router {

// What this request would cost on each tier; empty where prices are unknown.
std::vector<alternative> price_alternatives(const situation& now);

// Both sides of a move at a new human turn: the requests that are expected until the next one, each with the
// prompt so far, at this hour's prices. On the tier that is left what it has in its cache is a hit; on the
// other one what that has. nullopt where prices are unknown.
std::optional<priced_sum> sum_up(const situation& now, std::size_t from, std::size_t to);

// What the session makes of the tier that the policy wants. Up at once; inside a turn never down; at a new
// human turn down as session_rules::down says.
struct held {
    std::size_t tier = 0;
    const char* reason = nullptr;  // nullptr: the policy's tier stands
    std::optional<priced_sum> sum;
};
held hold(const situation& now, std::size_t wanted);

}  // namespace weir::router
