#pragma once
// POST /v1/feedback: what a client thinks of an answer that it had.

#include "weir/frontend/exchange.hpp"
#include "weir/proxy/context.hpp"
#include "weir/state/tallies.hpp"

namespace weir::proxy {

// Body: {"request_id", "accepted", "score"?, "note"?}. Answers {"recorded":true} once the ledger has it. A
// request of another key is as unknown as one that never was: 404, as for an attempt that was replaced. An
// answer that is accepted for the first time counts in `accepted`, by its request's traffic class.
net::task<void> serve_feedback(context& here, frontend::exchange& ex, state::accepted_tallies& accepted);

}  // namespace weir::proxy
