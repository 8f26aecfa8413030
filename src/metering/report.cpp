#include "weir/metering/report.hpp"

#include "database.hpp"
#include "row_table.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace weir::metering {
namespace {

constexpr std::string_view mixed = "mixed";
constexpr std::size_t date_chars = 10;  // of an RFC 3339 time

// Order of the columns that add() reads.
constexpr std::string_view sums_of =
    "SELECT started_ms, model_served, model_sent, key_id, reason, hit, miss, output, reasoning, cost_pico, "
    "baselines, estimated, suspect, price_tariff, currency FROM requests WHERE started_ms >= ?1 AND "
    "started_ms < ?2";
enum column : int {
    started_ms,
    model_served,
    model_sent,
    key_id,
    reason,
    hit,
    miss,
    output,
    reasoning,
    cost_pico,
    baselines,
    estimated,
    suspect,
    price_tariff,
    currency
};

result<database> open_checked(const std::filesystem::path& file, database::access how) {
    auto db = database::open(file, how);
    if (!db) return db;
    if (auto checked = row_table::check_schema(*db); !checked)
        return std::unexpected(std::move(checked.error()));
    return db;
}

result<database> open_for_reading(const std::filesystem::path& file) {
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) {
        return weir_fault(errc::ledger, file.string() + ": no such ledger");
    }
    auto live = open_checked(file, database::access::read);
    if (live) return live;
    // A reader of a WAL database needs a file for the shared index beside it. Where none can be made and
    // there is no log, nobody writes, and the file can be read as it is.
    std::filesystem::path log = file;
    log += "-wal";
    if (std::filesystem::exists(log, ignored)) return live;
    return open_checked(file, database::access::immutable);
}

std::string group_of(const statement& at, grouping by) {
    switch (by) {
        case grouping::none:
            return {};
        case grouping::model: {
            const std::string_view served = at.text(model_served);
            return std::string(served.empty() ? at.text(model_sent) : served);
        }
        case grouping::day:
            return to_rfc3339(from_unix_ms(at.integer(started_ms))).substr(0, date_chars);
        case grouping::key:
            return std::string(at.text(key_id));
        case grouping::reason:
            return std::string(at.text(reason));
    }
    return {};
}

// Counts come from a file, so they are added without trust that they fit.
void add(std::int64_t& sum, std::int64_t value) noexcept {
    if (__builtin_add_overflow(sum, value, &sum)) sum = value < 0 ? INT64_MIN : INT64_MAX;
}

void add_tokens(usage& sum, const usage& tokens) noexcept {
    add(sum.hit, tokens.hit);
    add(sum.miss, tokens.miss);
    add(sum.output, tokens.output);
    add(sum.reasoning, tokens.reasoning);
}

void add_currency(std::string& sum, std::string_view of_row) {
    if (sum.empty()) {
        sum = of_row;
    } else if (sum != of_row) {
        sum = mixed;
    }
}

void add_row(report_line& line, const statement& at) {
    const usage tokens{at.integer(hit), at.integer(miss), at.integer(output), at.integer(reasoning)};
    ++line.requests;
    add_tokens(line.tokens, tokens);
    line.cost.add(pricing::pico{at.integer(cost_pico)});
    for (const auto& [tier, cost] : row_table::parse_baselines(at.text(baselines))) {
        line.baselines[tier].add(cost);
    }
    line.estimated += at.integer(estimated) != 0 ? 1 : 0;
    line.suspect += at.integer(suspect) != 0 ? 1 : 0;
    if (tokens == usage{}) return;
    add_currency(line.currency, at.text(currency));
    line.unpriced += at.text(price_tariff).empty() ? 1 : 0;
}

void add_line(report_line& total, const report_line& line) {
    total.requests += line.requests;
    add_tokens(total.tokens, line.tokens);
    total.cost.add(line.cost);
    for (const auto& [tier, cost] : line.baselines) total.baselines[tier].add(cost);
    total.estimated += line.estimated;
    total.suspect += line.suspect;
    total.unpriced += line.unpriced;
    if (!line.currency.empty()) add_currency(total.currency, line.currency);
}

}  // namespace

result<std::vector<report_line>> make_report(const std::filesystem::path& ledger_file,
                                             const report_query& query) {
    auto db = open_for_reading(ledger_file);
    if (!db) return std::unexpected(std::move(db.error()));
    auto rows = db->prepare(sums_of);
    if (!rows) return std::unexpected(std::move(rows.error()));
    rows->bind(1, query.since ? unix_ms(*query.since) : INT64_MIN);
    rows->bind(2, query.until ? unix_ms(*query.until) : INT64_MAX);

    std::map<std::string, report_line> groups;
    for (;;) {
        const auto more = rows->step();
        if (!more) return std::unexpected(more.error());
        if (!*more) break;
        add_row(groups[group_of(*rows, query.by)], *rows);
    }

    std::vector<report_line> lines;
    report_line total;
    total.group = "total";
    for (auto& [name, line] : groups) {
        line.group = name;
        add_line(total, line);
        if (query.by != grouping::none) lines.push_back(std::move(line));
    }
    // Every line has every baseline, so that the columns of a table stand under their headings.
    for (report_line& line : lines) {
        for (const auto& baseline : total.baselines) line.baselines.try_emplace(baseline.first);
    }
    lines.push_back(std::move(total));
    return lines;
}

}  // namespace weir::metering
