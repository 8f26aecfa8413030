#pragma once
// What weir's own refusals look like to an OpenAI client. In the words of each API: api::error_body.

#include "weir/base/error.hpp"

#include <string>

namespace weir::dialect {

// HTTP status for a fault: the one place that maps them.
int status_of(const fault& f) noexcept;

// {"error":{"message":...,"type":...,"param":...,"code":...}} in the shape of OpenAI and DeepSeek; `type` is
// invalid_request_error, authentication_error, rate_limit_error, api_error or the like by status; details of
// weir's own faults are not shown.
std::string error_body(const fault& f);

// The same as an event within a stream: "data: {...}\n\n". No [DONE] follows.
std::string error_event(const fault& f);

}  // namespace weir::dialect
