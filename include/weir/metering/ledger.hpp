#pragma once
// The ledger: one row for each request, and what became known of its answer, in SQLite, written by one thread
// in groups.
//
// Rules (SQLite 3.40): one read-write connection, on the writer's thread; WAL, synchronous=FULL,
// wal_autocheckpoint=0 and a checkpoint from that thread when idle; an flock keeps a second weir out. The
// writer is woken by its timer while work is queued, never by a request: groups of 5 ms. A failed write or
// sync is never retried: healthy() turns false and no new paid call is taken.

#include "weir/base/error.hpp"
#include "weir/metering/answer_outcome.hpp"
#include "weir/metering/inflight.hpp"
#include "weir/metering/row.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace weir::metering {

enum class durability : std::uint8_t {
    process,  // not awaited. After kill -9 of weir a request is in the ledger by its row, or, within the last
              // group, as interrupted with its estimate
    power     // `committed` is called after fsync: it survives power loss
};

struct ledger_settings {
    std::filesystem::path file = "weir.db";
    durability durable = durability::process;
    std::int64_t group_ms = 5;
    std::size_t queue_rows_max =
        100'000;  // waiting rows; more: begin() says no, and rows without a slot are dropped
    std::int64_t min_free_bytes = 64 * 1024 * 1024;  // below: not healthy
};

struct ledger_counters {
    std::uint64_t rows = 0;              // committed since start
    std::uint64_t interrupted = 0;       // of these, found in the in-flight table at start
    std::uint64_t waiting = 0;           // queued, not yet committed
    std::uint64_t groups = 0;            // commits
    std::uint64_t dropped = 0;           // rows without a slot that found the queue full
    std::uint64_t damaged_slots = 0;     // slots of the last run that a power failure left half written
    std::uint64_t outcomes = 0;          // committed since start
    std::uint64_t outcomes_dropped = 0;  // that found their queue full
};

// What became of an outcome.
struct noted {
    bool committed = false;
    // How the count of accepted answers changed by this feedback: 1, 0 or -1. Other kinds do not change it.
    int accepted_change = 0;
};

class ledger {
public:
    // Opens file, schema and in-flight table (file + ".inflight"), inserts what the last run left as
    // interrupted rows, starts the writer. Faults: errc::ledger with what and where; another process holds
    // it.
    static result<std::unique_ptr<ledger>> open(const ledger_settings& settings, std::size_t workers,
                                                std::size_t slots_per_worker);
    ~ledger();  // writes what is queued, checkpoints, closes

    // Slot of a request before its first byte goes upstream. Fault overloaded: no slot is free; ledger: not
    // healthy.
    result<slot_ref> begin(std::uint32_t worker, const row& begun);

    // The end of a request, from any thread: queues the row; the slot is freed after its commit. Idempotent
    // by row::id; a slot is settled once. `committed`, where given, is called on the writer's thread after
    // the group's commit, with false where that failed, or at once with false where the queue is full.
    void settle(row finished, std::optional<slot_ref> slot, std::function<void(bool)> committed = {});

    // The row with this id, looked up on the writer's thread behind everything queued so far; nullopt where
    // none. errc::overloaded, at once, when more than 256 look-ups wait; errc::ledger where it cannot be
    // read.
    void find(request_id id, std::function<void(result<std::optional<row>>)> found);

    // What became known of an answer, from any thread: committed with the next group, in place of an earlier
    // outcome of this request and kind. o.note is bounded and valid by whoever took it in. `done`, where
    // given, is called on the writer's thread after the commit or its failure, or at once with nothing
    // committed where 10,000 outcomes wait.
    void note(answer_outcome o, std::function<void(noted)> done = {});
    // Requests by traffic class whose last feedback accepted the answer, as the file said when it was opened.
    const std::map<std::string, std::int64_t>& accepted_by_class() const noexcept;

    // false: a write failed (for good), or the disk has less than min_free_bytes (until it has more again).
    bool healthy() const noexcept;
    // What the first failed write said; "" where none failed. For the log.
    std::string failure() const;
    ledger_counters counters() const noexcept;
    std::size_t in_flight() const noexcept;
    durability durable() const noexcept;
    // Waits until everything queued so far is committed or has failed. Not to be called from a callback.
    void flush();

private:
    struct state;
    explicit ledger(std::unique_ptr<state> s);
    std::unique_ptr<state> state_;
};

}  // namespace weir::metering
