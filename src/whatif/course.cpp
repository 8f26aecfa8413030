#include "course.hpp"

#include "weir/whatif/refit.hpp"

#include <algorithm>
#include <utility>

namespace weir::whatif {
namespace {

using pricing::pico;

std::int64_t prompt_of(const usage& tokens) noexcept {
    std::int64_t sum = 0;
    return __builtin_add_overflow(tokens.hit, tokens.miss, &sum) ? INT64_MAX : std::max<std::int64_t>(sum, 0);
}

std::int64_t warm_on(const std::vector<warm_prompt>& by_tier, std::size_t tier,
                     std::string_view effort) noexcept {
    if (tier >= by_tier.size()) return 0;
    const warm_prompt& w = by_tier[tier];
    return w.effort.empty() || w.effort == effort ? w.tokens : 0;
}

std::vector<std::int64_t> tokens_of(const std::vector<warm_prompt>& by_tier) {
    std::vector<std::int64_t> tokens;
    tokens.reserve(by_tier.size());
    for (const warm_prompt& w : by_tier) tokens.push_back(w.tokens);
    return tokens;
}

usage split(const usage& tokens, std::int64_t warm_then, std::int64_t warm_here) noexcept {
    const std::int64_t prompt = prompt_of(tokens);
    const std::int64_t hits = hits_on(prompt, tokens.hit, warm_then, warm_here);
    return {hits, prompt - hits, tokens.output, tokens.reasoning};
}

bool housekeeping(const inputs& with) noexcept { return with.features.turn == dialect::turn::housekeeping; }

std::string_view name_of_tier(const recorded& r, std::size_t tier) noexcept {
    return tier < r.tiers.size() ? std::string_view(r.tiers[tier]) : std::string_view();
}

// A row's session may cover several, such as those of an agent and of the agents that it starts.
const std::string& name_of(const past& row) noexcept {
    return row.made_of.conversation.empty() ? row.session : row.made_of.conversation;
}

conversation begun(const inputs& with, std::size_t tiers) {
    conversation c;
    if (with.session) {
        const router::session_view& s = *with.session;
        c.known = true;
        c.tier = s.tier;
        c.effort = s.effort;
        c.effort_reason = s.effort_reason;
        c.human_turns = s.human_turns;
        c.requests = s.requests;
        c.output_tokens = s.output_tokens_mean * s.requests;
        for (const std::int64_t tokens : s.warm_tokens) {
            c.warm.actual.push_back({tokens, {}});
            c.warm.single = std::max(c.warm.single, tokens);
        }
    }
    c.warm.actual.resize(tiers);
    c.warm.replayed = c.warm.actual;
    return c;
}

}  // namespace

std::int64_t hits_on(std::int64_t prompt, std::int64_t hits, std::int64_t warm_then,
                     std::int64_t warm_here) noexcept {
    const std::int64_t then = std::clamp<std::int64_t>(warm_then, 0, prompt);
    const std::int64_t here = std::clamp<std::int64_t>(warm_here, 0, prompt);
    const std::int64_t recorded_hits = std::clamp<std::int64_t>(hits, 0, prompt);
    if (then == here) return recorded_hits;
    if (then == 0) return std::max(recorded_hits, here);
    // What had been read then hit only in part where the client had changed its prompt, or the cache had let
    // go of it: the same part hits here.
    __extension__ using int128 = __int128;
    const int128 scaled = int128{recorded_hits} * here / then;
    return static_cast<std::int64_t>(std::min<int128>(scaled, prompt));
}

std::size_t tier_named(const router::routing& routes, std::string_view name) noexcept {
    const auto found = std::ranges::find(routes.tiers, name, &router::tier::name);
    return found == routes.tiers.end() ? no_tier : static_cast<std::size_t>(found - routes.tiers.begin());
}

bool count(caveats& into, const verdict& v) noexcept {
    using enum verdict::kind;
    into.unroutable += v.how == unroutable ? 1 : 0;
    into.unpriced += v.how == unpriced ? 1 : 0;
    into.otherwise_paid += v.how == otherwise_paid ? 1 : 0;
    if (v.how != decided) return false;
    into.other_weights += v.other_weights ? 1 : 0;
    into.other_tier += v.answered == no_tier ? 1 : 0;
    return true;
}

course::course(const router::routing& routes, const pricing::price_book& book)
    : routes_(routes), book_(book) {
    prices_.reserve(routes.tiers.size());
    for (const router::policy& p : routes.policies) {
        const auto& kind = p.learned.kind;
        weights_.push_back(kind ? words_of(kind->name + '/' + std::to_string(kind->version)) : std::string());
    }
}

bool course::price(const past& row) {
    prices_.clear();
    const wall_time when = from_unix_ms(row.started_ms);
    for (const router::tier& t : routes_.tiers) {
        const auto quote = book_.at(t.model, when);
        if (!quote) return false;
        prices_.push_back(quote->prices);
    }
    return true;
}

// A conversation that began before the rows did starts as its first record says. One that the server had
// forgotten before its time (a restart, too many others) starts anew; the upstream's cache outlives that.
conversation* course::find(const past& row, const inputs& with) {
    const std::string& name = name_of(row);
    if (name.empty()) return nullptr;
    memory_recorded_ = memory_recorded_ || row.made_of.session.has_value();
    const auto [at, made] = conversations_.try_emplace(name);
    conversation& c = at->second;
    const std::int64_t idle_ms_max = routes_.default_policy().session.idle_ms;
    // Of housekeeping an early record does not tell whether its memory is another.
    const bool lost = memory_recorded_ && c.noted && !row.made_of.session && !housekeeping(with);
    if (made || row.started_ms - c.last_ms > idle_ms_max) {
        c = begun(with, routes_.tiers.size());
    } else if (lost) {
        warmth kept = std::move(c.warm);
        c = {};
        c.warm = std::move(kept);
    }
    c.last_ms = row.started_ms;
    c.noted = c.noted || row.made_of.session || row.made_of.moves_session;
    return &c;
}

// What is remembered of the conversation, had this configuration answered it so far.
const router::session_view* course::view_of(const inputs& with, const conversation* c) {
    if (!routes_.default_policy().session.on) return nullptr;
    if (!c) return with.session ? &*with.session : nullptr;
    if (c->unchanged && with.session) return &*with.session;
    if (!c->known) return nullptr;
    if (with.session) {
        view_ = *with.session;
        view_.failed_check = view_.failed_check && c->last_same;
    } else {
        view_ = {};
        view_.human_turns = c->human_turns;
        view_.requests = c->requests;
        view_.output_tokens_mean = c->requests > 0 ? c->output_tokens / c->requests : 0;
    }
    view_.tier = c->tier;
    view_.effort = c->effort;
    view_.effort_reason = c->effort_reason;
    view_.warm_tokens = tokens_of(c->warm.replayed);
    return &view_;
}

void course::learn(const past& row, const inputs& with, const classifier::features& f,
                   const router::circumstances& about) {
    learned_ = {};
    other_weights_ = false;
    const std::size_t by = router::policy_for(routes_, with.index, f, about);
    const auto& kind = routes_.policies[by].learned.kind;
    if (!kind) return;
    learned_.words_part = with.learned.words_part;
    learned_.score = classifier::learned_score(f, learned_.words_part, *kind);
    other_weights_ = !kind->words.empty() && words_of(row.made_of.weights) != weights_[by];
}

verdict course::next(const past& row, const inputs& with) {
    verdict v;
    v.answered = tier_named(routes_, row.tier);
    v.actual = row.replaced ? row.cost + row.replaced->cost : row.cost;
    if (row.currency != book_.currency()) {
        v.how = verdict::kind::otherwise_paid;
        return v;
    }
    if (!price(row)) {
        v.how = verdict::kind::unpriced;
        return v;
    }
    decided_then_ = tier_named(routes_, name_of_tier(row.made_of, row.made_of.tier));
    conversation* const c = find(row, with);
    router::circumstances about = with.about;
    about.session = view_of(with, c);
    about.prices = prices_;
    classifier::features f = with.features;
    if (about.session == &view_ && view_.tier < view_.warm_tokens.size()) {
        f.warm_tokens = view_.warm_tokens[view_.tier];
    }
    learn(row, with, f, about);
    auto decided = router::decide(routes_, with.index, f, about, learned_);
    if (!decided) {
        v.how = verdict::kind::unroutable;
        return v;
    }
    // Housekeeping has a prompt of its own.
    const bool warms = c && !housekeeping(with);
    warm_then_ = warms ? warm_on(c->warm.actual, v.answered, row.made_of.effort_set) : 0;
    warm_single_ = warms ? c->warm.single : 0;
    v.tier = decided->tier;
    v.cost = cost_of(row, *decided, v, warms ? warm_on(c->warm.replayed, v.tier, decided->effort) : 0);
    v.other_weights = other_weights_;
    if (warms) remember(*c, row, with, *decided, v.answered);
    // The answer that took the place of the one that failed here as it did there.
    if (row.replaced && v.tier == decided_then_ && v.answered != no_tier) v.tier = v.answered;
    v.reason = std::move(decided->reason);
    return v;
}

pico course::cost_of(const past& row, const router::decision& d, const verdict& v,
                     std::int64_t warm_here) const {
    if (row.replaced && d.tier == decided_then_) return v.actual;
    pricing::token_prices prices = prices_[d.tier];
    // A pin may send another model than its tier does.
    if (d.model != routes_.tiers[d.tier].model) {
        const auto quote = book_.at(d.model, from_unix_ms(row.started_ms));
        if (quote) prices = quote->prices;
    }
    return pricing::cost(split(row.tokens, warm_then_, warm_here), prices);
}

pico course::single_cost(const past& row, std::size_t tier) const {
    const bool failed_here = row.replaced && tier == decided_then_;
    const usage& tokens = failed_here ? row.replaced->tokens : row.tokens;
    return pricing::cost(split(tokens, warm_then_, warm_single_), prices_[tier]);
}

void course::remember(conversation& c, const past& row, const inputs& with, const router::decision& d,
                      std::size_t answered) const {
    const std::int64_t prompt = prompt_of(row.tokens);
    const bool same_cell = d.tier == decided_then_ && d.effort == row.made_of.effort_set;
    if (prompt > 0) {
        const auto warm = [&](std::vector<warm_prompt>& by_tier, std::size_t tier,
                              const std::string& effort) {
            if (tier < by_tier.size()) by_tier[tier] = {prompt, effort};
        };
        warm(c.warm.actual, answered, row.made_of.effort_set);
        warm(c.warm.replayed, d.tier, d.effort);
        if (row.replaced) {
            warm(c.warm.actual, decided_then_, row.made_of.effort_set);
            if (d.tier == decided_then_) warm(c.warm.replayed, answered, row.made_of.effort_set);
        }
        c.warm.single = prompt;
    }
    c.last_same = same_cell;
    c.unchanged = c.unchanged && same_cell;
    if (!d.moves_session) return;
    c.known = true;
    c.tier = d.tier;
    c.effort = d.session_effort;
    c.effort_reason = d.effort_reason;
    ++c.requests;
    c.output_tokens += row.tokens.output;
    if (with.features.turn == dialect::turn::human) ++c.human_turns;
}

}  // namespace weir::whatif
