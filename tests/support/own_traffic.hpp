#pragma once
// The traffic of an operator whose requests need the dearer tier by a rule of their own, hidden from the
// weights: rows as the ledger keeps them, and what was true of each. The same seed gives the same rows.

#include "weir/pricing/price_book.hpp"
#include "weir/router/decide.hpp"
#include "weir/router/routing.hpp"
#include "weir/whatif/record.hpp"
#include "weir/whatif/replay.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace weir::test {

struct own_request {
    whatif::past row;
    bool needs_more = false;  // the truth, of which the ledger knows little
};

struct own_traffic_settings {
    std::uint64_t seed = 1;
    std::size_t requests = 1'000;
    std::int64_t first_ms = 1'795'000'000'000;
    std::int64_t between_ms = 600'000;  // from one to the next
    double judged = 1;                  // share of answers of which somebody says whether they were good
    std::size_t requests_of_session = 1;
};

// Prices a token, flat for ever; both models of shipped_policy.hpp, and the pinned one.
inline pricing::price_book own_prices() {
    using pricing::token_prices;
    const auto entry = [](std::string name, std::vector<std::string> ids, token_prices p) {
        return pricing::model_prices{std::move(name), std::move(ids), {{wall_time{}, {}, p, {}, {}}}};
    };
    return {"test",
            "USD",
            {entry("flash", {"model-f", "model-f-dated"}, {{3'000}, {150'000}, {600'000}}),
             entry("pro", {"model-p"}, {{10'000}, {600'000}, {2'400'000}})},
            {}};
}

class own_traffic {
public:
    own_traffic(const router::routing& routes, const pricing::price_book& book, own_traffic_settings how)
        : routes_(routes), book_(book), how_(how), random_(how.seed) {}

    std::vector<own_request> rows() {
        std::vector<own_request> all;
        for (std::size_t i = 0; i < how_.requests; ++i) all.push_back(next(i));
        return all;
    }

private:
    double uniform() { return static_cast<double>(random_() >> 11U) * 0x1.0p-53; }
    double normal() {
        return std::sqrt(-2 * std::log(1 - uniform())) * std::cos(6.283185307179586 * uniform());
    }
    bool chance(double p) { return uniform() < p; }

    classifier::features made_up() {
        classifier::features f;
        f.context_tokens = static_cast<std::int64_t>(std::exp(8.7 + 0.9 * normal()));
        f.context_tokens = std::min<std::int64_t>(f.context_tokens, 90'000);
        f.prompt_chars = static_cast<std::int64_t>(std::exp(6 + 1.2 * normal()));
        f.tools = chance(0.4) ? static_cast<std::int64_t>(1 + 20 * uniform()) : 0;
        f.tool_calls = f.tools > 0 ? static_cast<std::int64_t>(3 * uniform()) : 0;
        f.files_named = chance(0.3) ? 1 : 0;
        f.json_schema = chance(0.25) ? 1 : 0;
        f.session_turns = static_cast<std::int64_t>(6 * uniform());
        if (f.tool_calls > 0) f.turn = dialect::turn::tool;
        return f;
    }

    // What no shipped weights know: long contexts and old conversations are hard here, schemas are easy.
    bool hidden_rule(const classifier::features& f) {
        const double length = std::log(static_cast<double>(f.context_tokens) + 1) - 8.7;
        const double sum = 1.9 * length - 1.8 * static_cast<double>(f.json_schema) +
                           0.5 * static_cast<double>(f.session_turns) - 1.7;
        return chance(1 / (1 + std::exp(-sum)));
    }

    own_request next(std::size_t i) {
        own_request made;
        whatif::past& row = made.row;
        const classifier::features f = made_up();
        made.needs_more = hidden_rule(f);
        row.id = {static_cast<std::int64_t>(i) + 1};
        row.started_ms = how_.first_ms + static_cast<std::int64_t>(i) * how_.between_ms;
        row.session = "conversation " + std::to_string(i / how_.requests_of_session);
        row.model_asked = "auto";
        row.currency = book_.currency();
        decide(row, f);
        const bool judged = chance(how_.judged);
        const bool cheap = row.tier == routes_.tiers.front().name;
        row.needed_more =
            whatif::needed_more(row, judged ? std::optional(cheap ? !made.needs_more : true) : std::nullopt);
        return made;
    }

    void decide(whatif::past& row, const classifier::features& f) {
        std::vector<pricing::token_prices> prices;
        for (const router::tier& t : routes_.tiers) {
            const auto quote = book_.at(t.model, from_unix_ms(row.started_ms));
            prices.push_back(quote ? quote->prices : pricing::token_prices{});
        }
        router::circumstances about;
        about.prices = prices;
        dialect::body_index index;
        index.model_name = row.model_asked;
        classifier::learned_card learned;
        learned.words_part = normal();
        if (const auto& kind = routes_.default_policy().learned.kind) {
            learned.score = classifier::learned_score(f, learned.words_part, *kind);
        }
        const auto d = router::decide(routes_, index, f, about, learned);
        if (!d) {
            ADD_FAILURE() << d.error().detail;
            return;
        }
        row.made_of = whatif::recorded_of(*d, index, f, about, routes_);
        row.tier = d->tier_name;
        row.tokens.hit = f.context_tokens / 4;
        row.tokens.miss = f.context_tokens - row.tokens.hit;
        row.tokens.output = static_cast<std::int64_t>(std::exp(6 + 0.5 * normal()));
        row.cost = pricing::cost(row.tokens, prices[d->tier]);
    }

    const router::routing& routes_;
    const pricing::price_book& book_;
    own_traffic_settings how_;
    std::mt19937_64 random_;
};

}  // namespace weir::test
