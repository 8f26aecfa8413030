#include "weir/dialect/error_body.hpp"

#include "weir/dialect/api.hpp"

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
    std::string messages_type;  // in the words of Messages
};

const std::vector<status_case> statuses = {
    {errc::malformed_json, 400, "invalid_request_error", "invalid_request_error"},
    {errc::invalid_field, 400, "invalid_request_error", "invalid_request_error"},
    {errc::body_too_large, 413, "invalid_request_error", "request_too_large"},
    {errc::model_not_found, 404, "invalid_request_error", "not_found_error"},
    {errc::over_budget, 429, "rate_limit_error", "rate_limit_error"},
    {errc::malformed_http, 400, "invalid_request_error", "invalid_request_error"},
    {errc::head_too_large, 431, "invalid_request_error", "invalid_request_error"},
    {errc::not_found, 404, "invalid_request_error", "not_found_error"},
    {errc::method_not_allowed, 405, "invalid_request_error", "invalid_request_error"},
    {errc::invalid_key, 401, "authentication_error", "authentication_error"},
    {errc::forbidden_origin, 403, "permission_error", "permission_error"},
    {errc::unsupported_media, 415, "invalid_request_error", "invalid_request_error"},
    {errc::request_timeout, 408, "invalid_request_error", "invalid_request_error"},
    {errc::unsupported_image, 400, "invalid_request_error", "invalid_request_error"},
    {errc::unsupported_file, 400, "invalid_request_error", "invalid_request_error"},
    {errc::unsupported_tool, 400, "invalid_request_error", "invalid_request_error"},
    {errc::no_candidate, 400, "invalid_request_error", "invalid_request_error"},
    {errc::not_allowed, 403, "permission_error", "permission_error"},
    {errc::upstream_connect, 502, "api_error", "api_error"},
    {errc::upstream_status, 502, "api_error", "api_error"},
    {errc::upstream_protocol, 502, "api_error", "api_error"},
    {errc::upstream_timeout, 504, "api_error", "api_error"},
    {errc::nothing_left, 503, "api_error", "overloaded_error"},
    {errc::internal, 500, "api_error", "api_error"},
    {errc::overloaded, 503, "api_error", "overloaded_error"},
    {errc::draining, 503, "api_error", "overloaded_error"},
    {errc::ledger, 503, "api_error", "overloaded_error"},
    {errc::bad_config, 500, "api_error", "api_error"},
    {errc::file, 500, "api_error", "api_error"},
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

// ---- in the words of each API ----

nlohmann::json parsed(api_kind api, const fault& f) {
    return nlohmann::json::parse(api_of(api).error_body(f));
}

TEST(api_error_body, the_three_apis_of_openai_share_one_envelope) {
    const fault f{errc::invalid_field, origin::client, "is missing", "input"};
    for (const api_kind api : {api_kind::chat, api_kind::responses, api_kind::completions}) {
        EXPECT_EQ(api_of(api).error_body(f), error_body(f)) << api_of(api).name();
    }
}

TEST(api_error_body, messages_have_anthropics_types) {
    for (const auto& c : statuses) {
        const auto body = parsed(api_kind::messages, {c.code, origin::client, "why", "a.b"});
        EXPECT_EQ(body.at("type"), "error");
        EXPECT_EQ(body.at("error").at("type"), c.messages_type) << code_name(c.code);
        EXPECT_EQ(body.at("error").at("message"), "a.b: why");
        EXPECT_EQ(body.at("error").at("code"), code_name(c.code));
        EXPECT_EQ(body.at("error").at("param"), "a.b");
    }
    EXPECT_TRUE(
        parsed(api_kind::messages, {errc::draining, origin::weir, "x", {}})["error"]["param"].is_null());
}

TEST(api_error_body, a_key_that_may_not_is_told_so) {
    const auto body = parsed(api_kind::chat, {errc::not_allowed, origin::client, "", {}});
    EXPECT_EQ(body["error"]["code"], "not_allowed");
    EXPECT_EQ(body["error"]["message"], "This key may not use this endpoint.");
}

// The JSON of an event that is one `event:` and one `data:` line with a blank one.
nlohmann::json data_of(const std::string& event, const std::string& name) {
    const std::string head = "event: " + name + "\ndata: ";
    EXPECT_TRUE(event.starts_with(head)) << event;
    EXPECT_TRUE(event.ends_with("\n\n")) << event;
    const std::string data = event.substr(head.size(), event.size() - head.size() - 2);
    EXPECT_EQ(data.find_first_of("\r\n"), std::string::npos) << event;
    return nlohmann::json::parse(data);
}

TEST(api_error_event, each_api_has_its_own) {
    const fault f{errc::upstream_timeout, origin::upstream, "secret\n", {}};
    answer_facts so_far;
    so_far.id = "resp_\"1";
    so_far.sequence = 41;
    for (const api_kind api : {api_kind::chat, api_kind::completions}) {
        EXPECT_EQ(api_of(api).error_event(f, so_far), error_event(f));
    }
    const auto failed = data_of(api_of(api_kind::responses).error_event(f, so_far), "response.failed");
    EXPECT_EQ(failed.dump(),
              R"({"response":{"error":{"code":"upstream_timeout","message":"The upstream took too long."},)"
              R"("id":"resp_\"1","object":"response","status":"failed"},"sequence_number":42,)"
              R"("type":"response.failed"})");
    const auto error = data_of(api_of(api_kind::messages).error_event(f, so_far), "error");
    EXPECT_EQ(error, parsed(api_kind::messages, f));
}

}  // namespace
}  // namespace weir::dialect
