#include "weir/classifier/measures.hpp"

#include "evaluation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <utility>

namespace weir::cli {

namespace {

using classifier::judged;
using share = std::optional<double>;
using row_numbers = std::vector<std::size_t>;

constexpr std::size_t slice_rows_min = 10;  // fewer say nothing
constexpr std::size_t curve_parts = 20;
// Slices that stand beside the scorers; a tag that no row bears gives no column.
constexpr std::array<std::string_view, 3> headline_tags = {"adversarial", "lang:zh", "tools"};
constexpr std::array<double, 4> cheap_shares = {0.5, 0.7, 0.8, 0.9};

row_numbers rows_where(const labelled_set& data, const auto& holds) {
    row_numbers made;
    for (std::size_t i = 0; i < data.rows.size(); ++i) {
        if (holds(data.rows[i])) made.push_back(i);
    }
    return made;
}

row_numbers rows_with(const labelled_set& data, std::string_view tag) {
    return rows_where(
        data, [&](const labelled_row& row) { return std::ranges::find(row.tags, tag) != row.tags.end(); });
}

std::vector<judged> judged_of(const labelled_set& data, const scorer& s, const row_numbers& rows) {
    std::vector<judged> made;
    made.reserve(rows.size());
    for (const std::size_t i : rows) made.push_back({s.scores[i], data.rows[i].pro});
    return made;
}

share part(std::size_t some, std::size_t all) {
    if (all == 0) return std::nullopt;
    return static_cast<double>(some) / static_cast<double>(all);
}

share auroc_of(const labelled_set& data, const scorer& s, const row_numbers& rows) {
    return classifier::auroc(judged_of(data, s, rows));
}

share right_of(const labelled_set& data, const scorer& s, const row_numbers& rows) {
    const auto right =
        std::ranges::count_if(rows, [&](std::size_t i) { return s.dearer[i] == data.rows[i].pro; });
    return part(static_cast<std::size_t>(right), rows.size());
}

share pro_share_of(const labelled_set& data, const row_numbers& rows) {
    const auto pro = std::ranges::count_if(rows, [&](std::size_t i) { return data.rows[i].pro; });
    return part(static_cast<std::size_t>(pro), rows.size());
}

row_numbers decided_by_lines(const evaluation& e, const row_numbers& rows) {
    row_numbers made;
    std::ranges::copy_if(rows, std::back_inserter(made), [&](std::size_t i) { return e.by_line[i]; });
    return made;
}

table scorers_table(const labelled_set& data, const evaluation& e, const row_numbers& all) {
    table t{"scorers",
            "Ways to decide (" + std::to_string(all.size()) + " rows)",
            {{"name", "decided by"},
             {"accuracy", "right"},
             {"auroc", "AUROC"},
             {"cheap_share", "cheap share"},
             {"brier", "Brier"},
             {"calibration_error", "calibration error"},
             {"recall_at_50", "recall at .5"},
             {"recall_at_70", "at .7"},
             {"recall_at_80", "at .8"},
             {"recall_at_90", "at .9"}},
            {}};
    std::vector<row_numbers> slices;
    for (const std::string_view tag : headline_tags) {
        row_numbers rows = rows_with(data, tag);
        if (rows.empty()) continue;
        t.columns.push_back({"auroc_" + std::string{tag}, "AUROC " + std::string{tag}});
        slices.push_back(std::move(rows));
    }
    for (const scorer& s : e.scorers) {
        const std::vector<judged> rows = judged_of(data, s, all);
        const auto cheap = std::ranges::count(s.dearer, false);
        std::vector<cell> cells{s.name, right_of(data, s, all), classifier::auroc(rows),
                                part(static_cast<std::size_t>(cheap), all.size())};
        cells.push_back(s.probability ? share{classifier::brier(rows)} : std::nullopt);
        cells.push_back(s.probability ? share{classifier::calibration_error(rows)} : std::nullopt);
        for (const double each : cheap_shares) cells.push_back(classifier::pro_recall(rows, each));
        for (const row_numbers& slice : slices) cells.push_back(auroc_of(data, s, slice));
        t.rows.push_back(std::move(cells));
    }
    return t;
}

// What the policy said by which line, and how often that was right.
table reasons_table(const labelled_set& data, const evaluation& e) {
    struct tally {
        std::size_t rows = 0, right = 0;
        bool line = false;
    };
    std::map<std::pair<std::string, std::string>, tally> by_reason;
    tally lines{0, 0, true};
    for (std::size_t i = 0; i < data.rows.size(); ++i) {
        const auto& d = e.decisions[i];
        tally& into = by_reason[d ? std::pair{d->reason, d->tier_name} : std::pair{"refused", "-"}];
        const bool right = d && (d->tier > 0) == data.rows[i].pro;
        into.line = e.by_line[i];
        for (tally* each : {&into, &lines}) {
            if (each == &lines && !e.by_line[i]) continue;
            ++each->rows;
            each->right += right ? 1 : 0;
        }
    }
    table t{"reasons",
            "What the policy decides by",
            {{"reason", "reason"},
             {"tier", "tier"},
             {"line", "by a line"},
             {"rows", "rows"},
             {"coverage", "of all"},
             {"right", "right"}},
            {}};
    const auto add = [&](const std::string& reason, const std::string& tier, const tally& of) {
        t.rows.push_back({reason, tier, of.line ? "yes" : "no", static_cast<std::int64_t>(of.rows),
                          part(of.rows, data.rows.size()), part(of.right, of.rows)});
    };
    for (const auto& [key, of] : by_reason) add(key.first, key.second, of);
    add("all lines", "", lines);
    return t;
}

// Columns of slices and sources alike: the policy and each learned score by itself.
std::vector<column> slice_columns(const evaluation& e, std::string key, std::string heading) {
    std::vector<column> made{{std::move(key), std::move(heading)}, {"rows", "rows"},
                             {"pro_share", "dear share"},          {"policy_right", "policy right"},
                             {"line_coverage", "by lines"},        {"lines_right", "lines right"}};
    for (const scorer& s : e.scorers) {
        if (s.probability || s.policy) made.push_back({"auroc_" + s.name, "AUROC " + s.name});
    }
    return made;
}

std::vector<cell> slice_cells(const labelled_set& data, const evaluation& e, const std::string& name,
                              const row_numbers& rows) {
    const row_numbers by_lines = decided_by_lines(e, rows);
    const scorer& policy = e.scorers.back();
    std::vector<cell> cells{name,
                            static_cast<std::int64_t>(rows.size()),
                            pro_share_of(data, rows),
                            right_of(data, policy, rows),
                            part(by_lines.size(), rows.size()),
                            right_of(data, policy, by_lines)};
    for (const scorer& s : e.scorers) {
        if (s.probability || s.policy) cells.push_back(auroc_of(data, s, rows));
    }
    return cells;
}

table slices_table(const labelled_set& data, const evaluation& e, const row_numbers& all) {
    std::set<std::string> tags;
    for (const labelled_row& row : data.rows) tags.insert(row.tags.begin(), row.tags.end());
    table t{"slices", "Slices, by tag", slice_columns(e, "tag", "tag"), {}};
    t.rows.push_back(slice_cells(data, e, "all", all));
    for (const std::string& tag : tags) {
        const row_numbers rows = rows_with(data, tag);
        if (rows.size() >= slice_rows_min) t.rows.push_back(slice_cells(data, e, tag, rows));
    }
    return t;
}

table sources_table(const labelled_set& data, const evaluation& e) {
    table t{"sources", "Sources", slice_columns(e, "source", "source"), {}};
    for (std::uint32_t i = 0; i < data.sources.size(); ++i) {
        const row_numbers rows = rows_where(data, [&](const labelled_row& row) { return row.source == i; });
        t.rows.push_back(slice_cells(data, e, data.sources[i], rows));
    }
    std::ranges::sort(t.rows, {}, [](const auto& row) { return std::get<std::string>(row.front()); });
    return t;
}

// How far a score is from where it turns over: 1 where a line decided.
double confidence_of(const scorer& s, std::size_t row, double turn) {
    const double p = s.scores[row];
    if (s.dearer[row]) return turn < 1 ? std::max(0.0, (p - turn) / (1 - turn)) : 1;
    return turn > 0 ? std::max(0.0, (turn - p) / turn) : 1;
}

// The score from which a scorer chooses the dearer tier, between the highest that did not and the lowest that
// did.
double turn_of(const scorer& s) {
    double highest_cheap = 0, lowest_dear = 1;
    for (std::size_t i = 0; i < s.scores.size(); ++i) {
        if (s.dearer[i])
            lowest_dear = std::min(lowest_dear, s.scores[i]);
        else
            highest_cheap = std::max(highest_cheap, s.scores[i]);
    }
    return (std::min(highest_cheap, lowest_dear) + lowest_dear) / 2;
}

table curve_table(const labelled_set& data, const evaluation& e) {
    table t{"risk_coverage", "Right among the surest rows", {{"coverage", "coverage"}}, {}};
    for (std::size_t k = 1; k <= curve_parts; ++k)
        t.rows.push_back({share{static_cast<double>(k) / static_cast<double>(curve_parts)}});
    for (const scorer& s : e.scorers) {
        if (!s.probability && !s.policy) continue;
        std::vector<classifier::decided_row> rows;
        const double turn = turn_of(s);
        for (std::size_t i = 0; i < data.rows.size(); ++i)
            rows.push_back({confidence_of(s, i, turn), s.dearer[i] == data.rows[i].pro});
        const auto points = classifier::risk_coverage(rows, curve_parts);
        t.columns.push_back({s.name, s.name});
        // fewer rows than points: the first points hold none
        const std::size_t empty = curve_parts - points.size();
        for (std::size_t k = 0; k < curve_parts; ++k)
            t.rows[k].push_back(k < empty ? share{} : share{points[k - empty].accuracy});
    }
    return t;
}

}  // namespace

std::vector<table> tables_of(const labelled_set& data, const evaluation& e) {
    const row_numbers all = rows_where(data, [](const labelled_row&) { return true; });
    return {scorers_table(data, e, all), reasons_table(data, e), slices_table(data, e, all),
            sources_table(data, e), curve_table(data, e)};
}

}  // namespace weir::cli
