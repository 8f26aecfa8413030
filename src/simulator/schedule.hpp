#pragma once
// From what is said to when and how brokenly it is sent.

#include "weir/simulator/simulator.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace weir::simulator {

// Fills steps, end, close and the like of `into` by `act`. `pieces` are the events of a stream, or one whole
// body; `keep_alive` is what fills a wait.
void schedule(answer& into, std::vector<std::string> pieces, const actions& act, bool stream,
              std::string_view keep_alive);

// What fills the wait for a body that is not streamed.
inline constexpr std::string_view blank_line = "\n";

}  // namespace weir::simulator
