#pragma once
// Rows of cells as text: aligned for a terminal, or as CSV.

#include <string>
#include <vector>

namespace weir::cli {

using cells = std::vector<std::string>;

// The first row is the heading; the first column stands left, all others right.
std::string table_text(const std::vector<cells>& rows);

// RFC 4180, CR LF. Cells that are no number are quoted where they must be, and led by an apostrophe where a
// spreadsheet would take them for a formula.
std::string csv_text(const std::vector<cells>& rows);

}  // namespace weir::cli
