#include "weir/net/inflate.hpp"

#include <zlib.h>

#include <algorithm>
#include <string>

namespace weir::net {
namespace {

constexpr int gzip_window_bits = 15 + 16;  // the widest window; 16: gzip and nothing else
constexpr std::size_t first_bytes = 16 * 1024;

class inflater {
public:
    inflater() : ready_(inflateInit2(&z_, gzip_window_bits) == Z_OK) {}
    ~inflater() {
        if (ready_) inflateEnd(&z_);
    }
    inflater(const inflater&) = delete;
    inflater& operator=(const inflater&) = delete;

    bool ready() const noexcept { return ready_; }
    z_stream& stream() noexcept { return z_; }

private:
    z_stream z_{};
    bool ready_;
};

std::unexpected<fault> broken() {
    return client_fault(errc::malformed_http, "the body is not gzip, or not all of it");
}

}  // namespace

result<body_buffer> inflate_gzip(std::string_view packed, std::size_t bytes_max, body_pool& pool) {
    inflater machine;
    if (!machine.ready()) return weir_fault(errc::internal, "no memory to inflate a body");
    z_stream& z = machine.stream();
    // zlib's interface is older than const; it does not write here.
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    z.avail_in = static_cast<uInt>(packed.size());
    body_buffer out = pool.take(std::min(bytes_max, std::max(first_bytes, 4 * packed.size())));
    for (;;) {
        if (out.room().empty()) out.reserve(2 * out.capacity(), pool);
        const std::size_t room = out.room().size();
        z.next_out = reinterpret_cast<Bytef*>(out.room().data());
        z.avail_out = static_cast<uInt>(room);
        const int status = inflate(&z, Z_NO_FLUSH);
        out.grew(room - z.avail_out);
        if (out.size() > bytes_max) {
            return client_fault(errc::body_too_large,
                                "the body inflates to more than " + std::to_string(bytes_max) + " bytes");
        }
        if (status == Z_STREAM_END) {
            if (z.avail_in == 0) return out;
            if (inflateReset(&z) != Z_OK) return broken();
        } else if (status != Z_OK || (z.avail_in == 0 && z.avail_out > 0)) {
            return broken();
        }
    }
}

}  // namespace weir::net
