// Report lines and rows as text.

#include "weir/metering/report.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace weir::metering {
namespace {

using json = nlohmann::ordered_json;
using cells = std::vector<std::string>;

constexpr std::size_t numbers_before_currency = 6;

// Names come from clients and upstreams, so they need not be UTF-8; what is not is shown as U+FFFD.
std::string text_of(const json& value, int indent) {
    return value.dump(indent, ' ', false, json::error_handler_t::replace);
}

std::string_view heading_of(grouping by) {
    switch (by) {
        case grouping::none:
            return "";
        case grouping::model:
            return "model";
        case grouping::day:
            return "day";
        case grouping::key:
            return "key";
        case grouping::reason:
            return "reason";
        case grouping::endpoint:
            return "endpoint";
        case grouping::session:
            return "session";
        case grouping::fingerprint:
            return "fingerprint";
    }
    return "";
}

const pricing::pico_sum* dearest_of(const report_line& line) {
    const pricing::pico_sum* dearest = nullptr;
    for (const auto& [tier, cost] : line.baselines) {
        if (!dearest || cost > *dearest) dearest = &cost;
    }
    return dearest;
}

pricing::pico_sum saved_by(const report_line& line) {
    const pricing::pico_sum* const dearest = dearest_of(line);
    if (!dearest) return {};
    pricing::pico_sum saved = *dearest;
    saved.subtract(line.cost);
    return saved;
}

// "43.2" of a hundred; "" where there is nothing to compare with.
std::string saved_percent(const report_line& line) {
    const pricing::pico_sum* const dearest = dearest_of(line);
    const auto share = dearest ? saved_by(line).per_mille_of(*dearest) : std::nullopt;
    if (!share) return {};
    const std::int64_t magnitude = *share < 0 ? -*share : *share;
    return (*share < 0 ? "-" : "") + std::to_string(magnitude / 10) + '.' + std::to_string(magnitude % 10);
}

// How many cells at the start of a row are names.
std::size_t names_count(grouping by) noexcept { return by == grouping::fingerprint ? 2 : 1; }

cells headings(const report_line& total, grouping by) {
    cells row{std::string(heading_of(by))};
    if (by == grouping::fingerprint) row.insert(row.begin(), std::string(heading_of(grouping::model)));
    row.insert(row.end(), {"requests", "hit", "miss", "output", "reasoning", "cost", "currency"});
    for (const auto& [tier, cost] : total.baselines) row.push_back("all " + tier);
    row.insert(row.end(), {"saved", "saved %", "estimated", "suspect", "unpriced"});
    return row;
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
    return row;
}

// Characters rather than bytes, so that names in other scripts do not push their line out of the table.
std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

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
std::string print_notes(const report_line& total) {
    std::string text;
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
    return text + print_notes(lines.back());
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

json money_of(const pricing::pico_sum& sum) {
    return {{"decimal", sum.to_decimal_text()}, {"pico", sum.to_integer_text()}};
}

json tokens_of(const usage& tokens) {
    return {{"hit", tokens.hit},
            {"miss", tokens.miss},
            {"output", tokens.output},
            {"reasoning", tokens.reasoning}};
}

json served_other_of(const report_line& line) {
    json list = json::array();
    for (const auto& [models, rows] : line.served_other) {
        list.push_back({{"model_sent", models.first},
                        {"model_served", models.second},
                        {"requests", rows.requests},
                        {"difference", money_of(rows.difference)},
                        {"uncompared", rows.uncompared}});
    }
    return list;
}

json counts_of(const std::map<std::string, std::int64_t>& counts) {
    json object = json::object();
    for (const auto& [name, rows] : counts) object[name] = rows;
    return object;
}

json json_of(const report_line& line, grouping by) {
    json baselines = json::object();
    for (const auto& [tier, cost] : line.baselines) baselines[tier] = money_of(cost);
    json shown = json::object();
    shown["group"] = line.group;
    if (by == grouping::fingerprint) shown["fingerprint"] = line.fingerprint;
    shown.update({{"requests", line.requests},
                  {"tokens", tokens_of(line.tokens)},
                  {"currency", line.currency},
                  {"cost", money_of(line.cost)},
                  {"baselines", std::move(baselines)},
                  {"saved", money_of(saved_by(line))},
                  {"estimated", line.estimated},
                  {"suspect", line.suspect},
                  {"unpriced", line.unpriced},
                  {"served_other", served_other_of(line)},
                  {"mended_rows", line.mended_rows},
                  {"mended", counts_of(line.mended)},
                  {"checked", counts_of(line.checked)}});
    return shown;
}

std::string print_json(const std::vector<report_line>& lines, grouping by) {
    json list = json::array();
    for (std::size_t i = 0; i + 1 < lines.size(); ++i) list.push_back(json_of(lines[i], by));
    const json all{{"by", by == grouping::none ? json(nullptr) : json(heading_of(by))},
                   {"lines", std::move(list)},
                   {"total", json_of(lines.back(), by)}};
    return text_of(all, 2) + '\n';
}

std::string decimal_of(pricing::pico cost) {
    pricing::pico_sum sum;
    sum.add(cost);
    return sum.to_decimal_text();
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

std::string to_json(const row& r) {
    json baselines = json::object();
    for (const auto& [tier, cost] : r.baselines) {
        baselines[tier] = {{"cost", decimal_of(cost)}, {"cost_pico", cost.value}};
    }
    json shown{{"id", to_text(r.id)},
               {"model_asked", r.model_asked},
               {"model_sent", r.model_sent},
               {"model_served", r.model_served},
               {"fingerprint", r.fingerprint},
               {"served_other", r.served_other},
               {"mended", r.mended},
               {"checked", r.checked},
               {"tier", r.tier},
               {"effort", r.effort},
               {"reason", r.reason},
               {"policy", r.policy},
               {"score", static_cast<double>(r.score) / 1000.0},
               {"key", r.key_id},
               {"endpoint", r.endpoint},
               {"session", r.session},
               {"stream", r.stream},
               {"tokens", tokens_of(r.tokens)},
               {"currency", r.currency},
               {"cost", decimal_of(r.cost)},
               {"cost_pico", r.cost.value},
               {"price_version", r.price_version},
               {"price_tariff", r.price_tariff},
               {"baselines", std::move(baselines)},
               {"estimated", r.estimated},
               {"suspect", r.suspect},
               {"outcome", name_of(r.how)},
               {"status", r.status},
               {"upstream_status", r.upstream_status},
               {"error", r.error},
               {"finish_reason", r.finish_reason},
               {"attempts", r.attempts},
               {"started", to_rfc3339(from_unix_ms(r.started_ms))},
               {"ended", to_rfc3339(from_unix_ms(r.ended_ms))},
               {"duration_us", r.duration_us},
               {"first_byte_us", r.first_byte_us < 0 ? json(nullptr) : json(r.first_byte_us)},
               {"request_bytes", r.request_bytes},
               {"answer_bytes", r.answer_bytes}};
    return text_of(shown, -1);
}

}  // namespace weir::metering
