#include "commands.hpp"
#include "evaluation.hpp"
#include "progress.hpp"

#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace weir::cli {

namespace {

struct evaluate_flags {
    std::string data;
    std::string config;
    std::optional<hold_out> by;
    table_format format = table_format::text;
    std::vector<std::string> tables;
};

std::vector<hold_out> ways_of(const evaluate_flags& flags) {
    if (!flags.by) return {hold_out::row, hold_out::source, hold_out::family};
    if (*flags.by == hold_out::none) return {};
    return {*flags.by};
}

int evaluate_data(const evaluate_flags& flags) {
    const auto settings = load_config(flags.config);
    if (!settings) return exit_bad_usage;
    auto bar = std::make_shared<progress_bar>("reading");
    const auto data =
        read_labelled(flags.data, *settings, [&](std::size_t done, std::size_t of) { bar->show(done, of); });
    if (!data) {
        bar.reset();
        complain(data.error().detail);
        return data.error().code == errc::file ? exit_io : exit_failed;
    }
    const auto step = [&](const std::string& name) -> classifier::fit_progress {
        bar.reset();  // wipes the line before the next bar draws
        bar = std::make_shared<progress_bar>(name);
        return [&bar](std::size_t done, std::size_t of) { bar->show(done, of); };
    };
    const evaluation made =
        evaluate(*data, settings->routes, classifier::default_recipe(), ways_of(flags), step);
    bar.reset();
    std::vector<table> tables = tables_of(*data, made);
    std::erase_if(tables, [&](const table& t) {
        return !flags.tables.empty() && std::ranges::find(flags.tables, t.key) == flags.tables.end();
    });
    std::cout << print(tables, flags.format);
    return exit_ok;
}

}  // namespace

void add_evaluate(CLI::App& app, outcome& code) {
    CLI::App* command =
        app.add_subcommand("evaluate", "How right the policy and its scores are on labelled requests");
    auto flags = std::make_shared<evaluate_flags>();
    add_config_flag(*command, flags->config);
    command
        ->add_option("--data", flags->data, R"(lines {"source","request","label"}: Chat Completions bodies)")
        ->required();
    const std::map<std::string, hold_out> ways{{"family", hold_out::family},
                                               {"source", hold_out::source},
                                               {"row", hold_out::row},
                                               {"none", hold_out::none}};
    command
        ->add_option("--holdout-by", flags->by,
                     "what is left out while fitting: family, source, row or none; default: each of them")
        ->transform(CLI::CheckedTransformer(ways));
    const std::map<std::string, table_format> formats{
        {"table", table_format::text}, {"json", table_format::json}, {"markdown", table_format::markdown}};
    command->add_option("--format", flags->format, "table, json or markdown")
        ->transform(CLI::CheckedTransformer(formats));
    command
        ->add_option("--tables", flags->tables,
                     "these alone: scorers, reasons, slices, sources, risk_coverage")
        ->delimiter(',')
        ->check(CLI::IsMember({"scorers", "reasons", "slices", "sources", "risk_coverage"}));
    command->callback([flags, &code] { code = evaluate_data(*flags); });
}

}  // namespace weir::cli
