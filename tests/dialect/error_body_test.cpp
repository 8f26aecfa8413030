#include "weir/dialect/error_body.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace weir::dialect {
namespace {

struct status_case {
    errc code;
    int status;
    std::string type;
};

const std::vector<status_case> statuses = {
    {errc::malformed_json, 400, "invalid_request_error"},
    {errc::invalid_field, 400, "invalid_request_error"},
    {errc::body_too_large, 413, "invalid_request_error"},
    {errc::model_not_found, 404, "invalid_request_error"},
    {errc::over_budget, 429, "rate_limit_error"},
    {errc::malformed_http, 400, "invalid_request_error"},
    {errc::head_too_large, 431, "invalid_request_error"},
    {errc::not_found, 404, "invalid_request_error"},
    {errc::method_not_allowed, 405, "invalid_request_error"},
    {errc::invalid_key, 401, "authentication_error"},
    {errc::forbidden_origin, 403, "permission_error"},
    {errc::unsupported_media, 415, "invalid_request_error"},
    {errc::request_timeout, 408, "invalid_request_error"},
    {errc::unsupported_image, 400, "invalid_request_error"},
    {errc::no_candidate, 400, "invalid_request_error"},
    {errc::upstream_connect, 502, "api_error"},
    {errc::upstream_status, 502, "api_error"},
    {errc::upstream_protocol, 502, "api_error"},
    {errc::upstream_timeout, 504, "api_error"},
    {errc::nothing_left, 503, "api_error"},
    {errc::internal, 500, "api_error"},
    {errc::overloaded, 503, "api_error"},
    {errc::draining, 503, "api_error"},
    {errc::ledger, 503, "api_error"},
    {errc::bad_config, 500, "api_error"},
    {errc::file, 500, "api_error"},
};

nlohmann::json parsed(const fault& f) { return nlohmann::json::parse(error_body(f)).at("error"); }

TEST(error_body, each_code_has_a_status_and_a_type) {
    for (const auto& c : statuses) {
        const fault f{c.code, origin::client, "why", {}};
        EXPECT_EQ(status_of(f), c.status) << code_name(c.code);
        const auto error = parsed(f);
        EXPECT_EQ(error.at("type"), c.type) << code_name(c.code);
        EXPECT_EQ(error.at("code"), code_name(c.code));
        EXPECT_EQ(error.at("message"), "why");
        EXPECT_TRUE(error.at("param").is_null());
        EXPECT_EQ(error.size(), 4u);
    }
}

TEST(error_body, the_field_is_named) {
    const auto error = parsed({errc::invalid_field, origin::client, "must be a string", "messages[2].role"});
    EXPECT_EQ(error.at("param"), "messages[2].role");
    EXPECT_EQ(error.at("message"), "messages[2].role: must be a string");
}

TEST(error_body, details_that_are_not_the_clients_are_not_shown) {
    for (const origin from : {origin::upstream, origin::weir}) {
        for (const auto& c : statuses) {
            const std::string body = error_body({c.code, from, "10.0.0.7 sk-secret", {}});
            EXPECT_EQ(body.find("secret"), std::string::npos) << body;
            EXPECT_FALSE(nlohmann::json::parse(body)["error"]["message"].get<std::string>().empty());
        }
    }
}

TEST(error_body, bytes_of_the_client_cannot_break_the_json) {
    const fault f{errc::model_not_found, origin::client, "no \"x\\\n\xff\x01", "mo\"del"};
    EXPECT_TRUE(nlohmann::json::accept(error_body(f))) << error_body(f);
}

TEST(error_body, an_event_is_one_line_and_a_blank_one) {
    const fault f{errc::upstream_protocol, origin::upstream, "eof\n\ndata: x", {}};
    EXPECT_EQ(error_event(f), "data: " + error_body(f) + "\n\n");
    EXPECT_EQ(error_body({errc::malformed_json, origin::client, "a\nb\rc", {}}).find_first_of("\r\n"),
              std::string::npos);
}

}  // namespace
}  // namespace weir::dialect
