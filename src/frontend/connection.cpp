#include "connection.hpp"

#include "connection_exchange.hpp"
#include "response.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <utility>

namespace weir::frontend {

using net::task;
namespace asio = net::asio;

namespace {

constexpr std::size_t read_bytes = 4096;
// A client that still sends a body over the limit must not be reset before it has read why.
constexpr std::int64_t linger_read_ms = 2'000;
constexpr std::chrono::seconds linger_max{10};
constexpr std::size_t linger_bytes_max = 64 * 1024 * 1024;

}  // namespace

void connection::consume(std::size_t n) noexcept {
    begin_ += n;
    if (begin_ == buffer_.size()) {
        buffer_.clear();
        begin_ = 0;
    }
}

task<net::io_size> connection::fill() {
    if (begin_ > 0) {
        buffer_.erase(0, begin_);
        begin_ = 0;
    }
    const std::size_t have = buffer_.size();
    buffer_.resize(have + read_bytes);
    const auto n = co_await stream_.read_some({buffer_.data() + have, read_bytes});
    buffer_.resize(have + n.value_or(0));
    co_return n;
}

task<connection::heading> connection::refuse_head(fault why) {
    around_.what.refused(why);
    const response answer = around_.what.refuse(why, {});
    const std::string head = render_head(answer.status, answer.fields, around_.on.time->wall(),
                                         body_framing::length, answer.body.size(), false, 1);
    stream_.limit().in_ms(around_.timers.client_write_stall_ms);
    const std::string whole = head + answer.body;
    co_await stream_.write(whole);
    co_return heading::refused;
}

task<connection::heading> connection::read_head() {
    bool timed = false;
    bool forgiven = false;
    for (;;) {
        // One empty line before a request line is forgiven. RFC 9112 2.2.
        if (!forgiven && unread().starts_with("\r\n")) {
            consume(2);
            forgiven = true;
        }
        const std::string_view here = unread();
        const std::size_t length = net::head_length(here.substr(0, around_.bounds.header_bytes_max));
        if (length > 0) {
            auto head = net::parse_request_head(here.substr(0, length), around_.bounds);
            if (!head) co_return co_await refuse_head(head.error());
            consume(length);
            next_ = std::move(*head);
            co_return heading::request;
        }
        if (here.size() >= around_.bounds.header_bytes_max) {
            co_return co_await refuse_head(
                {errc::head_too_large, origin::client, "the head is too long", {}});
        }
        if (here.empty() && !forgiven) {
            if (around_.draining) co_return heading::closed;
            idle_ = true;
            stream_.limit().in_ms(first_ ? around_.timers.request_header_ms
                                         : around_.timers.keep_alive_idle_ms);
        } else if (!timed) {
            timed = true;
            idle_ = false;
            stream_.limit().in_ms(around_.timers.request_header_ms);
        }
        const auto n = co_await fill();
        if (!n) {
            if (n.error() == asio::error::timed_out && !unread().empty()) {
                co_return co_await refuse_head(
                    {errc::request_timeout, origin::client, "the head came too slowly", {}});
            }
            co_return heading::closed;
        }
    }
}

task<bool> connection::serve(net::request_head head) {
    connection_exchange ex(*this, std::move(head));
    if (ex.head().method == net::http_method::options) {
        if (const auto preflight = around_.what.preflight(ex.head())) {
            co_await ex.respond(*preflight);
            co_return co_await ex.finish();
        }
    }
    const auto found = find_endpoint(around_.what.endpoints, ex.head().method, ex.head().path);
    if (!found) {
        around_.what.refused(found.error());
        response answer = around_.what.refuse(found.error(), ex.head().path);
        if (found.error().code == errc::method_not_allowed) {
            answer.fields.emplace_back("Allow", allowed_methods(around_.what.endpoints, ex.head().path));
        }
        co_await ex.respond(answer);
        co_return co_await ex.finish();
    }
    bool failed = false;
    try {
        co_await (*found)->handle(ex);
    } catch (const std::exception&) {
        // Out of memory, in all likelihood: this request ends, the others go on.
        failed = true;
    }
    if (failed && ex.answered()) ex.abandon();
    if (failed && !ex.answered()) {
        const fault why{errc::internal, origin::weir, "a handler threw", {}};
        around_.what.refused(why);
        co_await ex.respond(around_.what.refuse(why, ex.head().path));
    }
    co_return co_await ex.finish();
}

task<void> connection::linger() {
    stream_.shutdown_write();
    const net::mono_time until = around_.on.time->now() + linger_max;
    std::size_t dropped = 0;
    while (dropped < linger_bytes_max && !cut_ && around_.on.time->now() < until) {
        stream_.limit().in_ms(linger_read_ms);
        buffer_.clear();
        begin_ = 0;
        const auto n = co_await fill();
        if (!n) break;
        dropped += *n;
    }
}

task<void> connection::run() {
    bool open = true;
    bool polite = false;
    while (open && !cut_) {
        const heading h = co_await read_head();
        idle_ = false;
        stream_.limit().off();
        first_ = false;
        polite = h != heading::closed;
        if (h != heading::request) break;
        open = co_await serve(std::move(*std::exchange(next_, std::nullopt)));
    }
    if (abandoned_) {
        stream_.reset();
    } else if (polite && !cut_) {
        co_await linger();
    }
    stream_.close();
}

void connection::drain() noexcept {
    if (idle_) stream_.cancel();
}

void connection::cut() noexcept {
    cut_ = true;
    stream_.close();
}

}  // namespace weir::frontend
