#pragma once
// How the simulator says no: an error answer as a value.

#include <expected>
#include <string>

namespace weir::simulator {

// An error answer: status, `message` and `type` of its body. `code` is always invalid_request_error.
struct refusal {
    int status = 400;
    std::string message;
    std::string type = "invalid_request_error";
};

template <class T>
using allowed = std::expected<T, refusal>;

}  // namespace weir::simulator
