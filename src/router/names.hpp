#pragma once
// Model names, tiers and effort words, looked up in the configuration.

#include "weir/router/routing.hpp"

#include <optional>
#include <string_view>

namespace weir::router {

// `pattern` is a name, or a beginning of one followed by a final `*`. Case counts.
bool name_matches(std::string_view pattern, std::string_view name) noexcept;

// nullptr where the name is no pin.
const pin* find_pin(const routing& routes, std::string_view name) noexcept;
bool is_routed(const routing& routes, std::string_view name) noexcept;
std::optional<std::size_t> find_tier(const routing& routes, std::string_view name) noexcept;

// By its name or by an alias; nullptr where the word is not known, and for "keep".
const effort_word* find_effort(const routing& routes, std::string_view word) noexcept;

}  // namespace weir::router
