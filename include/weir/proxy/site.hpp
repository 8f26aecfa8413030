#pragma once
// What weir serves: the endpoint table of the clients' listener and that of the admin's.

#include "weir/frontend/site.hpp"
#include "weir/proxy/context.hpp"

#include <functional>
#include <string>
#include <vector>

namespace weir::proxy {

// POST /v1/chat/completions, GET /v1/models, GET /v1/requests/{id}, each with and without /v1, and GET /.
// `here` outlives the site.
frontend::site client_site(context& here);

// GET /livez, /readyz and /metrics over all workers' shards.
frontend::site admin_site(installation& of, std::vector<const metering::metrics_shard*> shards);

}  // namespace weir::proxy
