#include "weir/metering/metrics.hpp"

#include "metrics_cells.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace weir::metering {
namespace {

// Counters only grow; a count or a cost below zero is damage that must not turn them back.
std::uint64_t not_negative(std::int64_t value) noexcept {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(value, 0));
}

std::size_t endpoint_of(std::string_view name) noexcept {
    const auto known = std::ranges::find(endpoint_names, name);
    return std::min(static_cast<std::size_t>(known - endpoint_names.begin()), endpoints - 1);
}

}  // namespace

metrics_shard::metrics_shard(std::vector<std::string> tiers, std::vector<std::string> mends)
    : cells_(std::make_unique<cells>()) {
    cells_->tiers = std::move(tiers);
    cells_->tiers.emplace_back("none");
    cells_->by_tier = std::vector<tier_cells>(cells_->tiers.size());
    cells_->mends = std::move(mends);
    cells_->by_mend = std::vector<counter>(cells_->mends.size());
}

metrics_shard::~metrics_shard() = default;

void metrics_shard::count(const row& finished) {
    cells& c = *cells_;
    const auto named = std::ranges::find(c.tiers.begin(), c.tiers.end() - 1, finished.tier);
    tier_cells& tier = c.by_tier[static_cast<std::size_t>(named - c.tiers.begin())];
    if (!finished.checked.empty()) c.checked[c.checks.index_of(finished.checked)].add(1);
    tier.tokens[input_hit].add(not_negative(finished.tokens.hit));
    tier.tokens[input_miss].add(not_negative(finished.tokens.miss));
    tier.tokens[output_all].add(not_negative(finished.tokens.output));
    tier.tokens[output_reasoning].add(not_negative(finished.tokens.reasoning));
    const std::size_t currency = c.currencies.index_of(finished.currency);
    tier.cost_pico[currency].add(not_negative(finished.cost.value));
    if (finished.how == outcome::replaced) {
        tier.replaced.add(1);
        return;
    }
    const std::size_t how = std::min(static_cast<std::size_t>(finished.how), outcomes - 1);
    tier.requests[how][endpoint_of(finished.endpoint)].add(1);
    if (finished.served_other) tier.served_other.add(1);
    if (!finished.reason.empty()) tier.decisions[c.reasons.index_of(finished.reason)].add(1);
    for (const auto& [name, cost] : finished.baselines) {
        c.baseline_pico[c.baselines.index_of(name)][currency].add(not_negative(cost.value));
    }
    tier.duration.observe(not_negative(finished.duration_us), duration_bounds_us);
    if (finished.first_byte_us >= 0) {
        tier.first_byte.observe(not_negative(finished.first_byte_us), duration_bounds_us);
    }
}

void metrics_shard::count_refusal(errc code) {
    cells_->rejected[cells_->codes.index_of(code_name(code))].add(1);
}

void metrics_shard::count_mend(std::size_t mend) {
    assert(mend < cells_->by_mend.size());
    cells_->by_mend[mend].add(1);
}

void metrics_shard::count_overhead(std::int64_t ns) {
    cells_->overhead.observe(not_negative(ns), overhead_bounds_ns);
}

void metrics_shard::connection_opened() { cells_->connections_opened.add(1); }
void metrics_shard::connection_closed() { cells_->connections_closed.add(1); }
void metrics_shard::request_began() { cells_->requests_began.add(1); }
void metrics_shard::request_ended() { cells_->requests_ended.add(1); }

}  // namespace weir::metering
