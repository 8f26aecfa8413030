#pragma once
// What an effort word says in a client's body, from YAML to JSON.

#include "weir/dialect/mends.hpp"

#include "section.hpp"

#include <vector>

namespace weir::config {

// {thinking: {type: disabled}, reasoning_effort: low} becomes {"thinking", "type", "\"disabled\""} and
// {"reasoning_effort", "", "\"low\""}, in the file's order. Scalars without quotes that are JSON's true,
// false or a number stay so; all else is a string. Told, and left out: members that hold more than one value,
// and members that weir itself writes or reads from the client.
std::vector<dialect::said_member> said_members_of(const spot& s);

}  // namespace weir::config
