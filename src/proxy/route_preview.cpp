#include "route_preview.hpp"

#include "weir/dialect/api.hpp"
#include "weir/dialect/error_body.hpp"
#include "weir/proxy/admission.hpp"
#include "weir/proxy/explanation.hpp"
#include "weir/proxy/judge.hpp"

#include "payload.hpp"
#include "remembering.hpp"

#include <string>
#include <utility>

namespace weir::proxy {

namespace {

using dialect::api_kind;

result<caller> let_in(context& here, const frontend::exchange& ex, api_kind api) {
    auto who =
        admit(ex.head(), ex.local_authority(), here.home.settings, {.anthropic = api == api_kind::messages});
    if (!who) here.metrics.count_refusal(who.error().code);
    return who;
}

// Fault: headers or body cannot be read.
result<std::string> explain(context& here, const frontend::exchange& ex, const caller& who, api_kind api,
                            padded_view body) {
    const auto about = read_circumstances(ex.head(), who);
    if (!about) return std::unexpected(about.error());
    const auto judged = judge(api, body, here.indexer, surroundings_of(here, ex, who), *about);
    if (!judged) return std::unexpected(judged.error());
    return explanation_json(*judged, here.home.settings);
}

}  // namespace

net::task<void> serve_route(context& here, frontend::exchange& ex, api_kind api) {
    const auto refuse = [&](const fault& f) {
        return frontend::json_response(dialect::status_of(f), dialect::api_of(api).error_body(f));
    };
    const auto who = let_in(here, ex, api);
    if (!who) {
        co_await ex.respond(refuse(who.error()));
        co_return;
    }
    const auto body = co_await read_payload(ex, here.home.settings);
    if (!body && body.error().detail.empty()) co_return;
    auto told = body ? explain(here, ex, *who, api, body->padded())
                     : result<std::string>(std::unexpected(body.error()));
    if (!told) {
        co_await ex.respond(refuse(told.error()));
        co_return;
    }
    co_await ex.respond(frontend::json_response(200, std::move(*told)));
}

}  // namespace weir::proxy
