#include "weir/config/addresses.hpp"
#include "weir/net/signals.hpp"
#include "weir/proxy/log.hpp"
#include "weir/proxy/server.hpp"

#include "commands.hpp"

#include <string>

namespace weir::cli {

namespace {

struct serve_flags {
    std::string config;
    config::overrides over;
    std::string ready_file;
};

int serve(const serve_flags& flags) {
    auto settings = load_config(flags.config, flags.over);
    if (!settings) return exit_bad_usage;
    proxy::set_up_log(settings->log);
    net::block_stop_signals();
    const std::string host = settings->front.listen.host, admin_host = settings->front.admin_listen.host;
    const std::string policy = settings->routes.default_policy().name;
    const std::string ledger = settings->ledger.file.string();
    auto opened = proxy::server::open(std::move(*settings));
    if (!opened) {
        complain(opened.error().detail);
        return opened.error().code == errc::bad_config ? exit_bad_usage : exit_io;
    }
    proxy::server& running = **opened;
    running.start();
    const std::string listen = config::to_text(frontend::address{host, running.port()});
    const std::string admin = config::to_text(frontend::address{admin_host, running.admin_port()});
    proxy::log_event("listening",
                     {{"listen", listen}, {"admin", admin}, {"policy", policy}, {"ledger", ledger}});
    if (!flags.ready_file.empty() &&
        !write_ready_file(flags.ready_file, "listen=" + listen + "\nadmin=" + admin + "\n")) {
        return exit_io;
    }
    net::wait_for_stop_signal(std::chrono::milliseconds{-1});
    proxy::log_event("draining", {});
    running.stop([](std::chrono::milliseconds wait) { return net::wait_for_stop_signal(wait).has_value(); });
    proxy::log_event("stopped", {});
    return exit_ok;
}

}  // namespace

void add_serve(CLI::App& app, outcome& code) {
    CLI::App* command = app.add_subcommand("serve", "Route and meter requests");
    auto flags = std::make_shared<serve_flags>();
    add_config_flag(*command, flags->config);
    command->add_option("--listen", flags->over.listen,
                        "address and port for clients, A:P; port 0: the system picks");
    command->add_option("--admin-listen", flags->over.admin_listen,
                        "address and port for /livez, /readyz, /metrics");
    command->add_option("--upstream", flags->over.upstream, "base URL instead of the configured upstreams");
    command->add_option("--ledger", flags->over.ledger, "ledger file");
    command->add_option("--ready-file", flags->ready_file, "written with both addresses once weir listens");
    command->callback([flags, &code] { code = serve(*flags); });
}

}  // namespace weir::cli
