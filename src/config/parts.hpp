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
void read_sessions(section& top, settings& into);
const std::vector<std::string>& forced_words();
const std::vector<std::string>& missing_words();

// Endpoints that are passed on; names of upstreams and fees are those of `into`.
void read_forwards(section& top, settings& into);

// APIs in which an effort can be said; completions never think.
inline constexpr std::array apis_with_efforts = {dialect::api_kind::chat, dialect::api_kind::responses,
                                                 dialect::api_kind::messages};

// tiers, efforts, reasons of failure, routed names and pins
void read_models(section& top, settings& into);

// What conditions may name beside features.
struct vocabulary {
    struct list {
        std::string name;
        std::size_t index;  // into routing::words
    };
    const router::routing& routes;
    std::vector<list> words;
    std::vector<std::string> classes;
    std::vector<std::string> reasons;  // that an effort line may ask for
};

// A policy file, into routes.policies and routes.words; gives its lists by name. Names of tiers and efforts
// are those of `into`. The file of a learned score is looked for in the folder of this one.
std::vector<vocabulary::list> read_policy(const spot& file, const overrides& over,
                                          std::vector<problem>& problems, router::routing& into);
// Reasons of a tier that come from no policy line.
const std::vector<std::string>& own_reasons();
// `learned`, `session` and `check_answer` of a policy file.
void read_learned(section& top, const overrides& over, std::vector<problem>& problems,
                  router::learned_rule& into);
void read_session(section& top, router::session_rules& into);
void read_answer_check(section& top, const router::routing& routes, router::answer_check& into);
// Their words, in the order of the enumerations, and the failures that are looked for.
const std::vector<std::string>& use_words();
const std::vector<std::string>& fall_words();
std::vector<std::string> failures_of(const router::answer_check& check);
// The operator's rules; word lists and classes are those of the default policy, `words` being its lists.
void read_rules(section& top, const std::vector<vocabulary::list>& words, router::routing& into);

// Which predicates a condition may use.
enum class place_of_use : std::uint8_t { policy_line, effort_line, rule };
// Empty where there is a problem with it, which is told.
router::condition read_condition(const spot& when, const vocabulary& names, place_of_use where);
// "bounded.yaml:24": the file's name and the line of `at`.
std::string where_of(const spot& at);

// A line as check_lines() looks at it.
struct line_to_check {
    spot here;
    router::condition when;  // empty: it has a problem already
    std::string where;       // as where_of() says it
};
// Tells a line that no request can match: because its own bounds leave nothing, or because lines above take
// all that it would match. A last line that is `always` is wanted, so it may be left with nothing.
void check_lines(const std::vector<line_to_check>& lines, const vocabulary& names);
// The list must end with `always`, else some requests would find no line.
void check_end(const spot& list, const std::vector<line_to_check>& lines);

std::optional<std::size_t> tier_of(const spot& s, const router::routing& routes);
// An effort word of the configuration, or "keep".
std::optional<std::string> effort_of(const spot& s, const router::routing& routes);
// "flash" or "flash.high"; where `class_default` is set, that word too, and then `tier` is nullopt.
struct cell {
    std::optional<std::size_t> tier;
    std::string effort;  // "" where none is named
};
std::optional<cell> cell_of(const spot& s, const router::routing& routes, bool class_default);

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
