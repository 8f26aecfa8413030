#include "weir/cli/run.hpp"

#include "commands.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace weir::cli {

void complain(const std::string& message) { std::cerr << "weir: " << message << '\n'; }

void add_config_flag(CLI::App& command, std::string& file) {
    std::error_code ignored;
    const bool here = std::filesystem::exists("config/weir.yaml", ignored);
    file = here ? "config/weir.yaml" : "/etc/weir/weir.yaml";
    command.add_option("--config", file, "configuration file")->capture_default_str();
}

std::optional<config::settings> load_config(const std::string& file, const config::overrides& over) {
    const auto environment = [](std::string_view name) -> std::optional<std::string> {
        const char* value = std::getenv(std::string(name).c_str());
        if (!value) return std::nullopt;
        return value;
    };
    auto loaded = config::load(file, environment, over);
    if (loaded) return std::move(*loaded);
    for (const config::problem& p : loaded.error()) std::cerr << config::to_text(p) << '\n';
    return std::nullopt;
}

bool write_ready_file(const std::string& file, const std::string& lines) {
    const std::string draft = file + ".part";
    std::ofstream out(draft);
    out << lines;
    out.close();
    std::error_code failed;
    if (out) std::filesystem::rename(draft, file, failed);
    if (!out || failed) complain("cannot write " + file);
    return out && !failed;
}

namespace {

void add_commands(CLI::App& app, outcome& code) {
    add_serve(app, code);
    add_simulate(app, code);
    add_check(app, code);
    add_explain(app, code);
    add_report(app, code);
    add_replay(app, code);
    add_tune(app, code);
    add_train(app, code);
    add_evaluate(app, code);
    add_version(app, code);
}

}  // namespace

void add_version(CLI::App& app, outcome& code) {
    CLI::App* command = app.add_subcommand("version", "Print the version");
    command->callback([&code] {
        std::cout << "weir " << WEIR_VERSION << '\n';
        code = exit_ok;
    });
}

int run(int argc, char** argv) {
    CLI::App app{"weir: a routing and metering proxy for DeepSeek"};
    app.require_subcommand(1);
    outcome code;
    add_commands(app, code);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return app.exit(e) == 0 ? exit_ok : exit_bad_usage;
    } catch (const std::exception& e) {
        complain(e.what());
        return exit_failed;
    }
    return code.value_or(exit_failed);
}

}  // namespace weir::cli
