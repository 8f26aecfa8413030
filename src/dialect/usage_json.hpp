#pragma once
// The token counts of an answer, in each family of names.

#include "weir/dialect/answer_reader.hpp"

#include "json_scan.hpp"

namespace weir::dialect {

enum class usage_reading : std::uint8_t {
    replaces,  // a usage says all: the last one counts
    merges     // Messages: what a usage does not say was said before
};

// Passes the value of a `usage` and adds what it says. An object without any count is as good as null.
bool read_usage(json_scan& in, answer_facts& facts, usage_reading how);

}  // namespace weir::dialect
