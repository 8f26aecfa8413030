#pragma once
// How hard the chosen tier is asked to think.

#include "weir/router/routing.hpp"

#include "conditions.hpp"

#include <string>

namespace weir::router {

inline constexpr const char* keep_effort = "keep";  // nothing is added to the body

struct effort_choice {
    std::string word;     // of routing::efforts, or "keep"
    std::string members;  // to add to the body; "" where the client's own word stands
    std::string reason;
};

// `from_pin` and `from_rule`: effort words, "" where they say nothing. `now` knows tier and reason.
// The first that speaks: the client, the pin, the rule, the gates, the effort lines. A word of the client's
// that the configuration does not know is reported as "keep": it goes upstream as it came.
effort_choice choose_effort(const situation& now, const std::string& from_pin, const std::string& from_rule);

}  // namespace weir::router
