#include "weir/simulator/server.hpp"

#include "weir/frontend/listener.hpp"
#include "weir/net/worker.hpp"

#include "player.hpp"

#include <chrono>
#include <utility>
#include <vector>

namespace weir::simulator {
namespace {

// How long connections that were cut may take to unwind.
constexpr std::chrono::milliseconds unwind_ms{5000};

}  // namespace

// Destroyed from the last to the first: listeners before the loops they run on, the loops before what is
// served.
struct simulator_server::parts {
    parts(script rules, unsigned worker_count) : box(std::move(rules)), workers(worker_count) {}

    simulator box;
    std::unique_ptr<journal> lines;
    frontend::connection_count connections;
    net::workers workers;
    std::vector<std::shared_ptr<pauses>> under_way;  // by worker
    std::vector<std::unique_ptr<frontend::listener>> listeners;
    bool stopped = false;
};

simulator_server::simulator_server(std::unique_ptr<parts> p) : parts_(std::move(p)) {}
simulator_server::~simulator_server() { stop(); }

result<std::unique_ptr<simulator_server>> simulator_server::open(options with) {
    auto p = std::make_unique<parts>(std::move(with.rules), with.workers);
    if (with.journal) {
        auto opened = journal::open(*with.journal);
        if (!opened) return std::unexpected(std::move(opened.error()));
        p->lines = std::move(*opened);
    }
    // The front end's own bound must not be met before DeepSeek's.
    limits bounds;
    bounds.request_bytes_max = request_bytes_max;
    frontend::address at = with.listen;
    if (auto free = frontend::listener::find_free(at); !free) return std::unexpected(std::move(free.error()));
    for (std::size_t i = 0; i < p->workers.size(); ++i) {
        auto of = std::make_shared<pauses>();
        auto opened = frontend::listener::open(p->workers[i], at, site_of(p->box, p->lines.get(), of), bounds,
                                               net::timeouts{}, p->connections);
        if (!opened) return std::unexpected(std::move(opened.error()));
        at.port = (*opened)->port();  // where the system picked, all workers share its pick
        p->under_way.push_back(std::move(of));
        p->listeners.push_back(std::move(*opened));
    }
    return std::unique_ptr<simulator_server>(new simulator_server(std::move(p)));
}

void simulator_server::start() { parts_->workers.start(); }
std::uint16_t simulator_server::port() const noexcept { return parts_->listeners.front()->port(); }
std::int64_t simulator_server::requests() const noexcept { return parts_->box.requests(); }

void simulator_server::stop() {
    parts& p = *parts_;
    if (std::exchange(p.stopped, true)) return;
    for (std::size_t i = 0; i < p.listeners.size(); ++i) {
        p.listeners[i]->cut();
        p.workers[i].post([of = p.under_way[i]] { of->end_all(); });
    }
    p.workers.stop(unwind_ms);
}

}  // namespace weir::simulator
