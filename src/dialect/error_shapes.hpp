#pragma once
// Errors in the shapes that are not OpenAI's plain one: within a stream of Responses, and in Messages.

#include "weir/base/error.hpp"
#include "weir/dialect/answer_reader.hpp"

#include <string>

namespace weir::dialect {

// response.failed, as the event after those that came. Source: OpenAI, Responses, streaming events.
std::string responses_error_event(const fault& f, const answer_facts& so_far);

// {"type":"error","error":{"type":...,"message":...,"code":...,"param":...}}; `type` is one of Anthropic's
// words, by status, `code` and `param` are weir's own. Source: Anthropic, Errors.
std::string messages_error_body(const fault& f);
// The same as `event: error`.
std::string messages_error_event(const fault& f);

}  // namespace weir::dialect
