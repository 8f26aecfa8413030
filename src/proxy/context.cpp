#include "weir/proxy/context.hpp"

#include "mending.hpp"

#include <algorithm>
#include <cassert>

namespace weir::proxy {

namespace {

std::vector<std::string> tier_names(const router::routing& routes) {
    std::vector<std::string> names;
    for (const router::tier& t : routes.tiers) names.push_back(t.name);
    return names;
}

std::vector<std::string> class_names(const router::routing& routes) {
    std::vector<std::string> names;
    for (const router::policy& p : routes.policies) {
        for (const router::traffic_class& c : p.classes) names.push_back(c.name);
    }
    return names;
}

std::vector<std::string> mend_names() {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < dialect::mend_count; ++i) {
        names.emplace_back(name_of(static_cast<dialect::mend>(i)));
    }
    return names;
}

}  // namespace

installation::installation(config::settings s, metering::ledger& l)
    : settings(std::move(s)),
      ledger(l),
      words(settings.routes.words),
      effort_aliases(list_aliases(settings.routes)),
      balance{"/user/balance", {net::http_method::get}, settings.upstreams.front().name, "/user/balance", {}},
      custody(settings.custody),
      sessions(settings.sessions),
      accepted(class_names(settings.routes)) {
    for (const auto& [name, answers] : ledger.accepted_by_class()) accepted.set(name, answers);
}

context::context(installation& of, net::worker& worker)
    : home(of),
      on(worker),
      metrics(tier_names(of.settings.routes), mend_names()),
      ids(worker.number, static_cast<std::uint16_t>(worker.random())) {}

result<std::unique_ptr<context>> context::make(installation& of, net::worker& on) {
    auto made = std::make_unique<context>(of, on);
    for (const upstream::settings& to : of.settings.upstreams) {
        auto tls = upstream::tls_context::make(to);
        if (!tls) return std::unexpected(tls.error());
        made->pools.push_back(std::make_unique<upstream::pool>(on, to, std::move(*tls), of.settings.timers,
                                                               of.settings.bounds));
    }
    return made;
}

upstream::pool& context::pool_of(const std::string& upstream) {
    const auto found = std::ranges::find_if(pools, [&](const auto& p) { return p->to().name == upstream; });
    assert(found != pools.end());
    return **found;
}

}  // namespace weir::proxy
