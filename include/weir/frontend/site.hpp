#pragma once
// What a listener serves: its endpoints, and how it refuses.

#include "weir/frontend/exchange.hpp"

#include <functional>
#include <optional>
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
    // A fault as the answer that this site's clients expect; `path` is "" where no head could be read.
    std::function<response(const fault&, std::string_view path)> refuse;
    // Fields of every answer to this request, refusals included: those that let a web page read it.
    std::function<field_list(const net::request_head&)> common_fields = [](const net::request_head&) {
        return field_list{};
    };
    // The answer to OPTIONS; nullopt: as any other method, by the endpoints.
    std::function<std::optional<response>(const net::request_head&)> preflight =
        [](const net::request_head&) { return std::optional<response>{}; };
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
