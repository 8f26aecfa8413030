#pragma once
// Tells what a human asks from what is pasted beside it. The rules stand in weir/dialect/ask.hpp.

#include "weir/dialect/ask.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::dialect {

struct split_text {
    std::string request;  // lines that are not pasted, white space at either end cut
    std::uint32_t pasted_lines = 0;
    std::uint32_t pasted_per_mille = 0;
};

split_text split_pasted(std::string_view text, const ask_rules& rules);

}  // namespace weir::dialect
