#pragma once
// Deadlines of many streams with one timer a worker: setting one is a store, not a system call or a heap
// operation. A deadline fires at most `grain` late.

#include "weir/net/clock.hpp"

#include <functional>
#include <memory>

namespace weir::net {

class deadline_watch;

// The one deadline of a stream. Lives inside what it cancels.
class deadline {
public:
    deadline() = default;
    ~deadline() { leave(); }
    deadline(const deadline&) = delete;
    deadline& operator=(const deadline&) = delete;

    // `cancel` is called on the worker's thread when the time set by until() has come, and every grain after
    // it until the deadline is set anew or off: one call may fall between two operations and end neither.
    void join(deadline_watch& watch, std::function<void()> cancel);
    void leave() noexcept;

    void until(mono_time due) noexcept;
    void in_ms(std::int64_t ms) noexcept;  // 0: never
    void off() noexcept { due_ = mono_time::max(); }
    // Fired since the last until(), in_ms() or off().
    bool fired() const noexcept { return fired_; }
    bool joined() const noexcept { return watch_ != nullptr; }

private:
    friend class deadline_watch;
    deadline_watch* watch_ = nullptr;
    deadline* next_ = nullptr;
    deadline* previous_ = nullptr;
    mono_time due_ = mono_time::max();
    bool fired_ = false;
    std::function<void()> cancel_;
};

class deadline_watch {
public:
    static constexpr std::chrono::milliseconds grain{100};

    deadline_watch(const executor& ex, clock& c) : executor_(ex), clock_(c) {}
    ~deadline_watch();
    deadline_watch(const deadline_watch&) = delete;
    deadline_watch& operator=(const deadline_watch&) = delete;

    clock& time() noexcept { return clock_; }

private:
    friend class deadline;
    struct ticker;
    void add(deadline& d);
    void remove(deadline& d) noexcept;
    void scan();
    static task<void> tick(std::shared_ptr<ticker> t);

    executor executor_;
    clock& clock_;
    deadline* first_ = nullptr;
    std::shared_ptr<ticker> ticker_;  // runs while a deadline is here
};

}  // namespace weir::net
