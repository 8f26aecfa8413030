#pragma once
// SIGINT and SIGTERM as values: blocked in every thread, taken by the main thread.

#include <chrono>
#include <optional>

namespace weir::net {

// Before any thread is started: they inherit the mask. SIGPIPE is ignored.
void block_stop_signals();

// The signal that came within `patience`, or nullopt. Milliseconds; negative waits without end.
std::optional<int> wait_for_stop_signal(std::chrono::milliseconds patience);

}  // namespace weir::net
