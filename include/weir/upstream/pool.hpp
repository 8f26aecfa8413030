#pragma once
// Idle connections to one upstream, of one worker: the last one given back is the first one taken, since it
// is the least likely to have been closed by the peer.

#include "weir/net/stream.hpp"
#include "weir/net/timeouts.hpp"
#include "weir/net/worker.hpp"
#include "weir/upstream/connector.hpp"
#include "weir/upstream/settings.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace weir::upstream {

class pool {
public:
    pool(net::worker& on, const settings& to, std::shared_ptr<tls_context> tls, const net::timeouts& timers,
         const limits& bounds)
        : on_(on), to_(to), tls_(std::move(tls)), timers_(timers), bounds_(bounds) {}

    const settings& to() const noexcept { return to_; }
    const net::timeouts& timers() const noexcept { return timers_; }
    const limits& bounds() const noexcept { return bounds_; }
    net::worker& on() noexcept { return on_; }

    // An idle connection that is still open and silent; nullptr where there is none.
    std::unique_ptr<net::stream> take();
    connector make_connector() { return connector(on_, to_, tls_, timers_, bounds_); }
    // Only for a connection whose last answer was read to its end, with nothing left over.
    void give_back(std::unique_ptr<net::stream> idle);
    void clear() noexcept { idle_.clear(); }
    std::size_t idle() const noexcept { return idle_.size(); }

private:
    struct entry {
        std::unique_ptr<net::stream> connection;
        net::mono_time since;
    };
    void drop_old();

    net::worker& on_;
    const settings& to_;
    std::shared_ptr<tls_context> tls_;
    const net::timeouts& timers_;
    const limits& bounds_;
    std::vector<entry> idle_;  // oldest first
};

}  // namespace weir::upstream
