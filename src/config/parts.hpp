#pragma once
// The parts of the configuration, each read by one function into the settings of its folder. A part that
// names something of another is read after it.

#include "weir/config/settings.hpp"

#include "section.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::config {

// upstreams, listeners, keys, log, ledger, limits and timers
void read_listeners(section& top, const overrides& over, settings& into);
void read_upstreams(section& top, const environment& env, const overrides& over, settings& into);
void read_client_keys(section& top, settings& into);
void read_ledger(section& top, const overrides& over, settings& into);
void read_bounds(section& top, settings& into);

// What is mended, and what is kept for it. The words are in the order of the enumerations in thinking_rules.
void read_mends(section& top, settings& into);
void read_custody(section& top, settings& into);
const std::vector<std::string>& forced_words();
const std::vector<std::string>& missing_words();

// Endpoints that are passed on; names of upstreams and fees are those of `into`.
void read_forwards(section& top, settings& into);

// APIs in which an effort can be said; completions never think.
inline constexpr std::array apis_with_efforts = {dialect::api_kind::chat, dialect::api_kind::responses,
                                                 dialect::api_kind::messages};

// tiers, efforts, reasons of failure, routed names and pins
void read_models(section& top, settings& into);

// A policy file. Names of tiers and efforts are those of `routes`.
void read_policy(const spot& file, const router::routing& routes, router::policy& into);
// The operator's rules; word lists and classes are those of routes.default_policy.
void read_rules(section& top, router::routing& routes);

// Which predicates a condition may use.
enum class place_of_use : std::uint8_t { policy_line, effort_line, rule };
router::condition read_condition(const spot& when, const router::routing& routes, const router::policy& names,
                                 place_of_use where);
// "bounded.yaml:24": the file's name and the line of `at`.
std::string where_of(const spot& at);

std::optional<std::size_t> tier_of(const spot& s, const router::routing& routes);
// An effort word of the configuration, or "keep".
std::optional<std::string> effort_of(const spot& s, const router::routing& routes);

std::optional<pricing::price_book> read_prices(const spot& file);
void read_clients(const spot& file, settings& into);

// Bounds and timers by name: one table to read them from, one to print them from.
struct named_limit {
    const char* name;
    std::size_t limits::* member;
    std::int64_t min;
    std::int64_t max;
};
const std::vector<named_limit>& named_limits();
struct named_timer {
    const char* name;
    std::int64_t net::timeouts::* member;
};
const std::vector<named_timer>& named_timers();

}  // namespace weir::config
