#include "weir/config/addresses.hpp"
#include "weir/net/signals.hpp"
#include "weir/simulator/server.hpp"

#include "commands.hpp"

#include <iostream>
#include <memory>

namespace weir::cli {

namespace {

struct simulate_flags {
    std::string listen = "127.0.0.1:8790";
    std::string script;
    std::string journal;
    std::string ready_file;
    unsigned workers = 1;
};

int simulate(const simulate_flags& flags) {
    net::block_stop_signals();
    simulator::options with;
    const auto address = config::parse_address(flags.listen);
    if (!address) {
        complain("--listen " + flags.listen + ": " + address.error().message + " (" + address.error().hint +
                 ")");
        return exit_bad_usage;
    }
    with.listen = *address;
    with.workers = flags.workers;
    if (!flags.journal.empty()) with.journal = flags.journal;
    if (!flags.script.empty()) {
        auto rules = simulator::load_script(flags.script);
        if (!rules) {
            complain(rules.error().detail);
            return exit_bad_usage;
        }
        with.rules = std::move(*rules);
    }
    auto opened = simulator::simulator_server::open(std::move(with));
    if (!opened) {
        complain(opened.error().detail);
        return exit_io;
    }
    simulator::simulator_server& running = **opened;
    running.start();
    const std::string listen = config::to_text(frontend::address{address->host, running.port()});
    std::cerr << "weir: simulating DeepSeek on http://" << listen << '\n';
    if (!flags.ready_file.empty() && !write_ready_file(flags.ready_file, "listen=" + listen + "\n"))
        return exit_io;
    net::wait_for_stop_signal(std::chrono::milliseconds{-1});
    running.stop();
    return exit_ok;
}

}  // namespace

void add_simulate(CLI::App& app, outcome& code) {
    CLI::App* command = app.add_subcommand("simulate", "A DeepSeek simulator for demos, tests and load");
    auto flags = std::make_shared<simulate_flags>();
    command->add_option("--listen", flags->listen, "address and port, A:P; port 0: the system picks")
        ->capture_default_str();
    command->add_option("--script", flags->script, "YAML file with faults and latencies");
    command->add_option("--journal", flags->journal, "JSON lines, one for each request that came");
    command->add_option("--ready-file", flags->ready_file, "written with the address once it listens");
    command->add_option("--workers", flags->workers, "threads; 0: one a core")->capture_default_str();
    command->callback([flags, &code] { code = simulate(*flags); });
}

}  // namespace weir::cli
