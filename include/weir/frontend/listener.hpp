#pragma once
// Accepts connections for a site on one worker. Several workers listen on one port with SO_REUSEPORT.

#include "weir/base/limits.hpp"
#include "weir/frontend/settings.hpp"
#include "weir/frontend/site.hpp"
#include "weir/net/timeouts.hpp"
#include "weir/net/worker.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

namespace weir::frontend {

// Connections of all listeners of a program, for limits::connections_max and for the drain.
struct connection_count {
    std::atomic<std::size_t> open{0};
};

class listener {
public:
    // Binds and listens; accepts once the worker runs. address.port 0: the system picks, see port(). Fault:
    // file with the address and the system's reason.
    static result<std::unique_ptr<listener>> open(net::worker& on, const address& where, site what,
                                                  const limits& bounds, const net::timeouts& timers,
                                                  connection_count& count);
    virtual ~listener() = default;

    // Whether a port is nobody's: SO_REUSEPORT would let a second weir take half of the first one's requests.
    // Port 0 is always free. Fault as open()'s.
    static result<void> find_free(const address& where);

    virtual std::uint16_t port() const noexcept = 0;
    // From any thread. Accepts no more; idle connections close; answers under way say Connection: close.
    virtual void drain() = 0;
    // From any thread. Every connection is cancelled.
    virtual void cut() = 0;
};

}  // namespace weir::frontend
