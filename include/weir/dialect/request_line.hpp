#pragma once
// Lines of `weir explain --jsonl`: {"id":..., "request":{...}}. The request is not copied.

#include "weir/base/bytes.hpp"
#include "weir/base/error.hpp"
#include "weir/dialect/body_index.hpp"

#include <string>

namespace weir::dialect {

struct request_line {
    std::string id;  // the JSON value as written, "null" where it is absent
    place request;   // the object; empty where it is absent or something else
};

// Fault: malformed_json, origin client.
result<request_line> read_request_line(padded_view line);

}  // namespace weir::dialect
