#include "weir/base/error.hpp"

namespace weir {
namespace {

class category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "weir"; }
    std::string message(int value) const override { return std::string(code_name(static_cast<errc>(value))); }
};

}  // namespace

const boost::system::error_category& weir_category() noexcept {
    static const category only;
    return only;
}

std::string_view code_name(errc e) noexcept {
    switch (e) {
        case errc::malformed_json:
            return "malformed_json";
        case errc::invalid_field:
            return "invalid_field";
        case errc::body_too_large:
            return "body_too_large";
        case errc::model_not_found:
            return "model_not_found";
        case errc::over_budget:
            return "over_budget";
        case errc::malformed_http:
            return "malformed_http";
        case errc::head_too_large:
            return "head_too_large";
        case errc::not_found:
            return "not_found";
        case errc::method_not_allowed:
            return "method_not_allowed";
        case errc::invalid_key:
            return "invalid_key";
        case errc::forbidden_origin:
            return "forbidden_origin";
        case errc::unsupported_media:
            return "unsupported_media";
        case errc::request_timeout:
            return "request_timeout";
        case errc::unsupported_image:
            return "unsupported_image";
        case errc::unsupported_file:
            return "unsupported_file";
        case errc::unsupported_tool:
            return "unsupported_tool";
        case errc::no_candidate:
            return "no_candidate";
        case errc::not_allowed:
            return "not_allowed";
        case errc::upstream_connect:
            return "upstream_connect";
        case errc::upstream_status:
            return "upstream_status";
        case errc::upstream_protocol:
            return "upstream_protocol";
        case errc::upstream_timeout:
            return "upstream_timeout";
        case errc::nothing_left:
            return "nothing_left";
        case errc::internal:
            return "internal";
        case errc::overloaded:
            return "overloaded";
        case errc::draining:
            return "draining";
        case errc::ledger:
            return "ledger";
        case errc::bad_config:
            return "bad_config";
        case errc::file:
            return "file";
    }
    // An error_code may carry any number, so this can be reached.
    return "unknown";
}

}  // namespace weir
