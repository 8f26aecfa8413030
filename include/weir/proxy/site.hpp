#pragma once
// What weir serves: the endpoint table of the clients' listener and that of the admin's.

#include "weir/frontend/site.hpp"
#include "weir/proxy/context.hpp"

#include <functional>
#include <string>
#include <vector>

namespace weir::proxy {

// Calls of models in every API, what the configuration forwards, GET /v1/models, /v1/requests/{id} and
// /v1/user/balance, each with and without /v1; GET and HEAD of every base.
// `here` outlives the site.
frontend::site client_site(context& here);

// GET /livez, /readyz and /metrics over all workers' shards.
frontend::site admin_site(installation& of, std::vector<const metering::metrics_shard*> shards);

}  // namespace weir::proxy
