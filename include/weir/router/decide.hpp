#pragma once
// The decision for one request: which tier answers, at which effort, and why. Pure.
// The order is the contract of docs/routing.md: pin, gates, operator's rules, policy lines, score, default
// and effort.

#include "weir/base/error.hpp"
#include "weir/classifier/features.hpp"
#include "weir/classifier/score.hpp"
#include "weir/dialect/body_index.hpp"
#include "weir/router/routing.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::router {

// What the headers and the key say; the rest comes from the body.
struct circumstances {
    std::string_view traffic_class;  // "" is the policy's first
    std::string_view tier_wanted;    // x-weir-tier of a key that may; "" says nothing
    std::string_view key_id;
    std::int64_t error_cost_usd_milli = 0;  // what a wrong answer costs
    // Turns whose thinking neither the client nor custody has: dialect::turns_without_reasoning, less those
    // found.
    std::size_t reasoning_lost = 0;
};

struct decision {
    std::size_t tier = 0;  // index into routing::tiers
    std::string tier_name;
    std::string model;   // name sent upstream
    std::string effort;  // an effort word, stated by the client or set; else "keep"
    std::vector<dialect::said_member> effort_members;  // to say in the body; empty: its own words stand
    bool thinking = true;                              // the call, as it is sent, thinks
    std::string reason;  // closed code: the line's name, pin, rule, gate_images ...
    // client, pin, rule, the effort line's place, gate_tool_choice, gate_reasoning, fim; "default" where none
    // spoke
    std::string effort_reason;
    std::string where;  // the line that fired: "bounded.yaml:24"; "" for pins and gates
    // thousandths: the classifier's where the score line or `always` decided; else 0 on the cheapest tier and
    // 1000 on any other
    int score = 0;
    classifier::score_card card;  // the classifier's own
};

// Faults, all of the client: model_not_found; unsupported_image, unsupported_file and unsupported_tool for
// what a pin does not read or run; no_candidate where the gates leave nothing; invalid_field for an unknown
// class or tier in a header, and for a forced tool_choice where routing::thinking refuses it.
result<decision> decide(const routing& routes, const dialect::body_index& index,
                        const classifier::features& f, const circumstances& about);

}  // namespace weir::router
