#include "weir/dialect/error_body.hpp"
#include "weir/metering/report.hpp"
#include "weir/net/handover.hpp"
#include "weir/proxy/site.hpp"

#include "chat_request.hpp"

#include <nlohmann/json.hpp>

#include <set>
#include <string>

namespace weir::proxy {

using frontend::exchange;
using net::task;
using json = nlohmann::ordered_json;

namespace {

frontend::response refusal(const fault& f) {
    return frontend::json_response(dialect::status_of(f), dialect::error_body(f));
}

std::string dump(const json& j) { return j.dump(-1, ' ', false, json::error_handler_t::replace); }

// The names that a client may ask for: routed ones (but for patterns), the tiers' models, pins.
std::string models_body(const router::routing& routes) {
    json list = json::array();
    std::set<std::string> seen;
    const auto add = [&](const std::string& id, const router::tier& like) {
        if (!seen.insert(id).second) return;
        list.push_back({{"id", id},
                        {"object", "model"},
                        {"owned_by", "deepseek"},
                        {"context_window", like.context_tokens_max},
                        {"max_output_tokens", like.output_tokens_max}});
    };
    for (const std::string& name : routes.routed) {
        if (!name.ends_with('*')) add(name, routes.tiers.front());
    }
    for (const router::tier& t : routes.tiers) add(t.model, t);
    for (const router::pin& p : routes.pins) add(p.name, routes.tiers[p.tier]);
    return dump({{"object", "list"}, {"data", std::move(list)}});
}

// Answers a request that needs no body; who may not ask is counted and told so.
task<bool> let_in(context& here, exchange& ex, caller& who) {
    auto admitted = admit(ex.head(), ex.local_authority(), here.home.settings);
    if (!admitted) {
        here.metrics.count_refusal(admitted.error().code);
        co_await ex.respond(refusal(admitted.error()));
        co_return false;
    }
    who = std::move(*admitted);
    co_return true;
}

task<void> serve_chat(context& here, exchange& ex) {
    chat_request request(here, ex);
    co_await request.run();
}

task<void> serve_models(context& here, exchange& ex) {
    caller who;
    if (!co_await let_in(here, ex, who)) co_return;
    co_await ex.respond(frontend::json_response(200, models_body(here.home.settings.routes)));
}

// A request of another key is as unknown as one that never was.
task<void> serve_request_row(context& here, exchange& ex) {
    caller who;
    if (!co_await let_in(here, ex, who)) co_return;
    const std::string& path = ex.head().path;
    const auto id = parse_request_id(std::string_view{path}.substr(path.rfind('/') + 1));
    std::optional<metering::row> row;
    if (id) {
        net::handover<std::optional<metering::row>> found(here.on);
        here.home.ledger.find(*id, found.giver());
        row = co_await found.take();
    }
    if (row && row->key_id == who.key_id) {
        co_await ex.respond(frontend::json_response(200, metering::to_json(*row)));
        co_return;
    }
    const fault why{errc::not_found, origin::client, "no settled request of this key has this id", "id"};
    co_await ex.respond(refusal(why));
}

task<void> serve_root(exchange& ex) {
    co_await ex.respond(frontend::json_response(200, dump({{"name", "weir"}, {"version", WEIR_VERSION}})));
}

}  // namespace

frontend::site client_site(context& here) {
    using enum net::http_method;
    frontend::site s;
    s.endpoints.push_back({get, "/", [](exchange& ex) { return serve_root(ex); }});
    for (const std::string prefix : {"", "/v1"}) {
        s.endpoints.push_back(
            {post, prefix + "/chat/completions", [&here](exchange& ex) { return serve_chat(here, ex); }});
        s.endpoints.push_back(
            {get, prefix + "/models", [&here](exchange& ex) { return serve_models(here, ex); }});
        s.endpoints.push_back(
            {get, prefix + "/requests/*", [&here](exchange& ex) { return serve_request_row(here, ex); }});
    }
    s.refuse = refusal;
    s.refused = [&here](const fault& f) { here.metrics.count_refusal(f.code); };
    s.connection_opened = [&here] { here.metrics.connection_opened(); };
    s.connection_closed = [&here] { here.metrics.connection_closed(); };
    return s;
}

}  // namespace weir::proxy
