#include "replay_print.hpp"

#include "text_table.hpp"

#include <nlohmann/json.hpp>

#include <optional>

namespace weir::cli {

namespace {

using json = nlohmann::ordered_json;
using whatif::column;
using whatif::replay_report;

std::vector<const column*> columns_of(const replay_report& r) {
    std::vector<const column*> all{&r.actual, &r.replayed};
    for (const column& c : r.all) all.push_back(&c);
    return all;
}

std::int64_t requests_of(const column& c) {
    std::int64_t sum = 0;
    for (const std::int64_t requests : c.requests) sum += requests;
    return sum;
}

std::string percent(const std::optional<std::int64_t>& per_mille) {
    return per_mille ? whatif::percent_text(*per_mille) : "";
}

std::vector<cells> column_rows(const replay_report& r) {
    const column& dearest = r.all.back();
    const column& cheapest = r.all.front();
    std::vector<cells> rows{{"column", "requests", "above " + r.tiers.front() + " %", "cost " + r.currency,
                             "saved % of " + dearest.name, "saved % of " + cheapest.name, "recall %"}};
    for (const column* c : columns_of(r)) {
        rows.push_back({c->name, std::to_string(requests_of(*c)), percent(dearer_per_mille(*c)),
                        c->cost.to_decimal_text(), percent(saved_per_mille(*c, dearest)),
                        percent(saved_per_mille(*c, cheapest)), percent(recall_per_mille(*c))});
    }
    return rows;
}

pricing::pico_sum difference(const whatif::reason_line& line) {
    pricing::pico_sum d = line.cost;
    d.subtract(line.actual);
    return d;
}

std::vector<cells> reason_rows(const replay_report& r) {
    std::vector<cells> rows{{"reason", "requests", "moved up", "moved down", "cost", "actual", "difference"}};
    for (const whatif::reason_line& line : r.reasons) {
        rows.push_back({line.reason, std::to_string(line.requests), std::to_string(line.moved_up),
                        std::to_string(line.moved_down), line.cost.to_decimal_text(),
                        line.actual.to_decimal_text(), difference(line).to_decimal_text()});
    }
    return rows;
}

std::string notes(const replay_report& r, const past_rows& read) {
    std::string text = notes_on(read) + notes_on(r);
    for (const whatif::blind_list& b : r.blind) {
        text += "the word list " + b.list + " (" + std::to_string(b.lines) +
                " lines) is unknown to the records of " + std::to_string(b.requests) +
                " requests and taken as absent there\n";
    }
    return text;
}

std::string print_table(const replay_report& r, const past_rows& read) {
    std::string text = "policy " + r.policy + ": " + std::to_string(r.requests) + " requests, " +
                       std::to_string(r.moved) + " of them on another tier than they had\n\n";
    text += table_text(column_rows(r));
    if (!r.reasons.empty()) text += '\n' + table_text(reason_rows(r));
    const std::string more = notes(r, read);
    return more.empty() ? text : text + '\n' + more;
}

json or_null(const std::optional<std::int64_t>& value) { return value ? json(*value) : json(nullptr); }

json json_of(const column& c, const replay_report& r) {
    json by_tier = json::object();
    for (std::size_t t = 0; t < r.tiers.size(); ++t) by_tier[r.tiers[t]] = c.requests[t];
    return {{"name", c.name},
            {"requests", by_tier},
            {"dearer_per_mille", dearer_per_mille(c)},
            {"cost", c.cost.to_decimal_text()},
            {"cost_pico", c.cost.to_integer_text()},
            {"saved_per_mille_of_dearest", or_null(saved_per_mille(c, r.all.back()))},
            {"saved_per_mille_of_cheapest", or_null(saved_per_mille(c, r.all.front()))},
            {"needed_more", c.needed_more},
            {"recall_per_mille", or_null(recall_per_mille(c))}};
}

std::string print_json(const replay_report& r, const past_rows& read) {
    json columns = json::array();
    for (const column* c : columns_of(r)) columns.push_back(json_of(*c, r));
    json reasons = json::array();
    for (const whatif::reason_line& line : r.reasons) {
        reasons.push_back({{"reason", line.reason},
                           {"requests", line.requests},
                           {"moved_up", line.moved_up},
                           {"moved_down", line.moved_down},
                           {"cost", line.cost.to_decimal_text()},
                           {"cost_pico", line.cost.to_integer_text()},
                           {"actual", line.actual.to_decimal_text()},
                           {"actual_pico", line.actual.to_integer_text()}});
    }
    json blind = json::array();
    for (const whatif::blind_list& b : r.blind) {
        blind.push_back({{"list", b.list}, {"lines", b.lines}, {"requests", b.requests}});
    }
    const json all{{"policy", r.policy},
                   {"currency", r.currency},
                   {"requests", r.requests},
                   {"moved", r.moved},
                   {"columns", columns},
                   {"reasons", reasons},
                   {"left_out",
                    {{"without_record", read.without_record},
                     {"unreadable", read.unreadable},
                     {"unroutable", r.unroutable},
                     {"unpriced", r.unpriced},
                     {"other_currency", r.otherwise_paid}}},
                   {"other_tier", r.other_tier},
                   {"other_weights", r.other_weights},
                   {"blind_lists", blind}};
    constexpr int indent = 2;
    return all.dump(indent, ' ', false, json::error_handler_t::replace) + '\n';
}

std::string print_csv(const replay_report& r) {
    std::vector<cells> rows{{"kind", "name", "requests", "moved_up", "moved_down", "dearer_percent", "cost",
                             "actual", "saved_percent_of_dearest", "saved_percent_of_cheapest",
                             "recall_percent"}};
    for (const column* c : columns_of(r)) {
        rows.push_back({"column", c->name, std::to_string(requests_of(*c)), "", "",
                        percent(dearer_per_mille(*c)), c->cost.to_decimal_text(), "",
                        percent(saved_per_mille(*c, r.all.back())),
                        percent(saved_per_mille(*c, r.all.front())), percent(recall_per_mille(*c))});
    }
    for (const whatif::reason_line& line : r.reasons) {
        rows.push_back({"reason", line.reason, std::to_string(line.requests), std::to_string(line.moved_up),
                        std::to_string(line.moved_down), "", line.cost.to_decimal_text(),
                        line.actual.to_decimal_text(), "", "", ""});
    }
    return csv_text(rows);
}

}  // namespace

std::string print(const replay_report& report, const past_rows& read, replay_format format) {
    switch (format) {
        case replay_format::table:
            return print_table(report, read);
        case replay_format::json:
            return print_json(report, read);
        case replay_format::csv:
            break;
    }
    return print_csv(report);
}

}  // namespace weir::cli
