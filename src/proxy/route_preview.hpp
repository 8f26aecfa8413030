#pragma once
// POST /v1/route: the decision for a body, explained. Nothing is sent upstream, no row is written, and no
// conversation moves, though what is remembered of it is looked at.

#include "weir/dialect/body_index.hpp"
#include "weir/frontend/exchange.hpp"
#include "weir/proxy/context.hpp"

namespace weir::proxy {

// The body is a request of `api` as a client would send it, with its headers: whoever may make the call may
// ask what would become of it. Answers 200 and explanation_json(), also where the call would be refused: then
// the explanation has `error`. A body that cannot be read is refused as the call would be.
net::task<void> serve_route(context& here, frontend::exchange& ex, dialect::api_kind api);

}  // namespace weir::proxy
