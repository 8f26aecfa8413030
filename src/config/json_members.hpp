#pragma once
// A YAML map as members of a JSON object, to be put into a client's body.

#include "section.hpp"

#include <optional>
#include <string>

namespace weir::config {

// {thinking: {type: disabled}} becomes "thinking":{"type":"disabled"}: compact, in the file's order. Scalars
// without quotes that are JSON's true, false, null or a number stay so; all else is a string. nullopt: told.
std::optional<std::string> json_members_of(const spot& s);

}  // namespace weir::config
