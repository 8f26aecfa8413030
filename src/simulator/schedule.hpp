#pragma once
// From what is said to when and how brokenly it is sent.

#include "weir/simulator/simulator.hpp"

#include <string>
#include <vector>

namespace weir::simulator {

// Fills steps, end, close and the like of `into` by `act`. `pieces` are the events of a stream, or one whole
// body.
void schedule(answer& into, std::vector<std::string> pieces, const actions& act, bool stream);

}  // namespace weir::simulator
