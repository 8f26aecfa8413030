#include "weir/upstream/attempt.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <cstring>

namespace weir::upstream {

namespace asio = boost::asio;
using net::task;

namespace {

constexpr std::size_t read_bytes = 16 * 1024;
// More than a server has reason to send; a flood of them would hold the request for ever.
constexpr int interim_heads_max = 8;

fault broken(const error_code& ec, std::string_view when) {
    if (ec == asio::error::timed_out) {
        return {errc::upstream_timeout, origin::upstream, "upstream was silent " + std::string(when), {}};
    }
    return {errc::upstream_protocol,
            origin::upstream,
            "the connection broke " + std::string(when) + ": " + ec.message(),
            {}};
}

bool peer_closed(const error_code& ec) {
    return ec == asio::error::eof || ec == asio::error::connection_reset || ec == asio::error::broken_pipe;
}

}  // namespace

attempt::attempt(pool& from)
    : pool_(from),
      connector_(from.make_connector()),
      buffer_(std::make_unique_for_overwrite<char[]>(read_bytes)) {}

attempt::~attempt() = default;

void attempt::cancel() noexcept {
    cancelled_ = true;
    connector_.cancel();
    if (connection_) connection_->close();
}

std::string attempt::render(const outgoing& request) const {
    const settings& to = pool_.to();
    std::size_t length = 0;
    for (const std::string_view piece : request.body) length += piece.size();
    std::string head;
    head.reserve(512);
    head.append(request.method)
        .append(" ")
        .append(to.base_path)
        .append(request.path)
        .append(" HTTP/1.1\r\nHost: ");
    head.append(to.host.find(':') == std::string::npos ? to.host : "[" + to.host + "]");
    if (to.port != (to.tls ? 443 : 80)) head.append(":").append(std::to_string(to.port));
    head.append("\r\n");
    for (const auto& [name, value] : request.fields)
        head.append(name).append(": ").append(value).append("\r\n");
    head.append("Accept-Encoding: identity\r\n");
    // A body without a length would be read as the next request.
    if (length > 0 || request.method == "POST")
        head.append("Content-Length: ").append(std::to_string(length)).append("\r\n");
    return head.append("\r\n");
}

task<result<net::answer_head>> attempt::open(const outgoing& request) {
    const std::string head = render(request);
    for (bool pooled = true;;) {
        connection_ = pooled ? pool_.take() : nullptr;
        pooled = connection_ != nullptr;
        if (!connection_) {
            auto fresh = co_await connector_.connect();
            if (!fresh) co_return std::unexpected(std::move(fresh.error()));
            connection_ = std::move(*fresh);
        }
        if (cancelled_) co_return upstream_fault(errc::upstream_connect, "cancelled");
        tried t = co_await exchange(head, request);
        if (t.stale && pooled && !cancelled_) {
            pooled = false;
            continue;
        }
        if (t.head) frame(*t.head, request.method == "HEAD");
        co_return std::move(t.head);
    }
}

task<attempt::tried> attempt::exchange(const std::string& head, const outgoing& request) {
    std::vector<asio::const_buffer> parts;
    parts.reserve(request.body.size() + 1);
    parts.push_back(asio::buffer(head));
    for (const std::string_view piece : request.body) parts.push_back(asio::buffer(piece));
    sent_ = true;
    const auto written = co_await connection_->write_steadily(parts, pool_.timers().upstream_idle_ms);
    // An upstream that refuses a long body may answer and close before it has read it: its answer still
    // counts.
    if (!written && !peer_closed(written.error())) {
        co_return tried{std::unexpected(broken(written.error(), "while the request was sent"))};
    }
    co_return co_await read_head();
}

task<attempt::tried> attempt::read_head() {
    connection_->limit().in_ms(pool_.timers().upstream_first_byte_ms);
    std::string bytes;
    int interim = 0;
    for (;;) {
        const std::size_t length = net::head_length(bytes);
        if (length == 0) {
            if (bytes.size() > pool_.bounds().upstream_head_bytes_max) {
                co_return tried{upstream_fault(errc::upstream_protocol, "the answer's head is too long")};
            }
            const auto n = co_await connection_->read_some({buffer_.get(), read_bytes});
            if (!n) {
                const bool stale = bytes.empty() && interim == 0 && peer_closed(n.error());
                co_return tried{std::unexpected(broken(n.error(), "before an answer came")), stale};
            }
            bytes.append(buffer_.get(), *n);
            continue;
        }
        auto head = net::parse_answer_head(std::string_view{bytes}.substr(0, length), pool_.bounds());
        if (!head) co_return tried{std::move(head)};
        bytes.erase(0, length);
        if (head->status >= 200) {
            if (bytes.size() > read_bytes) {
                co_return tried{upstream_fault(errc::upstream_protocol, "too many bytes came with the head")};
            }
            std::memcpy(buffer_.get(), bytes.data(), bytes.size());
            pending_ = bytes.size();
            co_return tried{std::move(head)};
        }
        if (head->status == 101 || ++interim > interim_heads_max) {
            co_return tried{
                upstream_fault(errc::upstream_protocol, "an interim answer that nobody asked for")};
        }
    }
}

void attempt::frame(const net::answer_head& head, bool to_head) noexcept {
    reusable_ = head.keep_alive;
    if (to_head || head.status == 204 || head.status == 304) {
        framing_ = framing::none;
    } else if (head.chunked) {
        framing_ = framing::chunked;
    } else if (head.content_length) {
        framing_ = framing::length;
        left_ = *head.content_length;
    } else {
        framing_ = framing::until_close;
        reusable_ = false;
    }
    if (framing_ == framing::none || (framing_ == framing::length && left_ == 0)) {
        reusable_ = reusable_ && pending_ == 0;
        finish();
    }
}

void attempt::finish() {
    done_ = true;
    if (!connection_) return;
    connection_->limit().off();
    if (reusable_ && !cancelled_ && connection_->is_open()) {
        pool_.give_back(std::move(connection_));
    } else {
        connection_->close();
    }
    connection_.reset();
}

result<std::string_view> attempt::take_payload(std::size_t raw) {
    switch (framing_) {
        case framing::chunked: {
            const auto p = chunks_.decode(buffer_.get(), raw);
            if (!p) return upstream_fault(errc::upstream_protocol, p.error());
            if (chunks_.done()) {
                reusable_ = reusable_ && p->consumed == raw;
                finish();
            }
            return std::string_view{buffer_.get(), p->payload};
        }
        case framing::length: {
            const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(left_, raw));
            left_ -= n;
            if (left_ == 0) {
                reusable_ = reusable_ && n == raw;
                finish();
            }
            return std::string_view{buffer_.get(), n};
        }
        case framing::until_close:
        case framing::none:
            break;
    }
    return std::string_view{buffer_.get(), raw};
}

task<result<std::string_view>> attempt::read_some(net::mono_time due) {
    while (!done_) {
        std::size_t raw = std::exchange(pending_, 0);
        if (raw == 0) {
            connection_->limit().until(due);
            const auto n = co_await connection_->read_some({buffer_.get(), read_bytes});
            if (!n && n.error() == asio::error::eof && framing_ == framing::until_close) {
                finish();
                break;
            }
            if (!n) co_return std::unexpected(broken(n.error(), "within an answer"));
            raw = *n;
        }
        auto payload = take_payload(raw);
        if (!payload || !payload->empty()) co_return payload;
    }
    co_return std::string_view{};
}

}  // namespace weir::upstream
