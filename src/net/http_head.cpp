#include "weir/net/http_head.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace weir::net {

namespace beast = boost::beast;
namespace http = beast::http;

namespace {

constexpr std::size_t length_digits_max = 10;

bool same(std::string_view a, std::string_view b) noexcept { return beast::iequals(a, b); }

bool all_digits(std::string_view text) noexcept {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// What must be seen in the raw bytes because the parser mends or hides it. nullptr: nothing is wrong.
const char* find_raw_offence(std::string_view head) noexcept {
    std::size_t line_start = 0;
    while (line_start < head.size()) {
        const std::size_t lf = head.find('\n', line_start);
        if (lf == std::string_view::npos) return "the head does not end with a blank line";
        if (lf == line_start || head[lf - 1] != '\r') return "a line of the head ends without CR";
        const std::string_view line = head.substr(line_start, lf - 1 - line_start);
        if (line_start > 0 && !line.empty() && (line.front() == ' ' || line.front() == '\t')) {
            return "a field goes on in a second line";
        }
        for (const char c : line) {
            const auto u = static_cast<unsigned char>(c);
            if ((u < 0x20 && c != '\t') || u == 0x7f) return "the head has a control character";
        }
        line_start = lf + 1;
    }
    return nullptr;
}

// Names that other software reads as framing when it takes '_' for '-'.
bool looks_like_framing(std::string_view name) noexcept {
    if (name.find('_') == std::string_view::npos) return false;
    static constexpr std::array<std::string_view, 3> framing{"content-length", "transfer-encoding", "host"};
    std::string plain(name);
    std::ranges::replace(plain, '_', '-');
    return std::ranges::any_of(framing, [&](std::string_view f) { return same(plain, f); });
}

struct framing {
    std::optional<std::uint64_t> length;
    bool chunked = false;
};

// Lengths as they must be, for either side. The string is what is wrong.
std::expected<framing, const char*> read_framing(const fields& lines, unsigned minor) {
    framing f;
    std::size_t lengths = 0, encodings = 0;
    for (const auto& line : lines) {
        if (looks_like_framing(line.name_string())) return std::unexpected("a field's name imitates framing");
        if (line.name() == http::field::content_length) {
            const std::string_view value = line.value();
            if (++lengths > 1) return std::unexpected("Content-Length is there twice");
            if (!all_digits(value) || value.size() > length_digits_max) {
                return std::unexpected("Content-Length is no plain number");
            }
            std::uint64_t n = 0;
            std::from_chars(value.data(), value.data() + value.size(), n);
            f.length = n;
        } else if (line.name() == http::field::transfer_encoding) {
            if (++encodings > 1 || !same(line.value(), "chunked")) {
                return std::unexpected("Transfer-Encoding is not just chunked");
            }
            f.chunked = true;
        }
    }
    if (f.chunked && f.length) return std::unexpected("Content-Length and Transfer-Encoding are both there");
    if (f.chunked && minor == 0) return std::unexpected("HTTP/1.0 has no Transfer-Encoding");
    return f;
}

bool wants_keep_alive(const fields& lines, unsigned minor) {
    bool close = minor == 0;
    for (auto [it, end] = lines.equal_range(http::field::connection); it != end; ++it) {
        for (const auto token : http::token_list{it->value()}) {
            if (same(token, "close")) return false;
            if (same(token, "keep-alive")) close = false;
        }
    }
    return !close;
}

template <bool IsRequest>
error_code parse(http::parser<IsRequest, http::empty_body>& parser, std::string_view head,
                 const limits& bounds) {
    parser.header_limit(static_cast<std::uint32_t>(
        std::max(bounds.header_bytes_max, bounds.upstream_head_bytes_max) + head.size()));
    parser.body_limit(boost::none);
    parser.eager(false);
    error_code ec;
    parser.put(boost::asio::buffer(head.data(), head.size()), ec);
    if (!ec && !parser.is_header_done()) ec = make_error_code(http::error::partial_message);
    return ec;
}

std::size_t count(const fields& lines) {
    return static_cast<std::size_t>(std::distance(lines.begin(), lines.end()));
}

std::unexpected<fault> refuse(const char* why) { return client_fault(errc::malformed_http, why); }

std::optional<http_method> method_of(http::verb v) noexcept {
    switch (v) {
        case http::verb::get:
            return http_method::get;
        case http::verb::head:
            return http_method::head;
        case http::verb::post:
            return http_method::post;
        case http::verb::options:
            return http_method::options;
        case http::verb::delete_:
            return http_method::del;
        default:
            return std::nullopt;
    }
}

// Splits "http://host/path?query" or "/path?query"; the authority of the former must be the Host.
const char* read_target(std::string_view target, request_head& into, std::string_view host) {
    const bool plain = std::ranges::all_of(target, [](char c) { return c >= 0x21 && c <= 0x7e; });
    if (!plain || target.empty()) return "the target has bytes that a URL has not";
    if (target.front() != '/') {
        const std::size_t scheme = target.find("://");
        if (scheme == std::string_view::npos) {
            return "the target is neither a path nor a URL";
        }
        const std::size_t begin = scheme + 3;
        const std::size_t slash = std::min(target.find('/', begin), target.size());
        if (!same(target.substr(begin, slash - begin), host))
            return "the target names another host than Host does";
        target = slash == target.size() ? std::string_view{"/"} : target.substr(slash);
    }
    const std::size_t mark = target.find('?');
    into.path = target.substr(0, mark);
    if (mark != std::string_view::npos) into.query = target.substr(mark + 1);
    return nullptr;
}

}  // namespace

std::string_view name_of(http_method m) noexcept {
    static constexpr std::array<std::string_view, 5> names{"GET", "HEAD", "POST", "OPTIONS", "DELETE"};
    return names[static_cast<std::size_t>(m)];
}

std::size_t head_length(std::string_view bytes) noexcept {
    const std::size_t end = bytes.find("\r\n\r\n");
    if (end != std::string_view::npos) return end + 4;
    // A blank line of bare LFs is not waited past: the parse says what is wrong.
    const std::size_t bare = bytes.find("\n\n");
    return bare == std::string_view::npos ? 0 : bare + 2;
}

result<request_head> parse_request_head(std::string_view head, const limits& bounds) {
    if (const char* why = find_raw_offence(head)) return refuse(why);
    http::request_parser<http::empty_body> parser;
    if (const error_code ec = parse(parser, head, bounds)) return refuse("the head is not HTTP/1.1");

    request_head r;
    const auto& message = parser.get();
    const auto method = method_of(message.method());
    r.minor = message.version() == 10 ? 0 : 1;
    if (message.version() != 10 && message.version() != 11)
        return refuse("the version is not HTTP/1.0 or 1.1");
    if (!method)
        return client_fault(errc::method_not_allowed, "the method is not GET, HEAD, POST, OPTIONS or DELETE");
    r.method = *method;
    if (count(message) > bounds.header_fields_max) {
        return client_fault(errc::head_too_large, "the head has too many fields");
    }
    const auto hosts = message.equal_range(http::field::host);
    const auto host_count = std::distance(hosts.first, hosts.second);
    if (host_count > 1 || (r.minor == 1 && host_count == 0)) return refuse("there is not exactly one Host");
    const std::string_view host = host_count ? std::string_view{hosts.first->value()} : std::string_view{};
    if (const char* why = read_target(message.target(), r, host)) return refuse(why);

    const auto lengths = read_framing(message, r.minor);
    if (!lengths) return refuse(lengths.error());
    r.content_length = lengths->length;
    r.chunked = lengths->chunked;
    if (r.has_body() && (r.method == http_method::get || r.method == http_method::head)) {
        return refuse("GET and HEAD have no body here");
    }
    r.keep_alive = wants_keep_alive(message, r.minor);
    r.lines = std::move(parser.get().base());
    if (r.has("Expect")) {
        if (!same(r["Expect"], "100-continue")) return refuse("Expect is not 100-continue");
        r.expect_continue = r.minor == 1;
    }
    return r;
}

result<answer_head> parse_answer_head(std::string_view head, const limits& bounds) {
    if (const char* why = find_raw_offence(head)) return upstream_fault(errc::upstream_protocol, why);
    http::response_parser<http::empty_body> parser;
    if (const error_code ec = parse(parser, head, bounds)) {
        return upstream_fault(errc::upstream_protocol, "the head is not HTTP/1.1: " + ec.message());
    }
    const auto& message = parser.get();
    answer_head a;
    a.status = message.result_int();
    a.minor = message.version() == 10 ? 0 : 1;
    if (a.status < 100 || a.status > 599)
        return upstream_fault(errc::upstream_protocol, "the status is no HTTP status");
    const auto lengths = read_framing(message, a.minor);
    if (!lengths) return upstream_fault(errc::upstream_protocol, lengths.error());
    a.content_length = lengths->length;
    a.chunked = lengths->chunked;
    a.keep_alive = wants_keep_alive(message, a.minor);
    a.lines = std::move(parser.get().base());
    return a;
}

bool is_hop_by_hop(std::string_view name, std::string_view connection_value) noexcept {
    static constexpr std::array<std::string_view, 10> always{"Connection",
                                                             "Keep-Alive",
                                                             "TE",
                                                             "Trailer",
                                                             "Transfer-Encoding",
                                                             "Upgrade",
                                                             "Proxy-Authenticate",
                                                             "Proxy-Authorization",
                                                             "Proxy-Connection",
                                                             "Content-Length"};
    if (std::ranges::any_of(always, [&](std::string_view f) { return same(name, f); })) return true;
    for (const auto token : http::token_list{connection_value}) {
        if (same(token, name)) return true;
    }
    return false;
}

}  // namespace weir::net
