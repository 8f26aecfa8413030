#pragma once
// What requests work with: the settings and the ledger of the program, and what each worker keeps for itself.

#include "weir/classifier/features.hpp"
#include "weir/config/settings.hpp"
#include "weir/dialect/body_index.hpp"
#include "weir/metering/ledger.hpp"
#include "weir/metering/metrics.hpp"
#include "weir/net/worker.hpp"
#include "weir/upstream/pool.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace weir::proxy {

// One a program; read-only while workers run, but for what is atomic.
struct installation {
    installation(config::settings s, metering::ledger& l)
        : settings(std::move(s)), ledger(l), words(settings.routes.default_policy.words) {}

    const config::settings settings;
    metering::ledger& ledger;
    const classifier::word_matcher words;
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
