#pragma once
// What a JSON Schema may be where a tool is `strict`.

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>

namespace weir::simulator {

// The first thing that is wrong, with its place under `path`; nothing where all is right. Every object must
// require all its properties and forbid others; lengths of strings and lists cannot be limited.
// Source: DeepSeek API documentation, Tool Calls, strict mode.
std::optional<std::string> strict_problem(const nlohmann::json& schema, const std::string& path);

}  // namespace weir::simulator
