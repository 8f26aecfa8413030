#pragma once
// Every file call of this folder but SQLite's own, in one place. Faults are errc::ledger and name the path.

#include "weir/base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::metering::files {

// An open file; closed with the object.
class descriptor {
public:
    descriptor() = default;
    explicit descriptor(int fd) noexcept : fd_(fd) {}
    descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    descriptor& operator=(descriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~descriptor();
    int get() const noexcept { return fd_; }

private:
    int fd_ = -1;
};

// A file mapped for reading and writing, shared with the page cache; unmapped with the object.
class mapping {
public:
    mapping() = default;
    mapping(std::byte* data, std::size_t size, std::filesystem::path path) noexcept
        : data_(data), size_(size), path_(std::move(path)) {}
    mapping(mapping&& other) noexcept;
    mapping& operator=(mapping&& other) noexcept;
    ~mapping();
    std::byte* data() const noexcept { return data_; }
    std::size_t size() const noexcept { return size_; }
    // Waits until the pages that changed are on the disk.
    result<void> sync() const;

private:
    std::byte* data_ = nullptr;
    std::size_t size_ = 0;
    std::filesystem::path path_;
};

// Opens or creates `path` and takes its flock. Refused where another open file holds it, in this process or
// another; the kernel drops it with the process, however that ends.
result<descriptor> lock(const std::filesystem::path& path);

// The whole file; nullopt where there is none. Longer than `bytes_max`: a fault.
result<std::optional<std::vector<std::byte>>> read(const std::filesystem::path& path, std::size_t bytes_max);

// A new file of `size` zero bytes, mapped. Its blocks are allocated, so that no store into it meets a full
// disk. What stood at `path` is gone.
result<mapping> create_mapped(const std::filesystem::path& path, std::size_t size);

// Renames `from` to `to`, whatever stood there, and waits until the folder says so on the disk.
result<void> replace(const std::filesystem::path& from, const std::filesystem::path& to);

// Bytes that a process without privileges may still write next to `path`; nullopt where the system does not
// tell.
std::optional<std::int64_t> free_bytes(const std::filesystem::path& path) noexcept;

bool exists_with_bytes(const std::filesystem::path& path) noexcept;

}  // namespace weir::metering::files
