#include "weir/whatif/tune.hpp"

#include "commands.hpp"
#include "past_rows.hpp"
#include "progress.hpp"
#include "text_table.hpp"

#include <cmath>
#include <fstream>
#include <iostream>
#include <memory>

namespace weir::cli {

namespace {

enum class curve_format : std::uint8_t { table, csv };

struct tune_flags {
    past_flags past;
    std::optional<double> target_savings, max_pro_share, min_pro_recall;  // percent
    std::optional<std::size_t> holdout_days;
    std::string plot;
    curve_format format = curve_format::table;
};

std::optional<whatif::tune_target> target_of(const tune_flags& flags) {
    using whatif::aim;
    const auto made = [](aim what, double percent) {
        return whatif::tune_target{what, static_cast<int>(std::lround(percent * 10))};
    };
    if (flags.target_savings) return made(aim::target_savings, *flags.target_savings);
    if (flags.max_pro_share) return made(aim::max_pro_share, *flags.max_pro_share);
    if (flags.min_pro_recall) return made(aim::min_pro_recall, *flags.min_pro_recall);
    return std::nullopt;
}

std::string percent(const std::optional<std::int64_t>& per_mille) {
    return per_mille ? whatif::percent_text(*per_mille) : "";
}

cells row_of(const std::string& kind, const whatif::curve_point& p) {
    std::string threshold = std::to_string(p.threshold);
    threshold.insert(0, 4 - std::min<std::size_t>(threshold.size(), 4), '0');
    threshold.insert(1, ".");
    return {kind,
            threshold,
            std::to_string(p.requests),
            percent(p.dearer_per_mille),
            percent(p.saved_per_mille),
            percent(p.recall_per_mille),
            std::to_string(p.needed_more),
            p.cost.to_decimal_text()};
}

std::vector<cells> curve_rows(const whatif::tuning& t) {
    std::vector<cells> rows{{"", "from score", "requests", "above " + t.tiers.front() + " %",
                             "saved % of all " + t.tiers.back(), "recall %", "needed more",
                             "cost " + t.currency}};
    for (const whatif::curve_point& p : t.curve) rows.push_back(row_of("curve", p));
    rows.push_back(row_of("chosen", t.chosen));
    if (t.held_out) rows.push_back(row_of("held out", *t.held_out));
    return rows;
}

bool write_plot(const std::string& file, const whatif::tuning& t) {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << whatif::to_svg(whatif::plot_of(t));
    out.close();
    if (!out) complain("cannot write " + file);
    return static_cast<bool>(out);
}

int tune(const tune_flags& flags) {
    const auto target = target_of(flags);
    if (!target) {
        complain("one of --target-savings, --max-pro-share and --min-pro-recall says what to tune for");
        return exit_bad_usage;
    }
    const auto settings = load_config(flags.past.config);
    if (!settings) return exit_bad_usage;
    const auto read = read_past(flags.past, ledger_of(flags.past, *settings));
    if (!read) return read.error();

    whatif::tune_options how;
    how.target = *target;
    how.holdout_days = flags.holdout_days;
    const auto tuned = [&] {
        progress_bar bar("thresholds");
        how.progress = [&](std::size_t done, std::size_t of) { bar.show(done, of); };
        return whatif::tune(read->rows, settings->routes, settings->prices, how);
    }();
    std::cerr << notes_on(*read);
    if (!tuned) {
        complain(tuned.error().detail);
        return exit_failed;
    }
    std::cerr << notes_on(tuned->but);
    if (!flags.plot.empty() && !write_plot(flags.plot, *tuned)) return exit_io;
    if (flags.format == curve_format::csv) {
        std::cout << csv_text(curve_rows(*tuned));
    } else {
        std::cout << whatif::yaml_patch(*tuned, *target) << '\n' << table_text(curve_rows(*tuned));
    }
    return tuned->met ? exit_ok : exit_failed;
}

}  // namespace

void add_tune(CLI::App& app, outcome& code) {
    CLI::App* command = app.add_subcommand(
        "tune",
        "The threshold of the learned score that meets a target on recorded requests; changes nothing");
    auto flags = std::make_shared<tune_flags>();
    add_past_flags(*command, flags->past);
    const CLI::Range percents(0.0, 100.0);
    auto* savings = command->add_option("--target-savings", flags->target_savings,
                                        "percent to save at least, against all requests on the dearest tier");
    auto* share = command->add_option("--max-pro-share", flags->max_pro_share,
                                      "percent of requests on dearer tiers at most");
    auto* recall = command->add_option("--min-pro-recall", flags->min_pro_recall,
                                       "percent, at least, of the requests that needed more on dearer tiers");
    for (CLI::Option* option : {savings, share, recall}) option->check(percents);
    savings->excludes(share)->excludes(recall);
    share->excludes(recall);
    command->add_option(
        "--holdout-days", flags->holdout_days,
        "last days on which the threshold is tried and not chosen; a fifth of all where unsaid");
    command->add_option("--plot", flags->plot, "file for the curve, an SVG");
    const std::map<std::string, curve_format> formats{{"table", curve_format::table},
                                                      {"csv", curve_format::csv}};
    command
        ->add_option("--format", flags->format, "table, under the patch for the policy; or the curve as csv")
        ->transform(CLI::CheckedTransformer(formats));
    command->callback([flags, &code] { code = tune(*flags); });
}

}  // namespace weir::cli
