#pragma once
// Whether an answer fits the JSON schema that was asked for.

#include <cstdint>
#include <string_view>

namespace weir::dialect {

enum class schema_verdict : std::uint8_t {
    fits,
    does_not_fit,
    not_json,
    unknown  // it cannot be told: see below
};
// "schema_fits", "schema_does_not_fit", "schema_not_json", "schema_unknown".
std::string_view name_of(schema_verdict v) noexcept;

// JSON Schema draft 7, by Valijson. Never throws, whatever both texts are, and nothing is fetched.
// Unknown: a schema that is no JSON, malformed, over 1 MiB or nested deeper than 64 brackets, with a
// reference outward or without end, or too much work for this answer; an answer over 4 MiB or nested deeper
// than 64. Regular expressions are never run, nor keywords of later drafts: pattern, patternProperties,
// propertyNames, prefixItems and the like are left out, and where the answer may fit or not because of them
// it is unknown too. `format` is a remark, as the draft allows.
schema_verdict check_schema(std::string_view schema, std::string_view answer);

}  // namespace weir::dialect
