#include "weir/net/clock.hpp"

#include <algorithm>
#include <vector>

namespace weir::net {

task<bool> timer::wait_until(mono_time due) {
    alarm_.expires_at(clock_.arm(*this, due));
    if (clock_.now() < due) co_await alarm_.async_wait(as_result);
    clock_.disarm(*this);
    co_return clock_.now() >= due;
}

void simulated_clock::move_to(mono_time to) {
    now_ = std::max(now_, to);
    std::vector<timer*> due;
    for (auto it = waiting_.begin(); it != waiting_.end() && it->first <= now_; it = waiting_.erase(it)) {
        due.push_back(it->second);
    }
    for (timer* t : due) t->cancel();
}

mono_time simulated_clock::next_due() const noexcept {
    return waiting_.empty() ? mono_time::max() : waiting_.begin()->first;
}

mono_time simulated_clock::arm(timer& t, mono_time due) {
    waiting_.emplace(due, &t);
    return mono_time::max();
}

void simulated_clock::disarm(timer& t) noexcept {
    std::erase_if(waiting_, [&](const auto& entry) { return entry.second == &t; });
}

}  // namespace weir::net
