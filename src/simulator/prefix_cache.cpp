#include "prefix_cache.hpp"

namespace weir::simulator {

std::size_t prefix_cache::leading(const std::vector<std::uint64_t>& chain) const {
    for (std::size_t n = chain.size(); n > 0; --n) {
        if (places_.contains(chain[n - 1])) return n;
    }
    return 0;
}

void prefix_cache::store(const std::vector<std::uint64_t>& chain) {
    // From the end to the beginning: short prefixes serve more requests than long ones, so they stay longest.
    for (auto unit = chain.rbegin(); unit != chain.rend(); ++unit) {
        const auto [place, is_new] = places_.try_emplace(*unit);
        if (is_new) {
            by_use_.push_front(*unit);
        } else {
            by_use_.splice(by_use_.begin(), by_use_, place->second);
        }
        place->second = by_use_.begin();
    }
    while (places_.size() > units_max_) {
        places_.erase(by_use_.back());
        by_use_.pop_back();
    }
}

}  // namespace weir::simulator
