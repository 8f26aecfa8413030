// Report lines as text: for a terminal, for spreadsheets.

#include "weir/base/utf8.hpp"
#include "weir/metering/report.hpp"

#include "report_figures.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace weir::metering {
namespace {

using cells = std::vector<std::string>;

constexpr std::size_t numbers_before_currency = 6;
constexpr std::string_view about_accepted =
    "accepted: the last feedback says so. not accepted: it says no, or without feedback the request was "
    "retried,\nasked again, part of a loop, or failed a check. unknown: nothing was heard; it is not counted "
    "as accepted.\ncost per accepted: all that the line cost, replaced attempts included, over the accepted "
    "ones; judged per\naccepted: the same without what is unknown.\n";

// How many cells at the start of a row are names.
std::size_t names_count(grouping by) noexcept { return by == grouping::fingerprint ? 2 : 1; }

cells headings(const report_line& total, grouping by) {
    cells row{std::string(heading_of(by))};
    if (by == grouping::fingerprint) row.insert(row.begin(), std::string(heading_of(grouping::model)));
    row.insert(row.end(), {"requests", "hit", "miss", "output", "reasoning", "cost", "currency"});
    for (const auto& [tier, cost] : total.baselines) row.push_back("all " + tier);
    row.insert(row.end(), {"saved", "saved %", "estimated", "suspect", "unpriced"});
    if (compares_answers(by)) {
        row.insert(row.end(), {"replaced", "accepted", "not accepted", "unknown", "cost per accepted",
                               "judged per accepted"});
    }
    return row;
}

std::string money_or_nothing(const std::optional<pricing::pico_sum>& sum) {
    return sum ? sum->to_decimal_text() : std::string();
}

cells cells_of(const report_line& line, grouping by) {
    cells row{line.group};
    if (by == grouping::fingerprint) row.push_back(line.fingerprint);
    row.insert(row.end(),
               {std::to_string(line.requests), std::to_string(line.tokens.hit),
                std::to_string(line.tokens.miss), std::to_string(line.tokens.output),
                std::to_string(line.tokens.reasoning), line.cost.to_decimal_text(), line.currency});
    for (const auto& [tier, cost] : line.baselines) row.push_back(cost.to_decimal_text());
    row.insert(row.end(),
               {saved_by(line).to_decimal_text(), saved_percent(line), std::to_string(line.estimated),
                std::to_string(line.suspect), std::to_string(line.unpriced)});
    if (compares_answers(by)) {
        row.insert(row.end(), {std::to_string(line.replaced), std::to_string(line.accepted),
                               std::to_string(line.rejected), std::to_string(line.unknown()),
                               money_or_nothing(cost_per_accepted(line, false)),
                               money_or_nothing(cost_per_accepted(line, true))});
    }
    return row;
}

// Characters rather than bytes, so that names in other scripts do not push their line out of the table.
std::size_t width_of(std::string_view text) { return count_code_points(text); }

// A name from outside must not move the cursor of whoever reads the table.
std::string printable(std::string_view text) {
    std::string shown(text);
    for (char& c : shown) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
    }
    return shown;
}

std::int64_t served_other_rows(const report_line& line) {
    std::int64_t rows = 0;
    for (const auto& pair : line.served_other) rows += pair.second.requests;
    return rows;
}

// "0.0012 USD more"
std::string difference_text(const pricing::pico_sum& difference, const std::string& currency) {
    const pricing::pico_sum none;
    if (difference == none) return "at the same cost";
    pricing::pico_sum size = difference;
    if (difference < none) {
        size = none;
        size.subtract(difference);
    }
    return size.to_decimal_text() + ' ' + currency + (difference < none ? " less" : " more");
}

std::string counts_text(std::string_view title, const std::map<std::string, std::int64_t>& counts) {
    std::string text;
    for (const auto& [name, rows] : counts) {
        text += (text.empty() ? " " : ", ") + printable(name) + ' ' + std::to_string(rows);
    }
    return text.empty() ? text : std::string(title) + ':' + text + '\n';
}

// What does not fit into columns, about all rows together.
std::string print_notes(const report_line& total, grouping by) {
    std::string text;
    if (compares_answers(by)) text += about_accepted;
    for (const auto& [models, rows] : total.served_other) {
        text += "served by another model: " + printable(models.first) + " -> " + printable(models.second) +
                ", requests " + std::to_string(rows.requests);
        if (rows.uncompared < rows.requests) {
            text += ", " + difference_text(rows.difference, total.currency);
        }
        if (rows.uncompared > 0) text += ", " + std::to_string(rows.uncompared) + " not compared";
        text += '\n';
    }
    text += counts_text("mended", total.mended);
    text += counts_text("checked", total.checked);
    return text.empty() ? text : '\n' + text;
}

std::string print_table(const std::vector<report_line>& lines, grouping by) {
    std::vector<cells> rows{headings(lines.back(), by)};
    for (const report_line& line : lines) rows.push_back(cells_of(line, by));
    std::vector<std::size_t> widths(rows.front().size());
    for (cells& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            row[i] = printable(row[i]);
            widths[i] = std::max(widths[i], width_of(row[i]));
        }
    }
    std::string text;
    for (const cells& row : rows) {
        std::string shown;
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string padding(widths[i] - width_of(row[i]), ' ');
            if (i > 0) shown += "  ";
            shown += i < names_count(by) ? row[i] + padding : padding + row[i];
        }
        shown.erase(shown.find_last_not_of(' ') + 1);
        text += shown + '\n';
    }
    return text + print_notes(lines.back(), by);
}

std::string csv_text(std::string_view cell) {
    constexpr std::string_view starts_a_formula = "=+-@\t\r";
    std::string text(cell);
    if (!text.empty() && starts_a_formula.contains(text.front())) text.insert(0, 1, '\'');
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

std::string print_csv(const std::vector<report_line>& lines, grouping by) {
    const auto line_of = [](const cells& row) {
        std::string line;
        for (const std::string& cell : row) line += (line.empty() ? "" : ",") + cell;
        return line + "\r\n";
    };
    cells names = headings(lines.back(), by);
    names.front() = by == grouping::none ? "group" : names.front();
    names.insert(names.end(), {"served other", "mended"});
    for (std::string& name : names) name = csv_text(name);
    std::string text = line_of(names);
    for (const report_line& line : lines) {
        cells row = cells_of(line, by);
        row.insert(row.end(), {std::to_string(served_other_rows(line)), std::to_string(line.mended_rows)});
        // Numbers are ours, and a saving may be negative; the texts are the names of the group and the
        // currency.
        for (std::size_t i = 0; i < names_count(by); ++i) row[i] = csv_text(row[i]);
        std::string& currency = row[names_count(by) + numbers_before_currency];
        currency = csv_text(currency);
        // An empty first cell must still stand before its comma.
        if (row.front().empty()) row.front() = "\"\"";
        text += line_of(row);
    }
    return text;
}

}  // namespace

std::string print(const std::vector<report_line>& lines, grouping by, report_format format) {
    if (lines.empty()) return {};
    switch (format) {
        case report_format::table:
            return print_table(lines, by);
        case report_format::json:
            return print_json(lines, by);
        case report_format::csv:
            return print_csv(lines, by);
    }
    return {};
}

}  // namespace weir::metering
