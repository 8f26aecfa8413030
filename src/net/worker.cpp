#include "weir/net/worker.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <sys/random.h>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <utility>

namespace weir::net {

randomness system_randomness() {
    return [] {
        std::uint64_t bits = 0;
        auto* to = reinterpret_cast<unsigned char*>(&bits);
        std::size_t have = 0;
        while (have < sizeof bits) {
            const ssize_t n = ::getrandom(to + have, sizeof bits - have, 0);
            if (n > 0) have += static_cast<std::size_t>(n);
        }
        return bits;
    };
}

void worker::spawn(task<void> job) {
    asio::co_spawn(io, std::move(job), [](std::exception_ptr e) {
        if (e) std::rethrow_exception(e);
    });
}

void worker::post(std::function<void()> job) { asio::post(io, std::move(job)); }

namespace {
constexpr unsigned workers_max = 64;  // as many as a request id can name
}

struct workers::running {
    std::vector<asio::executor_work_guard<executor>> guards;
    std::vector<std::thread> threads;
    std::mutex mutex;
    std::condition_variable ended;
    std::size_t alive = 0;
};

workers::workers(unsigned count) : running_(std::make_unique<running>()) {
    if (count == 0) count = std::thread::hardware_concurrency();
    count = std::clamp(count, 1U, workers_max);
    for (unsigned i = 0; i < count; ++i) {
        all_.push_back(std::make_unique<worker>(i, std::make_unique<real_clock>(), system_randomness()));
    }
}

workers::~workers() { stop(std::chrono::milliseconds{0}); }

void workers::start() {
    running_->alive = all_.size();
    for (auto& w : all_) running_->guards.emplace_back(w->get_executor());
    for (auto& w : all_) {
        running_->threads.emplace_back([this, &io = w->io] {
            io.run();
            const std::lock_guard lock(running_->mutex);
            --running_->alive;
            running_->ended.notify_all();
        });
    }
}

void workers::stop(std::chrono::milliseconds patience) {
    running_->guards.clear();
    {
        std::unique_lock lock(running_->mutex);
        running_->ended.wait_for(lock, patience, [&] { return running_->alive == 0; });
    }
    for (auto& w : all_) w->io.stop();
    for (auto& t : running_->threads) t.join();
    running_->threads.clear();
}

}  // namespace weir::net
