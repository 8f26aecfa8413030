#pragma once
// The reading of a script, apart from where its text comes from.

#include "weir/simulator/script.hpp"

#include <string_view>

namespace weir::simulator {

// Models and efforts that the text does not name come from `base`.
result<script> read_script(std::string_view yaml, const catalogue& base);

}  // namespace weir::simulator
