#pragma once
// Results as tables, printed for people, for documents and for programs from the same cells.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace weir::cli {

// A text, a count, or a share with three decimals; an empty share is "-" for people and null in JSON.
using cell = std::variant<std::string, std::int64_t, std::optional<double>>;

struct column {
    std::string key;      // in JSON
    std::string heading;  // for people
};

struct table {
    std::string key;    // in JSON
    std::string title;  // one line for people
    std::vector<column> columns;
    std::vector<std::vector<cell>> rows;  // a cell for each column
};

enum class table_format : std::uint8_t { text, markdown, json };

std::string print(const std::vector<table>& tables, table_format format);

}  // namespace weir::cli
