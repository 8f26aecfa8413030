#include "weir/metering/report.hpp"

#include "weir/metering/rows.hpp"

#include "ledger_file.hpp"
#include "row_table.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace weir::metering {
namespace {

constexpr std::string_view mixed = "mixed";
constexpr std::size_t date_chars = 10;  // of an RFC 3339 time

// Order of the columns that add_row() reads; those that came with later schemas follow.
constexpr std::string_view first_columns =
    "started_ms, model_served, model_sent, key_id, reason, hit, miss, output, reasoning, cost_pico, "
    "baselines, estimated, suspect, price_tariff, currency, endpoint, tier, effort, outcome, id";
constexpr std::string_view columns_of_2 = ", session, fingerprint, served_other, mended, checked";
constexpr std::string_view columns_of_2_absent = ", '', '', 0, '', ''";
constexpr std::string_view columns_of_3 = ", parent";
constexpr std::string_view columns_of_3_absent = ", 0";
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
    currency,
    endpoint,
    tier,
    effort,
    how,
    id,
    session,
    fingerprint,
    served_other,
    mended,
    checked,
    parent
};

// "" for what was refused or only forwarded.
std::string cell_of(const statement& at) {
    if (at.text(tier).empty()) return {};
    return std::string(at.text(tier)).append(1, '.').append(at.text(effort));
}

std::string group_of(const statement& at, grouping by) {
    switch (by) {
        case grouping::none:
            return {};
        case grouping::fingerprint:
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
        case grouping::endpoint:
            return std::string(at.text(endpoint));
        case grouping::session:
            return std::string(at.text(session));
        case grouping::tier:
            return std::string(at.text(tier));
        case grouping::effort:
            return std::string(at.text(effort));
        case grouping::cell:
            return cell_of(at);
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

void add_served_other(report_line& line, const statement& at, const row_table::baselines& each_tier) {
    auto& pair = line.served_other[{std::string(at.text(model_sent)), std::string(at.text(model_served))}];
    ++pair.requests;
    const auto own =
        std::ranges::find(each_tier, at.text(tier), [](const auto& b) { return std::string_view(b.first); });
    if (own == each_tier.end()) {
        ++pair.uncompared;
        return;
    }
    pricing::pico_sum as_sent;
    as_sent.add(own->second);
    pair.difference.add(pricing::pico{at.integer(cost_pico)});
    pair.difference.subtract(as_sent);
}

// "developer_role, user_id"
void add_mends(report_line& line, std::string_view names) {
    constexpr std::string_view between = ", ";
    line.mended_rows += names.empty() ? 0 : 1;
    while (!names.empty()) {
        const std::size_t end = names.find(between);
        ++line.mended[std::string(names.substr(0, end))];
        names.remove_prefix(end == std::string_view::npos ? names.size() : end + between.size());
    }
}

// What the baselines would have paid without this row's attempt is in the row of its request.
void add_request(report_line& line, const statement& at, acceptance known) {
    ++line.requests;
    const auto each_tier = row_table::parse_baselines(at.text(baselines));
    for (const auto& [name, cost] : each_tier) line.baselines[name].add(cost);
    if (at.integer(served_other) != 0) add_served_other(line, at, each_tier);
    add_mends(line, at.text(mended));
    line.accepted += known == acceptance::accepted ? 1 : 0;
    line.rejected += known == acceptance::rejected ? 1 : 0;
}

void add_row(report_line& line, const statement& at, const acceptances& outcomes) {
    const usage tokens{at.integer(hit), at.integer(miss), at.integer(output), at.integer(reasoning)};
    const pricing::pico cost{at.integer(cost_pico)};
    const bool replaced = at.integer(how) == static_cast<std::int64_t>(outcome::replaced);
    const acceptance known = outcomes.of({at.integer(replaced ? parent : id)});
    if (replaced) {
        ++line.replaced;
    } else {
        add_request(line, at, known);
    }
    add_tokens(line.tokens, tokens);
    line.cost.add(cost);
    if (known != acceptance::unknown) line.judged_cost.add(cost);
    if (const auto verdict = at.text(checked); !verdict.empty()) ++line.checked[std::string(verdict)];
    line.estimated += at.integer(estimated) != 0 ? 1 : 0;
    line.suspect += at.integer(suspect) != 0 ? 1 : 0;
    // A call that is paid by a fee has a cost and no tokens.
    if (tokens == usage{} && cost.value == 0) return;
    add_currency(line.currency, at.text(currency));
    line.unpriced += at.text(price_tariff).empty() ? 1 : 0;
}

void add_line(report_line& total, const report_line& line) {
    total.requests += line.requests;
    add_tokens(total.tokens, line.tokens);
    total.cost.add(line.cost);
    for (const auto& [name, cost] : line.baselines) total.baselines[name].add(cost);
    total.estimated += line.estimated;
    total.suspect += line.suspect;
    total.unpriced += line.unpriced;
    for (const auto& [models, rows] : line.served_other) {
        served_otherwise& sum = total.served_other[models];
        sum.requests += rows.requests;
        sum.difference.add(rows.difference);
        sum.uncompared += rows.uncompared;
    }
    total.mended_rows += line.mended_rows;
    for (const auto& [mend, rows] : line.mended) total.mended[mend] += rows;
    for (const auto& [verdict, rows] : line.checked) total.checked[verdict] += rows;
    total.replaced += line.replaced;
    total.accepted += line.accepted;
    total.rejected += line.rejected;
    total.judged_cost.add(line.judged_cost);
    if (!line.currency.empty()) add_currency(total.currency, line.currency);
}

std::string sums_of(std::int64_t version) {
    std::string columns(first_columns);
    columns += version >= row_table::first_version_with_mends ? columns_of_2 : columns_of_2_absent;
    columns += version >= row_table::first_version_with_outcomes ? columns_of_3 : columns_of_3_absent;
    return "SELECT " + columns + " FROM requests WHERE started_ms >= ?1 AND started_ms < ?2";
}

}  // namespace

std::optional<pricing::pico_sum> cost_per_accepted(const report_line& line, bool judged_only) {
    if (line.accepted <= 0) return std::nullopt;
    return (judged_only ? line.judged_cost : line.cost).per(line.accepted);
}

result<std::vector<report_line>> make_report(const std::filesystem::path& ledger_file,
                                             const report_query& query) {
    acceptances outcomes;
    const auto note = [&outcomes](const answer_outcome& o) {
        outcomes.add(o);
        return true;
    };
    if (auto read = read_outcomes(ledger_file, note); !read) return std::unexpected(std::move(read.error()));
    auto file = open_for_reading(ledger_file);
    if (!file) return std::unexpected(std::move(file.error()));
    auto rows = file->db.prepare(sums_of(file->version));
    if (!rows) return std::unexpected(std::move(rows.error()));
    rows->bind(1, query.since ? unix_ms(*query.since) : INT64_MIN);
    rows->bind(2, query.until ? unix_ms(*query.until) : INT64_MAX);

    std::map<std::pair<std::string, std::string>, report_line> groups;  // by group and fingerprint
    for (;;) {
        const auto more = rows->step();
        if (!more) return std::unexpected(more.error());
        if (!*more) break;
        const bool apart = query.by == grouping::fingerprint;
        add_row(groups[{group_of(*rows, query.by), std::string(apart ? rows->text(fingerprint) : "")}], *rows,
                outcomes);
    }

    std::vector<report_line> lines;
    report_line total;
    total.group = "total";
    for (auto& [name, line] : groups) {
        line.group = name.first;
        line.fingerprint = name.second;
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
