#pragma once
// From a body to a decision: index, ask, features, what is remembered, what custody gives back, route. Pure
// but for the stores that it is handed; the path of a request, `weir explain` and POST /v1/route all go here.

#include "weir/classifier/features.hpp"
#include "weir/config/settings.hpp"
#include "weir/dialect/ask.hpp"
#include "weir/dialect/body_index.hpp"
#include "weir/dialect/mends.hpp"
#include "weir/router/decide.hpp"
#include "weir/state/forecasts.hpp"
#include "weir/state/reasoning_store.hpp"
#include "weir/state/sessions.hpp"
#include "weir/state/tallies.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::proxy {

// What custody has under one of a turn's keys.
using reasoning_finder =
    std::function<std::shared_ptr<const state::kept_reasoning>(std::span<const std::string> keys)>;

// What is remembered between requests; nullptr: nothing.
struct memory {
    const state::session_store* sessions = nullptr;
    const state::output_forecasts* forecasts = nullptr;
    const state::accepted_tallies* accepted = nullptr;
};

// What a body is judged by, beside what its headers say.
struct surroundings {
    const config::settings& settings;
    const classifier::word_matcher& words;  // of settings.routes.words
    wall_time now;                          // the hour's prices
    std::int64_t now_ms = 0;                // of the memory's clock
    memory remembered = {};
    std::string_view session_named = {};  // session_field()
    reasoning_finder find = {};
};

struct judgement {
    dialect::body_index index;
    classifier::features features;
    std::vector<dialect::restored_reasoning> reasoning;  // to put back, if the call thinks
    result<router::decision> route;                      // a fault where no tier may answer
    // What the conversation is known by: client key, the header that names it, system text and tools; or
    // without such a header the first human message in its place.
    std::string session_key;
    std::optional<state::session> past;           // what was remembered before this request
    std::optional<router::session_view> session;  // the same as decide() takes it
    std::uint64_t ask_hash = 0;                   // of the latest human text; 0: there is none
    state::answer_kind kind;                      // of answers that are forecast alike
    router::circumstances about;  // as decided with; its views are the caller's, session and prices are unset
};

// Fault: the body cannot be indexed.
result<judgement> judge(dialect::api_kind api, padded_view body, dialect::body_indexer& indexer,
                        const surroundings& by, const router::circumstances& about);

// Prices of each tier's model at an instant; empty where one of them is unknown.
std::vector<pricing::token_prices> prices_at(const config::settings& settings, wall_time when);

}  // namespace weir::proxy
