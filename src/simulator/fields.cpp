#include "fields.hpp"

#include <utility>

namespace weir::simulator {
namespace {

std::string at(const std::string& path, const char* key) { return path.empty() ? key : path + "." + key; }

}  // namespace

std::unexpected<refusal> wrong_type(const nlohmann::json& found, const std::string& path,
                                    const char* expected) {
    return bad_field(path, "invalid type: " + describe(found) + ", expected " + expected);
}

std::unexpected<refusal> missing_field(std::string_view path, const char* key) {
    return bad_field(path, std::string("missing field `") + key + "`");
}

std::unexpected<refusal> bad_request(std::string message) {
    return std::unexpected(refusal{400, std::move(message), "invalid_request_error"});
}

std::unexpected<refusal> bad_field(std::string_view path, std::string_view what) {
    std::string text = "Failed to deserialize the JSON body into the target type: ";
    if (!path.empty()) text.append(path).append(": ");
    return bad_request(text.append(what));
}

std::string describe(const nlohmann::json& value) {
    constexpr auto lenient = nlohmann::json::error_handler_t::replace;
    switch (value.type()) {
        case nlohmann::json::value_t::null:
            return "null";
        case nlohmann::json::value_t::boolean:
            return "boolean `" + value.dump() + "`";
        case nlohmann::json::value_t::number_integer:
        case nlohmann::json::value_t::number_unsigned:
            return "integer `" + value.dump() + "`";
        case nlohmann::json::value_t::number_float:
            return "floating point `" + value.dump() + "`";
        case nlohmann::json::value_t::string:
            return "string " + value.dump(-1, ' ', false, lenient);
        case nlohmann::json::value_t::array:
            return "sequence";
        default:
            return "map";
    }
}

const nlohmann::json* member(const nlohmann::json& object, const char* key) {
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

allowed<std::optional<std::string>> text_member(const nlohmann::json& object, const char* key,
                                                const std::string& path) {
    const auto* found = member(object, key);
    if (!found) return std::nullopt;
    if (!found->is_string()) return wrong_type(*found, at(path, key), "a string");
    return found->get<std::string>();
}

allowed<std::string> required_text(const nlohmann::json& object, const char* key, const std::string& path) {
    auto found = text_member(object, key, path);
    if (!found) return std::unexpected(std::move(found.error()));
    if (!*found) return missing_field(path, key);
    return std::move(**found);
}

allowed<const nlohmann::json*> map_member(const nlohmann::json& object, const char* key,
                                          const std::string& path) {
    const auto* found = member(object, key);
    if (found && !found->is_object()) return wrong_type(*found, at(path, key), "a map");
    return found;
}

allowed<const nlohmann::json*> list_member(const nlohmann::json& object, const char* key,
                                           const std::string& path) {
    const auto* found = member(object, key);
    if (found && !found->is_array()) return wrong_type(*found, at(path, key), "a sequence");
    return found;
}

allowed<std::optional<bool>> flag_member(const nlohmann::json& object, const char* key,
                                         const std::string& path) {
    const auto* found = member(object, key);
    if (!found) return std::nullopt;
    if (!found->is_boolean()) return wrong_type(*found, at(path, key), "a boolean");
    return found->get<bool>();
}

allowed<std::optional<std::int64_t>> count_member(const nlohmann::json& object, const char* key,
                                                  const std::string& path) {
    const auto* found = member(object, key);
    if (!found) return std::nullopt;
    if (!found->is_number_integer()) return wrong_type(*found, at(path, key), "i64");
    if (found->is_number_unsigned() && !std::in_range<std::int64_t>(found->get<std::uint64_t>())) {
        return bad_field(at(path, key), "invalid value: " + describe(*found) + ", expected i64");
    }
    return found->get<std::int64_t>();
}

allowed<std::optional<double>> number_member(const nlohmann::json& object, const char* key,
                                             const std::string& path) {
    const auto* found = member(object, key);
    if (!found) return std::nullopt;
    if (!found->is_number()) return wrong_type(*found, at(path, key), "f64");
    return found->get<double>();
}

std::string text_of_json(const nlohmann::json& value) {
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace weir::simulator
