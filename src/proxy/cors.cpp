#include "cors.hpp"

#include <algorithm>

namespace weir::proxy {

namespace {

bool is_listed(std::string_view page, const frontend::settings& front) {
    return !page.empty() && std::ranges::find(front.cors_origins, page) != front.cors_origins.end();
}

}  // namespace

frontend::field_list cors_fields(const net::request_head& head, const frontend::settings& front) {
    if (front.cors_origins.empty()) return {};
    // Caches must tell pages apart, listed or not.
    frontend::field_list fields{{"Vary", "Origin"}};
    const std::string_view page = head["Origin"];
    if (!is_listed(page, front)) return fields;
    fields.emplace_back("Access-Control-Allow-Origin", page);
    fields.emplace_back("Access-Control-Expose-Headers",
                        "x-weir-request-id, x-weir-model, x-weir-tier, x-weir-effort, x-weir-reason, "
                        "x-weir-score, x-weir-mended, x-weir-checked, x-weir-attempts, x-weir-replaced, "
                        "x-weir-warning, Retry-After");
    return fields;
}

std::optional<frontend::response> cors_preflight(const net::request_head& head,
                                                 const frontend::settings& front) {
    if (!is_listed(head["Origin"], front) || !head.has("Access-Control-Request-Method")) return std::nullopt;
    // The wildcard does not stand for Authorization.
    return frontend::response{204,
                              {{"Access-Control-Allow-Methods", "GET, POST, DELETE"},
                               {"Access-Control-Allow-Headers", "Authorization, *"},
                               {"Access-Control-Max-Age", "600"}},
                              {}};
}

}  // namespace weir::proxy
