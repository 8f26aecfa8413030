#include "weir/proxy/judge.hpp"

#include "weir/base/hash.hpp"
#include "weir/dialect/identity.hpp"
#include "weir/dialect/tokens.hpp"
#include "weir/dialect/turn_keys.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace weir::proxy {

namespace {

// Of all texts that are put back into one body: the same one may be asked for by each of its turns.
constexpr std::size_t restored_bytes_max = 4 * 1024 * 1024;
// A shorter human text is the same question only with the same history before it.
constexpr std::int64_t question_chars_min = 40;

// Fills in what the client dropped, and counts the turns for which nobody has it.
std::size_t restore_reasoning(judgement& j, padded_view body, dialect::mend_set on,
                              const reasoning_finder& find) {
    std::size_t lost = 0;
    std::size_t bytes = 0;
    dialect::question_finder questions(body, j.index);
    for (const std::size_t message : dialect::turns_without_reasoning(j.index)) {
        std::shared_ptr<const state::kept_reasoning> kept;
        if (find && on.has(dialect::mend::reasoning) && bytes < restored_bytes_max) {
            kept = find(dialect::turn_keys(body, j.index, message, questions.before(message)));
        }
        if (kept) bytes += kept->text.size() + kept->signature.size();
        if (bytes > restored_bytes_max) kept.reset();
        if (!kept) ++lost;
        if (kept) {
            j.features.context_tokens += dialect::estimate_tokens(kept->text);
            j.reasoning.push_back({message, kept->text, kept->signature, true});
        } else if (on.has(dialect::mend::reasoning_empty)) {
            j.reasoning.push_back({message, {}, {}, false});
        }
    }
    return lost;
}

std::string_view bytes_of(padded_view body, dialect::place where) noexcept {
    return body.text().substr(where.offset, where.length);
}

// Client key, then hashes: the header that names the conversation or else its first human message, what it is
// framed by, and what the body says of its user, which only salts.
std::string session_key_of(const dialect::identity& known, std::string_view named, std::string_view key_id,
                           std::string_view salt) {
    const std::uint64_t conversation = named.empty() ? known.opening : hash_bytes(named, 1);
    std::array<char, 64> text;
    const int n = std::snprintf(
        text.data(), text.size(), "%016llx%016llx%016llx", static_cast<unsigned long long>(conversation),
        static_cast<unsigned long long>(known.frame), static_cast<unsigned long long>(hash_bytes(salt)));
    return std::string(key_id) + '/' + std::string(text.data(), static_cast<std::size_t>(n));
}

router::session_view view_of(const state::session& s, std::int64_t now_ms, std::int64_t idle_ms) {
    router::session_view v;
    v.tier = s.tier;
    v.effort = s.effort;
    v.effort_reason = s.effort_reason;
    v.human_turns = s.human_turns;
    v.requests = s.requests;
    v.output_tokens_mean = s.answers > 0 ? s.output_tokens / s.answers : 0;
    v.failed_check = s.failed_check;
    v.warm_tokens.reserve(s.warm.size());
    for (const state::warmth& w : s.warm) {
        const bool warm = w.prompt_tokens > 0 && now_ms - w.at_ms <= idle_ms;
        v.warm_tokens.push_back(warm ? w.prompt_tokens : 0);
    }
    return v;
}

void recall_session(judgement& j, padded_view body, const dialect::ask& ask, const surroundings& by,
                    std::string_view key_id) {
    const dialect::identity known = dialect::identity_of(body, j.index, ask, by.settings.asks);
    j.session_key = session_key_of(known, by.session_named, key_id, bytes_of(body, j.index.session));
    j.ask_hash = known.ask;
    // "thanks" and its like are said over and over, and are no question that is asked again.
    if (known.ask != 0 && j.features.prompt_chars < question_chars_min)
        j.ask_hash = std::max<std::uint64_t>(known.ask ^ (j.index.messages.size() * 0x9E3779B97F4A7C15U), 1);
    if (!by.remembered.sessions) return;
    j.past = by.remembered.sessions->find(j.session_key, by.now_ms);
    if (j.past) j.session = view_of(*j.past, by.now_ms, by.settings.sessions.idle_ms);
}

std::int64_t place_of_class(const router::policy& with, std::string_view name) {
    const auto found = std::ranges::find(with.classes, name, &router::traffic_class::name);
    return found == with.classes.end() ? 0 : found - with.classes.begin();
}

std::int64_t place_of_effort(const router::routing& routes, const dialect::body_index& index) {
    if (index.thinking == dialect::thinking_word::disabled) return 1;
    if (!index.effort) return 0;
    const auto means_it = [&](const router::effort_word& e) {
        return e.name == *index.effort || std::ranges::find(e.aliases, *index.effort) != e.aliases.end();
    };
    const auto found = std::ranges::find_if(routes.efforts, means_it);
    return found == routes.efforts.end() ? 0 : found - routes.efforts.begin() + 1;
}

// What is no part of the body: headers, key, memory.
void note_surroundings(judgement& j, const surroundings& by, const router::circumstances& about) {
    classifier::features& f = j.features;
    const router::routing& routes = by.settings.routes;
    f.error_cost_usd_milli = about.error_cost_usd_milli;
    f.effort_asked = place_of_effort(routes, j.index);
    f.traffic_class = place_of_class(routes.default_policy(), about.traffic_class);
    j.kind = {j.index.tools > 0, f.turn == dialect::turn::human, f.context_tokens};
    if (by.remembered.forecasts) f.output_forecast = by.remembered.forecasts->forecast(about.key_id, j.kind);
    if (!j.session) return;
    f.session_turns = j.session->human_turns;
    const std::vector<std::int64_t>& warm = j.session->warm_tokens;
    f.warm_tokens = j.session->tier < warm.size() ? warm[j.session->tier] : 0;
}

void decide_route(judgement& j, std::string_view request, const surroundings& by,
                  const router::circumstances& about) {
    const router::routing& routes = by.settings.routes;
    j.about = about;
    if (by.remembered.accepted) {
        const auto& classes = routes.default_policy().classes;
        const std::string_view named = !about.traffic_class.empty() || classes.empty()
                                           ? about.traffic_class
                                           : std::string_view(classes.front().name);
        j.about.accepted_of_class = by.remembered.accepted->count(named);
    }
    router::circumstances known = j.about;
    const std::vector<pricing::token_prices> prices = prices_at(by.settings, by.now);
    known.prices = prices;
    if (j.session) known.session = &*j.session;
    const router::policy& with = routes.policies[router::policy_for(routes, j.index, j.features, known)];
    classifier::learned_card learned;
    if (with.learned.kind) learned = classifier::score(j.features, request, *with.learned.kind);
    j.route = router::decide(routes, j.index, j.features, known, learned);
}

}  // namespace

std::vector<pricing::token_prices> prices_at(const config::settings& settings, wall_time when) {
    std::vector<pricing::token_prices> all;
    all.reserve(settings.routes.tiers.size());
    for (const router::tier& t : settings.routes.tiers) {
        const auto quote = settings.prices.at(t.model, when);
        if (!quote) return {};
        all.push_back(quote->prices);
    }
    return all;
}

result<judgement> judge(dialect::api_kind api, padded_view body, dialect::body_indexer& indexer,
                        const surroundings& by, const router::circumstances& about) {
    auto index = indexer.read(api, body, by.settings.bounds);
    if (!index) return std::unexpected(std::move(index.error()));
    const dialect::ask ask = dialect::ask_of(body, *index, by.settings.asks);
    judgement j;
    j.index = std::move(*index);
    j.features = classifier::features_of(body, j.index, ask, by.words);
    router::circumstances known = about;
    if (j.index.thinking != dialect::thinking_word::disabled)
        known.reasoning_lost = restore_reasoning(j, body, by.settings.mends, by.find);
    recall_session(j, body, ask, by, about.key_id);
    note_surroundings(j, by, known);
    decide_route(j, ask.request, by, known);
    return j;
}

}  // namespace weir::proxy
