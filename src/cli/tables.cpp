#include "tables.hpp"

#include "weir/base/utf8.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>

namespace weir::cli {

namespace {

using json = nlohmann::ordered_json;

constexpr int decimals = 3;
constexpr double decimals_scale = 1000;

std::string shown(double share) {
    std::array<char, 64> text{};
    const auto [end, failed] =
        std::to_chars(text.data(), text.data() + text.size(), share, std::chars_format::fixed, decimals);
    return failed == std::errc{} ? std::string(text.data(), end) : "-";
}

std::string shown(const cell& c) {
    if (const auto* text = std::get_if<std::string>(&c)) return *text;
    if (const auto* count = std::get_if<std::int64_t>(&c)) return std::to_string(*count);
    const auto& share = std::get<std::optional<double>>(c);
    return share ? shown(*share) : "-";
}

bool is_number(const cell& c) { return !std::holds_alternative<std::string>(c); }

json to_json(const cell& c) {
    if (const auto* text = std::get_if<std::string>(&c)) return *text;
    if (const auto* count = std::get_if<std::int64_t>(&c)) return *count;
    const auto& share = std::get<std::optional<double>>(c);
    return share ? json(std::round(*share * decimals_scale) / decimals_scale) : json(nullptr);
}

json to_json(const table& t) {
    json rows = json::array();
    for (const auto& row : t.rows) {
        json made = json::object();
        for (std::size_t k = 0; k < t.columns.size(); ++k) made[t.columns[k].key] = to_json(row[k]);
        rows.push_back(std::move(made));
    }
    return rows;
}

// Columns, not bytes: a continuation byte of UTF-8 takes none.
std::size_t columns_of(const std::string& text) { return count_code_points(text); }

std::string padded(const std::string& text, std::size_t width, bool right) {
    const std::string blanks(width - std::min(width, columns_of(text)), ' ');
    return right ? blanks + text : text + blanks;
}

void print_text(const table& t, std::string& out) {
    std::vector<std::size_t> widths;
    for (std::size_t k = 0; k < t.columns.size(); ++k) {
        std::size_t width = columns_of(t.columns[k].heading);
        for (const auto& row : t.rows) width = std::max(width, columns_of(shown(row[k])));
        widths.push_back(width);
    }
    const auto put = [&](std::size_t k, const std::string& text, bool right) {
        out += (k == 0 ? "" : "  ") + padded(text, widths[k], right);
    };
    const auto end_line = [&] {
        while (out.ends_with(' ')) out.pop_back();
        out += '\n';
    };
    out += t.title + '\n';
    for (std::size_t k = 0; k < t.columns.size(); ++k) {
        put(k, t.columns[k].heading, !t.rows.empty() && is_number(t.rows.front()[k]));
    }
    end_line();
    for (const auto& row : t.rows) {
        for (std::size_t k = 0; k < row.size(); ++k) put(k, shown(row[k]), is_number(row[k]));
        end_line();
    }
}

// A bar in a cell would begin another.
std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '|') out += '\\';
        out += c;
    }
    return out;
}

void print_markdown(const table& t, std::string& out) {
    out += t.title + "\n\n|";
    for (const column& c : t.columns) out += ' ' + c.heading + " |";
    out += "\n|";
    for (std::size_t k = 0; k < t.columns.size(); ++k)
        out += !t.rows.empty() && is_number(t.rows.front()[k]) ? "---:|" : "---|";
    for (const auto& row : t.rows) {
        out += "\n|";
        for (const cell& c : row) out += ' ' + escaped(shown(c)) + " |";
    }
    out += '\n';
}

}  // namespace

std::string print(const std::vector<table>& tables, table_format format) {
    if (format == table_format::json) {
        json all = json::object();
        for (const table& t : tables) all[t.key] = to_json(t);
        return all.dump(2, ' ', false, json::error_handler_t::replace) + '\n';
    }
    std::string out;
    for (const table& t : tables) {
        if (!out.empty()) out += '\n';
        format == table_format::text ? print_text(t, out) : print_markdown(t, out);
    }
    return out;
}

}  // namespace weir::cli
