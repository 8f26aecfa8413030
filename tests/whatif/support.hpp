#pragma once
// What the tests of this folder share: the shipped policy with a learned score, rows made by hand and their
// prices.

#include "weir/whatif/replay.hpp"

#include "router/shipped_policy.hpp"
#include "support/own_traffic.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace weir::whatif::testing {

inline constexpr std::size_t flash = 0, pro = 1;

// As in test::own_prices().
inline constexpr pricing::token_prices flash_prices{{3'000}, {150'000}, {600'000}};
inline constexpr pricing::token_prices pro_prices{{10'000}, {600'000}, {2'400'000}};

inline pricing::pico_sum sum(std::initializer_list<pricing::pico> parts) {
    pricing::pico_sum s;
    for (const pricing::pico p : parts) s.add(p);
    return s;
}

// A turn of an agent: tool calls since the human's text.
inline classifier::features after_calls(std::int64_t calls) {
    classifier::features f;
    f.turn = calls > 0 ? dialect::turn::tool : dialect::turn::human;
    f.tools = 1;
    f.tool_calls = calls;
    f.context_tokens = 1'000;
    return f;
}

// Weights that rank by length and tools, as if fitted on other people's requests.
inline classifier::linear general_weights() {
    classifier::linear kind;
    kind.name = "general";
    kind.version = 1;
    kind.bias = -1;
    kind.terms = {{classifier::find_feature("prompt_chars").value(), classifier::shape::logarithm, 10, 0.9},
                  {classifier::find_feature("tools").value(), classifier::shape::over, 0, 0.5}};
    kind.words = {0.1F, -0.1F};
    return kind;
}

inline router::routing routing_with_weights() {
    router::routing routes = router::shipped_routing();
    routes.policies.front().learned.kind = general_weights();
    return routes;
}

// One line: everything on this tier.
inline router::routing routing_always(std::size_t tier) {
    router::routing routes = router::shipped_routing();
    router::policy& p = routes.policies.front();
    p.name = "always";
    p.decide = {{{router::always{}}, tier, "", "always", "always.yaml:1"}};
    return routes;
}

inline std::vector<past> rows_of(const std::vector<test::own_request>& requests) {
    std::vector<past> rows;
    for (const test::own_request& r : requests) rows.push_back(r.row);
    return rows;
}

// A request as `routes` decided it, in the conversation "c" or another; its answer had these tokens.
struct made_request {
    classifier::features f;
    usage tokens;
    std::string session = "c";
    std::string model = "auto";
    std::optional<router::session_view> seen = {};  // of the conversation, at the time
};

class diary {
public:
    diary(const router::routing& routes, const pricing::price_book& book) : routes_(routes), book_(book) {}

    diary& add(const made_request& r) {
        past row;
        row.id = {static_cast<std::int64_t>(rows_.size()) + 1};
        row.started_ms = 1'795'000'000'000 + static_cast<std::int64_t>(rows_.size()) * 10'000;
        row.session = r.session;
        row.model_asked = r.model;
        row.currency = book_.currency();
        row.tokens = r.tokens;
        std::vector<pricing::token_prices> prices;
        for (const router::tier& t : routes_.tiers) {
            prices.push_back(book_.at(t.model, from_unix_ms(row.started_ms))->prices);
        }
        router::circumstances about;
        about.prices = prices;
        about.session = r.seen ? &*r.seen : nullptr;
        dialect::body_index index;
        index.model_name = r.model;
        const auto d = router::decide(routes_, index, r.f, about);
        EXPECT_TRUE(d.has_value()) << (d ? "" : d.error().detail);
        if (d) {
            row.made_of = recorded_of(*d, index, r.f, about, routes_);
            row.tier = d->tier_name;
            row.cost = pricing::cost(r.tokens, prices[d->tier]);
        }
        rows_.push_back(std::move(row));
        return *this;
    }
    std::vector<past>& rows() { return rows_; }

private:
    const router::routing& routes_;
    const pricing::price_book& book_;
    std::vector<past> rows_;
};

}  // namespace weir::whatif::testing
