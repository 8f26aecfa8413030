#include "strict_schema.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace weir::simulator {
namespace {

using nlohmann::json;
using problem = std::optional<std::string>;

constexpr std::array unsupported{"minLength", "maxLength", "minItems", "maxItems"};
constexpr std::array schema_maps{"properties", "$defs", "definitions"};

problem check_object(const json& schema, const std::string& path) {
    const auto closed = schema.find("additionalProperties");
    if (closed == schema.end() || *closed != json(false)) {
        return path + ": additionalProperties must be false in strict mode";
    }
    const auto properties = schema.find("properties");
    if (properties == schema.end() || !properties->is_object()) return std::nullopt;
    const auto required = schema.find("required");
    for (const auto& [name, described] : properties->items()) {
        const bool listed = required != schema.end() && required->is_array() &&
                            std::ranges::find(*required, json(name)) != required->end();
        if (!listed) return path + ": required must list every property in strict mode, and lacks " + name;
    }
    return std::nullopt;
}

problem check_inner(const json& schema, const std::string& path) {
    for (const char* key : schema_maps) {
        const auto inner = schema.find(key);
        if (inner == schema.end() || !inner->is_object()) continue;
        for (const auto& [name, described] : inner->items()) {
            if (auto found = strict_problem(described, path + "." + key + "." + name)) return found;
        }
    }
    if (const auto items = schema.find("items"); items != schema.end()) {
        if (auto found = strict_problem(*items, path + ".items")) return found;
    }
    if (const auto choices = schema.find("anyOf"); choices != schema.end() && choices->is_array()) {
        for (const json& choice : *choices) {
            if (auto found = strict_problem(choice, path + ".anyOf")) return found;
        }
    }
    return std::nullopt;
}

}  // namespace

problem strict_problem(const json& schema, const std::string& path) {
    if (!schema.is_object()) return std::nullopt;
    for (const char* key : unsupported) {
        if (schema.contains(key)) return path + ": " + key + " is not supported in strict mode";
    }
    const auto type = schema.find("type");
    if (type != schema.end() && *type == json("object")) {
        if (auto found = check_object(schema, path)) return found;
    }
    return check_inner(schema, path);
}

}  // namespace weir::simulator
