#pragma once
// Custody of the assistant's thinking, for clients that do not send it back: what was thought, by the keys of
// the turn. In memory alone, bounded in bytes, entries and time. From any thread: shards, each behind a mutex
// that is held for a look-up.

#include "weir/base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace weir::state {

struct store_bounds {
    std::size_t bytes_max = 64 * 1024 * 1024;  // texts and keys, all shards together; 0 switches custody off
    std::size_t entries_max = 65'536;
    std::size_t turn_bytes_max = 1024 * 1024;  // of one turn; a longer one is not kept
    std::int64_t keep_ms = 6 * 60 * 60 * 1000;
};

struct kept_reasoning {
    std::string text;
    std::string signature;  // Messages
};

class reasoning_store {
public:
    explicit reasoning_store(const store_bounds& bounds);
    ~reasoning_store();

    // `owner` tells clients apart: none ever sees what another's model thought. `keys`: turn_keys. The least
    // recently used go first. `now_ms` is any clock that does not go back.
    void keep(std::string_view owner, std::span<const std::string> keys, kept_reasoning what,
              std::int64_t now_ms);
    // By the first key that is known; nullptr where none is.
    std::shared_ptr<const kept_reasoning> find(std::string_view owner, std::span<const std::string> keys,
                                               std::int64_t now_ms);

    struct counts {
        std::uint64_t entries = 0;
        std::uint64_t bytes = 0;  // a turn counts once for each of its keys, though it stands in memory once
        std::uint64_t evicted = 0;  // for want of room
    };
    counts read() const;

private:
    struct shard;
    store_bounds bounds_;
    std::size_t shard_count_;
    std::unique_ptr<shard[]> shards_;
};

}  // namespace weir::state
