#pragma once
// The whole configuration, validated: what serve runs on and what check prints. Each part is the settings
// type of the folder that uses it.

#include "weir/base/error.hpp"
#include "weir/base/limits.hpp"
#include "weir/dialect/answer_check.hpp"
#include "weir/dialect/ask.hpp"
#include "weir/dialect/mends.hpp"
#include "weir/frontend/settings.hpp"
#include "weir/metering/client_keys.hpp"
#include "weir/metering/ledger.hpp"
#include "weir/net/timeouts.hpp"
#include "weir/pricing/price_book.hpp"
#include "weir/router/routing.hpp"
#include "weir/state/reasoning_store.hpp"
#include "weir/state/sessions.hpp"
#include "weir/upstream/settings.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::config {

enum class log_format : std::uint8_t { automatic, text, json };  // automatic: text on a terminal

struct settings {
    frontend::settings front;
    std::vector<upstream::settings> upstreams;
    router::routing routes;
    dialect::ask_rules asks;
    dialect::answer_rules answers;
    std::vector<std::string> session_fields;  // header fields that name a conversation, the best first
    // dialect::answer_facts::finish_reason of answers that the upstream broke off by itself, in any API: they
    // failed, though their status is 200 and their tokens are billed.
    std::vector<std::string> failed_finish_reasons;
    dialect::mend_set mends = dialect::mend_set::all();
    state::store_bounds custody;
    state::session_bounds sessions;  // idle_ms: the longest of all policies
    std::vector<upstream::forwarded> forwards;
    pricing::price_book prices{"", "", {}, {}};
    metering::client_keys keys;
    metering::ledger_settings ledger;
    limits bounds;
    net::timeouts timers;
    log_format log = log_format::automatic;
};

// One thing that is wrong, where, and what to do.
struct problem {
    std::string file;
    int line = 0;    // from 1; 0: no place
    int column = 0;  // from 1
    std::string message;
    std::string hint;  // may be empty
};
// "config/weir.yaml:12:9: error: limits.json_depth_max: must be between 1 and 1024 (hint: ...)"
std::string to_text(const problem& p);

// What flags and the environment put over the file.
struct overrides {
    std::optional<std::string> listen;        // "A:P"
    std::optional<std::string> admin_listen;  // "A:P"
    std::optional<std::string> upstream;      // base URL of every upstream
    std::optional<std::string> ledger;        // path
    // A policy file, not relative to the configuration's folder, as the default policy. Those of the
    // configuration stay beside it, but for one that has its name.
    std::optional<std::string> policy;
    // The learned scores of the policies are not read: whoever fits new weights needs no old ones.
    bool leave_learned_out = false;
};

// Looks up an environment variable; injected, so that reading is testable and pure.
using environment = std::function<std::optional<std::string>(std::string_view name)>;

// Reads `file` and what it names (policy, prices, clients; relative to its folder). All problems at once, not
// just the first: unknown and duplicate keys, wrong types, values out of range, names that lead nowhere, a
// bind beyond loopback without keys, passthrough beyond loopback, variables that are not set.
std::expected<settings, std::vector<problem>> load(const std::filesystem::path& file, const environment& env,
                                                   const overrides& over = {});

// The effective settings as YAML, secrets masked; what `weir check` prints.
std::string print_effective(const settings& s);

}  // namespace weir::config
