#include "weir/state/tallies.hpp"

#include <algorithm>
#include <utility>

namespace weir::state {

accepted_tallies::accepted_tallies(std::vector<std::string> classes)
    : classes_(std::move(classes)), counts_(std::make_unique<std::atomic<std::int64_t>[]>(classes_.size())) {}

void accepted_tallies::set(std::string_view traffic_class, std::int64_t answers) noexcept {
    if (auto* const count = find(traffic_class)) count->store(answers, std::memory_order_relaxed);
}

void accepted_tallies::add(std::string_view traffic_class, std::int64_t answers) noexcept {
    if (auto* const count = find(traffic_class)) count->fetch_add(answers, std::memory_order_relaxed);
}

std::int64_t accepted_tallies::count(std::string_view traffic_class) const noexcept {
    const auto* const count = find(traffic_class);
    return count ? count->load(std::memory_order_relaxed) : 0;
}

// The first of that name: a later one of the same name is never reached.
std::atomic<std::int64_t>* accepted_tallies::find(std::string_view traffic_class) const noexcept {
    const auto at = std::ranges::find(classes_, traffic_class);
    return at == classes_.end() ? nullptr : &counts_[static_cast<std::size_t>(at - classes_.begin())];
}

}  // namespace weir::state
