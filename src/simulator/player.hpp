#pragma once
// Plays an answer to a client: waits where it says so, writes what it says, and breaks off where it says so.

#include "weir/frontend/site.hpp"
#include "weir/net/clock.hpp"
#include "weir/simulator/journal.hpp"
#include "weir/simulator/simulator.hpp"

#include <memory>
#include <set>

namespace weir::simulator {

// The pauses of one worker that are under way, so that they can be ended. For that worker's thread only.
class pauses {
public:
    // True when `ms` have passed; false when end_all() came before, or has come already.
    net::task<bool> wait(net::timer& timer, std::int64_t ms);
    void end_all() noexcept;

private:
    std::set<net::timer*> waiting_;
    bool ended_ = false;
};

net::task<void> play(frontend::exchange& ex, answer said, pauses& of);

// The endpoints over `box`, for one worker; both outlive it. `lines` may be null.
frontend::site site_of(simulator& box, journal* lines, std::shared_ptr<pauses> of);

}  // namespace weir::simulator
