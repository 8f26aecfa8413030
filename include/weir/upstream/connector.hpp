#pragma once
// A new connection to an upstream: resolve, TCP, a proxy's CONNECT, TLS; each step under its own timer.

#include "weir/base/error.hpp"
#include "weir/base/limits.hpp"
#include "weir/net/stream.hpp"
#include "weir/net/timeouts.hpp"
#include "weir/net/worker.hpp"
#include "weir/upstream/settings.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace weir::upstream {

// Certificates and TLS 1.2 or newer, chain and host name verified. One for each upstream; shared by workers.
class tls_context {
public:
    // Fault bad_config where ca_file cannot be read; nullptr for an upstream without TLS.
    static result<std::shared_ptr<tls_context>> make(const settings& to);
    explicit tls_context(boost::asio::ssl::context context) : context_(std::move(context)) {}
    boost::asio::ssl::context& get() noexcept { return context_; }

private:
    boost::asio::ssl::context context_;
};

class connector {
public:
    connector(net::worker& on, const settings& to, std::shared_ptr<tls_context> tls,
              const net::timeouts& timers, const limits& bounds);

    // Names are resolved anew for each connection; all addresses, IPv4 and IPv6, are tried in the order that
    // the resolver gives. Faults: upstream_connect, upstream_timeout, both with the step. Nothing of a
    // request was sent.
    net::task<result<std::unique_ptr<net::stream>>> connect();
    // Ends the step under way.
    void cancel() noexcept;

private:
    struct lookup;
    net::task<result<std::vector<boost::asio::ip::tcp::endpoint>>> resolve(std::string host,
                                                                           std::uint16_t port);
    net::task<result<net::tcp_socket>> open_socket(const std::string& host, std::uint16_t port);
    net::task<result<void>> tunnel(net::stream& through);
    net::task<result<std::unique_ptr<net::tls_stream>>> handshake(net::tcp_socket socket);
    fault step_failed(const char* step, const error_code& ec) const;

    net::worker& on_;
    const settings& to_;
    std::shared_ptr<tls_context> tls_;
    const net::timeouts& timers_;
    const limits& bounds_;
    net::deadline limit_;
    std::function<void()> cancel_step_ = [] {};
    bool cancelled_ = false;
};

}  // namespace weir::upstream
