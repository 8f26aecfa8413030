#pragma once
// What a listener serves: its endpoints, and how it refuses.

#include "weir/frontend/exchange.hpp"

#include <functional>
#include <string>
#include <vector>

namespace weir::frontend {

struct endpoint {
    net::http_method method = net::http_method::get;
    std::string path;  // exact; a final "/*" matches one more segment
    handler handle;
};

// One a worker.
struct site {
    std::vector<endpoint> endpoints;
    // A fault as the answer that this site's clients expect.
    std::function<response(const fault&)> refuse;
    // Called for faults that the front end answers itself, before any handler: a malformed head, no such
    // endpoint.
    std::function<void(const fault&)> refused = [](const fault&) {};
    std::function<void()> connection_opened = [] {};
    std::function<void()> connection_closed = [] {};
};

// The endpoint for a request, or the fault: not_found, or method_not_allowed where the path exists. HEAD is
// served by GET's endpoint.
result<const endpoint*> find_endpoint(const std::vector<endpoint>& table, net::http_method method,
                                      std::string_view path);

// Methods of a path for the field Allow: "GET, HEAD".
std::string allowed_methods(const std::vector<endpoint>& table, std::string_view path);

}  // namespace weir::frontend
