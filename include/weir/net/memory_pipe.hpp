#pragma once
// Two ends of a connection in memory, for simulations: what one writes the other reads. Bounded, so that a
// slow reader holds the writer back as TCP would.

#include "weir/net/clock.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace weir::net {

class memory_end {
public:
    // Both ends live on one io_context. capacity: bytes a direction holds before its writer waits.
    static std::pair<memory_end, memory_end> make(const executor& ex, clock& c,
                                                  std::size_t capacity = 64 * 1024);

    memory_end(memory_end&&) noexcept = default;
    memory_end& operator=(memory_end&&) noexcept = default;
    ~memory_end();

    task<io_size> read_some(std::span<char> into);
    task<io_done> write(std::string_view bytes);
    void cancel() noexcept;
    void shutdown_write() noexcept;
    void close() noexcept;
    bool is_open() const noexcept;
    // Nothing unread and no end.
    bool is_quiet() const noexcept;
    // True when the peer has ended, whatever is unread.
    bool peer_ended() const noexcept;
    // Returns when something new came in from the peer, bytes or the end, or on cancel().
    task<void> wait_news();
    executor get_executor() const noexcept;

private:
    struct direction;
    static task<void> wait_for(std::shared_ptr<direction> in);
    memory_end(std::shared_ptr<direction> in, std::shared_ptr<direction> out);
    std::shared_ptr<direction> in_;
    std::shared_ptr<direction> out_;
    std::shared_ptr<bool> open_;
};

}  // namespace weir::net
