#pragma once
// One core's world: its event loop, clock, deadlines and buffers. A request lives on one worker from its
// first byte to its ledger entry, so nothing in a worker is shared.

#include "weir/net/body_buffer.hpp"
#include "weir/net/clock.hpp"
#include "weir/net/deadlines.hpp"
#include "weir/net/task.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace weir::net {

// Bytes that no one outside can guess; injected so that a simulation repeats itself.
using randomness = std::function<std::uint64_t()>;
randomness system_randomness();

struct worker {
    worker(unsigned index, std::unique_ptr<clock> c, randomness r)
        : number(index), time(std::move(c)), random(std::move(r)), io(1), watch(io.get_executor(), *time) {}

    executor get_executor() { return io.get_executor(); }
    // Starts a coroutine that nobody waits for. What it throws ends the program: faults are values here.
    void spawn(task<void> job);
    // Runs `job` on this worker's thread, from any thread.
    void post(std::function<void()> job);

    unsigned number;
    std::unique_ptr<clock> time;
    randomness random;
    body_pool bodies;
    asio::io_context io;
    deadline_watch watch;
};

// The threads. Made, filled with listeners, started, stopped, destroyed, in this order.
class workers {
public:
    // count 0: one a core
    explicit workers(unsigned count);
    ~workers();
    workers(const workers&) = delete;
    workers& operator=(const workers&) = delete;

    std::size_t size() const noexcept { return all_.size(); }
    worker& operator[](std::size_t i) noexcept { return *all_[i]; }

    void start();
    // Lets every loop run out of work for up to `patience`, then ends it; joins the threads.
    void stop(std::chrono::milliseconds patience);

private:
    struct running;
    std::vector<std::unique_ptr<worker>> all_;
    std::unique_ptr<running> running_;
};

}  // namespace weir::net
