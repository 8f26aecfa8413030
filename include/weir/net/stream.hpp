#pragma once
// A connection: TCP, TLS over TCP, or a pipe in memory that stands for one in simulations. Bytes only.
// One reader and one writer at a time. Each operation ends by itself, by the stream's deadline, or by
// cancel().

#include "weir/net/deadlines.hpp"
#include "weir/net/memory_pipe.hpp"
#include "weir/net/task.hpp"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <functional>
#include <memory>
#include <span>
#include <variant>

namespace weir::net {

using tcp_socket = asio::basic_stream_socket<asio::ip::tcp, executor>;
using tls_stream = asio::ssl::stream<tcp_socket>;

class stream {
public:
    stream(tcp_socket socket, deadline_watch& watch);
    stream(std::unique_ptr<tls_stream> tls, deadline_watch& watch);
    stream(memory_end end, deadline_watch& watch);
    ~stream();
    stream(const stream&) = delete;
    stream& operator=(const stream&) = delete;

    // 1..into.size() bytes; eof where the peer has ended.
    task<io_size> read_some(std::span<char> into);
    // All bytes of all buffers, gathered into as few writes as the system takes.
    task<io_done> write(std::span<const asio::const_buffer> buffers);
    task<io_done> write(std::string_view bytes);

    // The same under a timer of its own for each 256 KiB, so that it limits stalls and not slow peers.
    task<io_done> write_steadily(std::span<const asio::const_buffer> buffers, std::int64_t stall_ms);

    // For both directions; timed_out is what the operation under way comes to.
    deadline& limit() noexcept { return limit_; }

    // Ends operations under way with operation_aborted.
    void cancel() noexcept;
    // No more bytes from here; the peer can still be read.
    void shutdown_write() noexcept;
    void close() noexcept;
    // Closes so that the peer sees an error, not an end.
    void reset() noexcept;
    bool is_open() const noexcept;
    // Open, and the peer has sent nothing, not even its end: fit to carry another request.
    bool is_quiet() noexcept;

    // Calls `left` once, on the worker's thread, when the peer closes or resets while nobody reads. It sees
    // the end also behind bytes that wait unread. stop_watching() before the next read.
    void watch_peer(std::function<void()> left);
    void stop_watching() noexcept;

    executor get_executor();
    // The TCP socket, to be wrapped anew once a tunnel stands; the stream is empty after it. For TCP only
    // (asserted).
    tcp_socket release_socket();

private:
    struct peer_watch;
    static void wait_for_peer(std::shared_ptr<peer_watch> watch);
    io_size judge(error_code ec, std::size_t n) const noexcept;
    tcp_socket* socket() noexcept;

    std::variant<tcp_socket, std::unique_ptr<tls_stream>, memory_end> transport_;
    deadline limit_;
    clock& clock_;
    std::shared_ptr<peer_watch> watch_;
};

}  // namespace weir::net
