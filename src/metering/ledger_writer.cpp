#include "ledger_writer.hpp"

#include <algorithm>
#include <utility>

namespace weir::metering {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t lookups_waiting_max = 256;
// Each with a note of a kilobyte at most: ten megabytes.
constexpr std::size_t notes_waiting_max = 10'000;
// After the last row: a checkpoint costs several syncs, which is too much for every pause between two
// requests.
constexpr auto quiet_before_checkpoint = 1s;
constexpr auto between_checkpoint_tries = 1s;
constexpr auto between_disk_looks = 1s;

}  // namespace

ledger_writer::ledger_writer(const ledger_settings& settings, ledger_store store, inflight_table slots,
                             std::uint64_t interrupted)
    : settings_(settings),
      store_(std::move(store)),
      slots_(std::move(slots)),
      rows_count_(interrupted),
      interrupted_(interrupted) {
    look_at_disk();
    thread_ = std::thread([this] { run(); });
}

ledger_writer::~ledger_writer() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void ledger_writer::push(row finished, std::optional<slot_ref> slot, std::function<void(bool)> committed) {
    // A row with a slot is bounded by the slots and is never turned away: its request has cost money.
    if (!slot && full()) {
        dropped_.fetch_add(1, std::memory_order_relaxed);
        if (committed) committed(false);
        return;
    }
    const bool awaited = settings_.durable == durability::power && committed;
    waiting_.fetch_add(1, std::memory_order_relaxed);
    bool wake = false;
    {
        const std::lock_guard lock(mutex_);
        queue_.rows.push_back({std::move(finished), slot, std::move(committed)});
        ++pushed_;
        urgent_ = urgent_ || awaited;
        // While it gathers, its own timer wakes the writer: waking it costs a caller more than the row does.
        wake = std::exchange(idle_, false) || (awaited && std::exchange(gathering_, false));
    }
    wake_if(wake);
}

void ledger_writer::push(answer_outcome what, std::function<void(noted)> done) {
    bool wake = false;
    bool queued = false;
    {
        const std::lock_guard lock(mutex_);
        queued = queue_.notes.size() < notes_waiting_max;
        if (queued) {
            queue_.notes.push_back({std::move(what), std::exchange(done, nullptr)});
            ++pushed_;
            wake = std::exchange(idle_, false);
        }
    }
    if (!queued) outcomes_dropped_.fetch_add(1, std::memory_order_relaxed);
    if (done) done({});
    wake_if(wake);
}

void ledger_writer::push(request_id id, std::function<void(result<std::optional<row>>)> found) {
    bool wake = false;
    {
        const std::lock_guard lock(mutex_);
        if (queue_.lookups.size() < lookups_waiting_max) {
            queue_.lookups.push_back({id, std::exchange(found, nullptr)});
            wake = std::exchange(idle_, false);
        }
    }
    if (found) found(weir_fault(errc::overloaded, "too many look-ups wait for the ledger"));
    wake_if(wake);
}

void ledger_writer::wake_if(bool needed) noexcept {
    if (needed) wake_.notify_one();
}

void ledger_writer::flush() {
    std::unique_lock lock(mutex_);
    const std::uint64_t target = pushed_;
    urgent_ = true;
    idle_ = gathering_ = false;
    wake_.notify_one();
    done_.wait(lock, [&] { return finished_ >= target; });
}

ledger_counters ledger_writer::counters() const noexcept {
    ledger_counters now;
    now.rows = rows_count_.load(std::memory_order_relaxed);
    now.interrupted = interrupted_;
    now.waiting = waiting_.load(std::memory_order_relaxed);
    now.groups = groups_.load(std::memory_order_relaxed);
    now.dropped = dropped_.load(std::memory_order_relaxed);
    now.damaged_slots = slots_.damaged();
    now.outcomes = outcomes_count_.load(std::memory_order_relaxed);
    now.outcomes_dropped = outcomes_dropped_.load(std::memory_order_relaxed);
    return now;
}

std::string ledger_writer::failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
}

void ledger_writer::run() {
    work group;
    std::unique_lock lock(mutex_);
    for (;;) {
        wait_for_work(lock);
        if (stopping_ && queue_.empty()) break;
        std::swap(group, queue_);
        urgent_ = false;
        lock.unlock();
        const std::size_t written = group.rows.size() + group.notes.size();
        write(group);
        answer(group.lookups);
        group.rows.clear();
        group.notes.clear();
        group.lookups.clear();
        lock.lock();
        finished_ += written;
        done_.notify_all();
    }
    lock.unlock();
    if (!failed_.load(std::memory_order_relaxed)) try_checkpoint();
}

// One group's time, cut short where somebody waits for the commit.
void ledger_writer::gather(std::unique_lock<std::mutex>& lock) {
    gathering_ = true;
    wake_.wait_for(lock, milliseconds(settings_.group_ms), [this] { return stopping_ || urgent_; });
    gathering_ = false;
}

// Returns with work or with stopping_ set. While rows come, it sleeps by its timer alone; the first of an
// idle time wakes it and starts a group.
void ledger_writer::wait_for_work(std::unique_lock<std::mutex>& lock) {
    gather(lock);
    bool slept = false;
    while (queue_.empty() && !stopping_) {
        slept = true;
        // A flush with nothing to flush must not keep the next group from growing.
        urgent_ = false;
        idle_ = true;
        const auto until = next_chore();
        const auto woken = [this] { return stopping_ || !idle_; };
        if (until) {
            wake_.wait_until(lock, *until, woken);
        } else {
            wake_.wait(lock, woken);
        }
        idle_ = false;
        if (!queue_.empty() || stopping_) break;
        lock.unlock();
        do_chores();
        lock.lock();
    }
    if (slept && !stopping_) gather(lock);
}

// When an idle writer must look up by itself; never, where there is nothing to do.
std::optional<ledger_writer::clock::time_point> ledger_writer::next_chore() const noexcept {
    if (failed_.load(std::memory_order_relaxed)) return std::nullopt;
    std::optional<clock::time_point> next;
    if (store_.needs_checkpoint()) {
        next =
            std::max(last_write_ + quiet_before_checkpoint, last_checkpoint_try_ + between_checkpoint_tries);
    }
    if (disk_is_low_.load(std::memory_order_relaxed)) {
        const auto look = last_disk_look_ + between_disk_looks;
        next = next ? std::min(*next, look) : look;
    }
    return next;
}

void ledger_writer::do_chores() {
    if (failed_.load(std::memory_order_relaxed)) return;
    const auto now = clock::now();
    if (disk_is_low_.load(std::memory_order_relaxed) && now >= last_disk_look_ + between_disk_looks)
        look_at_disk();
    const bool quiet = now >= last_write_ + quiet_before_checkpoint;
    if (store_.needs_checkpoint() && quiet && now >= last_checkpoint_try_ + between_checkpoint_tries)
        try_checkpoint();
}

// After a failure nobody knows what the kernel still holds, so nothing is tried a second time; the slots stay
// taken and become interrupted rows at the next start.
bool ledger_writer::commit(const work& group) {
    if (failed_.load(std::memory_order_relaxed)) return false;
    rows_.clear();
    for (const entry& e : group.rows) rows_.push_back(&e.finished);
    outcomes_.clear();
    for (const note& n : group.notes) outcomes_.push_back(&n.what);
    auto written = store_.write(rows_, outcomes_);
    if (!written) {
        fail(written.error());
        return false;
    }
    rows_count_.fetch_add(written->rows, std::memory_order_relaxed);
    outcomes_count_.fetch_add(outcomes_.size(), std::memory_order_relaxed);
    groups_.fetch_add(1, std::memory_order_relaxed);
    accepted_changes_ = std::move(written->accepted_changes);
    return true;
}

void ledger_writer::write(const work& group) {
    if (group.rows.empty() && group.notes.empty()) return;
    const bool committed = commit(group);
    waiting_.fetch_sub(group.rows.size(), std::memory_order_relaxed);
    for (const entry& e : group.rows) {
        if (committed && e.slot) slots_.free(*e.slot);
    }
    for (const entry& e : group.rows) {
        if (e.committed) e.committed(committed);
    }
    for (std::size_t i = 0; i < group.notes.size(); ++i) {
        const note& n = group.notes[i];
        if (n.done) n.done({committed, committed ? accepted_changes_[i] : 0});
    }
    if (!committed) return;
    last_write_ = clock::now();
    if (const auto synced = slots_.sync(); !synced) fail(synced.error());
    if (last_write_ >= last_disk_look_ + between_disk_looks) look_at_disk();
    if (store_.log_is_long() && last_write_ >= last_checkpoint_try_ + between_checkpoint_tries)
        try_checkpoint();
}

void ledger_writer::answer(const std::vector<lookup>& asked) {
    for (const lookup& l : asked) {
        // A row that cannot be read is no reason to stop writing.
        l.found(store_.find(l.id));
    }
}

void ledger_writer::look_at_disk() {
    last_disk_look_ = clock::now();
    // A file system that does not tell is believed to have room; a failed write stops the ledger anyway.
    const auto free = store_.free_bytes();
    disk_is_low_.store(free && *free < settings_.min_free_bytes, std::memory_order_relaxed);
}

void ledger_writer::try_checkpoint() {
    last_checkpoint_try_ = clock::now();
    if (const auto done = store_.checkpoint(); !done) fail(done.error());
}

void ledger_writer::fail(const fault& why) {
    failed_.store(true, std::memory_order_relaxed);
    const std::lock_guard lock(mutex_);
    if (failure_.empty()) failure_ = why.detail;
}

}  // namespace weir::metering
