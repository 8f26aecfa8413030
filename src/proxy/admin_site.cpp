#include "weir/dialect/error_body.hpp"
#include "weir/proxy/site.hpp"

#include <string>

namespace weir::proxy {

using frontend::exchange;
using net::task;

namespace {

frontend::response text(int status, std::string body) {
    return {status, {{"Content-Type", "text/plain; charset=utf-8"}}, std::move(body)};
}

// The event loop turns: that is all that liveness means. A dead upstream is no reason to restart weir.
task<void> serve_livez(exchange& ex) { co_await ex.respond(text(200, "ok\n")); }

task<void> serve_readyz(installation& of, exchange& ex) {
    const char* why = of.draining ? "draining\n" : "the ledger cannot be written\n";
    co_await ex.respond(of.ready() ? text(200, "ok\n") : text(503, why));
}

task<void> serve_metrics(installation& of, const std::vector<const metering::metrics_shard*>& shards,
                         exchange& ex) {
    const metering::ledger_counters ledger = of.ledger.counters();
    metering::gauges now;
    now.ready = of.ready();
    now.ledger_rows = ledger.rows;
    now.ledger_waiting = ledger.waiting;
    now.ledger_interrupted = ledger.interrupted;
    now.in_flight_slots = of.ledger.in_flight();
    const auto custody = of.custody.read();
    now.custody_entries = custody.entries;
    now.custody_bytes = custody.bytes;
    now.custody_evicted = custody.evicted;
    now.version = WEIR_VERSION;
    frontend::response answer = text(200, metering::exposition(shards, now));
    answer.fields = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}};
    co_await ex.respond(answer);
}

}  // namespace

frontend::site admin_site(installation& of, std::vector<const metering::metrics_shard*> shards) {
    using enum net::http_method;
    frontend::site s;
    s.endpoints.push_back({get, "/livez", [](exchange& ex) { return serve_livez(ex); }});
    s.endpoints.push_back({get, "/readyz", [&of](exchange& ex) { return serve_readyz(of, ex); }});
    s.endpoints.push_back({get, "/metrics", [&of, shards = std::move(shards)](exchange& ex) {
                               return serve_metrics(of, shards, ex);
                           }});
    s.refuse = [](const fault& f, std::string_view) {
        return frontend::json_response(dialect::status_of(f), dialect::error_body(f));
    };
    return s;
}

}  // namespace weir::proxy
