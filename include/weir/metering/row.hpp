#pragma once
// One request in the ledger. Metrics, logs and reports derive from it, so they cannot disagree with it.

#include "weir/base/request_id.hpp"
#include "weir/base/usage.hpp"
#include "weir/pricing/money.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::metering {

// How a request ended. Stored as number: add, never renumber.
enum class outcome : std::uint8_t {
    served = 0,          // the answer reached the client whole
    refused = 1,         // weir said no; nothing was sent upstream
    upstream_error = 2,  // upstream answered with a status that is no success; it was relayed
    failed = 3,          // no whole answer from upstream
    aborted = 4,         // the client left
    interrupted = 5,     // weir itself ended; found in the in-flight table at the next start
    // An attempt: its answer came, failed its check and was not sent; another tier answered. What it cost
    // counts, it is no request.
    replaced = 6
};
std::string_view name_of(outcome o) noexcept;

struct row {
    request_id id;                    // primary key
    request_id parent;                // of an attempt that was replaced: the request it was for; else 0
    std::int64_t started_ms = 0;      // wall clock, Unix
    std::int64_t ended_ms = 0;        // wall clock, Unix
    std::int64_t duration_us = 0;     // steady clock, from the request's head to its end
    std::int64_t first_byte_us = -1;  // steady clock, to the first payload byte relayed; -1: none
    std::string key_id;               // "" in keyless mode
    std::string endpoint;             // "chat", "responses", "messages", "completions", or a forwarded one's
    std::string session;              // what the conversation is known by, hashed; "" where nothing names it
    bool stream = false;
    std::string model_asked;
    std::string model_sent;
    std::string model_served;  // "" where no answer named one
    std::string fingerprint;   // system_fingerprint of the answer
    // The served model is another entry of the price book than the sent one, so it is priced as served.
    bool served_other = false;
    std::string mended;   // names of the mends that were made: "developer_role, user_id"
    std::string checked;  // an answer's verdict: "schema_fits"; "" where nothing was checked
    std::string tier;
    std::string effort;
    std::string reason;
    std::string policy;         // name/version: "bounded/1"
    int score = 0;              // thousandths
    std::string traffic_class;  // of the policy; "" where nothing was decided
    std::string decision;       // what the decision was made of, as whatif/record.hpp has it; "" for none
    usage tokens;
    bool estimated = false;  // tokens are an estimate: aborted, encoded or interrupted answers
    bool suspect = false;    // the counts contradict each other
    std::string price_version;
    std::string currency = "USD";  // of cost and baselines: ISO 4217, upper case
    std::string price_tariff;      // flat, off_peak, peak, fee; "" where the book has no price
    pricing::pico cost;            // by the served model at the request's start
    std::vector<std::pair<std::string, pricing::pico>> baselines;  // what each tier would have cost, by name
    outcome how = outcome::served;
    int status = 0;           // HTTP status that the client saw; 0: none
    int upstream_status = 0;  // 0: none
    std::string error;        // code_name of the fault, "" where none
    std::string finish_reason;
    int attempts = 0;
    std::int64_t request_bytes = 0;
    std::int64_t answer_bytes = 0;  // payload relayed
};

}  // namespace weir::metering
