#include "sessions.hpp"

#include <algorithm>

namespace weir::router {
namespace {

using pricing::pico;
using pricing::token_prices;

std::int64_t warm_on(const situation& now, std::size_t tier) noexcept {
    const session_view* s = now.about.session;
    if (!s || tier >= s->warm_tokens.size()) return 0;
    return std::clamp<std::int64_t>(s->warm_tokens[tier], 0, now.f.context_tokens);
}

std::int64_t output_expected(const situation& now) noexcept {
    const session_view* s = now.about.session;
    if (s && s->output_tokens_mean > 0) return s->output_tokens_mean;
    if (now.f.output_forecast > 0) return now.f.output_forecast;
    return now.with.session.output_tokens_expected;
}

// Of a turn, as this conversation's turns were so far.
std::int64_t requests_expected(const situation& now) noexcept {
    const session_view& s = *now.about.session;
    const std::int64_t turns = std::max<std::int64_t>(s.human_turns, 1);
    const std::int64_t mean = (s.requests + turns - 1) / turns;
    return std::clamp<std::int64_t>(mean, 1,
                                    std::max<std::int64_t>(now.with.session.expected_requests_max, 1));
}

pico first_cost(const priced_sum& terms, std::int64_t warm, const token_prices& p) noexcept {
    return pricing::cost({warm, terms.context_tokens - warm, terms.output_tokens, 0}, p);
}

// Each later prompt is the one before, now in the cache, and the answer between them.
pico cost_of(const priced_sum& terms, std::int64_t warm, const token_prices& p) noexcept {
    pico sum = first_cost(terms, warm, p);
    for (std::int64_t k = 1; k < terms.requests; ++k) {
        const std::int64_t grown = terms.context_tokens + (k - 1) * terms.output_tokens;
        sum = sum + pricing::cost({grown, terms.output_tokens, terms.output_tokens, 0}, p);
    }
    return sum;
}

bool priced(const situation& now) noexcept { return now.about.prices.size() == now.routes.tiers.size(); }

}  // namespace

std::vector<alternative> price_alternatives(const situation& now) {
    std::vector<alternative> all;
    if (!priced(now)) return all;
    all.reserve(now.routes.tiers.size());
    for (std::size_t t = 0; t < now.routes.tiers.size(); ++t) {
        const std::int64_t warm = warm_on(now, t);
        all.push_back({t, pricing::cost({warm, now.f.context_tokens - warm, output_expected(now), 0},
                                        now.about.prices[t])});
    }
    return all;
}

std::optional<priced_sum> sum_up(const situation& now, std::size_t from, std::size_t to) {
    if (!priced(now) || !now.about.session) return std::nullopt;
    priced_sum terms;
    terms.from = from;
    terms.to = to;
    terms.context_tokens = now.f.context_tokens;
    terms.warm_from = warm_on(now, from);
    terms.warm_to = warm_on(now, to);
    terms.output_tokens = output_expected(now);
    terms.requests = requests_expected(now);
    terms.stay = cost_of(terms, terms.warm_from, now.about.prices[from]);
    terms.move = cost_of(terms, terms.warm_to, now.about.prices[to]);
    return terms;
}

held hold(const situation& now, std::size_t wanted) {
    const session_rules& rules = now.with.session;
    const session_view* s = now.about.session;
    if (!s || !rules.on || s->tier >= now.routes.tiers.size()) return {wanted, nullptr, std::nullopt};
    if (s->failed_check && now.with.check.on && now.with.check.then > wanted) {
        return {now.with.check.then, "answer_failed", std::nullopt};
    }
    if (wanted >= s->tier) return {wanted, nullptr, std::nullopt};
    if (now.f.turn != dialect::turn::human || rules.down == session_rules::fall::never) {
        return {s->tier, "session", std::nullopt};
    }
    if (rules.down == session_rules::fall::at_a_new_human_turn) return {wanted, nullptr, std::nullopt};
    const auto sum = sum_up(now, s->tier, wanted);
    if (sum && sum->move < sum->stay) return {wanted, nullptr, sum};
    return {s->tier, "session_warm", sum};
}

}  // namespace weir::router
