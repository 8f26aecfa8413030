#include "files.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <limits>
#include <system_error>

namespace weir::metering::files {
namespace {

// What is in these files is nobody else's business.
constexpr ::mode_t owner_only = 0600;

std::unexpected<fault> system_fault(const std::filesystem::path& path, std::string_view doing, int error) {
    return weir_fault(errc::ledger, path.string() + ": " + std::string(doing) + ": " +
                                        std::generic_category().message(error));
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
    return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

}  // namespace

descriptor::~descriptor() {
    if (fd_ >= 0) ::close(fd_);
}

mapping::mapping(mapping&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      path_(std::move(other.path_)) {}

mapping& mapping::operator=(mapping&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(path_, other.path_);
    return *this;
}

mapping::~mapping() {
    if (data_) ::munmap(data_, size_);
}

result<void> mapping::sync() const {
    if (::msync(data_, size_, MS_SYNC) != 0) return system_fault(path_, "sync", errno);
    return {};
}

result<descriptor> lock(const std::filesystem::path& path) {
    descriptor file{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, owner_only)};
    if (file.get() < 0) return system_fault(path, "open", errno);
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) {
            return weir_fault(errc::ledger, path.string() + ": held by another process");
        }
        return system_fault(path, "lock", errno);
    }
    return file;
}

result<std::optional<std::vector<std::byte>>> read(const std::filesystem::path& path, std::size_t bytes_max) {
    const descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (file.get() < 0) {
        if (errno == ENOENT) return std::nullopt;
        return system_fault(path, "open", errno);
    }
    struct ::stat about{};
    if (::fstat(file.get(), &about) != 0) return system_fault(path, "stat", errno);
    if (!S_ISREG(about.st_mode)) return weir_fault(errc::ledger, path.string() + ": not a regular file");
    if (about.st_size < 0 || static_cast<std::uint64_t>(about.st_size) > bytes_max) {
        return weir_fault(errc::ledger, path.string() + ": longer than such a file can be");
    }
    std::vector<std::byte> bytes(static_cast<std::size_t>(about.st_size));
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ::ssize_t n =
            ::pread(file.get(), bytes.data() + done, bytes.size() - done, static_cast<::off_t>(done));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return system_fault(path, "read", errno);
        if (n == 0) return weir_fault(errc::ledger, path.string() + ": became shorter while it was read");
        done += static_cast<std::size_t>(n);
    }
    return bytes;
}

result<mapping> create_mapped(const std::filesystem::path& path, std::size_t size) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return system_fault(path, "remove", errno);
    const descriptor file{::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, owner_only)};
    if (file.get() < 0) return system_fault(path, "create", errno);
    if (const int error = ::posix_fallocate(file.get(), 0, static_cast<::off_t>(size)); error != 0) {
        ::unlink(path.c_str());
        return system_fault(path, "allocate", error);
    }
    void* const data = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
    if (data == MAP_FAILED) return system_fault(path, "map", errno);
    return mapping{static_cast<std::byte*>(data), size, path};
}

result<void> replace(const std::filesystem::path& from, const std::filesystem::path& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) return system_fault(to, "rename", errno);
    const std::filesystem::path folder = folder_of(to);
    const descriptor handle{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (handle.get() < 0) return system_fault(folder, "open", errno);
    if (::fsync(handle.get()) != 0) return system_fault(folder, "sync", errno);
    return {};
}

std::optional<std::int64_t> free_bytes(const std::filesystem::path& path) noexcept {
    struct ::statvfs about{};
    if (::statvfs(path.c_str(), &about) != 0) return std::nullopt;
    constexpr auto largest = std::numeric_limits<std::int64_t>::max();
    std::int64_t bytes = 0;
    if (__builtin_mul_overflow(about.f_bavail, about.f_frsize, &bytes)) return largest;
    return bytes;
}

bool exists_with_bytes(const std::filesystem::path& path) noexcept {
    std::error_code ignored;
    const std::uintmax_t size = std::filesystem::file_size(path, ignored);
    return !ignored && size > 0;
}

}  // namespace weir::metering::files
