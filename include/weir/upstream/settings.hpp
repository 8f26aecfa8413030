#pragma once
// Where requests go, and as whom. Upstreams come from the configuration alone; no request can name a host.

#include "weir/base/secret.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace weir::upstream {

struct settings {
    std::string name;  // as in the configuration: "deepseek"
    bool tls = true;   // https
    std::string host;  // to connect to, to verify and to name in Host
    std::uint16_t port = 443;
    std::string base_path;           // before the endpoint's path, without a slash at its end: "" or "/v1"
    secret api_key;                  // sent as Authorization: Bearer; empty where passthrough
    bool passthrough = false;        // the client's own Authorization goes upstream; loopback only
    std::string ca_file;             // PEM; "" is the system's store
    std::size_t pool_idle_max = 64;  // idle connections kept a worker
    // From HTTPS_PROXY: connections go through CONNECT. "" is none.
    std::string proxy_host;
    std::uint16_t proxy_port = 0;
    std::string proxy_authorization;  // value of Proxy-Authorization, "" is none
};

}  // namespace weir::upstream
