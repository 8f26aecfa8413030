#include "weir/config/addresses.hpp"

#include <boost/url/ipv4_address.hpp>
#include <boost/url/ipv6_address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace weir::config {
namespace {

namespace urls = boost::urls;

std::unexpected<address_problem> refused(std::string message, std::string hint = {}) {
    return std::unexpected(address_problem{std::move(message), std::move(hint)});
}

std::optional<std::uint16_t> to_port(std::string_view text) {
    std::uint16_t port = 0;
    const char* end = text.data() + text.size();
    const auto [stop, failed] = std::from_chars(text.data(), end, port);
    if (failed != std::errc{} || stop != end || text.empty()) return std::nullopt;
    return port;
}

bool is_ipv4(std::string_view host) { return urls::parse_ipv4_address(host).has_value(); }
bool is_ipv6(std::string_view host) { return urls::parse_ipv6_address(host).has_value(); }

std::string lower(std::string_view text) {
    std::string made{text};
    for (char& c : made) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return made;
}

std::string base64(std::string_view bytes) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string made;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
        for (std::size_t j = 0; j < 3; ++j) {
            group = (group << 8U) | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0U);
        }
        for (std::size_t j = 0; j < 4; ++j) {
            made += j <= count ? digits[(group >> (18U - 6U * j)) & 63U] : '=';
        }
    }
    return made;
}

std::string variable(const environment& env, std::string_view small, std::string_view capital) {
    if (auto value = env(small); value && !value->empty()) return *value;
    return env(capital).value_or("");
}

// Entries of NO_PROXY are divided by commas or blanks; a leading dot or "*." says no more than the bare name.
bool is_excepted(std::string_view host, std::string_view exceptions) {
    const std::string name = lower(host);
    while (!exceptions.empty()) {
        const std::size_t end = exceptions.find_first_of(", \t");
        std::string entry = lower(exceptions.substr(0, end));
        exceptions.remove_prefix(end == std::string_view::npos ? exceptions.size() : end + 1);
        if (entry == "*") return true;
        if (entry.starts_with("*.")) entry.erase(0, 1);
        if (entry.starts_with('.')) entry.erase(0, 1);
        if (entry.empty()) continue;
        if (name == entry || name.ends_with('.' + entry)) return true;
    }
    return false;
}

}  // namespace

std::expected<frontend::address, address_problem> parse_address(std::string_view text) {
    const std::string hint = "write ADDRESS:PORT, such as 127.0.0.1:8787, 0.0.0.0:8787 or [::1]:8787";
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return refused("has no port", hint);
    std::string_view host = text.substr(0, colon);
    const auto port = to_port(text.substr(colon + 1));
    if (!port) return refused("the port must be between 0 and 65535", hint);
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
        if (!is_ipv6(host)) return refused("the host is no IP address", hint);
        return frontend::address{std::string{host}, *port};
    }
    if (host == "localhost") host = "127.0.0.1";
    if (!is_ipv4(host)) return refused("the host is no IP address", hint);
    return frontend::address{std::string{host}, *port};
}

std::string to_text(const frontend::address& a) {
    const bool brackets = a.host.find(':') != std::string::npos;
    return (brackets ? '[' + a.host + ']' : a.host) + ':' + std::to_string(a.port);
}

bool is_loopback(std::string_view host) {
    if (const auto v4 = urls::parse_ipv4_address(host)) return v4->is_loopback();
    if (const auto v6 = urls::parse_ipv6_address(host)) return v6->is_loopback();
    return false;
}

std::expected<base_url, address_problem> parse_base_url(std::string_view text) {
    const auto parsed = urls::parse_uri(text);
    const std::string hint = "such as https://api.deepseek.com";
    if (!parsed) return refused("must be a URL", hint);
    const urls::url_view& u = *parsed;
    const bool tls = u.scheme_id() == urls::scheme::https;
    if (!tls && u.scheme_id() != urls::scheme::http)
        return refused("must begin with https:// or http://", hint);
    if (u.has_userinfo()) return refused("must not name a user", "the key belongs in api_key");
    if (u.has_query() || u.has_fragment()) return refused("must end with its path", hint);
    base_url made;
    made.tls = tls;
    made.host = lower(u.host_address());
    if (made.host.empty()) return refused("has no host", hint);
    made.port = tls ? 443 : 80;
    if (u.has_port()) {
        made.port = to_port(u.port()).value_or(0);
        if (made.port == 0) return refused("the port must be between 1 and 65535", hint);
    }
    made.path = std::string{u.encoded_path()};
    while (made.path.ends_with('/')) made.path.pop_back();
    return made;
}

std::expected<proxy, address_problem> proxy_for(std::string_view host, const environment& env) {
    std::string text = variable(env, "https_proxy", "HTTPS_PROXY");
    if (text.empty() || is_loopback(host) || host == "localhost") return proxy{};
    if (is_excepted(host, variable(env, "no_proxy", "NO_PROXY"))) return proxy{};
    if (text.find("://") == std::string::npos) text.insert(0, "http://");
    const auto parsed = urls::parse_uri(text);
    const std::string hint = "such as http://proxy.example:3128";
    if (!parsed) return refused("must be the URL of a proxy", hint);
    const urls::url_view& u = *parsed;
    if (u.scheme_id() != urls::scheme::http) return refused("only http:// proxies are spoken to", hint);
    proxy made;
    made.host = lower(u.host_address());
    if (made.host.empty()) return refused("has no host", hint);
    made.port = u.has_port() ? to_port(u.port()).value_or(0) : std::uint16_t{80};
    if (made.port == 0) return refused("the port must be between 1 and 65535", hint);
    if (u.has_userinfo()) made.authorization = "Basic " + base64(u.user() + ':' + u.password());
    return made;
}

}  // namespace weir::config
