#pragma once
// An answer's text cut into what the events of a stream carry.

#include "completion.hpp"

#include <string>
#include <vector>

namespace weir::simulator {

struct text_pieces {
    std::vector<std::string> thought;
    std::vector<std::string> content;
};

// A few tokens each, or as many pieces in all as the script wants.
text_pieces split_text(const completion& said, const actions& act);

// Arguments of a call, two tokens each.
std::vector<std::string> split_arguments(const tool_call& call);

}  // namespace weir::simulator
