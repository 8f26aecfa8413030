#pragma once
// Sentences about a decision, each made from numbers that are in it: what explanation.cpp puts together.

#include "weir/classifier/features.hpp"
#include "weir/config/settings.hpp"
#include "weir/pricing/money.hpp"
#include "weir/router/decide.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace weir::proxy {

// What the sentences are about.
struct told_decision {
    const router::decision& d;
    const router::policy& policy;
    const classifier::features& f;
    const config::settings& settings;
    const router::session_view* session;  // may be nullptr
};

// Thousandths without needless zeros: "0.39", "1".
std::string thousandths_text(std::int64_t n);
// In units of the price book's currency, rounded to six decimals: "0.0041 USD", "under 0.000001 USD".
std::string money_text(pricing::pico amount, const config::settings& settings);
// "bounded/1"
std::string version_text(const std::string& name, std::int64_t version);

// A policy line that was looked at: the decision's own, or one above it that did not match.
struct line_told {
    std::string where;
    std::string reason;
    std::string when;  // its condition, with what was measured: "tool_calls over 2 (is 5)"
    bool fired = false;
};
// From the top to the line that decided; empty where no policy line did.
std::vector<line_told> lines_looked_at(const told_decision& told);

// Why this tier: the line or the gate, then what the policy alone would have said where that is another.
std::vector<std::string> tell_tier(const told_decision& told);
// What the reported score is, and whether the learned one decides.
std::string tell_score(const told_decision& told);
std::string tell_learned(const told_decision& told);
// What the conversation had, and what this request does to it.
std::string tell_session(const told_decision& told);
// Both sides of the priced sum; "" where none was made.
std::string tell_sum(const told_decision& told);
// What this request costs on each tier; "" where prices are unknown.
std::string tell_alternatives(const told_decision& told);
std::string tell_effort(const told_decision& told);

}  // namespace weir::proxy
