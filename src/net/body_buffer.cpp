#include "weir/net/body_buffer.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace weir::net {

namespace {
constexpr std::size_t smallest = 4096;
}

body_buffer& body_buffer::operator=(body_buffer&& other) noexcept {
    if (this == &other) return *this;
    release();
    memory_ = std::move(other.memory_);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
    pool_ = std::exchange(other.pool_, nullptr);
    return *this;
}

void body_buffer::append(std::string_view bytes, body_pool& pool) {
    if (capacity_ - size_ < bytes.size()) reserve(std::max(size_ + bytes.size(), 2 * capacity_), pool);
    std::memcpy(memory_.get() + size_, bytes.data(), bytes.size());
    size_ += bytes.size();
}

void body_buffer::reserve(std::size_t bytes, body_pool& pool) {
    if (bytes <= capacity_ && memory_) return;
    body_buffer larger = pool.take(bytes);
    if (size_) std::memcpy(larger.memory_.get(), memory_.get(), size_);
    larger.size_ = size_;
    *this = std::move(larger);
}

void body_buffer::release() noexcept {
    if (memory_ && pool_) pool_->give_back(std::move(memory_), capacity_);
    memory_.reset();
    size_ = capacity_ = 0;
    pool_ = nullptr;
}

body_buffer body_pool::take(std::size_t bytes) {
    const std::size_t wanted = std::bit_ceil(std::max(bytes, smallest));
    body_buffer b;
    b.pool_ = this;
    const auto fit = std::ranges::find(spares_, wanted, &spare::capacity);
    if (fit != spares_.end()) {
        b.memory_ = std::move(fit->memory);
        kept_bytes_ -= wanted;
        if (&*fit != &spares_.back()) *fit = std::move(spares_.back());
        spares_.pop_back();
    } else {
        b.memory_ = std::make_unique_for_overwrite<char[]>(wanted + padded_view::padding);
    }
    b.capacity_ = wanted;
    return b;
}

void body_pool::give_back(std::unique_ptr<char[]> memory, std::size_t capacity) noexcept {
    if (kept_bytes_ + capacity > kept_bytes_max_) return;
    kept_bytes_ += capacity;
    spares_.push_back({std::move(memory), capacity});
}

}  // namespace weir::net
