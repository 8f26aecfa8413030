#include "weir/dialect/schema_check.hpp"

#include "schema_check_unroll.hpp"

// Without it the library ends the program where it should throw.
#define VALIJSON_USE_EXCEPTIONS 1
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include <array>
#include <cstddef>
#include <exception>

namespace weir::dialect {
namespace {

using nlohmann::json;

constexpr std::size_t schema_bytes_max = 1024 * 1024;
constexpr std::size_t answer_bytes_max = 4 * 1024 * 1024;
constexpr std::size_t depth_max = 64;       // of brackets, in either text
constexpr std::size_t steps_max = 300'000;  // of one validation

// By brackets alone, before anything that recurs sees the text.
bool is_deep(std::string_view text) noexcept {
    std::size_t depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string) {
            if (c == '\\') ++i;
            if (c == '"') in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            if (++depth > depth_max) return true;
        } else if ((c == '}' || c == ']') && depth > 0) {
            --depth;
        }
    }
    return false;
}

bool is_valid(const json& tree, const json& value) {
    valijson::Schema schema;
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(tree), schema);
    valijson::Validator validator(valijson::Validator::kStrongTypes);
    return validator.validate(schema, valijson::adapters::NlohmannJsonAdapter(value), nullptr);
}

schema_verdict check(std::string_view schema_text, std::string_view answer_text) {
    if (answer_text.size() > answer_bytes_max) return schema_verdict::unknown;
    if (is_deep(answer_text)) {
        return json::accept(answer_text) ? schema_verdict::unknown : schema_verdict::not_json;
    }
    json answer = json::parse(answer_text, nullptr, false);
    if (answer.is_discarded()) return schema_verdict::not_json;
    settle_numbers(answer);

    if (schema_text.size() > schema_bytes_max || is_deep(schema_text)) return schema_verdict::unknown;
    const json schema = json::parse(schema_text, nullptr, false);
    if (schema.is_discarded()) return schema_verdict::unknown;
    const auto unrolled = unroll_schema(schema, depth_of(answer));
    if (!unrolled || !is_within(unrolled->tree, answer, steps_max)) return schema_verdict::unknown;

    const bool fits = is_valid(unrolled->tree, answer);
    if (unrolled->lenient && (fits || unrolled->contrary)) return schema_verdict::unknown;
    return fits ? schema_verdict::fits : schema_verdict::does_not_fit;
}

}  // namespace

std::string_view name_of(schema_verdict v) noexcept {
    static constexpr std::array<std::string_view, 4> names = {"schema_fits", "schema_does_not_fit",
                                                              "schema_not_json", "schema_unknown"};
    return names[static_cast<std::size_t>(v)];
}

schema_verdict check_schema(std::string_view schema, std::string_view answer) {
    try {
        return check(schema, answer);
    } catch (const std::exception&) {
        return schema_verdict::unknown;
    }
}

}  // namespace weir::dialect
