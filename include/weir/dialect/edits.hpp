#pragma once
// The few bytes that weir may change: an ordered list of replacements, applied as views into the client's
// body.

#include "weir/dialect/body_index.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace weir::dialect {

struct edit {
    place where;        // what is replaced; length 0 inserts before offset
    std::string bytes;  // what comes instead
};

class edit_list {
public:
    // Edits may come in any order; they must not overlap (asserted: places are ours, never the client's).
    void add(place where, std::string bytes);
    bool empty() const noexcept { return edits_.empty(); }

    // The body as it goes upstream: views into `body` and into this list, in order, none empty.
    // Valid while both live and the list is not changed.
    std::vector<std::string_view> apply(std::string_view body) const;
    // Length of what apply gives.
    std::size_t length(std::size_t body_bytes) const noexcept;

private:
    std::vector<edit> edits_;  // by offset
};

}  // namespace weir::dialect
