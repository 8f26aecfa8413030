#include "cascade.hpp"

#include "weir/dialect/turn_keys.hpp"

#include <algorithm>
#include <utility>

namespace weir::proxy {
namespace {

constexpr const char* stand_in_reason = "answer_failed";
constexpr int stand_in_score = 1'000;

// As it was when the request was decided.
std::size_t reasoning_lost(const judgement& j) {
    if (j.index.thinking == dialect::thinking_word::disabled) return 0;
    const auto found = static_cast<std::size_t>(
        std::ranges::count_if(j.reasoning, [](const auto& r) { return r.from_custody; }));
    return dialect::turns_without_reasoning(j.index).size() - found;
}

}  // namespace

const router::answer_check* check_for(const judgement& j, const config::settings& settings) {
    const router::decision& route = *j.route;
    const router::answer_check& check = settings.routes.policies[route.policy].check;
    const bool routed = route.moves_session && route.reason != "pin";
    const bool conversational = j.index.api != dialect::api_kind::completions;
    return check.on && routed && conversational && route.tier < check.then ? &check : nullptr;
}

dialect::answer_checks checks_of(const router::answer_check& check, const config::settings& settings) {
    dialect::answer_checks wanted;
    wanted.json = check.json;
    wanted.schema = check.schema;
    wanted.tool_arguments = check.tool_arguments;
    wanted.truncated = check.truncated;
    wanted.empty = check.empty;
    wanted.refusal = check.refusal;
    wanted.broken_off = check.broken_off;
    wanted.confidence_per_mille = check.confidence_per_mille;
    wanted.rules = &settings.answers;
    wanted.broken_off_reasons = &settings.failed_finish_reasons;
    return wanted;
}

std::optional<router::decision> stand_in(const judgement& j, const router::answer_check& check,
                                         const config::settings& settings) {
    router::circumstances about = j.about;
    about.tier_wanted = settings.routes.tiers[check.then].name;
    about.tier_min = {};
    about.session = nullptr;
    about.prices = {};
    about.reasoning_lost = reasoning_lost(j);
    auto made = router::decide(settings.routes, j.index, j.features, about, j.route->learned);
    if (!made || made->tier != check.then) return std::nullopt;
    const router::decision& first = *j.route;
    made->policy = first.policy;
    made->traffic_class = first.traffic_class;
    made->reason = stand_in_reason;
    made->where = first.where;
    made->score = stand_in_score;
    made->card = first.card;
    made->learned = first.learned;
    made->moves_session = first.moves_session;
    made->session_effort = first.session_effort;
    made->alternatives = first.alternatives;
    made->sum = first.sum;
    made->policy_reason = first.reason;
    return std::move(*made);
}

metering::row replaced_row(const metering::row& begun, request_id id, dialect::answer_failure why,
                           const answer_end& came_to, const config::settings& settings) {
    metering::row attempt = begun;
    attempt.parent = begun.id;
    attempt.id = id;
    attempt.how = metering::outcome::replaced;
    attempt.checked = name_of(why);
    attempt.attempts = 1;
    attempt.status = 0;
    attempt.first_byte_us = -1;
    note_answer(attempt, came_to);
    price(attempt, settings);
    // With another tier alone there would have been no such attempt: what it would have cost there is not
    // saved.
    attempt.baselines.clear();
    return attempt;
}

}  // namespace weir::proxy
