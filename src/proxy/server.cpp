#include "weir/proxy/server.hpp"

#include "weir/frontend/listener.hpp"
#include "weir/metering/ledger.hpp"
#include "weir/net/worker.hpp"
#include "weir/proxy/context.hpp"
#include "weir/proxy/site.hpp"

#include <chrono>
#include <utility>
#include <vector>

namespace weir::proxy {

namespace {

// How long connections that were cut may take to unwind.
constexpr std::chrono::milliseconds unwind_ms{5000};
constexpr std::chrono::milliseconds drain_look_ms{10};

}  // namespace

// Destroyed from the last to the first: listeners, contexts, ledger, and the loops at the end.
struct server::parts {
    explicit parts(unsigned worker_count) : workers(worker_count) {}

    net::workers workers;
    frontend::connection_count connections;
    frontend::connection_count admin_connections;  // probes and scrapes are not crowded out by clients
    std::unique_ptr<metering::ledger> ledger;
    std::unique_ptr<installation> home;
    std::vector<std::unique_ptr<context>> contexts;
    std::vector<std::unique_ptr<frontend::listener>> listeners;
    std::unique_ptr<frontend::listener> admin;
    bool stopped = false;
};

server::server(std::unique_ptr<parts> p) : parts_(std::move(p)) {}

server::~server() {
    stop([](std::chrono::milliseconds) { return true; });
}

result<std::unique_ptr<server>> server::open(config::settings settings) {
    auto p = std::make_unique<parts>(settings.front.workers);
    auto ledger =
        metering::ledger::open(settings.ledger, p->workers.size(), settings.bounds.slots_per_worker);
    if (!ledger) return std::unexpected(std::move(ledger.error()));
    p->ledger = std::move(*ledger);
    p->home = std::make_unique<installation>(std::move(settings), *p->ledger);
    const config::settings& s = p->home->settings;

    std::vector<const metering::metrics_shard*> shards;
    for (std::size_t i = 0; i < p->workers.size(); ++i) {
        auto made = context::make(*p->home, p->workers[i]);
        if (!made) return std::unexpected(std::move(made.error()));
        shards.push_back(&(*made)->metrics);
        p->contexts.push_back(std::move(*made));
    }
    frontend::address at = s.front.listen;
    for (const frontend::address& a : {at, s.front.admin_listen}) {
        if (auto free = frontend::listener::find_free(a); !free)
            return std::unexpected(std::move(free.error()));
    }
    for (std::size_t i = 0; i < p->workers.size(); ++i) {
        auto opened = frontend::listener::open(p->workers[i], at, client_site(*p->contexts[i]), s.bounds,
                                               s.timers, p->connections);
        if (!opened) return std::unexpected(std::move(opened.error()));
        at.port = (*opened)->port();  // where the system picked, all workers share its pick
        p->listeners.push_back(std::move(*opened));
    }
    auto admin =
        frontend::listener::open(p->workers[0], s.front.admin_listen, admin_site(*p->home, std::move(shards)),
                                 s.bounds, s.timers, p->admin_connections);
    if (!admin) return std::unexpected(std::move(admin.error()));
    p->admin = std::move(*admin);
    return std::unique_ptr<server>(new server(std::move(p)));
}

void server::start() { parts_->workers.start(); }
std::uint16_t server::port() const noexcept { return parts_->listeners.front()->port(); }
std::uint16_t server::admin_port() const noexcept { return parts_->admin->port(); }

void server::stop(const std::function<bool(std::chrono::milliseconds)>& hurry) {
    parts& p = *parts_;
    if (std::exchange(p.stopped, true)) return;
    p.home->draining = true;
    for (auto& l : p.listeners) l->drain();
    const auto patience = std::chrono::milliseconds{p.home->settings.timers.drain_ms};
    const auto until = std::chrono::steady_clock::now() + patience;
    while (p.connections.open.load() > 0 && std::chrono::steady_clock::now() < until) {
        if (hurry(drain_look_ms)) break;
    }
    p.home->cutting = true;
    for (auto& l : p.listeners) l->cut();
    p.admin->cut();
    for (auto& c : p.contexts) {
        c->on.post([&c] {
            for (auto& pool : c->pools) pool->clear();
        });
    }
    p.workers.stop(unwind_ms);
    p.ledger->flush();
}

}  // namespace weir::proxy
