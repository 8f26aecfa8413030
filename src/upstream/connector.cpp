#include "weir/upstream/connector.hpp"

#include "weir/net/http_head.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/basic_resolver.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <openssl/ssl.h>

#include <utility>
#include <vector>

namespace weir::upstream {

namespace asio = boost::asio;
namespace ssl = asio::ssl;
using tcp = asio::ip::tcp;
using net::task;

result<std::shared_ptr<tls_context>> tls_context::make(const settings& to) {
    if (!to.tls) return std::shared_ptr<tls_context>{};
    ssl::context context(ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
    error_code ec;
    if (to.ca_file.empty()) {
        context.set_default_verify_paths(ec);
    } else {
        context.load_verify_file(to.ca_file, ec);
    }
    if (ec) return weir_fault(errc::bad_config, "certificates of upstream " + to.name + ": " + ec.message());
    context.set_verify_mode(ssl::verify_peer, ec);
    return std::make_shared<tls_context>(std::move(context));
}

connector::connector(net::worker& on, const settings& to, std::shared_ptr<tls_context> tls,
                     const net::timeouts& timers, const limits& bounds)
    : on_(on), to_(to), tls_(std::move(tls)), timers_(timers), bounds_(bounds) {
    limit_.join(on.watch, [this] { cancel_step_(); });
}

void connector::cancel() noexcept {
    cancelled_ = true;
    cancel_step_();
}

fault connector::step_failed(const char* step, const error_code& ec) const {
    const bool late = limit_.fired() || ec == asio::error::timed_out;
    return {late ? errc::upstream_timeout : errc::upstream_connect,
            origin::upstream,
            std::string(step) + " " + to_.host + ": " + (late ? "timed out" : ec.message()),
            {}};
}

// The system's resolver cannot be interrupted, so a look-up that nobody waits for any more ends by itself.
struct connector::lookup {
    explicit lookup(net::worker& on) : resolver(on.get_executor()), wake(on.get_executor(), *on.time) {}

    void end(const error_code& why) {
        if (std::exchange(over, true)) return;
        ec = why;
        wake.cancel();
    }

    asio::ip::basic_resolver<tcp, net::executor> resolver;
    net::timer wake;
    bool over = false;
    error_code ec;
    std::vector<tcp::endpoint> found;
};

task<result<std::vector<tcp::endpoint>>> connector::resolve(std::string host, std::uint16_t port) {
    auto l = std::make_shared<lookup>(on_);
    l->resolver.async_resolve(host, std::to_string(port), [l](const error_code& ec, const auto& results) {
        if (l->over) return;
        for (const auto& entry : results) l->found.push_back(entry.endpoint());
        l->end(ec);
    });
    cancel_step_ = [l] { l->end(asio::error::operation_aborted); };
    limit_.in_ms(timers_.upstream_resolve_ms);
    while (!l->over) co_await l->wake.wait_until(net::mono_time::max());
    cancel_step_ = [] {};
    if (l->ec) co_return std::unexpected(step_failed("resolving", l->ec));
    co_return std::move(l->found);
}

task<result<net::tcp_socket>> connector::open_socket(const std::string& host, std::uint16_t port) {
    error_code ec;
    std::vector<tcp::endpoint> endpoints;
    if (const auto ip = asio::ip::make_address(host, ec); !ec) {
        endpoints.emplace_back(ip, port);
    } else {
        auto found = co_await resolve(host, port);
        if (!found) co_return std::unexpected(std::move(found.error()));
        endpoints = std::move(*found);
    }
    net::tcp_socket socket(on_.get_executor());
    error_code last = asio::error::host_not_found;
    for (const tcp::endpoint& e : endpoints) {
        if (cancelled_) last = asio::error::operation_aborted;
        if (cancelled_) break;
        socket.close(ec);
        cancel_step_ = [&] {
            error_code ignored;
            socket.close(ignored);
        };
        limit_.in_ms(timers_.upstream_connect_ms);
        auto [failed] = co_await socket.async_connect(e, net::as_result);
        cancel_step_ = [] {};
        last = failed;
        if (!failed) break;
    }
    if (last) co_return std::unexpected(step_failed("connecting to", last));
    limit_.off();
    socket.set_option(tcp::no_delay(true), ec);
    co_return socket;
}

task<result<void>> connector::tunnel(net::stream& through) {
    const std::string target = (to_.host.find(':') == std::string::npos ? to_.host : "[" + to_.host + "]") +
                               ":" + std::to_string(to_.port);
    std::string ask = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n";
    if (!to_.proxy_authorization.empty()) ask += "Proxy-Authorization: " + to_.proxy_authorization + "\r\n";
    ask += "\r\n";
    through.limit().in_ms(timers_.upstream_connect_ms);
    if (const auto done = co_await through.write(ask); !done) {
        co_return std::unexpected(step_failed("asking the proxy for", done.error()));
    }
    std::string answer;
    std::size_t length = 0;
    while ((length = net::head_length(answer)) == 0) {
        if (answer.size() > bounds_.upstream_head_bytes_max) {
            co_return upstream_fault(errc::upstream_connect, "the proxy's answer is too long");
        }
        char bytes[1024];
        const auto n = co_await through.read_some(bytes);
        if (!n) co_return std::unexpected(step_failed("asking the proxy for", n.error()));
        answer.append(bytes, *n);
    }
    through.limit().off();
    const auto head = net::parse_answer_head(std::string_view{answer}.substr(0, length), bounds_);
    if (!head || head->status != 200 || answer.size() != length) {
        co_return upstream_fault(
            errc::upstream_connect,
            "the proxy refused CONNECT" + (head ? " with " + std::to_string(head->status) : ""));
    }
    co_return result<void>{};
}

task<result<std::unique_ptr<net::tls_stream>>> connector::handshake(net::tcp_socket socket) {
    auto tls = std::make_unique<net::tls_stream>(std::move(socket), tls_->get());
    error_code ec;
    const bool is_address = (asio::ip::make_address(to_.host, ec), !ec);
    if (!is_address) SSL_set_tlsext_host_name(tls->native_handle(), to_.host.c_str());
    tls->set_verify_callback(ssl::host_name_verification(to_.host), ec);
    cancel_step_ = [&] {
        error_code ignored;
        tls->next_layer().close(ignored);
    };
    limit_.in_ms(timers_.upstream_tls_ms);
    auto [failed] = co_await tls->async_handshake(ssl::stream_base::client, net::as_result);
    cancel_step_ = [] {};
    if (failed) co_return std::unexpected(step_failed("TLS with", failed));
    limit_.off();
    co_return tls;
}

task<result<std::unique_ptr<net::stream>>> connector::connect() {
    const bool by_proxy = !to_.proxy_host.empty();
    auto socket =
        co_await open_socket(by_proxy ? to_.proxy_host : to_.host, by_proxy ? to_.proxy_port : to_.port);
    if (!socket) co_return std::unexpected(socket.error());
    if (by_proxy) {
        net::stream through(std::move(*socket), on_.watch);
        cancel_step_ = [&] { through.close(); };
        const auto open = co_await tunnel(through);
        cancel_step_ = [] {};
        if (!open) co_return std::unexpected(open.error());
        socket = through.release_socket();
    }
    if (!tls_) co_return std::make_unique<net::stream>(std::move(*socket), on_.watch);
    auto tls = co_await handshake(std::move(*socket));
    if (!tls) co_return std::unexpected(tls.error());
    co_return std::make_unique<net::stream>(std::move(*tls), on_.watch);
}

}  // namespace weir::upstream
