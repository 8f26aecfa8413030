#include "text_table.hpp"

#include "weir/base/utf8.hpp"

#include <algorithm>
#include <string_view>

namespace weir::cli {

namespace {

// Characters, not bytes: a continuation byte of UTF-8 takes no column.
std::size_t width_of(std::string_view text) { return count_code_points(text); }

// Names come from files and from ledgers that others may have written.
std::string printable(std::string text) {
    for (char& c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
    }
    return text;
}

bool is_number(std::string_view cell) {
    if (cell.starts_with('-')) cell.remove_prefix(1);
    return !cell.empty() && cell.find_first_not_of("0123456789.") == std::string_view::npos;
}

std::string csv_cell(const std::string& cell) {
    if (is_number(cell)) return cell;
    constexpr std::string_view formula_starts = "=+-@\t\r";
    const bool formula = !cell.empty() && formula_starts.find(cell.front()) != std::string_view::npos;
    const std::string text = formula ? "'" + cell : cell;
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

}  // namespace

std::string table_text(const std::vector<cells>& rows) {
    std::vector<std::size_t> widths;
    for (const cells& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
    }
    std::string text;
    for (const cells& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string blanks(widths[i] - width_of(row[i]), ' ');
            const std::string shown = printable(row[i]);
            line += (i == 0 ? "" : "  ") + (i == 0 ? shown + blanks : blanks + shown);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + '\n';
    }
    return text;
}

std::string csv_text(const std::vector<cells>& rows) {
    std::string text;
    for (const cells& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) text += (i == 0 ? "" : ",") + csv_cell(row[i]);
        text += "\r\n";
    }
    return text;
}

}  // namespace weir::cli
