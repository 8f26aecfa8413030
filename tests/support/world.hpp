#pragma once
// A worker whose time is the test's: nothing happens but by poll(), and seconds pass in microseconds.

#include "weir/net/worker.hpp"

#include <memory>
#include <optional>

namespace weir::test {

inline constexpr wall_time noon = wall_time{milliseconds{1'795'348'800'000}};  // 2026-11-22T12:00:00Z

class world {
public:
    world()
        : clock_(new net::simulated_clock(noon)),
          worker_(0, std::unique_ptr<net::clock>(clock_), [] { return 7; }) {}

    net::worker& worker() noexcept { return worker_; }
    net::simulated_clock& clock() noexcept { return *clock_; }

    // Runs what can run without time passing.
    void poll() {
        worker_.io.restart();
        while (worker_.io.poll() > 0) worker_.io.restart();
    }

    // Lets time pass, stopping at every timer on the way.
    void pass(milliseconds span) {
        const net::mono_time until = clock_->now() + span;
        poll();
        while (clock_->next_due() <= until) {
            clock_->move_to(clock_->next_due());
            poll();
        }
        clock_->move_to(until);
        poll();
    }

    // Starts a coroutine and keeps what it returns.
    template <class T>
    class pending {
    public:
        bool done() const noexcept { return value_->has_value(); }
        T& value() { return value_->value(); }

    private:
        friend class world;
        std::shared_ptr<std::optional<T>> value_ = std::make_shared<std::optional<T>>();
    };

    template <class T>
    pending<T> start(net::task<T> job) {
        pending<T> p;
        worker_.spawn(keep<T>(std::move(job), p.value_));
        poll();
        return p;
    }

private:
    template <class T>
    static net::task<void> keep(net::task<T> job, std::shared_ptr<std::optional<T>> into) {
        into->emplace(co_await std::move(job));
    }

    net::simulated_clock* clock_;
    net::worker worker_;
};

}  // namespace weir::test
