#include "weir/dialect/error_body.hpp"

#include "error_shapes.hpp"

#include <nlohmann/json.hpp>

#include <string_view>

namespace weir::dialect {
namespace {

using nlohmann::ordered_json;

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

// The words of Anthropic's `error.type`, by status. Its own 529 for an overload is a 503 here, as DeepSeek
// has it.
std::string_view messages_type_of(int status) noexcept {
    switch (status) {
        case 401:
            return "authentication_error";
        case 403:
            return "permission_error";
        case 404:
            return "not_found_error";
        case 413:
            return "request_too_large";
        case 429:
            return "rate_limit_error";
        case 503:
            return "overloaded_error";
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
        case errc::unsupported_file:
            return "This model does not read files.";
        case errc::unsupported_tool:
            return "This model does not run these tools.";
        case errc::no_candidate:
            return "No model can answer this request.";
        case errc::not_allowed:
            return "This key may not use this endpoint.";
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

ordered_json param_of(const fault& f) {
    return f.field.empty() ? ordered_json(nullptr) : ordered_json(f.field);
}

// A detail may quote bytes of the client that are not UTF-8.
std::string text_of(const ordered_json& json) {
    return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace

int status_of(const fault& f) noexcept {
    switch (f.code) {
        case errc::malformed_json:
        case errc::invalid_field:
        case errc::malformed_http:
        case errc::unsupported_image:
        case errc::unsupported_file:
        case errc::unsupported_tool:
        case errc::no_candidate:
            return 400;
        case errc::invalid_key:
            return 401;
        case errc::forbidden_origin:
        case errc::not_allowed:
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
    ordered_json error;
    error["message"] = message_of(f);
    error["type"] = type_of(status_of(f));
    error["param"] = param_of(f);
    error["code"] = code_name(f.code);
    return text_of({{"error", std::move(error)}});
}

std::string error_event(const fault& f) { return "data: " + error_body(f) + "\n\n"; }

std::string responses_error_event(const fault& f, const answer_facts& so_far) {
    ordered_json response;
    response["id"] = so_far.id;
    response["object"] = "response";
    response["status"] = "failed";
    response["error"] = {{"code", code_name(f.code)}, {"message", message_of(f)}};
    ordered_json event;
    event["type"] = "response.failed";
    event["sequence_number"] = so_far.sequence + 1;
    event["response"] = std::move(response);
    return "event: response.failed\ndata: " + text_of(event) + "\n\n";
}

std::string messages_error_body(const fault& f) {
    ordered_json error;
    error["type"] = messages_type_of(status_of(f));
    error["message"] = message_of(f);
    error["code"] = code_name(f.code);
    error["param"] = param_of(f);
    return text_of({{"type", "error"}, {"error", std::move(error)}});
}

std::string messages_error_event(const fault& f) {
    return "event: error\ndata: " + messages_error_body(f) + "\n\n";
}

}  // namespace weir::dialect
