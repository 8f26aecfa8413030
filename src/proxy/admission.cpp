#include "weir/proxy/admission.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace weir::proxy {

namespace {

bool same(std::string_view a, std::string_view b) noexcept { return boost::beast::iequals(a, b); }

std::string_view without_port(std::string_view host) noexcept {
    if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
    return host.substr(0, host.find(':'));
}

bool names_loopback(std::string_view host) noexcept {
    const std::string_view name = without_port(host);
    return same(name, "localhost") || name == "127.0.0.1" || name == "[::1]";
}

// A scheme in any case and one blank. RFC 9110 11.6.2.
std::string_view bearer(std::string_view authorization) noexcept {
    constexpr std::string_view scheme = "Bearer ";
    if (authorization.size() <= scheme.size() || !same(authorization.substr(0, scheme.size()), scheme))
        return {};
    return authorization.substr(scheme.size());
}

result<caller> admit_keyless(const net::request_head& head, const std::string& local_authority,
                             const config::settings& settings, entrance by) {
    const std::string_view host = head["Host"];
    if (!host.empty() && host != local_authority && !names_loopback(host)) {
        return client_fault(errc::forbidden_origin,
                            "without client keys, Host must name this machine's loopback");
    }
    const std::string_view page = head["Origin"];
    const bool listed =
        std::ranges::find(settings.front.cors_origins, page) != settings.front.cors_origins.end();
    if (!page.empty() && !listed) {
        return client_fault(errc::forbidden_origin, "this web page is not listed under cors.origins");
    }
    if (!listed && same(head["Sec-Fetch-Site"], "cross-site")) {
        return client_fault(errc::forbidden_origin, "a web page of another site may not ask");
    }
    if (head.has_body() && !by.any_media && !is_json(head["Content-Type"])) {
        return client_fault(errc::unsupported_media, "Content-Type must be application/json");
    }
    caller who;
    who.may_route = who.may_see_balance = who.may_forward = true;
    return who;
}

}  // namespace

result<caller> admit(const net::request_head& head, const std::string& local_authority,
                     const config::settings& settings, entrance by) {
    if (settings.keys.keyless()) return admit_keyless(head, local_authority, settings, by);
    const metering::client_key* key = settings.keys.find(bearer(head["Authorization"]));
    if (!key && by.anthropic) key = settings.keys.find(head["x-api-key"]);
    if (!key)
        return client_fault(errc::invalid_key, "the API key is missing or not one of this installation's");
    return caller{key->id,
                  key->may_route,
                  key->may_see_balance,
                  key->may_forward,
                  key->override_effort,
                  key->traffic_class,
                  key->error_cost_usd_milli};
}

std::string_view session_field(const net::request_head& head, const config::settings& settings) {
    for (const std::string& name : settings.session_fields) {
        if (const std::string_view value = head[name]; !value.empty()) return value;
    }
    return {};
}

bool is_json(std::string_view content_type) noexcept {
    std::string_view type = content_type.substr(0, content_type.find(';'));
    while (type.ends_with(' ')) type.remove_suffix(1);
    return same(type, "application/json");
}

result<router::circumstances> read_circumstances(const net::request_head& head, const caller& who) {
    router::circumstances about;
    about.key_id = who.key_id;
    about.override_effort = who.override_effort;
    about.traffic_class = who.traffic_class;
    about.error_cost_usd_milli = who.error_cost_usd_milli;
    if (!who.may_route) return about;
    if (const std::string_view named = head["x-weir-class"]; !named.empty()) about.traffic_class = named;
    about.tier_wanted = head["x-weir-tier"];
    about.tier_min = head["x-weir-min-tier"];
    if (const std::string_view cost = head["x-weir-error-cost"]; !cost.empty()) {
        double dollars = 0;
        const auto [end, ec] =
            std::from_chars(cost.data(), cost.data() + cost.size(), dollars, std::chars_format::fixed);
        if (ec != std::errc{} || end != cost.data() + cost.size() || !(dollars >= 0 && dollars <= 1e9)) {
            return client_fault(errc::invalid_field, "must be an amount in dollars", "x-weir-error-cost");
        }
        about.error_cost_usd_milli = std::llround(dollars * 1000);
    }
    return about;
}

}  // namespace weir::proxy
