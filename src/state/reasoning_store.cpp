#include "weir/state/reasoning_store.hpp"

#include "weir/base/digest.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <limits>
#include <list>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

namespace weir::state {
namespace {

constexpr std::size_t shards_max = 16;
// A shard must hold some turns of the greatest size, or small bounds would keep less than they promise.
constexpr std::size_t shard_entries_min = 64;
constexpr std::size_t shard_turns_min = 2;
constexpr std::size_t entry_overhead_bytes = 256;  // of nodes, keys and strings, roughly

// Keys of clients never stand in memory as they came, and none can be made to collide.
using key = std::array<std::uint64_t, 2>;

key key_of(std::string_view owner, std::string_view name) {
    std::string whole;
    whole.reserve(owner.size() + 1 + name.size());
    whole.append(owner).append(1, '\0').append(name);
    const sha256_digest digest = sha256(whole);
    key k{};
    std::memcpy(k.data(), digest.data(), sizeof k);
    return k;
}

std::size_t shards_for(const store_bounds& bounds) noexcept {
    const std::size_t turn_bytes = std::max(bounds.turn_bytes_max, std::size_t{1});
    const std::size_t by_bytes = bounds.bytes_max / turn_bytes / shard_turns_min;
    return std::clamp(std::min(bounds.entries_max / shard_entries_min, by_bytes), std::size_t{1}, shards_max);
}

struct key_hash {
    std::size_t operator()(const key& k) const noexcept { return static_cast<std::size_t>(k[0]); }
};

}  // namespace

// A turn has an entry for each of its keys, since its calls may be looked up by any. The text itself is
// shared, but counted with each entry: any of them may be the last that holds it.
struct reasoning_store::shard {
    struct entry {
        key name;
        std::shared_ptr<const kept_reasoning> what;
        std::int64_t until_ms = 0;
        std::size_t bytes() const noexcept {
            return what->text.size() + what->signature.size() + entry_overhead_bytes;
        }
    };
    using entries = std::list<entry>;

    mutable std::mutex mutex;
    entries by_use;  // the last used in front
    std::unordered_map<key, entries::iterator, key_hash> by_name;
    std::size_t bytes = 0;
    std::uint64_t evicted = 0;

    void drop(entries::iterator at) {
        bytes -= at->bytes();
        by_name.erase(at->name);
        by_use.erase(at);
    }

    void put(entry made, std::size_t bytes_max, std::size_t entries_max, std::int64_t now_ms) {
        const std::scoped_lock lock(mutex);
        while (!by_use.empty() && by_use.back().until_ms <= now_ms) drop(std::prev(by_use.end()));
        if (const auto old = by_name.find(made.name); old != by_name.end()) drop(old->second);
        if (made.bytes() > bytes_max || entries_max == 0) return;
        while (!by_use.empty() && (bytes + made.bytes() > bytes_max || by_use.size() >= entries_max)) {
            drop(std::prev(by_use.end()));
            ++evicted;
        }
        bytes += made.bytes();
        by_use.push_front(std::move(made));
        by_name.emplace(by_use.front().name, by_use.begin());
    }

    std::shared_ptr<const kept_reasoning> find(const key& name, std::int64_t now_ms) {
        const std::scoped_lock lock(mutex);
        const auto found = by_name.find(name);
        if (found == by_name.end()) return nullptr;
        if (found->second->until_ms <= now_ms) {
            drop(found->second);
            return nullptr;
        }
        by_use.splice(by_use.begin(), by_use, found->second);
        return found->second->what;
    }
};

reasoning_store::reasoning_store(const store_bounds& bounds)
    : bounds_(bounds), shard_count_(shards_for(bounds)), shards_(std::make_unique<shard[]>(shard_count_)) {}
reasoning_store::~reasoning_store() = default;

void reasoning_store::keep(std::string_view owner, std::span<const std::string> keys, kept_reasoning what,
                           std::int64_t now_ms) {
    if (bounds_.bytes_max == 0 || what.text.size() + what.signature.size() > bounds_.turn_bytes_max) return;
    const std::int64_t latest_ms = std::numeric_limits<std::int64_t>::max();
    const std::int64_t until_ms = bounds_.keep_ms > latest_ms - now_ms ? latest_ms : now_ms + bounds_.keep_ms;
    const auto shared = std::make_shared<const kept_reasoning>(std::move(what));
    for (const std::string& name : keys) {
        const key k = key_of(owner, name);
        shards_[k[1] % shard_count_].put({k, shared, until_ms}, bounds_.bytes_max / shard_count_,
                                         bounds_.entries_max / shard_count_, now_ms);
    }
}

std::shared_ptr<const kept_reasoning> reasoning_store::find(std::string_view owner,
                                                            std::span<const std::string> keys,
                                                            std::int64_t now_ms) {
    if (bounds_.bytes_max == 0) return nullptr;
    for (const std::string& name : keys) {
        const key k = key_of(owner, name);
        if (auto found = shards_[k[1] % shard_count_].find(k, now_ms)) return found;
    }
    return nullptr;
}

reasoning_store::counts reasoning_store::read() const {
    counts all;
    for (std::size_t i = 0; i < shard_count_; ++i) {
        const std::scoped_lock lock(shards_[i].mutex);
        all.entries += shards_[i].by_use.size();
        all.bytes += shards_[i].bytes;
        all.evicted += shards_[i].evicted;
    }
    return all;
}

}  // namespace weir::state
