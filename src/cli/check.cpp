#include "commands.hpp"

#include <iostream>
#include <memory>

namespace weir::cli {

void add_check(CLI::App& app, outcome& code) {
    CLI::App* command =
        app.add_subcommand("check", "Validate the configuration and print what holds, secrets masked");
    auto file = std::make_shared<std::string>();
    add_config_flag(*command, *file);
    command->callback([file, &code] {
        const auto settings = load_config(*file);
        if (settings) std::cout << config::print_effective(*settings);
        code = settings ? exit_ok : exit_bad_usage;
    });
}

}  // namespace weir::cli
