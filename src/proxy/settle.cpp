#include "weir/proxy/settle.hpp"

#include "weir/base/digest.hpp"
#include "weir/whatif/record.hpp"

#include <algorithm>

namespace weir::proxy {

namespace {

// Bytes of an answer a token, framing of events left out: only for rows that say they are estimates.
constexpr std::int64_t answer_bytes_per_token = 4;
constexpr std::size_t conversation_hash_bytes = 8;

// "usd" in the price book, "USD" in rows.
std::string code_of(std::string currency) {
    for (char& c : currency) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return currency;
}

}  // namespace

std::string conversation_hash(std::string_view key_id, std::string_view known_by) {
    if (known_by.empty()) return {};
    std::string whole(key_id);
    whole.append(1, '\0').append(known_by);
    return hex(sha256(whole), conversation_hash_bytes);
}

void note_route(metering::row& r, const judgement& j, const config::settings& settings) {
    const router::routing& routes = settings.routes;
    const router::policy& policy = j.route ? routes.policies[j.route->policy] : routes.default_policy();
    r.stream = j.index.stream;
    r.model_asked = j.index.model_name;
    r.policy = policy.name + "/" + std::to_string(policy.version);
    if (!j.route) return;
    r.model_sent = j.route->model;
    r.tier = j.route->tier_name;
    r.effort = j.route->effort;
    r.reason = j.route->reason;
    r.score = j.route->score;
    r.traffic_class = j.route->traffic_class;
    router::circumstances about = j.about;
    if (j.session) about.session = &*j.session;
    whatif::recorded made = whatif::recorded_of(*j.route, j.index, j.features, about, routes);
    made.conversation = conversation_hash(r.key_id, j.session_key);
    r.decision = whatif::write_record(made);
    r.tokens = {0, j.features.context_tokens, 0, 0};
    r.estimated = true;
    price(r, settings);
}

void note_answer(metering::row& r, const answer_end& end) {
    const dialect::answer_facts& f = end.facts;
    r.model_served = f.served_model;
    r.fingerprint = f.fingerprint;
    r.finish_reason = f.finish_reason;
    r.suspect = f.suspect;
    if (f.tokens) {
        r.tokens = *f.tokens;
        r.estimated = f.output_open;
        // A stream of Messages that broke off: the input is exact, the output said so far is not.
        if (f.output_open)
            r.tokens.output = std::max(r.tokens.output, static_cast<std::int64_t>(f.events) - 1);
        return;
    }
    r.tokens = {};
    r.estimated = end.billed;
    if (!end.billed) return;
    r.tokens.miss = end.input_tokens;
    const auto events = static_cast<std::int64_t>(f.events);
    r.tokens.output = events > 0 ? events - 1 : r.answer_bytes / answer_bytes_per_token;
}

void price(metering::row& r, const config::settings& settings) {
    const wall_time start = from_unix_ms(r.started_ms);
    const pricing::price_book& book = settings.prices;
    const auto served = book.at(r.model_served, start);
    const auto sent = book.at(r.model_sent, start);
    // Entries are compared, not names: older names answer under newer ones at the same price.
    r.served_other = served && sent && served->entry != sent->entry;
    const auto& quote = served ? served : sent;
    r.price_version = book.version();
    r.currency = code_of(book.currency());
    r.price_tariff = quote ? std::string(name_of(quote->at)) : "";
    r.cost = quote ? cost(r.tokens, quote->prices) : pricing::pico{};
    r.baselines.clear();
    for (const router::tier& t : settings.routes.tiers) {
        const auto there = book.at(t.model, start);
        r.baselines.emplace_back(t.name, there ? cost(r.tokens, there->prices) : pricing::pico{});
    }
}

}  // namespace weir::proxy
