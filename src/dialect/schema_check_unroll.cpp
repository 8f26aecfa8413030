#include "schema_check_unroll.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace weir::dialect {
namespace {

using nlohmann::json;

constexpr std::size_t nodes_max = 20'000;  // of an unrolled schema
constexpr std::size_t nesting_max = 160;   // schemas within schemas, references included
constexpr std::size_t bytes_a_step = 64;   // of strings that are copied or compared

enum class keyword {
    value,         // data, copied
    here,          // a schema for the same value
    list_here,     // an array of such
    below,         // a schema for what is within the value
    items,         // the same, or an array of such
    members,       // schemas by name of the member
    dependencies,  // names or a schema, by name of the member
    multiple,
    left_out  // a constraint that the validator does not know, or not safely
};

// JSON Schema, draft 7. What is not listed says nothing about what fits: titles, defaults, formats (which the
// draft leaves open), definitions.
const std::map<std::string_view, keyword>& keywords() {
    static const std::map<std::string_view, keyword> table{
        {"type", keyword::value},
        {"enum", keyword::value},
        {"const", keyword::value},
        {"maximum", keyword::value},
        {"minimum", keyword::value},
        {"exclusiveMaximum", keyword::value},
        {"exclusiveMinimum", keyword::value},
        {"maxItems", keyword::value},
        {"minItems", keyword::value},
        {"maxLength", keyword::value},
        {"minLength", keyword::value},
        {"maxProperties", keyword::value},
        {"minProperties", keyword::value},
        {"required", keyword::value},
        {"uniqueItems", keyword::value},
        {"multipleOf", keyword::multiple},
        {"not", keyword::here},
        {"if", keyword::here},
        {"then", keyword::here},
        {"else", keyword::here},
        {"allOf", keyword::list_here},
        {"anyOf", keyword::list_here},
        {"oneOf", keyword::list_here},
        {"additionalProperties", keyword::below},
        {"additionalItems", keyword::below},
        {"contains", keyword::below},
        {"items", keyword::items},
        {"properties", keyword::members},
        {"dependencies", keyword::dependencies},
        {"pattern", keyword::left_out},
        {"patternProperties", keyword::left_out},
        {"propertyNames", keyword::left_out},
        // of later drafts
        {"prefixItems", keyword::left_out},
        {"minContains", keyword::left_out},
        {"maxContains", keyword::left_out},
        {"dependentRequired", keyword::left_out},
        {"dependentSchemas", keyword::left_out},
        {"unevaluatedItems", keyword::left_out},
        {"unevaluatedProperties", keyword::left_out},
        {"$dynamicRef", keyword::left_out},
        {"$recursiveRef", keyword::left_out},
    };
    return table;
}

// "#/definitions/a%20b" without its "#", percents undone; nullopt for references outward.
std::optional<std::string> pointer_of(const std::string& reference) {
    if (!reference.starts_with('#')) return std::nullopt;
    const auto digit = [](char c) {
        if (c >= '0' && c <= '9') return c - '0';
        if (c >= 'a' && c <= 'f') return c - 'a' + 10;
        return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    };
    std::string pointer;
    for (std::size_t i = 1; i < reference.size(); ++i) {
        if (reference[i] != '%') {
            pointer += reference[i];
            continue;
        }
        if (i + 2 >= reference.size()) return std::nullopt;
        const int high = digit(reference[i + 1]);
        const int low = digit(reference[i + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        pointer += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return pointer;
}

class unroller {
public:
    explicit unroller(const json& root) : root_(root) {}

    std::optional<unrolled_schema> unroll(std::size_t levels) {
        out_.tree = schema(root_, {levels, 0, 0});
        if (!usable_) return std::nullopt;
        return std::move(out_);
    }

private:
    struct at {
        std::size_t levels;      // of the answer, here and below
        std::size_t nesting;     // schemas around this one
        std::size_t path_bytes;  // names of members on the way here
    };

    json refuse() {
        usable_ = false;
        return json::object();
    }
    bool take(std::size_t nodes) {
        nodes_ += nodes;
        if (nodes_ > nodes_max) usable_ = false;
        return usable_;
    }

    // Booleans become objects, which the validator takes everywhere.
    json schema(const json& from, at here) {
        if (!take(1 + here.path_bytes / bytes_a_step) || here.nesting > nesting_max) return refuse();
        if (from.is_boolean()) return from.get<bool>() ? json::object() : json{{"not", json::object()}};
        if (!from.is_object()) return refuse();
        ++here.nesting;
        if (const auto reference = from.find("$ref"); reference != from.end()) {
            return referred(*reference, here);
        }
        json to = json::object();
        for (const auto& [name, value] : from.items()) {
            if (!take(1)) break;
            const auto known = keywords().find(name);
            if (known == keywords().end() || !applies(from, name)) continue;
            if (known->second == keyword::left_out) {
                out_.lenient = true;
            } else {
                to[name] = converted(known->second, value, here);
            }
            out_.contrary = out_.contrary || name == "not" || name == "oneOf" || name == "if";
            if (!usable_) break;
        }
        return to;
    }

    // Some keywords say something else beside one that is left out; one says nothing without another.
    static bool applies(const json& from, std::string_view name) {
        if (name == "additionalProperties") return !from.contains("patternProperties");
        if (name == "items" || name == "additionalItems") return !from.contains("prefixItems");
        if (name == "then" || name == "else") return from.contains("if");
        return true;
    }

    json referred(const json& reference, at here) {
        if (!reference.is_string()) return refuse();
        const auto pointer = pointer_of(reference.get_ref<const std::string&>());
        if (!pointer || (!pointer->empty() && pointer->front() != '/')) return refuse();
        const json::json_pointer where(*pointer);
        return root_.contains(where) ? schema(root_.at(where), here) : refuse();
    }

    json converted(keyword kind, const json& value, at here) {
        switch (kind) {
            case keyword::value:
                return data(value);
            case keyword::here:
                return schema(value, here);
            case keyword::list_here:
                return value.is_array() && !value.empty() ? list(value, here) : refuse();
            case keyword::below:
                return below(value, here, 0);
            case keyword::items:
                return value.is_array() ? list_below(value, here) : below(value, here, 0);
            case keyword::members:
                return members(value, here);
            case keyword::dependencies:
                return dependencies(value, here);
            case keyword::multiple:
                return multiple(value);
            case keyword::left_out:
                break;
        }
        return refuse();
    }

    json data(const json& value) {
        if (!take(weight_of(value))) return refuse();
        json copy = value;
        settle_numbers(copy);
        return copy;
    }

    // By an integer the validator divides as an integer, fractions of the answer cut off.
    json multiple(const json& value) {
        if (!value.is_number() || !(value.get<double>() > 0)) return refuse();
        return value.get<double>();
    }

    json list(const json& value, at here) {
        json to = json::array();
        for (const json& element : value) {
            if (usable_) to.push_back(schema(element, here));
        }
        return to;
    }

    json below(const json& value, at here, std::size_t name_bytes) {
        // Nothing is there to be checked, however the schema goes on.
        if (here.levels < 2) return json::object();
        return schema(value, {here.levels - 1, here.nesting, here.path_bytes + name_bytes});
    }

    json list_below(const json& value, at here) {
        json to = json::array();
        for (const json& element : value) {
            if (!take(1)) return refuse();
            to.push_back(below(element, here, 0));
        }
        return to;
    }

    json members(const json& value, at here) {
        if (!value.is_object()) return refuse();
        json to = json::object();
        for (const auto& [name, element] : value.items()) {
            if (!take(1 + name.size() / bytes_a_step)) return refuse();
            to[name] = below(element, here, name.size());
        }
        return to;
    }

    json dependencies(const json& value, at here) {
        if (!value.is_object()) return refuse();
        json to = json::object();
        for (const auto& [name, element] : value.items()) {
            if (!take(1)) return refuse();
            to[name] = element.is_array() ? data(element) : schema(element, here);
        }
        return to;
    }

    const json& root_;
    unrolled_schema out_;
    std::size_t nodes_ = 0;
    bool usable_ = true;
};

// Follows the validator's way through tree and value, and counts.
class step_counter {
public:
    explicit step_counter(std::size_t steps_max) : left_(steps_max) {}

    bool visit(const json& schema, const json& value, std::size_t path_bytes) {
        if (!take(1 + path_bytes / bytes_a_step)) return false;
        for (const auto& [name, element] : schema.items()) {
            if (!take(1) || !keyword_at(name, element, schema, value, path_bytes)) return false;
        }
        return true;
    }

private:
    bool take(std::size_t steps) {
        if (steps > left_) return false;
        left_ -= steps;
        return true;
    }

    bool keyword_at(const std::string& name, const json& element, const json& schema, const json& value,
                    std::size_t path_bytes) {
        if (value.is_string() && !take(value.get_ref<const std::string&>().size() / bytes_a_step)) {
            return false;
        }
        switch (keywords().at(name)) {
            case keyword::here:
                return visit(element, value, path_bytes);
            case keyword::list_here:
                return std::ranges::all_of(element,
                                           [&](const json& one) { return visit(one, value, path_bytes); });
            case keyword::dependencies:
                return std::ranges::all_of(element, [&](const json& one) {
                    return one.is_array() ? take(one.size()) : visit(one, value, path_bytes);
                });
            case keyword::members:
                return take(element.size()) && members(element, value, path_bytes);
            case keyword::items:
            case keyword::below:
                return within(name, element, schema, value, path_bytes);
            case keyword::value:
                return name == "uniqueItems" && value.is_array() ? unique(value) : take(weight_of(element));
            default:
                return true;
        }
    }

    bool members(const json& schemas, const json& value, std::size_t path_bytes) {
        if (!value.is_object()) return true;
        for (const auto& [name, element] : value.items()) {
            const auto known = schemas.find(name);
            if (known != schemas.end() && !visit(*known, element, path_bytes + name.size())) return false;
        }
        return true;
    }

    // Each element by each schema that may be meant for it: more than the validator does, never less.
    bool within(const std::string& name, const json& schemas, const json& schema, const json& value,
                std::size_t path_bytes) {
        if (!value.is_structured() || value.is_object() != (name == "additionalProperties")) return true;
        const json* listed = nullptr;
        if (name == "additionalProperties" && schema.contains("properties")) listed = &schema["properties"];
        std::size_t i = 0;
        for (const auto& [key, element] : value.items()) {
            const std::size_t place = i++;
            if (listed && listed->contains(key)) continue;
            if (schemas.is_array() && place >= schemas.size()) break;
            const json& one = schemas.is_array() ? schemas[place] : schemas;
            if (!visit(one, element, path_bytes + key.size())) return false;
        }
        return true;
    }

    // Each with each.
    bool unique(const json& value) {
        const std::size_t weight = weight_of(value);
        return value.empty() || (weight < left_ / value.size() && take(weight * value.size()));
    }

    std::size_t left_;
};

}  // namespace

std::optional<unrolled_schema> unroll_schema(const json& schema, std::size_t levels) {
    return unroller(schema).unroll(levels);
}

bool is_within(const json& tree, const json& value, std::size_t steps_max) {
    return step_counter(steps_max).visit(tree, value, 0);
}

std::size_t weight_of(const json& value) {
    if (value.is_string()) return 1 + value.get_ref<const std::string&>().size() / bytes_a_step;
    std::size_t weight = 1;
    if (!value.is_structured()) return weight;
    for (const auto& [name, element] : value.items()) {
        weight += weight_of(element) + name.size() / bytes_a_step;
    }
    return weight;
}

std::size_t depth_of(const json& value) {
    std::size_t deepest = 0;
    if (value.is_structured()) {
        for (const json& element : value) deepest = std::max(deepest, depth_of(element));
    }
    return deepest + 1;
}

void settle_numbers(json& value) {
    constexpr double exact_max = 9007199254740992.0;  // 2^53
    if (value.is_structured()) {
        for (json& element : value) settle_numbers(element);
    } else if (value.is_number_unsigned()) {
        constexpr auto integer_max = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
        const auto number = value.get<std::uint64_t>();
        if (number > integer_max) value = static_cast<double>(number);
    } else if (value.is_number_float()) {
        const auto number = value.get<double>();
        if (std::fabs(number) <= exact_max && number == std::trunc(number)) {
            value = static_cast<std::int64_t>(number);
        }
    }
}

}  // namespace weir::dialect
