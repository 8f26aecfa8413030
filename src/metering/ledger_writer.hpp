#pragma once
// The thread that writes the ledger: its queue, when it wakes, and what it does with a group of rows.

#include "weir/metering/inflight.hpp"
#include "weir/metering/ledger.hpp"

#include "ledger_store.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace weir::metering {

class ledger_writer {
public:
    // Starts the thread. `interrupted`: rows that open() has committed already.
    ledger_writer(const ledger_settings& settings, ledger_store store, inflight_table slots,
                  std::uint64_t interrupted);
    // Writes what is queued, then checkpoints.
    ~ledger_writer();
    ledger_writer(const ledger_writer&) = delete;
    ledger_writer& operator=(const ledger_writer&) = delete;

    void push(row finished, std::optional<slot_ref> slot, std::function<void(bool)> committed);
    void push(answer_outcome what, std::function<void(noted)> done);
    void push(request_id id, std::function<void(result<std::optional<row>>)> found);
    void flush();

    bool healthy() const noexcept {
        return !failed_.load(std::memory_order_relaxed) && !disk_is_low_.load(std::memory_order_relaxed);
    }
    bool full() const noexcept {
        return waiting_.load(std::memory_order_relaxed) >= settings_.queue_rows_max;
    }
    ledger_counters counters() const noexcept;
    std::string failure() const;
    inflight_table& slots() noexcept { return slots_; }
    const inflight_table& slots() const noexcept { return slots_; }
    const ledger_settings& settings() const noexcept { return settings_; }

private:
    using clock = std::chrono::steady_clock;

    struct entry {
        row finished;
        std::optional<slot_ref> slot;
        std::function<void(bool)> committed;
    };
    struct note {
        answer_outcome what;
        std::function<void(noted)> done;
    };
    struct lookup {
        request_id id;
        std::function<void(result<std::optional<row>>)> found;
    };
    struct work {
        std::vector<entry> rows;
        std::vector<note> notes;
        std::vector<lookup> lookups;

        bool empty() const noexcept { return rows.empty() && notes.empty() && lookups.empty(); }
    };

    void run();
    void wait_for_work(std::unique_lock<std::mutex>& lock);
    void gather(std::unique_lock<std::mutex>& lock);
    void wake_if(bool needed) noexcept;
    std::optional<clock::time_point> next_chore() const noexcept;
    void do_chores();
    void write(const work& group);
    bool commit(const work& group);
    void answer(const std::vector<lookup>& asked);
    void look_at_disk();
    void try_checkpoint();
    void fail(const fault& why);

    const ledger_settings settings_;
    ledger_store store_;
    inflight_table slots_;

    // Of the writer's thread alone.
    std::vector<const row*> rows_;
    std::vector<const answer_outcome*> outcomes_;
    std::vector<int> accepted_changes_;  // of the group's notes, once committed
    clock::time_point last_write_{};
    clock::time_point last_disk_look_{};
    clock::time_point last_checkpoint_try_{};

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::condition_variable done_;
    work queue_;                  // under mutex_, as all to the end of this block
    std::uint64_t pushed_ = 0;    // rows and notes that were ever queued
    std::uint64_t finished_ = 0;  // of these, written or given up
    bool idle_ = false;           // the writer sleeps until it is woken
    bool urgent_ = false;         // somebody waits: do not gather
    bool gathering_ = false;      // the writer waits for the group to grow
    bool stopping_ = false;

    std::atomic<bool> failed_{false};
    std::atomic<bool> disk_is_low_{false};
    std::atomic<std::uint64_t> waiting_{0};
    std::atomic<std::uint64_t> rows_count_{0};
    std::atomic<std::uint64_t> groups_{0};
    std::atomic<std::uint64_t> dropped_{0};
    std::atomic<std::uint64_t> outcomes_count_{0};
    std::atomic<std::uint64_t> outcomes_dropped_{0};
    const std::uint64_t interrupted_;
    std::string failure_;  // under mutex_

    std::thread thread_;  // last: it uses all above
};

}  // namespace weir::metering
