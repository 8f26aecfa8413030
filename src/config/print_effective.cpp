#include "weir/base/time.hpp"
#include "weir/config/addresses.hpp"
#include "weir/config/settings.hpp"
#include "weir/dialect/api.hpp"

#include "parts.hpp"
#include "printing.hpp"

#include <string>
#include <vector>

namespace weir::config {
namespace {

constexpr std::size_t shown_hash_bytes = 4;

void put_upstreams(YAML::Emitter& out, const settings& s) {
    open_map(out, "upstreams");
    for (const auto& u : s.upstreams) {
        const bool brackets = u.host.find(':') != std::string::npos;
        open_map(out, u.name);
        put(out, "base_url",
            (u.tls ? "https://" : "http://") + (brackets ? '[' + u.host + ']' : u.host) + ':' +
                std::to_string(u.port) + u.base_path);
        put(out, "api_key", u.passthrough ? std::string{"passthrough"} : u.api_key.masked());
        put(out, "ca_file", u.ca_file);
        put(out, "usage_on_request", u.usage_on_request);
        put(out, "pool_idle_max", static_cast<std::int64_t>(u.pool_idle_max));
        if (!u.proxy_host.empty()) put(out, "proxy", u.proxy_host + ':' + std::to_string(u.proxy_port));
        out << YAML::EndMap;
    }
    out << YAML::EndMap;
}

// As it would stand in a body: "thinking":{"type":"disabled"}.
std::string text_of(const std::vector<dialect::said_member>& members) {
    std::string text;
    for (const auto& m : members) {
        text += (text.empty() ? "\"" : ",\"") + m.name + "\":";
        text += m.inner.empty() ? m.value : "{\"" + m.inner + "\":" + m.value + '}';
    }
    return text;
}

void put_efforts(YAML::Emitter& out, const router::routing& r) {
    open_map(out, "efforts");
    for (const auto& e : r.efforts) {
        open_map(out, e.name);
        for (const auto api : apis_with_efforts) {
            put(out, std::string{dialect::api_of(api).name()}.c_str(),
                text_of(e.members[static_cast<std::size_t>(api)]));
        }
        out << YAML::EndMap;
    }
    out << YAML::EndMap;
}

void put_models(YAML::Emitter& out, const settings& s) {
    const router::routing& r = s.routes;
    open_map(out, "models");
    open_map(out, "tiers");
    for (const auto& t : r.tiers) {
        open_map(out, t.name);
        put(out, "upstream", t.upstream);
        put(out, "model", t.model);
        put(out, "images", t.images);
        put(out, "files", t.files);
        put(out, "server_tools", t.server_tools);
        put(out, "context_tokens_max", t.context_tokens_max);
        put(out, "output_tokens_max", t.output_tokens_max);
        out << YAML::EndMap;
    }
    out << YAML::EndMap;
    put_efforts(out, r);
    open_map(out, "effort_aliases");
    for (const auto& e : r.efforts) {
        for (const auto& alias : e.aliases) put(out, alias.c_str(), e.name);
    }
    out << YAML::EndMap;
    put(out, "effort_without_thinking", r.effort_without_thinking);
    put(out, "failed_finish_reasons", s.failed_finish_reasons);
    put(out, "routed", r.routed);
    open_map(out, "pins");
    for (const auto& p : r.pins) {
        open_map(out, p.name);
        put(out, "tier", r.tiers[p.tier].name);
        put(out, "send", p.send);
        if (!p.effort.empty()) put(out, "effort", p.effort);
        out << YAML::EndMap;
    }
    out << YAML::EndMap << YAML::EndMap;
}

std::string beginning_of(const metering::key_hash& hash) {
    constexpr const char* digits = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < shown_hash_bytes; ++i) {
        text += digits[hash[i] >> 4U];
        text += digits[hash[i] & 15U];
    }
    return text + "...";
}

void put_mends(YAML::Emitter& out, const settings& s) {
    open_map(out, "mends");
    const auto forced = static_cast<std::size_t>(s.routes.thinking.forced_tool_choice);
    const auto missing = static_cast<std::size_t>(s.routes.thinking.missing_reasoning);
    for (std::size_t i = 0; i < dialect::mend_count; ++i) {
        const auto which = static_cast<dialect::mend>(i);
        const std::string name{dialect::name_of(which)};
        if (which == dialect::mend::forced_tool_choice) {
            put(out, name.c_str(), forced_words()[forced]);
        } else if (which == dialect::mend::reasoning) {
            put(out, name.c_str(), missing_words()[missing]);
        } else if (which != dialect::mend::reasoning_empty && which != dialect::mend::reasoning_off) {
            put(out, name.c_str(), std::string{s.mends.has(which) ? "on" : "off"});
        }
    }
    out << YAML::EndMap;
    open_map(out, "custody");
    put(out, "bytes_max", static_cast<std::int64_t>(s.custody.bytes_max));
    put(out, "entries_max", static_cast<std::int64_t>(s.custody.entries_max));
    put(out, "turn_bytes_max", static_cast<std::int64_t>(s.custody.turn_bytes_max));
    put(out, "keep_ms", s.custody.keep_ms);
    out << YAML::EndMap;
    open_map(out, "sessions");
    put(out, "entries_max", static_cast<std::int64_t>(s.sessions.entries_max));
    put(out, "idle_ms", s.sessions.idle_ms);
    out << YAML::EndMap;
}

void put_forwards(YAML::Emitter& out, const settings& s) {
    open_list(out, "forward");
    for (const auto& f : s.forwards) {
        std::vector<std::string> methods;
        for (const auto m : f.methods) methods.emplace_back(net::name_of(m));
        out << YAML::BeginMap;
        put(out, "path", f.path);
        put(out, "methods", methods);
        put(out, "upstream", f.upstream);
        put(out, "send", f.send);
        if (!f.fee.empty()) put(out, "fee", f.fee);
        put(out, "any_media", f.any_media);
        out << YAML::EndMap;
    }
    out << YAML::EndSeq;
}

void put_prices(YAML::Emitter& out, const pricing::price_book& book) {
    open_map(out, "prices");
    put(out, "version", book.version());
    put(out, "currency", book.currency());
    open_list(out, "fees");
    for (const auto& fee : book.fees()) {
        out << YAML::BeginMap;
        put(out, "name", fee.name);
        put(out, "from", to_rfc3339(fee.from));
        if (fee.to) put(out, "to", to_rfc3339(*fee.to));
        put(out, "pico_a_call", fee.amount.value);
        out << YAML::EndMap;
    }
    out << YAML::EndSeq << YAML::EndMap;
}

void put_service(YAML::Emitter& out, const settings& s) {
    open_list(out, "client_keys");
    for (const auto& key : s.keys.listed()) {
        out << YAML::BeginMap;
        put(out, "id", key.id);
        put(out, "sha256", beginning_of(key.hash));
        put(out, "may_route", key.may_route);
        put(out, "may_see_balance", key.may_see_balance);
        put(out, "may_forward", key.may_forward);
        put(out, "override_effort", key.override_effort);
        put_thousandths(out, "error_cost_usd", key.error_cost_usd_milli);
        put(out, "class", key.traffic_class);
        out << YAML::EndMap;
    }
    out << YAML::EndSeq;
    open_map(out, "cors");
    put(out, "origins", s.front.cors_origins);
    out << YAML::EndMap;
    open_map(out, "limits");
    for (const auto& limit : named_limits())
        put(out, limit.name, static_cast<std::int64_t>(s.bounds.*limit.member));
    out << YAML::EndMap;
    open_map(out, "timeouts");
    for (const auto& timer : named_timers()) put(out, timer.name, s.timers.*timer.member);
    out << YAML::EndMap;
    open_map(out, "ledger");
    put(out, "file", s.ledger.file.string());
    put(out, "durability",
        std::string{s.ledger.durable == metering::durability::power ? "power" : "process"});
    put(out, "group_ms", s.ledger.group_ms);
    put(out, "queue_rows_max", static_cast<std::int64_t>(s.ledger.queue_rows_max));
    put(out, "min_free_bytes", s.ledger.min_free_bytes);
    out << YAML::EndMap;
    const char* formats[] = {"automatic", "text", "json"};
    open_map(out, "log");
    put(out, "format", std::string{formats[static_cast<std::size_t>(s.log)]});
    out << YAML::EndMap;
}

}  // namespace

std::string print_effective(const settings& s) {
    YAML::Emitter out;
    out << YAML::BeginMap;
    put(out, "listen", to_text(s.front.listen));
    put(out, "admin_listen", to_text(s.front.admin_listen));
    put(out, "workers", static_cast<std::int64_t>(s.front.workers));
    put(out, "accept_gzip", s.front.gzip_bodies);
    put_upstreams(out, s);
    put_models(out, s);
    put_policies(out, s.routes);
    put(out, "session_fields", s.session_fields);
    put(out, "session_ignored_lines", s.asks.session_ignored_lines);
    put(out, "refusals", s.answers.refusals);
    put_prices(out, s.prices);
    put_mends(out, s);
    put_forwards(out, s);
    put_service(out, s);
    out << YAML::EndMap;
    return std::string{out.c_str()} + '\n';
}

}  // namespace weir::config
