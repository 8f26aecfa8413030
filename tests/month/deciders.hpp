#pragma once
// Who chooses the cell of each request: a policy of the configuration through weir's own judge, with
// sessions, forecasts and tallies in the month's own time; or always the same cell, for an oracle to try.

#include "weir/config/settings.hpp"
#include "weir/proxy/judge.hpp"
#include "weir/state/forecasts.hpp"
#include "weir/state/sessions.hpp"
#include "weir/state/tallies.hpp"

#include "talk.hpp"

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace weir::month {

// The shipped configuration with all four policies, for `folder`, which holds weir.yaml. What is wrong with
// it comes back as text.
std::expected<config::settings, std::string> load_policies(const std::filesystem::path& folder);

// Places of the routing's tiers and efforts in the world's names, and prices by the hour.
class tariffs {
public:
    explicit tariffs(const config::settings& s) : settings_(&s) {}
    // What an answer of this tier cost; prices of the hour in which it was asked for.
    pricing::pico cost(const usage& u, std::size_t tier, wall_time at) const;

private:
    const config::settings* settings_;
};

class policy_decider {
public:
    // `policy`: its name, one of the settings'; the settings outlive this.
    policy_decider(const config::settings& s, std::string_view policy);

    struct choice {
        cell by;
        std::string reason;
    };
    // nullopt: refused, which no request of the month should be.
    std::optional<choice> choose(const question& q);
    // What came of the request that was chosen for last.
    void learn(const question& q, const answered& a);

private:
    config::settings settings_;
    classifier::word_matcher words_;
    dialect::body_indexer indexer_;
    state::session_store sessions_;
    state::output_forecasts forecasts_;
    state::accepted_tallies accepted_;
    std::optional<proxy::judgement> last_;
};

}  // namespace weir::month
