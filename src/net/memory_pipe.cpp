#include "weir/net/memory_pipe.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <cstring>
#include <string>

namespace weir::net {

// A condition for one waiter a side: a timer that never comes due and is cancelled to wake.
struct memory_end::direction {
    direction(const executor& ex, clock& c, std::size_t bytes_max)
        : capacity(bytes_max), readable(ex, c), writable(ex, c), news(ex, c), ex(ex) {}

    void wake_reader() {
        readable.cancel();
        news.cancel();
    }

    std::string bytes;
    std::size_t capacity;
    bool ended = false;    // the writer is done
    bool refused = false;  // the reader is gone
    timer readable;
    timer writable;
    timer news;
    executor ex;
};

std::pair<memory_end, memory_end> memory_end::make(const executor& ex, clock& c, std::size_t capacity) {
    auto there = std::make_shared<direction>(ex, c, capacity);
    auto back = std::make_shared<direction>(ex, c, capacity);
    return {memory_end{back, there}, memory_end{there, back}};
}

memory_end::memory_end(std::shared_ptr<direction> in, std::shared_ptr<direction> out)
    : in_(std::move(in)), out_(std::move(out)), open_(std::make_shared<bool>(true)) {}

memory_end::~memory_end() {
    if (in_) close();
}

task<io_size> memory_end::read_some(std::span<char> into) {
    auto in = in_;
    auto open = open_;
    if (in->bytes.empty() && !in->ended && *open) co_await in->readable.wait_until(mono_time::max());
    if (!*open) co_return std::unexpected(asio::error::operation_aborted);
    if (in->bytes.empty()) {
        if (in->ended) co_return std::unexpected(asio::error::eof);
        co_return std::unexpected(asio::error::operation_aborted);
    }
    const std::size_t n = std::min(into.size(), in->bytes.size());
    std::memcpy(into.data(), in->bytes.data(), n);
    in->bytes.erase(0, n);
    in->writable.cancel();
    co_return n;
}

task<io_done> memory_end::write(std::string_view bytes) {
    auto out = out_;
    auto open = open_;
    while (!bytes.empty()) {
        if (!*open) co_return std::unexpected(asio::error::operation_aborted);
        if (out->refused || out->ended) co_return std::unexpected(asio::error::broken_pipe);
        if (out->bytes.size() == out->capacity) {
            co_await out->writable.wait_until(mono_time::max());
            if (out->bytes.size() == out->capacity && !out->refused) {
                co_return std::unexpected(asio::error::operation_aborted);
            }
            continue;
        }
        const std::size_t n = std::min(bytes.size(), out->capacity - out->bytes.size());
        out->bytes.append(bytes.substr(0, n));
        bytes.remove_prefix(n);
        out->wake_reader();
    }
    co_return io_done{};
}

void memory_end::cancel() noexcept {
    in_->readable.cancel();
    in_->news.cancel();
    out_->writable.cancel();
}

void memory_end::shutdown_write() noexcept {
    out_->ended = true;
    out_->wake_reader();
}

void memory_end::close() noexcept {
    *open_ = false;
    shutdown_write();
    in_->refused = true;
    in_->writable.cancel();
    cancel();
}

bool memory_end::is_open() const noexcept { return *open_; }
bool memory_end::is_quiet() const noexcept { return *open_ && in_->bytes.empty() && !in_->ended; }
bool memory_end::peer_ended() const noexcept { return in_->ended; }

task<void> memory_end::wait_news() { return wait_for(in_); }

task<void> memory_end::wait_for(std::shared_ptr<direction> in) {
    if (!in->ended) co_await in->news.wait_until(mono_time::max());
}

executor memory_end::get_executor() const noexcept { return in_->ex; }

}  // namespace weir::net
