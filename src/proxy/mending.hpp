#pragma once
// From a decision to the edits of a body. Pure.

#include "weir/config/settings.hpp"
#include "weir/dialect/mends.hpp"
#include "weir/proxy/judge.hpp"

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace weir::proxy {

using alias_list = std::vector<std::pair<std::string, std::string>>;

// Words of clients and the efforts that they stand for, of all efforts.
alias_list list_aliases(const router::routing& routes);

// `j.route` holds a decision.
dialect::mended_body plan_call(padded_view body, const judgement& j, const config::settings& settings,
                               const alias_list& aliases, const upstream::settings& to);

}  // namespace weir::proxy
