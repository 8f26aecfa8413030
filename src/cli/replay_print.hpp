#pragma once
// What a replay came to, as text.

#include "weir/whatif/replay.hpp"

#include "past_rows.hpp"

#include <string>

namespace weir::cli {

enum class replay_format : std::uint8_t { table, json, csv };

// table: the columns, the reasons, then what is left out or taken for granted. json: the same with costs as
// decimal text and as integer text of picos, shares in thousandths. csv: one line for each column and reason,
// told apart by the first cell.
std::string print(const whatif::replay_report& report, const past_rows& read, replay_format format);

}  // namespace weir::cli
