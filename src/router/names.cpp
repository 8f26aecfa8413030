#include "names.hpp"

#include <algorithm>

namespace weir::router {

bool name_matches(std::string_view pattern, std::string_view name) noexcept {
    if (pattern.ends_with('*')) return name.starts_with(pattern.substr(0, pattern.size() - 1));
    return pattern == name;
}

const pin* find_pin(const routing& routes, std::string_view name) noexcept {
    const auto found = std::ranges::find(routes.pins, name, &pin::name);
    return found == routes.pins.end() ? nullptr : &*found;
}

bool is_routed(const routing& routes, std::string_view name) noexcept {
    return std::ranges::any_of(routes.routed, [&](const std::string& p) { return name_matches(p, name); });
}

std::optional<std::size_t> find_tier(const routing& routes, std::string_view name) noexcept {
    const auto found = std::ranges::find(routes.tiers, name, &tier::name);
    if (found == routes.tiers.end()) return std::nullopt;
    return static_cast<std::size_t>(found - routes.tiers.begin());
}

const effort_word* find_effort(const routing& routes, std::string_view word) noexcept {
    const auto means_it = [&](const effort_word& e) {
        return e.name == word || std::ranges::find(e.aliases, word) != e.aliases.end();
    };
    const auto found = std::ranges::find_if(routes.efforts, means_it);
    return found == routes.efforts.end() ? nullptr : &*found;
}

}  // namespace weir::router
