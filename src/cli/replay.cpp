#include "weir/whatif/replay.hpp"

#include "commands.hpp"
#include "past_rows.hpp"
#include "replay_print.hpp"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <memory>

namespace weir::cli {

namespace {

struct replay_flags {
    past_flags past;
    std::string policy;
    std::optional<double> threshold;
    replay_format format = replay_format::table;
};

int replay(const replay_flags& flags) {
    config::overrides over;
    if (!flags.policy.empty()) over.policy = flags.policy;
    auto settings = load_config(flags.past.config, over);
    if (!settings) return exit_bad_usage;
    if (flags.threshold) {
        whatif::set_threshold(settings->routes, static_cast<int>(std::lround(*flags.threshold * 1000)));
    }
    const auto read = read_past(flags.past, ledger_of(flags.past, *settings));
    if (!read) return read.error();
    const auto report = whatif::replay(read->rows, settings->routes, settings->prices);
    std::cout << print(report, *read, flags.format);
    return exit_ok;
}

}  // namespace

void add_replay(CLI::App& app, outcome& code) {
    CLI::App* command = app.add_subcommand(
        "replay", "What another policy would have decided about recorded requests, and its cost");
    auto flags = std::make_shared<replay_flags>();
    add_past_flags(*command, flags->past);
    command->add_option("--policy", flags->policy, "policy file instead of the configured default policy");
    command
        ->add_option(
            "--threshold", flags->threshold,
            "score from which the dearer tier answers, 0 to 1: the learned one, where the policy has it")
        ->check(CLI::Range(0.0, 1.0));
    const std::map<std::string, replay_format> formats{
        {"table", replay_format::table}, {"json", replay_format::json}, {"csv", replay_format::csv}};
    command->add_option("--format", flags->format, "table, json or csv")
        ->transform(CLI::CheckedTransformer(formats));
    command->callback([flags, &code] { code = replay(*flags); });
}

}  // namespace weir::cli
