#pragma once
// Memory for bodies: never zeroed, reused within a worker, with the padding that the JSON reader needs.

#include "weir/base/bytes.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace weir::net {

class body_pool;

// Bytes [0, size()) are filled; capacity() more may be. Goes back to its pool when it dies.
class body_buffer {
public:
    body_buffer() = default;
    body_buffer(body_buffer&& other) noexcept { *this = std::move(other); }
    body_buffer& operator=(body_buffer&& other) noexcept;
    ~body_buffer() { release(); }

    std::size_t size() const noexcept { return size_; }
    std::size_t capacity() const noexcept { return capacity_; }
    std::string_view text() const noexcept { return {memory_.get(), size_}; }
    padded_view padded() const noexcept { return {size_ ? memory_.get() : "\0", size_}; }
    // Room after the filled part.
    std::span<char> room() noexcept { return {memory_.get() + size_, capacity_ - size_}; }
    void grew(std::size_t bytes) noexcept { size_ += bytes; }
    void append(std::string_view bytes, body_pool& pool);
    // At least `bytes` of capacity; the filled part stays.
    void reserve(std::size_t bytes, body_pool& pool);
    void release() noexcept;

private:
    friend class body_pool;
    std::unique_ptr<char[]> memory_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
    body_pool* pool_ = nullptr;
};

// One a worker; not thread-safe. Outlives its buffers.
class body_pool {
public:
    explicit body_pool(std::size_t kept_bytes_max = 8 * 1024 * 1024) : kept_bytes_max_(kept_bytes_max) {}

    // Room for `bytes`, rounded up to a power of two of at least 4 KiB.
    body_buffer take(std::size_t bytes);
    std::size_t kept_bytes() const noexcept { return kept_bytes_; }

private:
    friend class body_buffer;
    struct spare {
        std::unique_ptr<char[]> memory;
        std::size_t capacity;
    };
    void give_back(std::unique_ptr<char[]> memory, std::size_t capacity) noexcept;

    std::vector<spare> spares_;
    std::size_t kept_bytes_ = 0;
    std::size_t kept_bytes_max_;
};

}  // namespace weir::net
