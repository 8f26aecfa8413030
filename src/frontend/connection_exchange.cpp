#include "connection_exchange.hpp"

#include "response.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <array>
#include <cstring>

namespace weir::frontend {

using net::task;
namespace asio = net::asio;

namespace {

// A client that left, or that was too slow: there is nobody to answer, or only to say so.
fault reading_failed(const error_code& ec) {
    if (ec == asio::error::timed_out)
        return {errc::request_timeout, origin::client, "the body came too slowly", {}};
    return {errc::malformed_http, origin::client, {}, {}};
}

}  // namespace

connection_exchange::connection_exchange(connection& c, net::request_head head)
    : connection_(c),
      head_(std::move(head)),
      began_(worker().time->now()),
      began_wall_(worker().time->wall()),
      body_read_(!head_.has_body()) {}

task<bool> connection_exchange::send_continue() {
    if (!head_.expect_continue || continued_) co_return true;
    continued_ = true;
    connection_.stream_.limit().in_ms(connection_.around_.timers.client_write_stall_ms);
    const auto done = co_await connection_.stream_.write("HTTP/1.1 100 Continue\r\n\r\n");
    co_return done.has_value();
}

task<result<net::body_buffer>> connection_exchange::read_body(std::size_t bytes_max) {
    if (body_read_) co_return net::body_buffer{};
    if (head_.content_length.value_or(0) > bytes_max) {
        co_return client_fault(errc::body_too_large,
                               "the body is longer than " + std::to_string(bytes_max) + " bytes");
    }
    body_broken_ = true;
    if (!co_await send_continue()) co_return std::unexpected(reading_failed({}));
    connection_.stream_.limit().in_ms(connection_.around_.timers.request_body_ms);
    auto body = head_.chunked ? co_await read_chunks(bytes_max)
                              : co_await read_sized(static_cast<std::size_t>(*head_.content_length));
    connection_.stream_.limit().off();
    if (body) {
        body_read_ = true;
        body_broken_ = false;
    }
    co_return body;
}

task<result<net::body_buffer>> connection_exchange::read_sized(std::size_t length) {
    net::body_pool& pool = worker().bodies;
    net::body_buffer body = pool.take(length);
    const std::size_t here = std::min(length, connection_.unread().size());
    body.append(connection_.unread().substr(0, here), pool);
    connection_.consume(here);
    while (body.size() < length) {
        const auto n = co_await connection_.stream_.read_some(body.room().first(length - body.size()));
        if (!n) co_return std::unexpected(reading_failed(n.error()));
        body.grew(*n);
    }
    co_return body;
}

task<result<net::body_buffer>> connection_exchange::read_chunks(std::size_t bytes_max) {
    net::body_pool& pool = worker().bodies;
    net::body_buffer body = pool.take(connection_.buffer_.capacity());
    net::chunk_decoder chunks;
    std::size_t raw = connection_.unread().size();
    body.reserve(std::max<std::size_t>(raw, 1), pool);
    std::memcpy(body.room().data(), connection_.unread().data(), raw);
    connection_.consume(raw);
    for (;;) {
        const auto p = chunks.decode(body.room().data(), raw);
        if (!p) co_return client_fault(errc::malformed_http, p.error());
        if (body.size() + p->payload > bytes_max) {
            co_return client_fault(errc::body_too_large,
                                   "the body is longer than " + std::to_string(bytes_max) + " bytes");
        }
        if (chunks.done()) connection_.buffer_.append(body.room().data() + p->consumed, raw - p->consumed);
        body.grew(p->payload);
        if (chunks.done()) co_return body;
        if (body.room().size() < 4096) body.reserve(2 * body.capacity(), pool);
        const auto n = co_await connection_.stream_.read_some(body.room());
        if (!n) co_return std::unexpected(reading_failed(n.error()));
        raw = *n;
    }
}

bool connection_exchange::goes_on() const noexcept {
    if (!head_.keep_alive || connection_.around_.draining || body_broken_ || broken_) return false;
    if (body_read_) return true;
    return !head_.chunked && !head_.expect_continue && *head_.content_length <= dropped_bytes_max;
}

task<bool> connection_exchange::send(std::span<const asio::const_buffer> buffers) {
    answered_ = true;
    const auto done = co_await connection_.stream_.write_steadily(
        buffers, connection_.around_.timers.client_write_stall_ms);
    if (!done) broken_ = true;
    co_return done.has_value();
}

field_list connection_exchange::with_common(const field_list& fields) const {
    field_list all = connection_.around_.what.common_fields(head_);
    all.insert(all.begin(), fields.begin(), fields.end());
    return all;
}

task<bool> connection_exchange::respond(const response& answer) {
    co_return co_await respond(answer.status, answer.fields, answer.body);
}

task<bool> connection_exchange::respond(int status, const field_list& fields, std::string_view body) {
    stop_watching();
    keep_alive_ = goes_on();
    const std::string head = render_head(status, with_common(fields), worker().time->wall(),
                                         body_framing::length, body.size(), keep_alive_, head_.minor);
    const bool bare = head_.method == net::http_method::head;
    const std::array<asio::const_buffer, 2> both{asio::buffer(head), asio::buffer(body)};
    ended_ = true;
    co_return co_await send(std::span{both}.first(bare ? 1 : 2));
}

void connection_exchange::begin(int status, const field_list& fields) {
    chunked_ = head_.minor > 0;
    keep_alive_ = chunked_ && goes_on();
    pending_head_ = render_head(status, with_common(fields), worker().time->wall(),
                                chunked_ ? body_framing::chunked : body_framing::until_close, 0, keep_alive_,
                                head_.minor);
}

task<bool> connection_exchange::send_chunk(std::string_view payload, bool last) {
    std::array<char, 20> room;
    std::array<asio::const_buffer, 5> parts;
    std::size_t n = 0;
    const std::string head = std::exchange(pending_head_, {});
    if (!head.empty()) parts[n++] = asio::buffer(head);
    if (!payload.empty()) {
        if (chunked_) parts[n++] = asio::buffer(net::chunk_head(payload.size(), room));
        parts[n++] = asio::buffer(payload);
        if (chunked_) parts[n++] = asio::buffer(net::chunk_tail);
    }
    if (last && chunked_) parts[n++] = asio::buffer(net::last_chunk);
    if (n == 0) co_return true;
    co_return co_await send(std::span{parts}.first(n));
}

task<bool> connection_exchange::write(std::string_view payload) {
    if (payload.empty() || broken_) co_return !broken_;
    co_return co_await send_chunk(payload, false);
}

task<bool> connection_exchange::end(std::string_view last_payload) {
    if (broken_) co_return false;
    ended_ = true;
    co_return co_await send_chunk(last_payload, true);
}

task<bool> connection_exchange::finish() {
    stop_watching();
    connection_.abandoned_ = broken_ && !ended_;
    if (!ended_ || broken_ || !keep_alive_) co_return false;
    if (body_read_) co_return true;
    connection_.stream_.limit().in_ms(connection_.around_.timers.request_body_ms);
    const auto dropped = co_await read_sized(static_cast<std::size_t>(*head_.content_length));
    connection_.stream_.limit().off();
    co_return dropped.has_value();
}

}  // namespace weir::frontend
