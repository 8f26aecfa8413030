#pragma once
// What requests work with: the settings and the ledger of the program, and what each worker keeps for itself.

#include "weir/classifier/features.hpp"
#include "weir/config/settings.hpp"
#include "weir/dialect/body_index.hpp"
#include "weir/metering/ledger.hpp"
#include "weir/metering/metrics.hpp"
#include "weir/net/worker.hpp"
#include "weir/state/forecasts.hpp"
#include "weir/state/reasoning_store.hpp"
#include "weir/state/sessions.hpp"
#include "weir/state/tallies.hpp"
#include "weir/upstream/pool.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace weir::proxy {

// Lets one of many callers through in an interval; from any thread.
class once_in {
public:
    bool due(std::int64_t now_ms, std::int64_t every_ms) noexcept {
        std::int64_t next = next_ms_.load(std::memory_order_relaxed);
        return now_ms >= next && next_ms_.compare_exchange_strong(next, now_ms + every_ms);
    }

private:
    std::atomic<std::int64_t> next_ms_{INT64_MIN};
};

// One a program; read-only while workers run, but for what is atomic or guards itself.
struct installation {
    installation(config::settings s, metering::ledger& l);

    const config::settings settings;
    metering::ledger& ledger;
    const classifier::word_matcher words;
    const std::vector<std::pair<std::string, std::string>> effort_aliases;
    // GET /user/balance, of the first upstream.
    const upstream::forwarded balance;
    state::reasoning_store custody;
    state::session_store sessions;
    state::output_forecasts forecasts;
    state::accepted_tallies accepted;
    once_in other_model_told;
    std::atomic<bool> draining{false};
    std::atomic<bool> cutting{
        false};  // what is left at the end of the drain is ended by us, not by its client

    bool ready() const noexcept { return !draining && ledger.healthy(); }
};

// One a worker; nothing in it is shared but the metrics, which others read.
struct context {
    // Fault bad_config: certificates of an upstream cannot be read.
    static result<std::unique_ptr<context>> make(installation& of, net::worker& on);

    context(installation& of, net::worker& worker);

    upstream::pool& pool_of(const std::string& upstream);

    installation& home;
    net::worker& on;
    metering::metrics_shard metrics;
    request_ids ids;
    dialect::body_indexer indexer;
    std::vector<std::unique_ptr<upstream::pool>> pools;  // in the order of settings.upstreams
};

}  // namespace weir::proxy
