#pragma once
// The context cache: which prefixes were seen. A request reads from it the longest stored prefix of its own;
// units are named by token_chain, so one that is stored stands for everything before it. Bounded, least
// recently used first out.

#include <cstddef>
#include <cstdint>
#include <list>
#include <unordered_map>
#include <vector>

namespace weir::simulator {

class prefix_cache {
public:
    explicit prefix_cache(std::size_t units_max) : units_max_(units_max) {}

    // How many leading units of `chain` are cached: the index after the last that is stored.
    std::size_t leading(const std::vector<std::uint64_t>& chain) const;

    // Stores all of them, as the most recently used, the first one last to go.
    void store(const std::vector<std::uint64_t>& chain);

    std::size_t size() const noexcept { return places_.size(); }

private:
    std::size_t units_max_;
    std::list<std::uint64_t> by_use_;  // most recent first
    std::unordered_map<std::uint64_t, std::list<std::uint64_t>::iterator> places_;
};

}  // namespace weir::simulator
