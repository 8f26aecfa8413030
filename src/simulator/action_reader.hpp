#pragma once
// The keys of a rule of a script: what it is for, and what it does.

#include "weir/simulator/script.hpp"

#include "yaml_reader.hpp"

namespace weir::simulator {

conditions read_conditions(const YAML::Node& node, const std::string& name, problems& found);

// Reads its keys out of `from`, which may have others.
actions read_actions(map_reader& from, problems& found);

}  // namespace weir::simulator
