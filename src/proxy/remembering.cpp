#include "remembering.hpp"

#include "weir/base/digest.hpp"

#include <chrono>
#include <span>

namespace weir::proxy {

namespace {

// The same question after this long is another question.
constexpr std::int64_t asked_again_ms_max = 10 * 60 * 1000;

bool sent_again(const net::request_head& head) {
    const std::string_view tries = head["x-stainless-retry-count"];
    return !tries.empty() && tries != "0";
}

bool goes_in_circles(const judgement& j) {
    const std::string& why = j.route->reason;
    const bool noticed = why == "stuck_loop" || why == "failing";
    return noticed && j.past && j.past->tier == 0 && j.route->tier > 0;
}

std::optional<metering::outcome_kind> sign_of(const judgement& j, const net::request_head& head,
                                              std::int64_t now_ms) {
    using enum metering::outcome_kind;
    if (!j.past || !j.route || !j.route->moves_session) return std::nullopt;
    if (goes_in_circles(j)) return loop;
    const bool human = j.features.turn == dialect::turn::human;
    const bool same = human && j.ask_hash != 0 && j.ask_hash == j.past->ask_hash;
    // Who never got an answer, or not the last one, has not rejected one: during an outage every client asks
    // again.
    const bool answered = j.past->ask_answered && j.past->last_answered;
    if (!same || !answered || now_ms - j.past->asked_ms > asked_again_ms_max) return std::nullopt;
    return sent_again(head) ? retried : asked_again;
}

}  // namespace

std::int64_t steady_ms(net::mono_time t) noexcept {
    return std::chrono::duration_cast<milliseconds>(t.time_since_epoch()).count();
}

std::string owner_of(const net::request_head& head, const caller& who) {
    if (!who.key_id.empty()) return who.key_id;
    const std::string_view bearer = head["Authorization"];
    return hex(sha256(bearer.empty() ? head["x-api-key"] : bearer));
}

surroundings surroundings_of(context& here, const frontend::exchange& ex, const caller& who) {
    installation& home = here.home;
    const std::int64_t now_ms = steady_ms(here.on.time->now());
    return {home.settings,
            home.words,
            ex.began_wall(),
            now_ms,
            {&home.sessions, &home.forecasts, &home.accepted},
            session_field(ex.head(), home.settings),
            [&home, now_ms, whose = owner_of(ex.head(), who)](std::span<const std::string> keys) {
                return home.custody.find(whose, keys, now_ms);
            }};
}

std::optional<metering::answer_outcome> outcome_before(const judgement& j, const net::request_head& head,
                                                       const metering::row& now, std::int64_t now_ms) {
    const auto sign = sign_of(j, head, now_ms);
    if (!sign || j.past->asked_in.value == 0) return std::nullopt;
    metering::answer_outcome o;
    o.request = j.past->asked_in;
    o.at_ms = now.started_ms;
    o.kind = *sign;
    return o;
}

void remember_route(installation& home, const judgement& j, request_id id, std::int64_t now_ms) {
    if (!j.route || !j.route->moves_session) return;
    const bool human = j.features.turn == dialect::turn::human;
    home.sessions.note(j.session_key,
                       state::routed{j.route->tier, j.route->session_effort, j.route->effort_reason, human,
                                     human ? j.ask_hash : 0, id, j.route->effort},
                       now_ms);
}

void remember_answer(installation& home, const judgement& j, const metering::row& done, bool failed_check,
                     std::int64_t now_ms) {
    if (!j.route || j.features.turn == dialect::turn::housekeeping) return;
    const bool served = done.how == metering::outcome::served;
    const std::int64_t prompt = done.estimated ? 0 : done.tokens.hit + done.tokens.miss;
    if (prompt == 0 && !served) return;
    const std::int64_t output = prompt == 0 ? 0 : done.tokens.output;
    if (prompt > 0) home.forecasts.note(done.key_id, j.kind, output);
    home.sessions.note(
        j.session_key,
        state::answered{j.route->tier, prompt, output, failed_check, served, !j.route->moves_session},
        now_ms);
}

}  // namespace weir::proxy
