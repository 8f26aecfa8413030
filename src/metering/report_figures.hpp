#pragma once
// What is figured out from a line of a report, whatever it is printed as.

#include "weir/metering/report.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace weir::metering {

// "model", "cell"; "" for grouping::none.
std::string_view heading_of(grouping by) noexcept;

// The dearest baseline less the cost; nothing where there is no baseline.
pricing::pico_sum saved_by(const report_line& line);
// "43.2" of a hundred; "" where there is nothing to compare with.
std::string saved_percent(const report_line& line);

std::string print_json(const std::vector<report_line>& lines, grouping by);

}  // namespace weir::metering
