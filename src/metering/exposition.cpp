// The text that Prometheus reads: https://prometheus.io/docs/instrumenting/exposition_formats/, version
// 0.0.4.

#include "weir/metering/metrics.hpp"

#include "metrics_cells.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace weir::metering {
namespace {

using shards_view = std::vector<const metrics_shard*>;
using label = std::pair<std::string_view, std::string_view>;

constexpr std::array<std::string_view, token_types> token_type_names = {"input_hit", "input_miss", "output",
                                                                        "reasoning"};
constexpr std::uint64_t pico_in_a_micro = 1'000'000;
constexpr std::uint64_t us_in_a_second = 1'000'000;
constexpr std::uint64_t ns_in_a_second = 1'000'000'000;

std::string escaped(std::string_view value) {
    std::string text;
    for (const char c : value) {
        if (c == '\\' || c == '"') text += '\\';
        if (c == '\n') {
            text += "\\n";
        } else {
            text += c;
        }
    }
    return text;
}

std::string labels_of(const std::vector<label>& labels) {
    std::string text;
    for (const auto& [name, value] : labels) {
        text += (text.empty() ? "{" : ",") + std::string(name) + "=\"" + escaped(value) + '"';
    }
    return text.empty() ? text : text + '}';
}

// `value` / `one` in decimals without rounding; `one` is a power of ten.
std::string decimal_of(std::uint64_t value, std::uint64_t one) {
    std::string text = std::to_string(value / one);
    std::string decimals = std::to_string(value % one + one).substr(1);
    decimals.erase(decimals.find_last_not_of('0') + 1);
    return decimals.empty() ? text : text + '.' + decimals;
}

// Families one after another: HELP and TYPE once, then the samples.
class writer {
public:
    void family(std::string_view name, std::string_view type, std::string_view help) {
        name_ = name;
        text_ += "# HELP " + name_ + ' ' + std::string(help) + "\n# TYPE " + name_ + ' ' + std::string(type) +
                 '\n';
    }
    void sample(const std::vector<label>& labels, const std::string& value, std::string_view suffix = {}) {
        text_ += name_ + std::string(suffix) + labels_of(labels) + ' ' + value + '\n';
    }
    void sample(const std::vector<label>& labels, std::uint64_t value) {
        sample(labels, std::to_string(value));
    }
    void single(std::string_view name, std::string_view type, std::string_view help, std::uint64_t value) {
        family(name, type, help);
        sample({}, value);
    }

    template <std::size_t Buckets>
    void distribution(std::vector<label> labels, const std::array<std::uint64_t, Buckets + 1>& buckets,
                      std::uint64_t sum, const std::array<std::uint64_t, Buckets>& bounds,
                      std::uint64_t one) {
        // The count is what the buckets hold, so that the two agree although nothing stops the worker
        // meanwhile.
        std::uint64_t seen = 0;
        const std::vector<label> plain = labels;
        labels.emplace_back("le", "");
        for (std::size_t i = 0; i < Buckets; ++i) {
            seen += buckets[i];
            const std::string bound = decimal_of(bounds[i], one);
            labels.back().second = bound;
            sample(labels, std::to_string(seen), "_bucket");
        }
        seen += buckets[Buckets];
        labels.back().second = "+Inf";
        sample(labels, std::to_string(seen), "_bucket");
        sample(plain, decimal_of(sum, one), "_sum");
        sample(plain, std::to_string(seen), "_count");
    }

    std::string take() { return std::move(text_); }

private:
    std::string text_;
    std::string name_;
};

// All shards together. They have the same tiers and mends, but need not have met other names in the same
// order.
struct sums {
    std::vector<std::string> tiers;
    std::vector<std::string> mends;
    std::map<std::array<std::size_t, 3>, std::uint64_t> requests;                // tier, outcome, endpoint
    std::map<std::size_t, std::uint64_t> replaced;                               // tier
    std::map<std::size_t, std::uint64_t> served_other;                           // tier
    std::map<std::size_t, std::uint64_t> mended;                                 // mend
    std::map<std::string, std::uint64_t> checked;                                // verdict
    std::map<std::pair<std::size_t, std::string>, std::uint64_t> decisions;      // tier, reason
    std::map<std::pair<std::size_t, std::size_t>, std::uint64_t> tokens;         // tier, type
    std::map<std::pair<std::size_t, std::string>, std::uint64_t> cost_pico;      // tier, currency
    std::map<std::pair<std::string, std::string>, std::uint64_t> baseline_pico;  // baseline, currency
    std::map<std::string, std::uint64_t> rejected;                               // code
    std::uint64_t connections_open = 0;
    std::uint64_t requests_open = 0;
};

// A gauge from two counters that are read one after the other.
std::uint64_t difference(std::uint64_t began, std::uint64_t ended) noexcept {
    return began > ended ? began - ended : 0;
}

void add_tier(sums& all, const metrics_shard::cells& c, std::size_t t) {
    const tier_cells& tier = c.by_tier[t];
    for (std::size_t how = 0; how < outcomes; ++how) {
        for (std::size_t e = 0; e < endpoints; ++e) all.requests[{t, how, e}] += tier.requests[how][e].read();
    }
    all.replaced[t] += tier.replaced.read();
    all.served_other[t] += tier.served_other.read();
    for (std::size_t type = 0; type < token_types; ++type) all.tokens[{t, type}] += tier.tokens[type].read();
    c.reasons.each([&](std::size_t i, std::string_view name) {
        if (const auto n = tier.decisions[i].read()) all.decisions[{t, std::string(name)}] += n;
    });
    c.currencies.each([&](std::size_t i, std::string_view name) {
        if (const auto n = tier.cost_pico[i].read()) all.cost_pico[{t, std::string(name)}] += n;
    });
}

sums sum_of(const shards_view& shards) {
    sums all;
    for (const metrics_shard* const shard : shards) {
        const metrics_shard::cells& c = shard->read();
        if (all.tiers.empty()) all.tiers = c.tiers;
        for (std::size_t t = 0; t < std::min(c.by_tier.size(), all.tiers.size()); ++t) add_tier(all, c, t);
        if (all.mends.empty()) all.mends = c.mends;
        for (std::size_t m = 0; m < std::min(c.by_mend.size(), all.mends.size()); ++m) {
            all.mended[m] += c.by_mend[m].read();
        }
        c.checks.each([&](std::size_t i, std::string_view name) {
            if (const auto n = c.checked[i].read()) all.checked[std::string(name)] += n;
        });
        c.codes.each([&](std::size_t i, std::string_view name) {
            if (const auto n = c.rejected[i].read()) all.rejected[std::string(name)] += n;
        });
        c.baselines.each([&](std::size_t b, std::string_view baseline) {
            c.currencies.each([&](std::size_t i, std::string_view currency) {
                const auto n = c.baseline_pico[b][i].read();
                if (n) all.baseline_pico[{std::string(baseline), std::string(currency)}] += n;
            });
        });
        const auto closed = c.connections_closed.read();
        all.connections_open += difference(c.connections_opened.read(), closed);
        const auto ended = c.requests_ended.read();
        all.requests_open += difference(c.requests_began.read(), ended);
    }
    return all;
}

void write_counters(writer& out, const sums& all) {
    out.family("weir_requests_total", "counter",
               "Requests that ended, by tier, how they ended, and endpoint.");
    for (const auto& [key, n] : all.requests) {
        out.sample({{"tier", all.tiers[key[0]]},
                    {"outcome", name_of(static_cast<outcome>(key[1]))},
                    {"endpoint", endpoint_names[key[2]]}},
                   n);
    }
    out.family("weir_rejected_total", "counter", "Requests refused before they could be routed, by code.");
    for (const auto& [code, n] : all.rejected) out.sample({{"code", code}}, n);
    out.family("weir_decisions_total", "counter", "Decisions, by tier and reason.");
    for (const auto& [key, n] : all.decisions)
        out.sample({{"tier", all.tiers[key.first]}, {"reason", key.second}}, n);
    out.family("weir_tokens_total", "counter",
               "Tokens as the upstream counted them; reasoning is part of output.");
    for (const auto& [key, n] : all.tokens) {
        out.sample({{"tier", all.tiers[key.first]}, {"type", token_type_names[key.second]}}, n);
    }
    out.family("weir_cost_micro_total", "counter", "Cost in millionths of the currency.");
    for (const auto& [key, n] : all.cost_pico) {
        out.sample({{"tier", all.tiers[key.first]}, {"currency", key.second}},
                   decimal_of(n, pico_in_a_micro));
    }
    out.family("weir_baseline_cost_micro_total", "counter",
               "What all requests would have cost on one tier, in millionths of the currency.");
    for (const auto& [key, n] : all.baseline_pico) {
        out.sample({{"baseline", "all_" + key.first}, {"currency", key.second}},
                   decimal_of(n, pico_in_a_micro));
    }
}

// What weir changed about requests, and what it found out about answers.
void write_repairs(writer& out, const sums& all) {
    out.family("weir_mends_total", "counter", "Known faults of clients that were mended, by mend.");
    for (const auto& [m, n] : all.mended) out.sample({{"mend", all.mends[m]}}, n);
    out.family("weir_served_other_total", "counter",
               "Answers from a model with other prices than the one that was sent, by tier.");
    for (const auto& [t, n] : all.served_other) out.sample({{"tier", all.tiers[t]}}, n);
    out.family("weir_replaced_total", "counter",
               "Answers that failed their check and were not sent; another tier answered, by tier.");
    for (const auto& [t, n] : all.replaced) out.sample({{"tier", all.tiers[t]}}, n);
    out.family("weir_schema_checks_total", "counter",
               "Answers checked against the schema that was asked for, by result.");
    for (const auto& [result, n] : all.checked) out.sample({{"result", result}}, n);
}

// By tier, the sum of one histogram over all shards.
void write_durations(writer& out, const shards_view& shards, const sums& all,
                     duration_histogram tier_cells::* which) {
    constexpr std::size_t size = duration_bounds_us.size();
    for (std::size_t t = 0; t < all.tiers.size(); ++t) {
        std::array<std::uint64_t, size + 1> buckets{};
        std::uint64_t sum = 0;
        for (const metrics_shard* const shard : shards) {
            if (t >= shard->read().by_tier.size()) continue;
            const duration_histogram& h = shard->read().by_tier[t].*which;
            for (std::size_t i = 0; i <= size; ++i) buckets[i] += h.bucket(i);
            sum += h.sum();
        }
        out.distribution<size>({{"tier", all.tiers[t]}}, buckets, sum, duration_bounds_us, us_in_a_second);
    }
}

void write_overhead(writer& out, const shards_view& shards) {
    constexpr std::size_t size = overhead_bounds_ns.size();
    std::array<std::uint64_t, size + 1> buckets{};
    std::uint64_t sum = 0;
    for (const metrics_shard* const shard : shards) {
        const overhead_histogram& h = shard->read().overhead;
        for (std::size_t i = 0; i <= size; ++i) buckets[i] += h.bucket(i);
        sum += h.sum();
    }
    out.distribution<size>({}, buckets, sum, overhead_bounds_ns, ns_in_a_second);
}

}  // namespace

std::string exposition(const std::vector<const metrics_shard*>& shards, const gauges& now) {
    const sums all = sum_of(shards);
    writer out;
    write_counters(out, all);
    write_repairs(out, all);
    out.family("weir_request_duration_seconds", "histogram", "From a request's head to its end.");
    write_durations(out, shards, all, &tier_cells::duration);
    out.family("weir_time_to_first_byte_seconds", "histogram",
               "From a request's head to the first byte relayed.");
    write_durations(out, shards, all, &tier_cells::first_byte);
    out.family("weir_overhead_seconds", "histogram",
               "Time that weir itself took before the upstream was asked.");
    write_overhead(out, shards);
    out.single("weir_inflight_requests", "gauge", "Requests that have begun and not ended.",
               all.requests_open);
    out.single("weir_open_connections", "gauge", "Connections of clients.", all.connections_open);
    out.single("weir_ready", "gauge", "1 while new requests are taken.", now.ready ? 1 : 0);
    out.single("weir_ledger_rows_total", "counter", "Rows committed since start.", now.ledger_rows);
    out.single("weir_ledger_lag_rows", "gauge", "Rows queued and not yet committed.", now.ledger_waiting);
    out.single("weir_ledger_interrupted_total", "counter",
               "Rows of requests that the last run left in flight.", now.ledger_interrupted);
    out.single("weir_ledger_inflight_slots", "gauge", "Taken slots of the in-flight table.",
               now.in_flight_slots);
    out.single("weir_custody_entries", "gauge", "Kept reasoning of turns, for clients that drop it.",
               now.custody_entries);
    out.single("weir_custody_bytes", "gauge", "Bytes of kept reasoning and its keys.", now.custody_bytes);
    out.single("weir_custody_evicted_total", "counter", "Kept reasoning that was given up for want of room.",
               now.custody_evicted);
    out.family("weir_build_info", "gauge", "1, with the version of this build.");
    out.sample({{"version", now.version}}, 1);
    return out.take();
}

}  // namespace weir::metering
