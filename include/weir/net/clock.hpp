#pragma once
// Time, handed in: the machine's or a simulation's. Nothing outside this file asks the system what time it
// is.

#include "weir/base/time.hpp"
#include "weir/net/task.hpp"

#include <boost/asio/basic_waitable_timer.hpp>

#include <chrono>
#include <map>

namespace weir::net {

using mono_time = std::chrono::steady_clock::time_point;
using mono_duration = std::chrono::steady_clock::duration;

class timer;

class clock {
public:
    clock() = default;
    clock(const clock&) = delete;
    clock& operator=(const clock&) = delete;
    virtual ~clock() = default;

    virtual mono_time now() const = 0;   // steady: for intervals
    virtual wall_time wall() const = 0;  // the calendar: for rows, prices and logs

private:
    friend class timer;
    // When the timer's own asio timer should fire for `due`.
    virtual mono_time arm(timer& t, mono_time due) = 0;
    virtual void disarm(timer& t) noexcept = 0;
};

class real_clock final : public clock {
public:
    mono_time now() const override { return std::chrono::steady_clock::now(); }
    wall_time wall() const override {
        return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
    }

private:
    mono_time arm(timer&, mono_time due) override { return due; }
    void disarm(timer&) noexcept override {}
};

// Stands still until it is moved. For one thread: tests run an io_context by poll() until it is idle, then
// move the clock to the next due time.
class simulated_clock final : public clock {
public:
    explicit simulated_clock(wall_time start) : start_(start) {}

    mono_time now() const override { return now_; }
    wall_time wall() const override { return start_ + std::chrono::floor<milliseconds>(now_ - mono_time{}); }
    // Wakes every timer that is due by `to`. Time does not go back: an earlier `to` does nothing.
    void move_to(mono_time to);
    // Due time of the earliest timer; mono_time::max() where none waits.
    mono_time next_due() const noexcept;

private:
    mono_time arm(timer& t, mono_time due) override;
    void disarm(timer& t) noexcept override;

    wall_time start_;
    mono_time now_{};
    std::multimap<mono_time, timer*> waiting_;
};

// One wait at a time.
class timer {
public:
    timer(const executor& ex, clock& c) : clock_(c), alarm_(ex) {}
    ~timer() { clock_.disarm(*this); }
    timer(const timer&) = delete;
    timer& operator=(const timer&) = delete;

    // True when `due` has come, false when cancelled before.
    task<bool> wait_until(mono_time due);
    task<bool> wait_for(mono_duration d) { return wait_until(clock_.now() + d); }
    void cancel() noexcept { alarm_.cancel(); }

private:
    friend class simulated_clock;
    clock& clock_;
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>,
                               executor>
        alarm_;
};

}  // namespace weir::net
