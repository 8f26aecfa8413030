#include "writers.hpp"

#include <nlohmann/json.hpp>

namespace weir::simulator {

std::string json_string(std::string_view text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string error_body(const std::string& message, const std::string& type) {
    return "{\"error\":{\"message\":" + json_string(message) + ",\"type\":" + json_string(type) +
           ",\"param\":null,\"code\":\"invalid_request_error\"}}";
}

std::string usage_member(const std::string& object, const actions& act) {
    if (act.usage == usage_style::absent) return {};
    return ",\"usage\":" + (act.usage == usage_style::null ? std::string("null") : object);
}

}  // namespace weir::simulator
