#include "weir/net/signals.hpp"

#include <pthread.h>
#include <signal.h>
#include <time.h>

namespace weir::net {

namespace {

sigset_t stop_signals() noexcept {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    return set;
}

}  // namespace

void block_stop_signals() {
    const sigset_t set = stop_signals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    signal(SIGPIPE, SIG_IGN);
}

std::optional<int> wait_for_stop_signal(std::chrono::milliseconds patience) {
    const sigset_t set = stop_signals();
    int got = 0;
    if (patience.count() < 0) {
        if (sigwait(&set, &got) == 0) return got;
        return std::nullopt;
    }
    const timespec wait{patience.count() / 1000, static_cast<long>(patience.count() % 1000) * 1'000'000};
    got = sigtimedwait(&set, nullptr, &wait);
    if (got > 0) return got;
    return std::nullopt;
}

}  // namespace weir::net
