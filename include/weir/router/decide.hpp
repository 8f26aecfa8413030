#pragma once
// The decision for one request: which tier answers, at which effort, and why. Pure.
// The order is the contract of docs/routing.md: pin, gates, operator's rules, policy lines, score, default
// and effort.

#include "weir/base/error.hpp"
#include "weir/classifier/features.hpp"
#include "weir/classifier/linear.hpp"
#include "weir/classifier/score.hpp"
#include "weir/dialect/body_index.hpp"
#include "weir/pricing/money.hpp"
#include "weir/router/routing.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::router {

// What is known of the conversation before this request; nothing of it is text.
struct session_view {
    std::size_t tier = 0;       // the cell that it has
    std::string effort;         // as weir set it: an effort word or "keep"
    std::string effort_reason;  // as it was then
    std::int64_t human_turns = 0;
    std::int64_t requests = 0;            // housekeeping left out
    std::int64_t output_tokens_mean = 0;  // of an answer; 0: none seen
    bool failed_check = false;  // the last answer, already on its way, was no answer: the next turn is Pro's
    std::vector<std::int64_t> warm_tokens;  // by tier: prompt that its model has in its cache, as observed
};

// What the headers and the key say, and what is remembered; the rest comes from the body.
struct circumstances {
    std::string_view traffic_class;  // "" is the policy's first
    std::string_view tier_wanted;    // x-weir-tier of a key that may; "" says nothing
    std::string_view tier_min;       // x-weir-min-tier of a key that may; "" says nothing
    std::string_view key_id;
    std::int64_t error_cost_usd_milli = 0;  // what a wrong answer costs
    bool override_effort = false;           // the key lets the policy's effort replace the client's
    // Turns whose thinking neither the client nor custody has: dialect::turns_without_reasoning, less those
    // found.
    std::size_t reasoning_lost = 0;
    const session_view* session = nullptr;  // nullptr: new, or nothing is remembered
    std::int64_t accepted_of_class = 0;     // answers of the class that were accepted so far
    // Prices of each tier's model at this hour, in pico per token; empty: unknown, nothing is priced.
    std::span<const pricing::token_prices> prices;
};

// What this request would cost on a tier, with what is warm there: an estimate.
struct alternative {
    std::size_t tier = 0;
    pricing::pico cost;
};

// Why a conversation stays with a dearer tier, or leaves it, at a new human turn: both sides of the sum.
struct priced_sum {
    std::size_t from = 0, to = 0;             // tiers
    std::int64_t context_tokens = 0;          // prompt of the next request
    std::int64_t warm_from = 0, warm_to = 0;  // of it, in the cache of either model
    std::int64_t output_tokens = 0;           // of an answer
    std::int64_t requests = 0;                // expected until the next human turn
    pricing::pico stay;
    pricing::pico move;
};

struct decision {
    std::size_t tier = 0;  // index into routing::tiers
    std::string tier_name;
    std::string model;   // name sent upstream
    std::string effort;  // an effort word, stated by the client or set; else "keep"
    std::vector<dialect::said_member> effort_members;  // to say in the body; empty: its own words stand
    bool thinking = true;                              // the call, as it is sent, thinks
    std::string reason;  // closed code: the line's name, pin, rule, session, gate_images ...
    // client, pin, rule, session, the line's place, gate_tool_choice, gate_reasoning, fim; "default" where
    // none spoke
    std::string effort_reason;
    std::string where;       // the line that fired: "bounded.yaml:24"; "" for pins and gates
    std::size_t policy = 0;  // index into routing::policies
    std::string traffic_class;
    // Thousandths. 1000 where a line gave a tier other than the cheapest, 0 where it gave the cheapest. Where
    // the score, no signal or `always` decided: the classifier's, see reported_score().
    int score = 0;
    classifier::score_card card;       // the weighted sum
    classifier::learned_card learned;  // zeroes where the policy has no learned score
    bool moves_session = true;         // false: housekeeping and pins leave the conversation's cell alone
    std::string session_effort;        // the effort that the cell keeps; "" where weir did not choose one
    std::vector<alternative> alternatives;  // a tier each; empty where prices are unknown
    std::optional<priced_sum> sum;          // where one was made
    // What the policy alone would have said, and by which line, where the session said something else.
    std::string policy_reason;
    std::string policy_where;
};

// The score that is told where no line decided, thousandths, so that tier and score never disagree: the
// classifier's where it is on the side of the threshold that the tier is on, else 1000 or 0. A learned score
// that does not decide ranks requests of the same weighted sum: it adds up to learned_step.
inline constexpr int learned_step = 49;
struct scores {
    int weighted = 0;
    int learned = 0;
    bool has_learned = false;
    bool learned_decides = false;
};
int reported_score(const scores& of, bool dearer, int threshold) noexcept;

// Faults, all of the client: model_not_found; unsupported_image, unsupported_file and unsupported_tool for
// what a pin does not read or run; no_candidate where the gates leave nothing; invalid_field for an unknown
// class or tier in a header, and for a forced tool_choice where routing::thinking refuses it.
// `learned` was made with the policy that policy_for() names.
result<decision> decide(const routing& routes, const dialect::body_index& index,
                        const classifier::features& f, const circumstances& about,
                        const classifier::learned_card& learned = {});

// Which policy decides: that of the first rule that matches and names one, else the default.
std::size_t policy_for(const routing& routes, const dialect::body_index& index, const classifier::features& f,
                       const circumstances& about);

}  // namespace weir::router
