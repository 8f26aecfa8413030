#pragma once
// Heads of requests and answers, strictly. Boost.Beast parses them; what it lets pass and a proxy must not is
// refused before: folded lines, several or odd lengths, Transfer-Encoding that is not exactly "chunked",
// names with '_' that look like framing, a target or a Host that is not plain. Sources: RFC 9112; the
// leniencies of Beast 1.81, measured.

#include "weir/base/error.hpp"
#include "weir/base/limits.hpp"

#include <boost/beast/http/fields.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::net {

using fields = boost::beast::http::fields;

enum class http_method : std::uint8_t { get, head, post, options, del };
std::string_view name_of(http_method m) noexcept;

struct request_head {
    http_method method = http_method::get;
    std::string path;    // target before '?': "/v1/chat/completions"
    std::string query;   // after it, without '?'
    unsigned minor = 1;  // HTTP/1.minor
    fields lines;
    std::optional<std::uint64_t> content_length;
    bool chunked = false;
    bool keep_alive = true;
    bool expect_continue = false;

    // First value of a field, "" where it is absent. Names in any case.
    std::string_view operator[](std::string_view name) const {
        const auto it = lines.find(name);
        return it == lines.end() ? std::string_view{} : std::string_view{it->value()};
    }
    bool has(std::string_view name) const { return lines.find(name) != lines.end(); }
    bool has_body() const noexcept { return chunked || content_length.value_or(0) > 0; }
};

struct answer_head {
    unsigned status = 0;
    unsigned minor = 1;
    fields lines;
    std::optional<std::uint64_t> content_length;
    bool chunked = false;
    bool keep_alive = true;

    std::string_view operator[](std::string_view name) const {
        const auto it = lines.find(name);
        return it == lines.end() ? std::string_view{} : std::string_view{it->value()};
    }
};

// Length of the head at the start of `bytes`, its blank line included; 0 while the blank line has not come.
std::size_t head_length(std::string_view bytes) noexcept;

// `head` ends with its blank line. Faults: malformed_http (origin client), head_too_large for too many
// fields.
result<request_head> parse_request_head(std::string_view head, const limits& bounds);

// The same for an answer. Fault: upstream_protocol (origin upstream). An answer with both lengths, or with
// several that differ, is refused.
result<answer_head> parse_answer_head(std::string_view head, const limits& bounds);

// Fields that belong to one connection and are never forwarded: Connection and what it names, Keep-Alive, TE,
// Trailer, Transfer-Encoding, Upgrade, Proxy-*, Content-Length. RFC 9110 7.6.1.
bool is_hop_by_hop(std::string_view name, std::string_view connection_value) noexcept;

}  // namespace weir::net
