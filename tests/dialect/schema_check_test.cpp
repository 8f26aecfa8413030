#include "weir/dialect/schema_check.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace weir::dialect {
namespace {

constexpr auto fits = schema_verdict::fits;
constexpr auto does_not_fit = schema_verdict::does_not_fit;
constexpr auto not_json = schema_verdict::not_json;
constexpr auto unknown = schema_verdict::unknown;

struct row {
    std::string schema;
    std::string answer;
    schema_verdict want;
};

void expect_all(const std::vector<row>& rows) {
    for (const row& r : rows) {
        EXPECT_EQ(name_of(check_schema(r.schema, r.answer)), name_of(r.want))
            << r.schema.substr(0, 300) << "\n"
            << r.answer.substr(0, 300);
    }
}

std::string times(std::string_view text, std::size_t count) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += text;
    return out;
}

TEST(schema_check, a_verdict_has_a_name) {
    EXPECT_EQ(name_of(fits), "schema_fits");
    EXPECT_EQ(name_of(does_not_fit), "schema_does_not_fit");
    EXPECT_EQ(name_of(not_json), "schema_not_json");
    EXPECT_EQ(name_of(unknown), "schema_unknown");
}

TEST(schema_check, an_object_of_a_typical_schema_fits_or_not) {
    const std::string schema =
        R"({"$schema":"http://json-schema.org/draft-07/schema#","title":"S","type":"object","properties":{)"
        R"("name":{"type":"string","minLength":1,"description":"d"},"count":{"type":"integer","minimum":0},)"
        R"("tags":{"type":"array","items":{"enum":["a","b"]},"maxItems":2,"uniqueItems":true},)"
        R"("note":{"anyOf":[{"type":"string","format":"date-time"},{"type":"null"}]}},)"
        R"("required":["name","count"],"additionalProperties":false})";
    expect_all({
        {schema, R"({"name":"x","count":3,"tags":["a","b"],"note":null})", fits},
        {schema, R"( {"count":3.0,"name":"x"} )", fits},
        {schema, R"({"name":"x"})", does_not_fit},
        {schema, R"({"name":"","count":3})", does_not_fit},
        {schema, R"({"name":"x","count":-1})", does_not_fit},
        {schema, R"({"name":"x","count":1.5})", does_not_fit},
        {schema, R"({"name":"x","count":1,"more":1})", does_not_fit},
        {schema, R"({"name":"x","count":1,"tags":["c"]})", does_not_fit},
        {schema, R"({"name":"x","count":1,"tags":["a","a"]})", does_not_fit},
        {schema, R"({"name":"x","count":1,"tags":["a","b","a"]})", does_not_fit},
        {schema, R"({"name":"x","count":1,"note":5})", does_not_fit},
        {schema, "[]", does_not_fit},
    });
}

TEST(schema_check, what_is_no_json_is_said_to_be_none) {
    for (const std::string answer :
         {"", " ", "{", "{\"a\":}", "```json\n{}\n```", "{} {}", "\xFF", "\"\xC3\"", "nul"}) {
        EXPECT_EQ(check_schema("{}", answer), not_json) << answer;
    }
    EXPECT_EQ(check_schema("{}", std::string(100'000, '[')), not_json);
}

TEST(schema_check, a_schema_that_cannot_be_used_tells_nothing) {
    for (const std::string schema :
         {"", "x", "5", "[]", "null", R"({"type":"nothing known"})", R"({"type":5})", R"({"properties":5})",
          R"({"required":"a"})", R"({"allOf":[]})", R"({"anyOf":{}})", R"({"not":5})", R"({"minLength":"a"})",
          R"({"minimum":"a"})", R"({"multipleOf":0})", R"({"multipleOf":-1})", R"({"exclusiveMinimum":true})",
          R"({"maxItems":-1})", R"({"enum":5})"}) {
        EXPECT_EQ(name_of(check_schema(schema, R"({"a":1})")), name_of(unknown)) << schema;
    }
}

TEST(schema_check, each_keyword_counts) {
    expect_all({
        {"true", "1", fits},
        {"false", "1", does_not_fit},
        {R"({"const":{"a":[1,2.0]}})", R"({"a":[1.0,2]})", fits},
        {R"({"const":{"a":[1,2]}})", R"({"a":[2,1]})", does_not_fit},
        {R"({"type":["string","null"]})", "null", fits},
        {R"({"type":["string","null"]})", "1", does_not_fit},
        {R"({"type":["string","null"],"format":"date"})", "null", fits},
        {R"({"format":"date"})", "{\"a\":1}", fits},
        {R"({"maximum":5})", "5", fits},
        {R"({"exclusiveMaximum":5})", "5", does_not_fit},
        {R"({"exclusiveMinimum":4.5})", "5", fits},
        {R"({"maximum":5})", "18446744073709551615", does_not_fit},
        {R"({"minimum":5})", "18446744073709551615", fits},
        {R"({"multipleOf":0.1})", "0.3", fits},
        {R"({"multipleOf":2})", "7", does_not_fit},
        {R"({"multipleOf":2})", "8.5", does_not_fit},
        {R"({"multipleOf":2})", "8.0", fits},
        {R"({"maxLength":2})", "\"\xC3\xA9\xC3\xA9\"", fits},
        {R"({"maxLength":1})", "\"ab\"", does_not_fit},
        {R"({"minItems":2})", "[1]", does_not_fit},
        {R"({"minProperties":1})", "{}", does_not_fit},
        {R"({"maxProperties":1})", R"({"a":1,"b":2})", does_not_fit},
        {R"({"items":{"type":"integer"}})", "[1,2]", fits},
        {R"({"items":{"type":"integer"}})", "[1,\"a\"]", does_not_fit},
        {R"({"items":[{"type":"integer"}],"additionalItems":false})", "[1]", fits},
        {R"({"items":[{"type":"integer"}],"additionalItems":false})", "[1,2]", does_not_fit},
        {R"({"items":[{"type":"integer"}]})", "[1,\"a\"]", fits},
        {R"({"items":[true,false]})", "[1]", fits},
        {R"({"items":[true,false]})", "[1,2]", does_not_fit},
        {R"({"items":false})", "[]", fits},
        {R"({"items":false})", "[1]", does_not_fit},
        {R"({"contains":{"const":1}})", "[2,1]", fits},
        {R"({"contains":{"const":1}})", "[]", does_not_fit},
        {R"({"properties":{"a":false}})", R"({"a":1})", does_not_fit},
        {R"({"properties":{"$ref":{"type":"string"}}})", R"({"$ref":1})", does_not_fit},
        {R"({"additionalProperties":{"type":"string"}})", R"({"a":1})", does_not_fit},
        {R"({"dependencies":{"a":["b"]}})", R"({"a":1})", does_not_fit},
        {R"({"dependencies":{"a":{"required":["c"]}}})", R"({"a":1,"c":1})", fits},
        {R"({"allOf":[{"minimum":1},{"maximum":2}]})", "3", does_not_fit},
        {R"({"anyOf":[{"minimum":4},{"maximum":2}]})", "3", does_not_fit},
        {R"({"oneOf":[{"minimum":1},{"maximum":5}]})", "3", does_not_fit},
        {R"({"oneOf":[{"minimum":1},{"maximum":5}]})", "7", fits},
        {R"({"not":{"type":"null"}})", "null", does_not_fit},
        {R"({"if":{"minimum":5},"then":{"multipleOf":2},"else":{"maximum":1}})", "6", fits},
        {R"({"if":{"minimum":5},"then":{"multipleOf":2},"else":{"maximum":1}})", "7", does_not_fit},
        {R"({"if":{"minimum":5},"then":{"multipleOf":2},"else":{"maximum":1}})", "2", does_not_fit},
        {R"({"then":false})", "2", fits},
    });
}

TEST(schema_check, references_within_the_schema_are_followed) {
    const std::string tree =
        R"({"$ref":"#/$defs/node","$defs":{"node":{"type":"object","properties":{"v":{"type":"integer"},)"
        R"("left":{"$ref":"#/$defs/node"},"right":{"$ref":"#/$defs/node"},)"
        R"("kids":{"type":"array","items":{"$ref":"#"}}},"required":["v"],"additionalProperties":false}}})";
    expect_all({
        {tree, R"({"v":1,"left":{"v":2,"right":{"v":3}},"kids":[{"v":4,"kids":[]}]})", fits},
        {tree, R"({"v":1,"left":{"v":2,"right":{"v":"3"}}})", does_not_fit},
        {tree, R"({"v":1,"kids":[{"v":4,"kids":[{}]}]})", does_not_fit},
        {R"({"items":{"$ref":"#/definitions/a~1b%20c"},"definitions":{"a/b c":{"type":"null"}}})", "[null]",
         fits},
        {R"({"items":{"$ref":"#/definitions/a~1b%20c"},"definitions":{"a/b c":{"type":"null"}}})", "[1]",
         does_not_fit},
        {R"({"$id":"http://example.com/x","items":{"$ref":"#/definitions/a"},"definitions":{"a":false}})",
         "[1]", does_not_fit},
    });
}

TEST(schema_check, references_outward_or_without_end_tell_nothing) {
    for (const std::string schema :
         {R"({"$ref":"http://example.com/schema"})", R"({"$ref":"other.json#/a"})", R"({"$ref":"#/nowhere"})",
          R"({"$ref":"#name"})", R"({"$ref":5})", R"({"$ref":"#/%zz"})", R"({"$ref":"#/%"})",
          R"({"$ref":"#/~2"})", R"({"$ref":"#"})", R"({"allOf":[{"$ref":"#"}]})", R"({"not":{"$ref":"#"}})",
          R"({"$ref":"#/a","a":{"$ref":"#/b"},"b":{"$ref":"#/a"}})", R"({"$ref":"#/enum/0","enum":[5]})",
          R"({"anyOf":[{"$ref":"#"},{"$ref":"#"}]})"}) {
        EXPECT_EQ(name_of(check_schema(schema, "1")), name_of(unknown)) << schema;
    }
}

TEST(schema_check, what_a_pattern_decides_is_unknown_and_the_rest_still_counts) {
    const std::string schema =
        R"({"properties":{"a":{"type":"string","pattern":"^(a+)+$"}},"required":["a"]})";
    expect_all({
        {schema, R"({"a":"aaaa"})", unknown},
        {schema, R"({"a":5})", does_not_fit},
        {schema, "{}", does_not_fit},
        {R"({"not":{"pattern":"x"}})", "\"y\"", unknown},
        {R"({"oneOf":[{"pattern":"x"},{"type":"string"}]})", "\"y\"", unknown},
        {R"({"patternProperties":{"^a":{"type":"null"}},"additionalProperties":false})", R"({"a":null})",
         unknown},
        {R"({"patternProperties":{"^a":{"type":"null"}},"required":["b"]})", R"({"a":null})", does_not_fit},
        {R"({"propertyNames":{"maxLength":1}})", R"({"ab":1})", unknown},
        {R"({"type":"array","prefixItems":[{"type":"null"}],"items":false})", "[null]", unknown},
        {R"({"type":"array","prefixItems":[{"type":"null"}],"items":false})", "{}", does_not_fit},
        {R"({"dependentRequired":{"a":["b"]}})", R"({"a":1})", unknown},
    });
}

TEST(schema_check, both_texts_are_bounded) {
    expect_all({
        {R"({"description":")" + std::string(1024 * 1024, 'x') + "\"}", "1", unknown},
        {R"({"description":")" + std::string(1000 * 1000, 'x') + "\"}", "1", fits},
        {times(R"({"items":)", 65) + "true" + times("}", 65), "1", unknown},
        {times(R"({"items":)", 60) + "true" + times("}", 60), "[]", fits},
        {"{}", times("[", 64) + times("]", 64), fits},
        {"{}", times("[", 65) + times("]", 65), unknown},
        {"{}", "\"" + std::string(5'000'000, 'x') + "\"", unknown},
        {"{}", "\"" + std::string(100, '[') + "\\\"" + std::string(100, '{') + "\"", fits},
    });
}

// What hostile texts cost: no hang, no stack that overflows, no abort, and a verdict that claims nothing.
TEST(schema_check, hostile_schemas_end_soon) {
    std::string doubling = R"({"$ref":"#/d/n0","d":{)";
    for (int i = 0; i < 60; ++i) {
        const std::string next = R"({"$ref":"#/d/n)" + std::to_string(i + 1) + "\"}";
        doubling += "\"n" + std::to_string(i) + R"(":{"allOf":[)" + next + "," + next + "]},";
    }
    doubling += R"("n60":{}}})";
    std::string chain = R"({"$ref":"#/d/n0","d":{)";
    for (int i = 0; i < 9'000; ++i) {
        chain += "\"n" + std::to_string(i) + R"(":{"properties":{"a":{"$ref":"#/d/n)" +
                 std::to_string(i + 1) + "\"}}},";
    }
    chain += R"("n9000":{}}})";
    std::string here = R"({"$ref":"#/d/n0","d":{)";
    for (int i = 0; i < 75; ++i) {
        here += "\"n" + std::to_string(i) + R"(":{"anyOf":[false,{"$ref":"#/d/n)" + std::to_string(i + 1) +
                "\"}]},";
    }
    here += R"("n75":{}}})";
    const std::string wide_answer = "[" + times("1,", 50'000) + "1]";
    const std::string big_enum = R"({"items":{"enum":[)" + times("\"x\",", 100'000) + "0]}}";
    const std::string deep_answer = times(R"({"a":)", 60) + "1" + times("}", 60);
    const std::string long_names = "{\"" + std::string(500'000, 'k') + "\":[" + times("1,", 10'000) + "1]}";
    const std::string many =
        R"({"allOf":[)" + times(R"({"$ref":"#/a"},)", 15'000) + R"({"$ref":"#/a"}],"a":{)";
    std::string unknown_words = many;
    for (int i = 0; i < 40'000; ++i) unknown_words += "\"x" + std::to_string(i) + "\":1,";
    unknown_words += R"("type":"integer"}})";
    const std::vector<row> rows{
        {many + R"("items":[)" + times("0,", 250'000) + "0]}}", "1", unknown},
        {unknown_words, "1", unknown},
        {doubling, "1", unknown},
        {chain, deep_answer, fits},
        {here, "1", fits},
        {R"({"properties":{"a":{"anyOf":[{"$ref":"#"},{"$ref":"#"}]}}})", deep_answer, unknown},
        {R"({"uniqueItems":true})", wide_answer, unknown},
        {big_enum, wide_answer, unknown},
        {R"({"items":{"allOf":[)" + times("{},", 10'000) + "{}]}}", wide_answer, unknown},
        {R"({"additionalProperties":{"items":{}}})", long_names, unknown},
        {R"({"pattern":"(x+x+)+y"})", "\"" + std::string(200'000, 'x') + "\"", unknown},
        {R"({"format":"date-time"})", "\"" + std::string(1'000'000, '1') + "\"", fits},
        {R"({"items":{"const":")" + std::string(100'000, 'x') + "\"}}", wide_answer, unknown},
    };
    for (const row& r : rows) {
        const auto start = std::chrono::steady_clock::now();
        EXPECT_EQ(name_of(check_schema(r.schema, r.answer)), name_of(r.want)) << r.schema.substr(0, 200);
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        RecordProperty(r.schema.substr(0, 40), std::to_string(took.count()));
        EXPECT_LT(took.count(), 20.0) << r.schema.substr(0, 200) << ": seconds, sanitizers included";
    }
}

TEST(schema_check, a_great_ordinary_answer_is_still_checked) {
    const std::string schema =
        R"({"type":"array","items":{"type":"object","properties":{"id":{"type":"integer"},)"
        R"("name":{"type":"string"},)"
        R"("kind":{"enum":["a","b","c","d"]},"tags":{"type":"array","items":{"type":"string"}}},)"
        R"("required":["id","name","kind"],"additionalProperties":false}})";
    const std::string one = R"({"id":1,"name":"some name of a thing","kind":"c","tags":["x","y","z"]})";
    const std::string answer = "[" + times(one + ",", 3'000) + one + "]";
    EXPECT_EQ(name_of(check_schema(schema, answer)), "schema_fits");
    EXPECT_EQ(name_of(check_schema(schema, "[" + times(one + ",", 3'000) + "{}]")), "schema_does_not_fit");
}

}  // namespace
}  // namespace weir::dialect
