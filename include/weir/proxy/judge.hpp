#pragma once
// From a body to a decision: index, ask, features, what custody gives back, route. Pure; the path of a
// request and `weir explain` both go here.

#include "weir/classifier/features.hpp"
#include "weir/config/settings.hpp"
#include "weir/dialect/ask.hpp"
#include "weir/dialect/body_index.hpp"
#include "weir/dialect/mends.hpp"
#include "weir/router/decide.hpp"
#include "weir/state/reasoning_store.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace weir::proxy {

struct judgement {
    dialect::body_index index;
    classifier::features features;
    std::vector<dialect::restored_reasoning> reasoning;  // to put back, if the call thinks
    result<router::decision> route;                      // a fault where no tier may answer
};

// What custody has under one of a turn's keys.
using reasoning_finder =
    std::function<std::shared_ptr<const state::kept_reasoning>(std::span<const std::string> keys)>;

// Fault: the body cannot be indexed.
result<judgement> judge(dialect::api_kind api, padded_view body, dialect::body_indexer& indexer,
                        const classifier::word_matcher& words, const config::settings& settings,
                        const router::circumstances& about, const reasoning_finder& find);

}  // namespace weir::proxy
