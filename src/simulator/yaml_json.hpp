#pragma once
// YAML as JSON text, for what a script passes on: arguments of tools.

#include <yaml-cpp/yaml.h>

#include <string>

namespace weir::simulator {

// A plain scalar is null, a boolean or a number where YAML's core schema reads it so; a quoted one is a
// string. The order of keys is kept. `depth_left` bounds what is nested; deeper values are null.
std::string json_text_of(const YAML::Node& node, int depth_left = 32);

}  // namespace weir::simulator
