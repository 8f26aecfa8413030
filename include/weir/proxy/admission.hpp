#pragma once
// Who may ask, decided from the head alone, before a byte of the body is read. Pure.

#include "weir/config/settings.hpp"
#include "weir/net/http_head.hpp"
#include "weir/router/decide.hpp"

#include <cstdint>
#include <string>

namespace weir::proxy {

struct caller {
    std::string key_id;      // "" in keyless mode
    bool may_route = false;  // x-weir-class, -tier, -min-tier and -error-cost count
    bool may_see_balance = false;
    bool may_forward = false;
    bool override_effort = false;           // the policy's effort replaces the client's
    std::string traffic_class;              // of the key, where no header says another; "" is the policy's
    std::int64_t error_cost_usd_milli = 0;  // the same
};

// What an endpoint lets in.
struct entrance {
    bool anthropic = false;  // `x-api-key` is the client's key too, as Anthropic's SDKs send it
    bool any_media = false;  // bodies are not looked at: whoever serves the endpoint does
};

// With client keys: `Authorization: Bearer` must carry one of them, or the entrance's other field. Without:
// the request must not come from a web page, since any page could spend the user's money: Host names
// loopback, Origin is absent or listed, Sec-Fetch-Site is not cross-site, and a body is application/json,
// which a page cannot send without asking first. Faults: invalid_key, forbidden_origin, unsupported_media.
result<caller> admit(const net::request_head& head, const std::string& local_authority,
                     const config::settings& settings, entrance by = {});

// What names the conversation: the value of the first of settings.session_fields that the request has, ""
// where it has none. Only then the body's member counts (dialect::body_index::session).
std::string_view session_field(const net::request_head& head, const config::settings& settings);

// The media type alone counts, in any case; parameters may follow. RFC 9110 8.3.1.
bool is_json(std::string_view content_type) noexcept;

// What key and headers say about routing, the headers as far as the caller may. Views into `head` and `who`.
// Fault: invalid_field for an error cost that is no amount in dollars.
result<router::circumstances> read_circumstances(const net::request_head& head, const caller& who);

}  // namespace weir::proxy
