// The part of a call that looks at its answer, and asks another tier where it is none.

#include "weir/dialect/schema_check.hpp"

#include "call.hpp"
#include "cascade.hpp"

#include <utility>

namespace weir::proxy {

using net::task;

void call::look_at_answer() {
    if (std::exchange(looked_, true)) return;
    // A call of a tool comes instead of the answer that the schema is for.
    if (!sent_.schema.empty() && answer_.turn.call_ids.empty() && !answer_.facts.error) {
        const auto verdict = answer_.turn.overflow ? dialect::schema_verdict::unknown
                                                   : dialect::check_schema(sent_.schema, answer_.turn.text);
        row_.checked = name_of(verdict);
    }
    if (!check_) return;
    failure_ = dialect::check_answer(demand_, checks_of(*check_, settings_), answer_.facts, answer_.turn);
    using enum dialect::answer_failure;
    // Where a schema was demanded in chat its verdict says more.
    const bool told = !row_.checked.empty() && (failure_ == json || failure_ == schema);
    if (failure_ != none && !told) row_.checked = name_of(failure_);
}

task<std::optional<result<void>>> call::replaced() {
    look_at_answer();
    if (!check_ || stands_in_ || failure_ == dialect::answer_failure::none) co_return std::nullopt;
    auto route = stand_in(*judged_, *check_, settings_);
    if (!route) co_return std::nullopt;

    const answer_end end{answer_.facts, billed_, judged_->features.context_tokens};
    row_.answer_bytes = answer_.payload_bytes;
    metering::row attempt =
        replaced_row(row_, here_.ids.next(here_.on.time->wall()), failure_, end, settings_);
    end_row(attempt);
    const state::answered told{judged_->route->tier, attempt.tokens.hit + attempt.tokens.miss,
                               attempt.tokens.output, false, false};
    here_.home.sessions.note(judged_->session_key, told, now_ms());
    // The money of the first attempt is safe before the second spends more; one slot holds one attempt.
    if (!co_await settle_attempt(std::move(attempt))) co_return std::nullopt;

    set_aside first{row_, std::exchange(answer_, {}), std::move(sent_), std::move(*judged_->route), told};
    billed_ = false;
    replaced_ = failure_;
    judged_->route = std::move(*route);
    if (first.answer.client_left) {
        answer_.client_left = true;
        co_return result<void>{};
    }
    const int attempts = row_.attempts;
    note_route(row_, *judged_, settings_);
    // What was decided, and can be decided again, is the first attempt's.
    row_.decision = first.row.decision;
    row_.checked.clear();
    stands_in_ = true;
    looked_ = false;
    auto came_to = co_await forward();
    if (came_to || answer_.client_left || client_.answered()) co_return came_to;
    fall_back(std::move(first), attempts);
    co_return std::nullopt;
}

// The first answer goes out after all. What it cost is in its own row; the request's has what the second
// attempt may have cost.
void call::fall_back(set_aside first, int attempts) {
    if (row_.attempts > attempts) {
        row_.answer_bytes = answer_.payload_bytes;
        note_answer(row_, {answer_.facts, billed_, judged_->features.context_tokens});
        price(row_, settings_);
        first.row.attempts = row_.attempts;
    } else {
        row_.tokens = {};
        row_.estimated = false;
        price(row_, settings_);
    }
    spent_ = std::exchange(row_, std::move(first.row));
    answer_ = std::move(first.answer);
    sent_ = std::move(first.sent);
    judged_->route = std::move(first.route);
    failure_ = std::exchange(replaced_, dialect::answer_failure::none);
    stands_in_ = false;
    looked_ = true;
    billed_ = false;
    first.told.failed_check = first.told.reached_client = true;
    here_.home.sessions.note(judged_->session_key, first.told, now_ms());
}

// The row's tokens and money, where the answer that was sent has a row of its own. What that answer would
// have cost on another tier is told here, once.
void call::price_spent() {
    row_.tokens = spent_->tokens;
    row_.estimated = spent_->estimated;
    row_.price_tariff = spent_->price_tariff;
    row_.cost = spent_->cost;
}

}  // namespace weir::proxy
