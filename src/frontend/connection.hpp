#pragma once
// One client's connection: requests read one after another, each given to its endpoint.

#include "weir/base/limits.hpp"
#include "weir/frontend/site.hpp"
#include "weir/net/stream.hpp"
#include "weir/net/timeouts.hpp"
#include "weir/net/worker.hpp"

#include <memory>
#include <optional>
#include <string>

namespace weir::frontend {

// What all connections of a listener share; lives on the listener's worker.
struct surroundings {
    net::worker& on;
    site what;
    limits bounds;
    net::timeouts timers;
    bool draining = false;
};

class connection {
public:
    // transport: whatever a net::stream can be made of, a socket or an end of a memory pipe
    template <class Transport>
    connection(Transport transport, std::string local_authority, surroundings& around)
        : stream_(std::move(transport), around.on.watch),
          around_(around),
          local_authority_(std::move(local_authority)) {}

    // Until the client or the drain ends it.
    net::task<void> run();
    // Ends an idle connection, or the current request's keep-alive.
    void drain() noexcept;
    void cut() noexcept;

private:
    friend class connection_exchange;

    enum class heading : std::uint8_t { request, closed, refused };
    // The next head into `next_`; `refused` was answered already.
    net::task<heading> read_head();
    net::task<heading> refuse_head(fault why);
    // False: the connection ends here.
    net::task<bool> serve(net::request_head head);
    // The client reads our last answer before the connection goes: what it still sends is dropped for a
    // while.
    net::task<void> linger();
    net::task<net::io_size> fill();
    std::string_view unread() const noexcept { return std::string_view{buffer_}.substr(begin_); }
    void consume(std::size_t n) noexcept;

    net::stream stream_;
    surroundings& around_;
    std::string local_authority_;
    std::string buffer_;  // bytes read; those from begin_ are not used yet
    std::size_t begin_ = 0;
    bool idle_ = false;  // waits for a request of which nothing has come
    bool first_ = true;
    bool cut_ = false;
    bool abandoned_ = false;  // an answer has no end: the client must not take it for whole
    std::optional<net::request_head> next_;
};

}  // namespace weir::frontend
