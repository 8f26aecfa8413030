#pragma once
// What a request leaves behind for those that follow: the conversation's cell, what is warm, how long answers
// are, and what its coming says about the answer before it.

#include "weir/frontend/exchange.hpp"
#include "weir/metering/answer_outcome.hpp"
#include "weir/net/http_head.hpp"
#include "weir/proxy/admission.hpp"
#include "weir/proxy/context.hpp"
#include "weir/proxy/judge.hpp"

#include <optional>
#include <string>

namespace weir::proxy {

// Whose thinking custody keeps: without client keys the credential tells clients apart, though it need not be
// checked here.
std::string owner_of(const net::request_head& head, const caller& who);

// What a request is judged by, at this moment. Views into `ex`.
surroundings surroundings_of(context& here, const frontend::exchange& ex, const caller& who);

std::int64_t steady_ms(net::mono_time t) noexcept;

// What this request says about an earlier answer of its conversation: the client's library sent it again, the
// same was asked again within minutes, or the assistant went in circles on the cheapest tier. The request
// that brought the ask is the one that is told of. x-stainless-retry-count: how often the SDK tried before.
// Source: OpenAI and Anthropic SDKs.
std::optional<metering::answer_outcome> outcome_before(const judgement& j, const net::request_head& head,
                                                       const metering::row& now, std::int64_t now_ms);

// The conversation's cell; housekeeping and pins leave it alone.
void remember_route(installation& home, const judgement& j, request_id id, std::int64_t now_ms);

// What the answer told, where it told its usage. `failed_check`: it was on its way already when it turned out
// to be none.
void remember_answer(installation& home, const judgement& j, const metering::row& done, bool failed_check,
                     std::int64_t now_ms);

}  // namespace weir::proxy
