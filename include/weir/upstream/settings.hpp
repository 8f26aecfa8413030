#pragma once
// Where requests go, and as whom. Upstreams come from the configuration alone; no request can name a host.

#include "weir/base/secret.hpp"
#include "weir/net/http_head.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace weir::upstream {

struct settings {
    std::string name;  // as in the configuration: "deepseek"
    bool tls = true;   // https
    std::string host;  // to connect to, to verify and to name in Host
    std::uint16_t port = 443;
    std::string base_path;     // before the endpoint's path, without a slash at its end: "" or "/v1"
    secret api_key;            // sent as Authorization: Bearer; empty where passthrough
    bool passthrough = false;  // the client's own Authorization goes upstream; loopback only
    std::string ca_file;       // PEM; "" is the system's store
    // Usage of a stream comes only where it is asked for (DeepSeek's comes unasked).
    bool usage_on_request = false;
    std::size_t pool_idle_max = 64;  // idle connections kept a worker
    // From HTTPS_PROXY: connections go through CONNECT. "" is none.
    std::string proxy_host;
    std::uint16_t proxy_port = 0;
    std::string proxy_authorization;  // value of Proxy-Authorization, "" is none
};

// An endpoint that is passed on as it is: files, tools. Each stands in the configuration by itself; nothing
// else of an upstream can be reached.
struct forwarded {
    std::string path;  // of the client, without /v1: "/files", "/files/*" for one more segment
    std::vector<net::http_method> methods;
    std::string upstream;  // name of the upstream
    std::string send;      // path there; a final "*" takes the client's segment
    std::string fee;       // of the price book, for each call that succeeds or may have; "" costs nothing
    // Bodies need not be application/json: uploads.
    bool any_media = false;
};

}  // namespace weir::upstream
