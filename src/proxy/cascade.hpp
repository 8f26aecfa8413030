#pragma once
// Another tier in place of an answer that is none: which requests, which tier, and what the ledger keeps of
// the answer that is not sent. Pure.

#include "weir/config/settings.hpp"
#include "weir/dialect/answer_check.hpp"
#include "weir/metering/row.hpp"
#include "weir/proxy/judge.hpp"
#include "weir/proxy/settle.hpp"

#include <optional>

namespace weir::proxy {

// What a request demands of its answer is kept up to this: schemas of tools, most of all.
inline constexpr std::size_t demand_bytes_max = 256 * 1024;

// The check of the policy that decided, where this request's answers are checked: those of a tier below
// answer_check::then that weir itself chose, housekeeping left out. nullptr where they are not. `j.route`
// holds a decision.
const router::answer_check* check_for(const judgement& j, const config::settings& settings);

// As the pure check takes it; refers to `settings`.
dialect::answer_checks checks_of(const router::answer_check& check, const config::settings& settings);

// The decision for the tier that answers instead, as if the client had asked for that tier: gates hold, the
// client's effort stands, and of a conversation's cell nothing moves. Its reason is answer_failed, its score
// 1, the rest is the first decision's. nullopt where that tier cannot answer.
std::optional<router::decision> stand_in(const judgement& j, const router::answer_check& check,
                                         const config::settings& settings);

// The row of an attempt whose answer is not sent: `begun` is the request's own, `came_to` what the attempt
// came to. Outcome replaced, `checked` the failure, `parent` the request.
metering::row replaced_row(const metering::row& begun, request_id id, dialect::answer_failure why,
                           const answer_end& came_to, const config::settings& settings);

}  // namespace weir::proxy
