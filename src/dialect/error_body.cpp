#include "weir/dialect/error_body.hpp"

#include <nlohmann/json.hpp>

#include <string_view>

namespace weir::dialect {
namespace {

// The words of OpenAI's `error.type`, by status.
std::string_view type_of(int status) noexcept {
    switch (status) {
        case 401:
            return "authentication_error";
        case 403:
            return "permission_error";
        case 429:
            return "rate_limit_error";
        default:
            return status < 500 ? "invalid_request_error" : "api_error";
    }
}

// What is said where the fault has no words for the client.
std::string_view default_message(errc code) noexcept {
    switch (code) {
        case errc::malformed_json:
            return "The body is not valid JSON.";
        case errc::invalid_field:
            return "A field of the request is missing or wrong.";
        case errc::body_too_large:
            return "The body is too large.";
        case errc::model_not_found:
            return "The model does not exist.";
        case errc::over_budget:
            return "A budget or limit is used up.";
        case errc::malformed_http:
            return "The request is not valid HTTP/1.1.";
        case errc::head_too_large:
            return "The header fields are too large.";
        case errc::not_found:
            return "There is nothing at this address.";
        case errc::method_not_allowed:
            return "This method is not allowed here.";
        case errc::invalid_key:
            return "The API key is missing or not known.";
        case errc::forbidden_origin:
            return "This origin may not send requests.";
        case errc::unsupported_media:
            return "The body must be application/json.";
        case errc::request_timeout:
            return "The request came too slowly.";
        case errc::unsupported_image:
            return "This model does not read images.";
        case errc::no_candidate:
            return "No model can answer this request.";
        case errc::upstream_connect:
            return "The upstream cannot be reached.";
        case errc::upstream_status:
            return "The upstream answered with an error.";
        case errc::upstream_protocol:
            return "The upstream's answer was broken off or is not valid.";
        case errc::upstream_timeout:
            return "The upstream took too long.";
        case errc::nothing_left:
            return "No upstream is available now.";
        case errc::overloaded:
            return "The proxy is at its limit of requests.";
        case errc::draining:
            return "The proxy is shutting down.";
        case errc::ledger:
            return "The proxy cannot record costs now, so it sends nothing.";
        case errc::internal:
        case errc::bad_config:
        case errc::file:
            return "The proxy failed.";
    }
    return "The proxy failed.";
}

std::string message_of(const fault& f) {
    // Only what the client did is told in detail; the rest would show the inside of the installation.
    if (f.from != origin::client || f.detail.empty()) return std::string(default_message(f.code));
    return f.field.empty() ? f.detail : f.field + ": " + f.detail;
}

}  // namespace

int status_of(const fault& f) noexcept {
    switch (f.code) {
        case errc::malformed_json:
        case errc::invalid_field:
        case errc::malformed_http:
        case errc::unsupported_image:
        case errc::no_candidate:
            return 400;
        case errc::invalid_key:
            return 401;
        case errc::forbidden_origin:
            return 403;
        case errc::model_not_found:
        case errc::not_found:
            return 404;
        case errc::method_not_allowed:
            return 405;
        case errc::request_timeout:
            return 408;
        case errc::body_too_large:
            return 413;
        case errc::unsupported_media:
            return 415;
        case errc::over_budget:
            return 429;
        case errc::head_too_large:
            return 431;
        case errc::upstream_connect:
        case errc::upstream_status:
        case errc::upstream_protocol:
            return 502;
        case errc::upstream_timeout:
            return 504;
        case errc::nothing_left:
        case errc::overloaded:
        case errc::draining:
        case errc::ledger:
            return 503;
        case errc::internal:
        case errc::bad_config:
        case errc::file:
            return 500;
    }
    return 500;
}

std::string error_body(const fault& f) {
    using nlohmann::ordered_json;
    ordered_json error;
    error["message"] = message_of(f);
    error["type"] = type_of(status_of(f));
    error["param"] = f.field.empty() ? ordered_json(nullptr) : ordered_json(f.field);
    error["code"] = code_name(f.code);
    // A detail may quote bytes of the client that are not UTF-8.
    return ordered_json{{"error", std::move(error)}}.dump(-1, ' ', false,
                                                          ordered_json::error_handler_t::replace);
}

std::string error_event(const fault& f) { return "data: " + error_body(f) + "\n\n"; }

}  // namespace weir::dialect
