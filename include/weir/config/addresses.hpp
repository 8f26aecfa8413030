#pragma once
// Addresses as people write them: "127.0.0.1:8787" to listen on, "https://api.deepseek.com/v1" to call.

#include "weir/config/settings.hpp"

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace weir::config {

struct address_problem {
    std::string message;
    std::string hint;
};

// "127.0.0.1:8787", "[::1]:8787"; "localhost" stands for 127.0.0.1.
std::expected<frontend::address, address_problem> parse_address(std::string_view text);
std::string to_text(const frontend::address& a);

// 127.0.0.0/8 and ::1. `host` is an IP address.
bool is_loopback(std::string_view host);

struct base_url {
    bool tls = true;
    std::string host;  // without the brackets of an IPv6 address
    std::uint16_t port = 0;
    std::string path;  // "" or "/v1"
};

// http or https, a host, no user, query or fragment.
std::expected<base_url, address_problem> parse_base_url(std::string_view text);

struct proxy {
    std::string host;
    std::uint16_t port = 0;
    std::string authorization;  // "Basic ...", "" where the URL names no user
};

// The proxy for connections to `host`, from https_proxy or HTTPS_PROXY and the exceptions in no_proxy or
// NO_PROXY
// ("*", names, and names that stand for all below them); as curl reads them. An empty host: no proxy.
// Loopback is never reached through one.
std::expected<proxy, address_problem> proxy_for(std::string_view host, const environment& env);

}  // namespace weir::config
