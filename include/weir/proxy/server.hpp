#pragma once
// The running program: workers, ledger and both listeners of one configuration.

#include "weir/config/settings.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace weir::proxy {

class server {
public:
    // Opens the ledger and the ports; nothing is served before start(). Faults: file (a port), ledger,
    // bad_config.
    static result<std::unique_ptr<server>> open(config::settings settings);
    ~server();  // as stop() without patience

    void start();
    std::uint16_t port() const noexcept;
    std::uint16_t admin_port() const noexcept;

    // Not ready, no new connections; requests under way go on for timeouts::drain_ms at most, or until
    // `hurry` says true. Then everything is cut and the ledger is written.
    void stop(const std::function<bool(std::chrono::milliseconds)>& hurry);

private:
    struct parts;
    explicit server(std::unique_ptr<parts> p);
    std::unique_ptr<parts> parts_;
};

}  // namespace weir::proxy
