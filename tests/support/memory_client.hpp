#pragma once
// The client's end of a connection in memory: what is said goes in at once, what came back is text.

#include "weir/net/memory_pipe.hpp"

#include "support/world.hpp"

#include <string>
#include <string_view>

namespace weir::test {

class memory_client {
public:
    memory_client(world& w, net::memory_end end) : world_(w), end_(std::move(end)) {
        w.worker().spawn(collect());
    }

    void say(std::string_view bytes) {
        auto written = world_.start(end_.write(bytes));
        world_.poll();
    }
    // What came since the last call.
    std::string heard() {
        world_.poll();
        return std::exchange(text_, {});
    }
    bool ended() const noexcept { return ended_; }
    void leave() {
        end_.close();
        world_.poll();
    }

private:
    net::task<void> collect() {
        char bytes[4096];
        for (;;) {
            const auto n = co_await end_.read_some(bytes);
            if (!n) break;
            text_.append(bytes, *n);
        }
        ended_ = true;
    }

    world& world_;
    net::memory_end end_;
    std::string text_;
    bool ended_ = false;
};

}  // namespace weir::test
