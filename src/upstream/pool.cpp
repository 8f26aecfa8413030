#include "weir/upstream/pool.hpp"

#include <algorithm>
#include <utility>

namespace weir::upstream {

void pool::drop_old() {
    if (timers_.upstream_keep_alive_ms <= 0) return;
    const auto oldest = on_.time->now() - milliseconds{timers_.upstream_keep_alive_ms};
    const auto fresh = std::ranges::find_if(idle_, [&](const entry& e) { return e.since > oldest; });
    idle_.erase(idle_.begin(), fresh);
}

std::unique_ptr<net::stream> pool::take() {
    drop_old();
    while (!idle_.empty()) {
        auto connection = std::move(idle_.back().connection);
        idle_.pop_back();
        if (connection->is_quiet()) return connection;
    }
    return nullptr;
}

void pool::give_back(std::unique_ptr<net::stream> idle) {
    drop_old();
    if (idle_.size() >= to_.pool_idle_max) return;
    idle->limit().off();
    idle_.push_back({std::move(idle), on_.time->now()});
}

}  // namespace weir::upstream
