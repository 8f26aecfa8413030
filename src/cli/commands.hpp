#pragma once
// The commands: each adds its flags to the command line and says what to run.

#include "weir/cli/run.hpp"
#include "weir/config/settings.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <optional>
#include <string>

namespace weir::cli {

// What the chosen command came to; set by the callback that CLI11 runs.
using outcome = std::optional<int>;

void add_serve(CLI::App& app, outcome& code);
void add_simulate(CLI::App& app, outcome& code);
void add_check(CLI::App& app, outcome& code);
void add_explain(CLI::App& app, outcome& code);
void add_report(CLI::App& app, outcome& code);
void add_replay(CLI::App& app, outcome& code);
void add_tune(CLI::App& app, outcome& code);
void add_train(CLI::App& app, outcome& code);
void add_evaluate(CLI::App& app, outcome& code);
void add_version(CLI::App& app, outcome& code);

// --config, with the default: config/weir.yaml here, else /etc/weir/weir.yaml.
void add_config_flag(CLI::App& command, std::string& file);

// The configuration, or nullopt after every problem went to stderr.
std::optional<config::settings> load_config(const std::string& file, const config::overrides& over = {});

// Writes `lines` to `file` at once, by a rename, so that a reader never sees half of it. False: said on
// stderr.
bool write_ready_file(const std::string& file, const std::string& lines);

// A message for the user on stderr: "weir: ...".
void complain(const std::string& message);

}  // namespace weir::cli
