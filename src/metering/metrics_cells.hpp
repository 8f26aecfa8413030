#pragma once
// The counters of one worker. One thread writes them, any thread reads; nothing locks and nothing waits.

#include "weir/metering/metrics.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::metering {

// A number that only one thread changes: a load and a store, no locked instruction.
class counter {
public:
    void add(std::uint64_t n) noexcept {
        value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
    std::uint64_t read() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

// Names seen so far, each with a number. What comes after the last place is "other", so that a label that
// clients or configurations can stretch does not stretch the memory.
template <std::size_t Places>
class name_table {
public:
    static constexpr std::size_t other = Places;
    static constexpr std::size_t size_max = Places + 1;

    // By the writing thread.
    std::size_t index_of(std::string_view name) {
        const std::size_t size = size_.load(std::memory_order_relaxed);
        for (std::size_t i = 0; i < size; ++i) {
            if (names_[i] == name) return i;
        }
        if (size == Places) return other;
        names_[size] = name;
        // Readers look at a name only once it counts, and it never changes afterwards.
        size_.store(size + 1, std::memory_order_release);
        return size;
    }

    // Calls f(index, name) for each name, and for "other"; any thread.
    template <class F>
    void each(F&& f) const {
        const std::size_t size = size_.load(std::memory_order_acquire);
        for (std::size_t i = 0; i < size; ++i) f(i, std::string_view(names_[i]));
        f(other, std::string_view("other"));
    }

private:
    std::array<std::string, Places> names_;
    std::atomic<std::size_t> size_{0};
};

// Observations by bucket, each bucket counted for itself; the exposition adds them up.
template <std::size_t Buckets>
class histogram {
public:
    // bounds: upper ends, ascending, in the observed unit
    void observe(std::uint64_t value, const std::array<std::uint64_t, Buckets>& bounds) noexcept {
        std::size_t bucket = 0;
        while (bucket < Buckets && value > bounds[bucket]) ++bucket;
        buckets_[bucket].add(1);
        sum_.add(value);
    }
    std::uint64_t bucket(std::size_t i) const noexcept { return buckets_[i].read(); }
    std::uint64_t sum() const noexcept { return sum_.read(); }

private:
    std::array<counter, Buckets + 1> buckets_;  // the last: above every bound
    counter sum_;
};

// Of requests; an attempt that was replaced is counted apart.
inline constexpr std::size_t outcomes = 6;
inline constexpr std::size_t reasons_max = 64;
inline constexpr std::size_t codes_max = 64;
inline constexpr std::size_t currencies_max = 4;
inline constexpr std::size_t baselines_max = 16;
inline constexpr std::size_t checks_max = 8;

// Endpoints that have an API of their own; what weir only forwards, by whatever path, is counted as the last.
inline constexpr std::array<std::string_view, 5> endpoint_names = {"chat", "responses", "messages",
                                                                   "completions", "forwarded"};
inline constexpr std::size_t endpoints = endpoint_names.size();

enum token_type : std::size_t { input_hit, input_miss, output_all, output_reasoning, token_types };

// Upper ends in microseconds. As the GenAI conventions of OpenTelemetry have them: 10 ms doubled up to 82 s,
// and twice more, since long answers of reasoning models take minutes.
inline constexpr std::array<std::uint64_t, 16> duration_bounds_us = [] {
    std::array<std::uint64_t, 16> bounds{};
    std::uint64_t bound = 10'000;
    for (std::uint64_t& b : bounds) b = bound, bound *= 2;
    return bounds;
}();

// Upper ends in nanoseconds: 1 us doubled up to 131 ms.
inline constexpr std::array<std::uint64_t, 18> overhead_bounds_ns = [] {
    std::array<std::uint64_t, 18> bounds{};
    std::uint64_t bound = 1'000;
    for (std::uint64_t& b : bounds) b = bound, bound *= 2;
    return bounds;
}();

using duration_histogram = histogram<duration_bounds_us.size()>;
using overhead_histogram = histogram<overhead_bounds_ns.size()>;

struct tier_cells {
    std::array<std::array<counter, endpoints>, outcomes> requests;
    counter replaced;
    counter served_other;
    std::array<counter, name_table<reasons_max>::size_max> decisions;
    std::array<counter, token_types> tokens;
    // In picos: 64 bits hold 18 million units of a currency for each worker, and no fraction is lost on the
    // way.
    std::array<counter, name_table<currencies_max>::size_max> cost_pico;
    duration_histogram duration;
    duration_histogram first_byte;
};

struct metrics_shard::cells {
    std::vector<std::string> tiers;  // the last is for requests that no tier was chosen for
    std::vector<tier_cells> by_tier;
    std::vector<std::string> mends;
    std::vector<counter> by_mend;
    name_table<reasons_max> reasons;
    name_table<codes_max> codes;
    name_table<currencies_max> currencies;
    name_table<baselines_max> baselines;
    name_table<checks_max> checks;
    std::array<counter, name_table<checks_max>::size_max> checked;
    std::array<counter, name_table<codes_max>::size_max> rejected;
    std::array<std::array<counter, name_table<currencies_max>::size_max>, name_table<baselines_max>::size_max>
        baseline_pico;
    overhead_histogram overhead;
    counter connections_opened;
    counter connections_closed;
    counter requests_began;
    counter requests_ended;
};

}  // namespace weir::metering
