#include "weir/dialect/request_line.hpp"

#include <simdjson.h>

namespace weir::dialect {

namespace od = simdjson::ondemand;

namespace {

// The bytes of a value, without white space around it.
bool read_raw(od::value& value, std::string_view& raw) {
    od::json_type type;
    if (value.type().get(type)) return false;
    if (type == od::json_type::object) {
        od::object object;
        return !value.get_object().get(object) && !object.raw_json().get(raw);
    }
    if (type == od::json_type::array) {
        od::array array;
        return !value.get_array().get(array) && !array.raw_json().get(raw);
    }
    raw = value.raw_json_token();
    while (!raw.empty() && std::string_view{" \t\r\n"}.contains(raw.back())) raw.remove_suffix(1);
    return true;
}

}  // namespace

result<request_line> read_request_line(padded_view line) {
    thread_local od::parser parser;
    const auto broken = [] { return client_fault(errc::malformed_json, "the line is not a JSON object"); };
    od::document doc;
    od::object object;
    const simdjson::padded_string_view bytes(line.data(), line.size(), line.size() + padded_view::padding);
    if (parser.iterate(bytes).get(doc) || doc.get_object().get(object)) return broken();
    request_line parts{"null", {}};
    for (auto member : object) {
        od::raw_json_string key;
        od::value value;
        if (member.key().get(key) || member.value().get(value)) return broken();
        const bool is_id = key.unsafe_is_equal("id"), is_request = key.unsafe_is_equal("request");
        std::string_view raw;
        if (is_request) {
            od::object request;
            if (value.get_object().get(request)) continue;
            if (request.raw_json().get(raw)) return broken();
            parts.request = {static_cast<std::size_t>(raw.data() - line.data()), raw.size()};
        } else if (is_id) {
            if (!read_raw(value, raw)) return broken();
            parts.id = raw;
        }
    }
    return parts;
}

}  // namespace weir::dialect
