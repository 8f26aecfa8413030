#pragma once
// Which rule takes a request. Rules count the requests that meet their conditions, each for itself, whether
// or not an earlier rule takes them, so that `nth` does not depend on the order of rules.

#include "weir/simulator/script.hpp"

#include "glance.hpp"

#include <cstdint>
#include <vector>

namespace weir::simulator {

class rule_book {
public:
    // The script outlives this.
    explicit rule_book(const script& rules) : script_(rules), met_(rules.rules.size(), 0) {}

    // Counts the request. The reference lives as long as the script.
    const actions& take(const glimpse& seen);

private:
    const script& script_;
    std::vector<std::int64_t> met_;  // by rule: requests that met its other conditions
};

}  // namespace weir::simulator
