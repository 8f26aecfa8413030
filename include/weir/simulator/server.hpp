#pragma once
// The simulator behind a port: weir simulate, and the upstream of tests.
//
//     auto opened = simulator_server::open({.rules = *parse_script("default: {token_ms: 5}")});
//     (*opened)->start();
//     connect to 127.0.0.1, (*opened)->port()

#include "weir/base/error.hpp"
#include "weir/frontend/settings.hpp"
#include "weir/simulator/script.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

namespace weir::simulator {

struct options {
    frontend::address listen{"127.0.0.1", 0};
    script rules = default_script();
    std::optional<std::filesystem::path> journal = std::nullopt;  // truncated, then one line a request
    unsigned workers = 1;                                         // threads; 0: one a core
};

class simulator_server {
public:
    // Listens, but serves nothing before start(). errc::file: the address or the journal cannot be used.
    static result<std::unique_ptr<simulator_server>> open(options with);
    ~simulator_server();

    void start();
    // The port that is listened on; the system's pick where options::listen said 0.
    std::uint16_t port() const noexcept;
    // Requests answered or being answered; those that were no HTTP or no endpoint do not count.
    std::int64_t requests() const noexcept;
    // Closes every connection, answers under way included, and returns when all threads have ended.
    void stop();

private:
    struct parts;
    explicit simulator_server(std::unique_ptr<parts> p);
    std::unique_ptr<parts> parts_;
};

}  // namespace weir::simulator
