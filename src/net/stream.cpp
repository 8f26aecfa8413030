#include "weir/net/stream.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <utility>

namespace weir::net {

namespace {

// How often a peer is looked at whose unread bytes hide its end from a wait for readability.
constexpr std::chrono::milliseconds hidden_end_check{50};
// A peer that takes this much within its time is slow, not stalled.
constexpr std::size_t steady_bytes = 256 * 1024;

bool has_hung_up(int fd) noexcept {
    pollfd p{fd, POLLRDHUP, 0};
    return ::poll(&p, 1, 0) > 0 && (p.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

bool has_unread_bytes(int fd) noexcept {
    char byte;
    return ::recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

}  // namespace

struct stream::peer_watch {
    peer_watch(stream& s, std::function<void()> when_left)
        : of(&s), left(std::move(when_left)), pause(s.get_executor(), s.clock_) {}
    stream* of;  // nullptr once nobody watches
    std::function<void()> left;
    timer pause;
};

stream::stream(tcp_socket socket, deadline_watch& watch)
    : transport_(std::move(socket)), clock_(watch.time()) {
    limit_.join(watch, [this] { cancel(); });
}
stream::stream(std::unique_ptr<tls_stream> tls, deadline_watch& watch)
    : transport_(std::move(tls)), clock_(watch.time()) {
    limit_.join(watch, [this] { cancel(); });
}
stream::stream(memory_end end, deadline_watch& watch) : transport_(std::move(end)), clock_(watch.time()) {
    limit_.join(watch, [this] { cancel(); });
}

stream::~stream() { stop_watching(); }

tcp_socket* stream::socket() noexcept {
    if (auto* tcp = std::get_if<tcp_socket>(&transport_)) return tcp;
    if (auto* tls = std::get_if<std::unique_ptr<tls_stream>>(&transport_)) return &(*tls)->next_layer();
    return nullptr;
}

io_size stream::judge(error_code ec, std::size_t n) const noexcept {
    if (!ec) return n;
    if (limit_.fired()) return std::unexpected(make_error_code(asio::error::timed_out));
    // A TLS peer that just closes: framing above decides whether anything is missing.
    if (ec == asio::ssl::error::stream_truncated) return std::unexpected(make_error_code(asio::error::eof));
    return std::unexpected(ec);
}

task<io_size> stream::read_some(std::span<char> into) {
    const auto buffer = asio::buffer(into.data(), into.size());
    if (auto* tcp = std::get_if<tcp_socket>(&transport_)) {
        auto [ec, n] = co_await tcp->async_read_some(buffer, as_result);
        co_return judge(ec, n);
    }
    if (auto* tls = std::get_if<std::unique_ptr<tls_stream>>(&transport_)) {
        auto [ec, n] = co_await (*tls)->async_read_some(buffer, as_result);
        co_return judge(ec, n);
    }
    io_size n = co_await std::get<memory_end>(transport_).read_some(into);
    co_return n ? n : judge(n.error(), 0);
}

task<io_done> stream::write(std::span<const asio::const_buffer> buffers) {
    error_code failed;
    if (auto* tcp = std::get_if<tcp_socket>(&transport_)) {
        auto [ec, n] = co_await asio::async_write(*tcp, buffers, as_result);
        failed = ec;
    } else if (auto* tls = std::get_if<std::unique_ptr<tls_stream>>(&transport_)) {
        auto [ec, n] = co_await asio::async_write(**tls, buffers, as_result);
        failed = ec;
    } else {
        for (const auto& b : buffers) {
            io_done done = co_await std::get<memory_end>(transport_)
                               .write({static_cast<const char*>(b.data()), b.size()});
            if (!done) {
                failed = done.error();
                break;
            }
        }
    }
    if (failed) co_return std::unexpected(judge(failed, 0).error());
    co_return io_done{};
}

task<io_done> stream::write(std::string_view bytes) {
    const asio::const_buffer one{bytes.data(), bytes.size()};
    co_return co_await write(std::span{&one, 1});
}

task<io_done> stream::write_steadily(std::span<const asio::const_buffer> buffers, std::int64_t stall_ms) {
    std::size_t whole = 0;
    for (const auto& b : buffers) whole += b.size();
    limit_.in_ms(stall_ms);
    if (whole <= steady_bytes) {
        auto done = co_await write(buffers);
        limit_.off();
        co_return done;
    }
    for (asio::const_buffer b : buffers) {
        while (b.size() > 0) {
            limit_.in_ms(stall_ms);
            const asio::const_buffer piece{b.data(), std::min(b.size(), steady_bytes)};
            if (auto done = co_await write(std::span{&piece, 1}); !done) co_return done;
            b += piece.size();
        }
    }
    limit_.off();
    co_return io_done{};
}

void stream::cancel() noexcept {
    error_code ignored;
    if (tcp_socket* s = socket()) {
        s->cancel(ignored);
    } else {
        std::get<memory_end>(transport_).cancel();
    }
}

void stream::shutdown_write() noexcept {
    error_code ignored;
    if (tcp_socket* s = socket()) {
        s->shutdown(asio::socket_base::shutdown_send, ignored);
    } else {
        std::get<memory_end>(transport_).shutdown_write();
    }
}

void stream::close() noexcept {
    error_code ignored;
    if (tcp_socket* s = socket()) {
        s->close(ignored);
    } else {
        std::get<memory_end>(transport_).close();
    }
}

void stream::reset() noexcept {
    error_code ignored;
    if (tcp_socket* s = socket()) s->set_option(asio::socket_base::linger(true, 0), ignored);
    close();
}

bool stream::is_open() const noexcept {
    if (const auto* tcp = std::get_if<tcp_socket>(&transport_)) return tcp->is_open();
    if (const auto* tls = std::get_if<std::unique_ptr<tls_stream>>(&transport_)) {
        return (*tls)->next_layer().is_open();
    }
    return std::get<memory_end>(transport_).is_open();
}

bool stream::is_quiet() noexcept {
    if (!is_open()) return false;
    if (auto* tls = std::get_if<std::unique_ptr<tls_stream>>(&transport_)) {
        // Records that came with the last one lie within OpenSSL, where the socket does not show them.
        SSL* ssl = (*tls)->native_handle();
        if (SSL_has_pending(ssl) || BIO_ctrl_pending(SSL_get_rbio(ssl)) > 0) return false;
    }
    if (tcp_socket* s = socket()) {
        char byte;
        const ssize_t n = ::recv(s->native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
        return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    }
    return std::get<memory_end>(transport_).is_quiet();
}

executor stream::get_executor() {
    if (tcp_socket* s = socket()) return s->get_executor();
    return std::get<memory_end>(transport_).get_executor();
}

tcp_socket stream::release_socket() {
    assert(std::holds_alternative<tcp_socket>(transport_));
    return std::move(std::get<tcp_socket>(transport_));
}

void stream::watch_peer(std::function<void()> left) {
    stop_watching();
    watch_ = std::make_shared<peer_watch>(*this, std::move(left));
    wait_for_peer(watch_);
}

void stream::stop_watching() noexcept {
    if (!watch_) return;
    watch_->of = nullptr;
    watch_->pause.cancel();
    watch_.reset();
    cancel();
}

namespace {

struct pause_then {
    template <class Watch, class Next>
    static task<void> run(std::shared_ptr<Watch> watch, Next next) {
        co_await watch->pause.wait_for(hidden_end_check);
        next(std::move(watch));
    }
    template <class Watch, class Next>
    static task<void> news(std::shared_ptr<Watch> watch, task<void> something, Next next) {
        co_await std::move(something);
        next(std::move(watch));
    }
};

}  // namespace

void stream::wait_for_peer(std::shared_ptr<peer_watch> watch) {
    stream& self = *watch->of;
    if (auto* end = std::get_if<memory_end>(&self.transport_)) {
        auto look = [](std::shared_ptr<peer_watch> w) {
            if (!w->of) return;
            auto* here = std::get_if<memory_end>(&w->of->transport_);
            if (here->peer_ended() || !here->is_open()) return std::exchange(w->left, [] {})();
            wait_for_peer(std::move(w));
        };
        asio::co_spawn(self.get_executor(), pause_then::news(std::move(watch), end->wait_news(), look),
                       asio::detached);
        return;
    }
    tcp_socket* socket = self.socket();
    socket->async_wait(asio::socket_base::wait_read, [watch = std::move(watch)](error_code ec) mutable {
        if (!watch->of) return;
        tcp_socket* s = watch->of->socket();
        // A deadline's cancel() ends the wait too; what was under way says so to its caller.
        if (ec == asio::error::operation_aborted && s->is_open()) return;
        const int fd = s->native_handle();
        if (!s->is_open() || has_hung_up(fd)) return std::exchange(watch->left, [] {})();
        if (!has_unread_bytes(fd)) return wait_for_peer(std::move(watch));
        // Readable at once and for good: a wait would spin, so the end is looked for now and then.
        const executor ex = s->get_executor();
        auto again = [](std::shared_ptr<peer_watch> w) {
            if (w->of) wait_for_peer(std::move(w));
        };
        asio::co_spawn(ex, pause_then::run(std::move(watch), again), asio::detached);
    });
}

}  // namespace weir::net
