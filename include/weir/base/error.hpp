#pragma once
// How weir says no.
//
// Two kinds of failure, kept apart. What peers, files and clocks may do is a value: result<T>. What cannot
// be, if our own code is right, is an assert(), and an assert never looks at input.
// Exceptions of libraries end where the library is called.

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace weir {

using boost::system::error_code;

// Every reason weir itself can give. The numbers are stored in the ledger: add, never renumber.
enum class errc : int {
    // the client must change something
    malformed_json = 100,   // the body is not JSON, not UTF-8, or nested deeper than limits::json_depth_max
    invalid_field = 101,    // a field is missing, repeated, of the wrong type, or out of range
    body_too_large = 102,   // longer than limits::request_bytes_max
    model_not_found = 103,  // neither routed nor pinned by the configuration
    over_budget = 104,      // a budget or limit of the key, the tier or the installation
    malformed_http = 105,   // the framing rules refuse the head or the chunks
    head_too_large = 106,   // longer than limits::header_bytes_max or more fields than header_fields_max
    not_found = 107,        // no such endpoint, or no such request of this key
    method_not_allowed = 108,  // the endpoint exists, the method does not
    invalid_key = 109,         // no client key, or one that is not listed
    forbidden_origin = 110,    // a web page asks without being listed under cors.origins
    unsupported_media = 111,   // the body is not application/json
    request_timeout = 112,     // head or body came too slowly
    unsupported_image = 113,   // an image for a tier that reads none
    no_candidate = 114,        // gates left no cell that could answer this request
    not_allowed = 115,         // the client key may not use this endpoint
    unsupported_file = 116,    // a file for a tier that reads none
    unsupported_tool = 117,    // a tool that another tier runs itself, and this one does not
    // the upstream failed
    upstream_connect = 200,   // resolve, TCP or TLS failed: nothing was sent
    upstream_status = 201,    // a whole answer came: its status is not 2xx, or it says itself that it failed
    upstream_protocol = 202,  // bytes that are not HTTP, not the promised SSE, or cut short
    upstream_timeout = 203,   // one of the named timers ran out
    nothing_left = 204,       // every candidate was tried or is shut off
    // weir itself
    internal = 300,    // ours; the detail goes to the log, never to the client
    overloaded = 301,  // a bound of weir's own: slots, connections
    draining = 302,    // weir is shutting down
    ledger = 303,      // the ledger cannot be written, so nothing may be spent
    bad_config = 304,  // a configuration that cannot be used
    file = 305,        // a file cannot be read or written
};

const boost::system::error_category& weir_category() noexcept;
inline error_code make_error_code(errc e) noexcept { return {static_cast<int>(e), weir_category()}; }

// The stable word for a reason, as `code` in error bodies, logs and metrics: "malformed_json".
std::string_view code_name(errc e) noexcept;

// Who must change something. It picks the class of the HTTP status and a column of the ledger.
enum class origin : std::uint8_t { client, upstream, weir };

// One failure: enough to answer the client, to log, and to decide whether to try again.
struct fault {
    errc code = errc::internal;
    origin from = origin::weir;
    std::string detail;  // shown to the client only where from == origin::client
    std::string field;   // the field at fault, as a path: "messages[2].role"; may be empty
};

template <class T>
using result = std::expected<T, fault>;

// `return client_fault(errc::invalid_field, "must be a string", "messages[2].role");`
inline std::unexpected<fault> client_fault(errc e, std::string detail, std::string field = {}) {
    return std::unexpected(fault{e, origin::client, std::move(detail), std::move(field)});
}
inline std::unexpected<fault> upstream_fault(errc e, std::string detail) {
    return std::unexpected(fault{e, origin::upstream, std::move(detail), {}});
}
inline std::unexpected<fault> weir_fault(errc e, std::string detail) {
    return std::unexpected(fault{e, origin::weir, std::move(detail), {}});
}

}  // namespace weir

template <>
struct boost::system::is_error_code_enum<weir::errc> : std::true_type {};
