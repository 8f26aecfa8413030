#include "weir/dialect/api.hpp"
#include "weir/dialect/error_body.hpp"
#include "weir/dialect/tokens.hpp"
#include "weir/metering/report.hpp"
#include "weir/net/handover.hpp"
#include "weir/proxy/site.hpp"

#include "call.hpp"
#include "cors.hpp"
#include "feedback.hpp"
#include "forwarding.hpp"
#include "payload.hpp"
#include "route_preview.hpp"

#include <nlohmann/json.hpp>

#include <set>
#include <string>
#include <vector>

namespace weir::proxy {

using frontend::exchange;
using net::task;
using json = nlohmann::ordered_json;

namespace {

using dialect::api_kind;

// A path of the clients, by what is behind `/v1`, and where its calls go.
struct call_path {
    std::string_view base;  // before `/v1`
    std::string_view path;
    api_kind api;
    std::string_view upstream;
};
// Source: DeepSeek API, base URLs and endpoints. FIM is under /beta alone.
constexpr call_path call_paths[] = {
    {"", "/chat/completions", api_kind::chat, "/chat/completions"},
    {"", "/responses", api_kind::responses, "/responses"},
    {"", "/messages", api_kind::messages, "/anthropic/v1/messages"},
    {"/anthropic", "/messages", api_kind::messages, "/anthropic/v1/messages"},
    {"", "/completions", api_kind::completions, "/beta/completions"},
    {"/beta", "/chat/completions", api_kind::chat, "/beta/chat/completions"},
    {"/beta", "/completions", api_kind::completions, "/beta/completions"},
};
constexpr const char* versions[] = {"", "/v1"};
constexpr const char* bases[] = {"", "/anthropic", "/beta"};

const dialect::api& api_of_path(std::string_view path) noexcept {
    const bool anthropic =
        path.starts_with("/anthropic") || path.starts_with("/messages") || path.starts_with("/v1/messages");
    return dialect::api_of(anthropic ? api_kind::messages : api_kind::chat);
}

frontend::response refusal(const fault& f, std::string_view path) {
    auto answer = frontend::json_response(dialect::status_of(f), api_of_path(path).error_body(f));
    if (f.code == errc::overloaded) answer.fields.emplace_back("Retry-After", "1");
    return answer;
}

std::string dump(const json& j) { return j.dump(-1, ' ', false, json::error_handler_t::replace); }

struct named_model {
    std::string id;
    const router::tier* like;
};

// The names that a client may ask for: routed ones (but for patterns), the tiers' models, pins. Never empty.
std::vector<named_model> models_of(const router::routing& routes) {
    std::vector<named_model> list;
    std::set<std::string> seen;
    const auto add = [&](const std::string& id, const router::tier& like) {
        if (seen.insert(id).second) list.push_back({id, &like});
    };
    for (const std::string& name : routes.routed) {
        if (!name.ends_with('*')) add(name, routes.tiers.front());
    }
    for (const router::tier& t : routes.tiers) add(t.model, t);
    for (const router::pin& p : routes.pins) add(p.name, routes.tiers[p.tier]);
    return list;
}

std::string models_body(const router::routing& routes) {
    json list = json::array();
    for (const named_model& m : models_of(routes)) {
        list.push_back({{"id", m.id},
                        {"object", "model"},
                        {"owned_by", "deepseek"},
                        {"context_window", m.like->context_tokens_max},
                        {"max_output_tokens", m.like->output_tokens_max}});
    }
    return dump({{"object", "list"}, {"data", std::move(list)}});
}

// One page. A release that is not known is the epoch. Source: Anthropic, List Models.
std::string anthropic_models_body(const router::routing& routes) {
    const std::vector<named_model> all = models_of(routes);
    json list = json::array();
    for (const named_model& m : all) {
        list.push_back({{"type", "model"},
                        {"id", m.id},
                        {"display_name", m.id},
                        {"created_at", "1970-01-01T00:00:00Z"}});
    }
    return dump({{"data", std::move(list)},
                 {"has_more", false},
                 {"first_id", all.front().id},
                 {"last_id", all.back().id}});
}

// Answers a request that needs no body; who may not ask is counted and told so.
task<bool> let_in(context& here, exchange& ex, caller& who) {
    const bool anthropic = api_of_path(ex.head().path).kind() == api_kind::messages;
    auto admitted = admit(ex.head(), ex.local_authority(), here.home.settings, {.anthropic = anthropic});
    if (!admitted) {
        here.metrics.count_refusal(admitted.error().code);
        co_await ex.respond(refusal(admitted.error(), ex.head().path));
        co_return false;
    }
    who = std::move(*admitted);
    co_return true;
}

task<void> serve_call(context& here, exchange& ex, const call_path& to) {
    call request(here, ex, dialect::api_of(to.api), to.upstream);
    co_await request.run();
}

task<void> serve_forwarded(context& here, exchange& ex, const upstream::forwarded& what) {
    forwarding request(here, ex, what, api_of_path(ex.head().path));
    co_await request.run();
}

task<void> serve_balance(context& here, exchange& ex, const upstream::forwarded& what) {
    forwarding request(here, ex, what, dialect::api_of(api_kind::chat), forwarding::purpose::balance);
    co_await request.run();
}

// DeepSeek counts no tokens before a call, so they are estimated, as the router does.
task<void> serve_count_tokens(context& here, exchange& ex) {
    caller who;
    if (!co_await let_in(here, ex, who)) co_return;
    const limits& bounds = here.home.settings.bounds;
    const auto body = co_await read_payload(ex, here.home.settings);
    if (!body && body.error().detail.empty()) co_return;
    const auto index = body ? here.indexer.read(api_kind::messages, body->padded(), bounds)
                            : result<dialect::body_index>(std::unexpected(body.error()));
    if (!index) {
        co_await ex.respond(refusal(index.error(), ex.head().path));
        co_return;
    }
    const std::int64_t tokens = dialect::estimate_input_tokens(body->padded(), *index);
    co_await ex.respond(frontend::json_response(200, dump({{"input_tokens", tokens}})));
}

task<void> serve_models(context& here, exchange& ex) {
    caller who;
    if (!co_await let_in(here, ex, who)) co_return;
    const bool anthropic = api_of_path(ex.head().path).kind() == api_kind::messages;
    const router::routing& routes = here.home.settings.routes;
    co_await ex.respond(
        frontend::json_response(200, anthropic ? anthropic_models_body(routes) : models_body(routes)));
}

// A request of another key is as unknown as one that never was.
task<void> serve_request_row(context& here, exchange& ex) {
    caller who;
    if (!co_await let_in(here, ex, who)) co_return;
    const std::string& path = ex.head().path;
    const auto id = parse_request_id(std::string_view{path}.substr(path.rfind('/') + 1));
    result<std::optional<metering::row>> row;
    if (id) {
        net::handover<result<std::optional<metering::row>>> found(here.on);
        here.home.ledger.find(*id, found.giver());
        row = co_await found.take();
    }
    if (row && *row && (*row)->key_id == who.key_id) {
        co_await ex.respond(frontend::json_response(200, metering::to_json(**row)));
        co_return;
    }
    const fault unknown{errc::not_found, origin::client, "no settled request of this key has this id", "id"};
    co_await ex.respond(refusal(row ? unknown : row.error(), ex.head().path));
}

task<void> serve_root(exchange& ex) {
    co_await ex.respond(frontend::json_response(200, dump({{"name", "weir"}, {"version", WEIR_VERSION}})));
}

void add_calls(frontend::site& s, context& here) {
    using enum net::http_method;
    for (const call_path& to : call_paths) {
        for (const std::string version : versions) {
            std::string path = std::string(to.base).append(version).append(to.path);
            if (to.api == api_kind::messages) {
                s.endpoints.push_back({post, path + "/count_tokens",
                                       [&here](exchange& ex) { return serve_count_tokens(here, ex); }});
            }
            s.endpoints.push_back(
                {post, std::move(path), [&here, &to](exchange& ex) { return serve_call(here, ex, to); }});
        }
    }
}

// Decisions without a call.
void add_previews(frontend::site& s, context& here) {
    struct preview {
        const char* path;
        api_kind api;
    };
    static constexpr preview previews[] = {{"/route", api_kind::chat},
                                           {"/route/messages", api_kind::messages},
                                           {"/route/responses", api_kind::responses}};
    for (const preview& p : previews) {
        for (const std::string version : versions) {
            s.endpoints.push_back({net::http_method::post, version + p.path,
                                   [&here, &p](exchange& ex) { return serve_route(here, ex, p.api); }});
        }
    }
}

void add_forwarded(frontend::site& s, context& here) {
    for (const upstream::forwarded& what : here.home.settings.forwards) {
        for (const net::http_method method : what.methods) {
            for (const std::string version : versions) {
                s.endpoints.push_back({method, version + what.path, [&here, &what](exchange& ex) {
                                           return serve_forwarded(here, ex, what);
                                       }});
            }
        }
    }
}

void add_own(frontend::site& s, context& here) {
    using enum net::http_method;
    for (const std::string base : bases) {
        for (const std::string version : versions) {
            const std::string path = base + version;
            s.endpoints.push_back(
                {get, path.empty() ? "/" : path, [](exchange& ex) { return serve_root(ex); }});
            s.endpoints.push_back(
                {get, path + "/models", [&here](exchange& ex) { return serve_models(here, ex); }});
        }
    }
    for (const std::string version : versions) {
        s.endpoints.push_back(
            {get, version + "/requests/*", [&here](exchange& ex) { return serve_request_row(here, ex); }});
        s.endpoints.push_back({post, version + "/feedback", [&here](exchange& ex) {
                                   return serve_feedback(here, ex, here.home.accepted);
                               }});
        s.endpoints.push_back({get, version + "/user/balance",
                               [&here](exchange& ex) { return serve_balance(here, ex, here.home.balance); }});
    }
}

}  // namespace

frontend::site client_site(context& here) {
    frontend::site s;
    add_calls(s, here);
    add_own(s, here);
    add_previews(s, here);
    add_forwarded(s, here);
    const frontend::settings& front = here.home.settings.front;
    s.refuse = refusal;
    s.common_fields = [&front](const net::request_head& head) { return cors_fields(head, front); };
    s.preflight = [&front](const net::request_head& head) { return cors_preflight(head, front); };
    s.refused = [&here](const fault& f) { here.metrics.count_refusal(f.code); };
    s.connection_opened = [&here] { here.metrics.connection_opened(); };
    s.connection_closed = [&here] { here.metrics.connection_closed(); };
    return s;
}

}  // namespace weir::proxy
