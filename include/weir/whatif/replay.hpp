#pragma once
// What another policy would have decided about recorded requests, and what that would have cost. Pure: the
// rows, the configuration and the prices come in as values.
//
// What is taken for granted, since nobody can know it: every answer would have had the same tokens on any
// tier, and every request would have been made. A conversation keeps the cell that the replayed policy gave
// it, and pays for its cache as it would have: a request on a model that has not read the prompt yet pays all
// of it as a miss, once, and then hits as the recorded ones did.

#include "weir/base/error.hpp"
#include "weir/base/request_id.hpp"
#include "weir/base/usage.hpp"
#include "weir/pricing/money.hpp"
#include "weir/pricing/price_book.hpp"
#include "weir/router/routing.hpp"
#include "weir/whatif/record.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace weir::whatif {

// Of the decided tier: it failed its check.
struct unsent_answer {
    usage tokens;
    pricing::pico cost;
    bool broken_off = false;  // the upstream ended it: it had no room, and says nothing of the request
};

// One request of the ledger: what its decision was made of, and what became of it.
struct past {
    request_id id;
    std::int64_t started_ms = 0;  // wall clock, Unix
    std::string session;          // as in the row; replay goes by recorded::conversation where there is one
    std::string key_id;
    std::string model_asked;
    std::string tier;  // that answered, by name
    usage tokens;      // of the answer that was sent
    pricing::pico cost;
    std::string currency;
    recorded made_of;
    std::optional<unsent_answer> replaced;  // the row above is the other one's
    // Whether the cheapest tier's answer is known to have been good enough (false) or not (true). Answers of
    // dearer tiers tell nothing about the cheapest.
    std::optional<bool> needed_more;
};

// `accepted`: what is known of the answer that was sent. What past::needed_more is then.
std::optional<bool> needed_more(const past& row, std::optional<bool> accepted);

// All requests under one way to decide.
struct column {
    std::string name;                    // "actual", "replayed", "all flash"
    std::vector<std::int64_t> requests;  // by tier of the configuration
    pricing::pico_sum cost;
    std::int64_t needed_more = 0;        // requests known to need more than the cheapest tier
    std::int64_t needed_more_given = 0;  // of these, on a dearer one
};
// Requests on another tier than the cheapest, in thousandths of all; 0 where there are none.
std::int64_t dearer_per_mille(const column& c) noexcept;
// What `c` costs less than `whole`, in thousandths of it, negative where more; nullopt where that cost
// nothing.
std::optional<std::int64_t> saved_per_mille(const column& c, const column& whole) noexcept;
// nullopt where no request is known to need more.
std::optional<std::int64_t> recall_per_mille(const column& c) noexcept;
// "43.2" for 432, "-0.5" for -5.
std::string percent_text(std::int64_t per_mille);

// Requests that the replayed policy decided for one reason.
struct reason_line {
    std::string reason;
    std::int64_t requests = 0;
    std::int64_t moved_up = 0;  // to a dearer tier than the one that answered
    std::int64_t moved_down = 0;
    pricing::pico_sum cost;    // under the replayed policy
    pricing::pico_sum actual;  // as it was
};

// A word list that the policy asks for and that the records of some requests know nothing of: there it was
// taken as absent.
struct blind_list {
    std::string list;
    std::int64_t lines = 0;  // of the policies that ask for it, weights of the sum included
    std::int64_t requests = 0;
};

// Requests that figures lack, or have with a word.
struct caveats {
    // Left out:
    std::int64_t unroutable = 0;      // this configuration would have refused them
    std::int64_t unpriced = 0;        // the price book knows no price of some tier at that time
    std::int64_t otherwise_paid = 0;  // in another currency than the price book's
    // In the figures, with a word:
    std::int64_t other_weights = 0;  // the words' part of the learned score is from other weights
    std::int64_t other_tier = 0;     // answered by a tier that this configuration does not have

    caveats& operator+=(const caveats& more) noexcept;
};

struct replay_report : caveats {
    std::string policy;  // name/version of the default policy: "bounded/1"
    std::string currency;
    std::vector<std::string> tiers;  // from the cheapest
    std::int64_t requests = 0;       // in the columns
    std::int64_t moved = 0;          // of these, to another tier
    column actual;
    column replayed;
    std::vector<column> all;  // every request on one tier: by tier. No gate is asked, pins move as well
    std::vector<reason_line> reasons;  // by reason, in ascending order
    std::vector<blind_list> blind;
};

// `rows` in the order of their starts. About 5 us a row.
replay_report replay(std::span<const past> rows, const router::routing& routes,
                     const pricing::price_book& book);

// The threshold of the default policy's learned score, which decides from then on; where there is none, that
// of the weighted sum in every class.
void set_threshold(router::routing& routes, int per_mille);

}  // namespace weir::whatif
