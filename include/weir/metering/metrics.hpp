#pragma once
// Counters, gauges and histograms in the text format of Prometheus. Each worker writes its own shard with
// plain relaxed stores; a scrape sums them. Labels come from closed sets.

#include "weir/base/error.hpp"
#include "weir/metering/row.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weir::metering {

// What one worker counts. Only its worker writes, any thread may read.
class metrics_shard {
public:
    // tiers: names of the tiers of the configuration, the label set of `tier`; mends: that of `mend`
    explicit metrics_shard(std::vector<std::string> tiers, std::vector<std::string> mends = {});
    ~metrics_shard();
    metrics_shard(const metrics_shard&) = delete;
    metrics_shard& operator=(const metrics_shard&) = delete;

    // A settled request: requests, tokens, cost, duration, first byte, by tier, outcome, endpoint and reason;
    // whether another model served it, and what the check of its answer said. Its mends are counted by
    // count_mend(). Of an attempt that was replaced: its tokens, its cost, its check, and itself.
    void count(const row& finished);
    // A request refused before it could be routed: by code.
    void count_refusal(errc code);
    // A mend that was made, by the number of its name in the list that the shard was made with; any other
    // number is a programmer's error.
    void count_mend(std::size_t mend);
    // Time that weir itself took, from the body's last byte to the first byte upstream, in nanoseconds.
    void count_overhead(std::int64_t ns);
    void connection_opened();
    void connection_closed();
    void request_began();
    void request_ended();

    struct cells;
    const cells& read() const noexcept { return *cells_; }

private:
    std::unique_ptr<cells> cells_;
};

struct gauges {
    bool ready = true;
    std::uint64_t ledger_rows = 0;
    std::uint64_t ledger_waiting = 0;
    std::uint64_t ledger_interrupted = 0;
    std::uint64_t in_flight_slots = 0;
    std::uint64_t custody_entries = 0;
    std::uint64_t custody_bytes = 0;
    std::uint64_t custody_evicted = 0;  // since start
    std::string version;
};

// Text exposition 0.0.4 over all shards. Names begin with weir_.
std::string exposition(const std::vector<const metrics_shard*>& shards, const gauges& now);

}  // namespace weir::metering
