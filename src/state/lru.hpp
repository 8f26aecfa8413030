#pragma once
// A bounded map from names to values that forgets what was used least recently, in shards, each behind a
// mutex.

#include "weir/base/digest.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <list>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>

namespace weir::state {

template <class value>
class lru_map {
public:
    // What is not used for idle_ms is forgotten; entries_max 0 keeps nothing.
    lru_map(std::size_t entries_max, std::int64_t idle_ms)
        : shard_count_(std::clamp(entries_max / shard_entries_min, std::size_t{1}, shards_max)),
          shards_(std::make_unique<shard[]>(shard_count_)) {
        for (std::size_t i = 0; i < shard_count_; ++i) {
            shards_[i].entries_max = entries_max / shard_count_ + (i < entries_max % shard_count_ ? 1 : 0);
            shards_[i].idle_ms = idle_ms;
        }
    }

    // Calls use(value&) where the name is known, under the lock of its shard: it is to be short and must not
    // come back here. Says whether it was called.
    template <class use_type>
    bool visit(std::string_view name, std::int64_t now_ms, use_type&& use) {
        const key k = key_of(name);
        shard& s = shard_of(k);
        const std::scoped_lock lock(s.mutex);
        value* const found = s.find(k, now_ms);
        if (found) use(*found);
        return found != nullptr;
    }

    // The same; a name that is not known gets a new value.
    template <class use_type>
    void upsert(std::string_view name, std::int64_t now_ms, use_type&& use) {
        const key k = key_of(name);
        shard& s = shard_of(k);
        if (s.entries_max == 0) return;
        const std::scoped_lock lock(s.mutex);
        value* const found = s.find(k, now_ms);
        use(found ? *found : s.add(k, now_ms));
    }

    struct counts {
        std::uint64_t entries = 0;
        std::uint64_t evicted = 0;  // for want of room
    };
    counts read() const {
        counts all;
        for (std::size_t i = 0; i < shard_count_; ++i) {
            const std::scoped_lock lock(shards_[i].mutex);
            all.entries += shards_[i].by_use.size();
            all.evicted += shards_[i].evicted;
        }
        return all;
    }

private:
    static constexpr std::size_t shards_max = 16;
    // Small bounds are kept whole: names do not spread evenly over shards of a few entries.
    static constexpr std::size_t shard_entries_min = 64;

    // Names do not stand in memory as they came, and none can be made to collide.
    using key = std::array<std::uint64_t, 2>;
    static key key_of(std::string_view name) {
        const sha256_digest digest = sha256(name);
        key k{};
        std::memcpy(k.data(), digest.data(), sizeof k);
        return k;
    }
    struct key_hash {
        std::size_t operator()(const key& k) const noexcept { return static_cast<std::size_t>(k[0]); }
    };

    struct entry {
        key name;
        std::int64_t used_ms = 0;
        value what;
    };
    using entries = std::list<entry>;

    struct shard {
        mutable std::mutex mutex;
        std::size_t entries_max = 0;
        std::int64_t idle_ms = 0;
        entries by_use;  // the last used in front
        std::unordered_map<key, typename entries::iterator, key_hash> by_name;
        std::uint64_t evicted = 0;

        bool is_idle(const entry& e, std::int64_t now_ms) const noexcept {
            return now_ms - e.used_ms >= idle_ms;
        }
        void drop(typename entries::iterator at) {
            by_name.erase(at->name);
            by_use.erase(at);
        }
        value* find(const key& k, std::int64_t now_ms) {
            const auto found = by_name.find(k);
            if (found == by_name.end()) return nullptr;
            const auto at = found->second;
            if (is_idle(*at, now_ms)) {
                drop(at);
                return nullptr;
            }
            by_use.splice(by_use.begin(), by_use, at);
            // Clocks of two threads may differ by a little.
            at->used_ms = std::max(at->used_ms, now_ms);
            return &at->what;
        }
        value& add(const key& k, std::int64_t now_ms) {
            while (!by_use.empty() && is_idle(by_use.back(), now_ms)) drop(std::prev(by_use.end()));
            while (by_use.size() >= entries_max) {
                drop(std::prev(by_use.end()));
                ++evicted;
            }
            by_use.push_front({k, now_ms, value{}});
            by_name.emplace(k, by_use.begin());
            return by_use.front().what;
        }
    };

    shard& shard_of(const key& k) const noexcept { return shards_[k[1] % shard_count_]; }

    std::size_t shard_count_;
    std::unique_ptr<shard[]> shards_;
};

}  // namespace weir::state
