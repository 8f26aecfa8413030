#pragma once
// One line a request on stderr: JSON, or text on a terminal. Never a prompt, never a key.

#include "weir/base/error.hpp"
#include "weir/metering/row.hpp"

namespace weir::proxy {

// why: what went wrong; its detail is logged only where it is no client's text. May be nullptr.
void log_request(const metering::row& r, const fault* why);

}  // namespace weir::proxy
