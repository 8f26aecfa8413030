#pragma once
// Typed reading of JSON members, with complaints in the words of DeepSeek's deserialiser. A null member
// counts as absent.

#include "refusal.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::simulator {

// 400, "Failed to deserialize the JSON body into the target type: PATH: WHAT"
std::unexpected<refusal> bad_field(std::string_view path, std::string_view what);
// 400, the text as it is
std::unexpected<refusal> bad_request(std::string message);
// 400, "PATH: invalid type: FOUND, expected EXPECTED"
std::unexpected<refusal> wrong_type(const nlohmann::json& found, const std::string& path,
                                    const char* expected);
// 400, "PATH: missing field `KEY`"
std::unexpected<refusal> missing_field(std::string_view path, const char* key);

// "boolean `true`", "integer `3`", "string \"x\"", "map", "sequence", "null"
std::string describe(const nlohmann::json& value);

// The member, or nullptr where it is absent or null. `object` must be an object.
const nlohmann::json* member(const nlohmann::json& object, const char* key);

// Each gives nothing where the member is absent, and a refusal where it has another type.
allowed<std::optional<std::string>> text_member(const nlohmann::json& object, const char* key,
                                                const std::string& path);
// The same, refused where it is absent.
allowed<std::string> required_text(const nlohmann::json& object, const char* key, const std::string& path);
// A member that is an object, or nullptr where it is absent.
allowed<const nlohmann::json*> map_member(const nlohmann::json& object, const char* key,
                                          const std::string& path);
// A member that is a list, or nullptr where it is absent.
allowed<const nlohmann::json*> list_member(const nlohmann::json& object, const char* key,
                                           const std::string& path);
allowed<std::optional<bool>> flag_member(const nlohmann::json& object, const char* key,
                                         const std::string& path);
allowed<std::optional<std::int64_t>> count_member(const nlohmann::json& object, const char* key,
                                                  const std::string& path);
allowed<std::optional<double>> number_member(const nlohmann::json& object, const char* key,
                                             const std::string& path);

// JSON text; bytes that are not UTF-8 become U+FFFD.
std::string text_of_json(const nlohmann::json& value);

}  // namespace weir::simulator
