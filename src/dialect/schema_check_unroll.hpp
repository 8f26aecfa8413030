#pragma once
// A client's schema made safe for the validator: a finite tree without references, of keywords that the
// validator does right, as deep as the answer at hand needs it.
//
// Valijson 1.0 follows references without end ({"$ref": "#"}), divides by a multipleOf of 0, runs patterns
// and formats through std::regex, which overflows the stack on long texts, refuses null beside a format, and
// takes the schema of propertyNames for the one around it. None of these gets that far.

#include <nlohmann/json.hpp>

#include <cstddef>
#include <optional>

namespace weir::dialect {

struct unrolled_schema {
    nlohmann::json tree;
    bool lenient = false;   // a constraint was left out: who fits the tree may still not fit the schema
    bool contrary = false;  // not, oneOf or if: who does not fit the tree may then fit the schema
};

// `levels`: depth of the answer, 1 for a scalar. Local references are put in place, again and again where
// they recur, down to that depth. nullopt: a reference outward or without end, a keyword of a wrong kind, or
// more than a bound of nodes.
std::optional<unrolled_schema> unroll_schema(const nlohmann::json& schema, std::size_t levels);

// Whether validating `value` by `tree` takes at most `steps_max` visits, comparisons of values included.
bool is_within(const nlohmann::json& tree, const nlohmann::json& value, std::size_t steps_max);

// Nodes of a value, long strings counted as more.
std::size_t weight_of(const nlohmann::json& value);
// 1 for a scalar or an empty container.
std::size_t depth_of(const nlohmann::json& value);

// 1.0 is an integer in JSON Schema; what no int64 holds is only a number.
void settle_numbers(nlohmann::json& value);

}  // namespace weir::dialect
