#pragma once
// How hard the chosen tier is asked to think.

#include "weir/base/error.hpp"
#include "weir/router/routing.hpp"

#include "conditions.hpp"

#include <string>
#include <vector>

namespace weir::router {

inline constexpr const char* keep_effort = "keep";  // nothing is added to the body

struct effort_choice {
    std::string word;  // of routing::efforts, or "keep"
    std::vector<dialect::said_member>
        members;  // to say in the body; empty where the client's own word stands
    std::string reason;
    bool thinks = true;  // the call, as it is sent
    std::string kept;    // what the conversation's cell keeps: `word` as weir chose it, before the gates
};

// `from_cell`: the word of the pin or of the line that decided; `from_rule`: that of the rule; "" where they
// say nothing. `now` knows tier and reason.
// The first that speaks: the client (unless its key lets weir override it), the pin, the rule, the cell of
// the session while the tier is the same, the line that decided, the effort lines. Where that thinks and
// thinking mode would refuse the call, a gate takes its place. A word of the client's that the configuration
// does not know is reported as "keep": it goes upstream as it came. Completions never think: their reason is
// "fim". invalid_field of the client: a forced tool_choice where routing::thinking refuses it.
result<effort_choice> choose_effort(const situation& now, bool pinned, const std::string& from_cell,
                                    const std::string& from_rule);

}  // namespace weir::router
