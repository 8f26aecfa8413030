#pragma once
// Recorded requests under another configuration, one after another: what each is decided to be, and what it
// costs, given what the conversation's earlier requests were decided to be.

#include "weir/pricing/price_book.hpp"
#include "weir/router/decide.hpp"
#include "weir/whatif/replay.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace weir::whatif {

inline constexpr std::size_t no_tier = SIZE_MAX;

// What a model had read of a conversation when it last answered. Effort is part of the prompt that a cache
// knows, so at another effort nothing of it is warm; "" is any.
struct warm_prompt {
    std::int64_t tokens = 0;
    std::string effort;
};

// The same under each way to decide.
struct warmth {
    std::vector<warm_prompt> actual;    // by tier
    std::vector<warm_prompt> replayed;  // by tier
    std::int64_t single = 0;            // of a tier that had answered all of it
};

struct conversation {
    std::int64_t last_ms = 0;
    bool known = false;      // it has a cell
    bool noted = false;      // the server that recorded it knew it after its last request
    bool unchanged = true;   // so far every request had the cell that it had
    bool last_same = false;  // the last one had
    std::size_t tier = 0;
    std::string effort;
    std::string effort_reason;
    std::int64_t human_turns = 0;
    std::int64_t requests = 0;
    std::int64_t output_tokens = 0;
    warmth warm;
};

// One request, decided and priced.
struct verdict {
    enum class kind : std::uint8_t { decided, unroutable, unpriced, otherwise_paid };
    kind how = kind::decided;
    std::size_t answered = no_tier;  // tier that answered it, here; no_tier: of no tier here
    std::size_t tier = 0;            // that answers it now
    pricing::pico actual;
    pricing::pico cost;
    std::string reason;
    bool other_weights = false;
};

// Whether the request is in the figures; else, or where that takes a word, it is counted.
bool count(caveats& into, const verdict& v) noexcept;

// `routes` and `book` must outlive it. Another threshold in `routes` takes another course.
class course {
public:
    course(const router::routing& routes, const pricing::price_book& book);

    // `with` is remade from `row.made_of`. Rows come in the order of their starts.
    verdict next(const past& row, const inputs& with);
    // What the request of the last next() would have cost on this tier, as all before it.
    pricing::pico single_cost(const past& row, std::size_t tier) const;

private:
    conversation* find(const past& row, const inputs& with);
    const router::session_view* view_of(const inputs& with, const conversation* c);
    void learn(const past& row, const inputs& with, const classifier::features& f,
               const router::circumstances& about);
    bool price(const past& row);
    pricing::pico cost_of(const past& row, const router::decision& d, const verdict& v,
                          std::int64_t warm_here) const;
    void remember(conversation& c, const past& row, const inputs& with, const router::decision& d,
                  std::size_t answered) const;

    const router::routing& routes_;
    const pricing::price_book& book_;
    std::unordered_map<std::string, conversation> conversations_;
    std::vector<std::string> weights_;  // whose words each policy's weights have: words_of()
    bool memory_recorded_ = false;      // some row so far had a session
    // Of the request at hand.
    std::vector<pricing::token_prices> prices_;
    router::session_view view_;
    classifier::learned_card learned_;
    std::size_t decided_then_ = no_tier;
    std::int64_t warm_then_ = 0, warm_single_ = 0;
    bool other_weights_ = false;
};

// Prompt tokens that are read from a cache. `prompt` and `hits` are the recorded request's; `warm_then` is
// what the model that answered it had read of the conversation, `warm_here` what the one in question has. As
// recorded where both had read as much: what a cache has from elsewhere, such as a system text that many
// conversations share, is taken to be warm on either.
std::int64_t hits_on(std::int64_t prompt, std::int64_t hits, std::int64_t warm_then,
                     std::int64_t warm_here) noexcept;

// Index into routing::tiers, or no_tier.
std::size_t tier_named(const router::routing& routes, std::string_view name) noexcept;

}  // namespace weir::whatif
