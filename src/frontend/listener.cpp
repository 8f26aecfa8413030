#include "weir/frontend/listener.hpp"

#include "connection.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/detail/socket_option.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/v6_only.hpp>

#include <string>
#include <unordered_set>
#include <utility>

namespace weir::frontend {

namespace asio = net::asio;
using tcp = asio::ip::tcp;
using net::task;

namespace {

using acceptor = asio::basic_socket_acceptor<tcp, net::executor>;
using reuse_port = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

constexpr int backlog = 4096;
// Pause after accept() failed, most likely for want of file descriptors.
constexpr std::chrono::milliseconds accept_pause{100};

std::string authority_of(const tcp::endpoint& e) {
    const std::string host = e.address().to_string();
    return (e.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(e.port());
}

std::unexpected<fault> cannot_listen(const address& where, const char* step, const error_code& ec) {
    return weir_fault(errc::file, "cannot listen on " + where.host + ":" + std::to_string(where.port) + " (" +
                                      step + ": " + ec.message() + ")");
}

// Shared with the connections' coroutines, which may outlive the listener by a moment.
struct shared_state {
    shared_state(net::worker& on, site what, const limits& bounds, const net::timeouts& timers,
                 connection_count& count)
        : around{on, std::move(what), bounds, timers}, count(count), port_open(on.get_executor()) {}

    surroundings around;
    connection_count& count;
    acceptor port_open;
    std::unordered_set<connection*> live;
    bool cut = false;
};

task<void> run_connection(std::shared_ptr<shared_state> state, net::tcp_socket socket,
                          std::string authority) {
    connection c(std::move(socket), std::move(authority), state->around);
    state->live.insert(&c);
    state->around.what.connection_opened();
    if (state->cut) c.cut();
    co_await c.run();
    state->live.erase(&c);
    state->around.what.connection_closed();
    --state->count.open;
}

task<void> accept_all(std::shared_ptr<shared_state> state) {
    net::timer pause(state->around.on.get_executor(), *state->around.on.time);
    while (state->port_open.is_open()) {
        auto [ec, socket] = co_await state->port_open.async_accept(net::as_result);
        if (ec == asio::error::operation_aborted || !state->port_open.is_open()) co_return;
        if (ec) {
            co_await pause.wait_for(accept_pause);
            continue;
        }
        if (state->count.open.load() >= state->around.bounds.connections_max) continue;
        error_code failed;
        socket.set_option(tcp::no_delay(true), failed);
        const tcp::endpoint local = socket.local_endpoint(failed);
        if (failed) continue;
        ++state->count.open;
        state->around.on.spawn(run_connection(state, std::move(socket), authority_of(local)));
    }
}

class tcp_listener final : public listener {
public:
    explicit tcp_listener(std::shared_ptr<shared_state> state, std::uint16_t port)
        : state_(std::move(state)), port_(port) {}

    std::uint16_t port() const noexcept override { return port_; }

    void drain() override {
        state_->around.on.post([state = state_] {
            error_code ignored;
            state->around.draining = true;
            state->port_open.close(ignored);
            for (connection* c : state->live) c->drain();
        });
    }

    void cut() override {
        state_->around.on.post([state = state_] {
            error_code ignored;
            state->cut = true;
            state->around.draining = true;
            state->port_open.close(ignored);
            for (connection* c : state->live) c->cut();
        });
    }

private:
    std::shared_ptr<shared_state> state_;
    std::uint16_t port_;
};

}  // namespace

result<void> listener::find_free(const address& where) {
    if (where.port == 0) return {};
    error_code ec;
    const auto ip = asio::ip::make_address(where.host, ec);
    if (ec) return cannot_listen(where, "address", ec);
    asio::io_context io;
    acceptor probe(io.get_executor());
    const tcp::endpoint local(ip, where.port);
    if (probe.open(local.protocol(), ec); ec) return cannot_listen(where, "socket", ec);
    probe.set_option(acceptor::reuse_address(true), ec);
    if (probe.bind(local, ec); ec) return cannot_listen(where, "bind", ec);
    if (probe.listen(1, ec); ec) return cannot_listen(where, "listen", ec);
    return {};
}

result<std::unique_ptr<listener>> listener::open(net::worker& on, const address& where, site what,
                                                 const limits& bounds, const net::timeouts& timers,
                                                 connection_count& count) {
    const auto fail = [&](const char* step, const error_code& why) {
        return cannot_listen(where, step, why);
    };
    error_code ec;
    const auto ip = asio::ip::make_address(where.host, ec);
    if (ec) return fail("address", ec);
    auto state = std::make_shared<shared_state>(on, std::move(what), bounds, timers, count);
    acceptor& a = state->port_open;
    const tcp::endpoint local(ip, where.port);
    if (a.open(local.protocol(), ec); ec) return fail("socket", ec);
    a.set_option(acceptor::reuse_address(true), ec);
    if (a.set_option(reuse_port(true), ec); ec) return fail("SO_REUSEPORT", ec);
    if (a.bind(local, ec); ec) return fail("bind", ec);
    if (a.listen(backlog, ec); ec) return fail("listen", ec);
    const std::uint16_t port = a.local_endpoint(ec).port();
    on.spawn(accept_all(state));
    return std::make_unique<tcp_listener>(std::move(state), port);
}

}  // namespace weir::frontend
