#pragma once
// From a body to a decision: index, ask, features, route. Pure; the path of a request and `weir explain` both
// go here.

#include "weir/classifier/features.hpp"
#include "weir/config/settings.hpp"
#include "weir/dialect/ask.hpp"
#include "weir/dialect/body_index.hpp"
#include "weir/router/decide.hpp"

namespace weir::proxy {

struct judgement {
    dialect::body_index index;
    classifier::features features;
    result<router::decision> route;  // a fault where no tier may answer
};

// Fault: the body cannot be indexed.
result<judgement> judge(padded_view body, dialect::body_indexer& indexer,
                        const classifier::word_matcher& words, const config::settings& settings,
                        const router::circumstances& about);

}  // namespace weir::proxy
