#pragma once
// The program's log, set up once: spdlog on stderr.

#include "weir/config/settings.hpp"

#include <string_view>
#include <utility>
#include <vector>

namespace weir::proxy {

// automatic: text where stderr is a terminal, JSON lines elsewhere.
void set_up_log(config::log_format format);

using log_fields = std::vector<std::pair<std::string_view, std::string>>;
// An event of the program's life: "listening", "draining". Values are escaped and cut at 1 KiB.
void log_event(std::string_view event, const log_fields& fields);
void log_problem(std::string_view event, const log_fields& fields);

}  // namespace weir::proxy
