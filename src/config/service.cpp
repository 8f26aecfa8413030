// Where weir listens, whom it calls, who may ask, where it writes.

#include "weir/config/addresses.hpp"

#include "parts.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace weir::config {
namespace {

constexpr std::int64_t workers_max = 64;  // as many as a request id can name
constexpr std::int64_t pool_idle_max_max = 65'536;
constexpr std::size_t key_bytes_min = 16;  // shorter keys can be guessed
constexpr std::size_t key_id_bytes_max = 64;
constexpr const char* passthrough_word = "passthrough";

// The file's value, and over it the flag's.
void read_address(section& top, const char* key, const char* flag, const std::optional<std::string>& over,
                  frontend::address& into) {
    if (const auto s = top.find(key)) {
        if (const auto text = text_of(*s)) {
            if (auto parsed = parse_address(*text)) {
                into = *parsed;
            } else {
                s->say(parsed.error().message, parsed.error().hint);
            }
        }
    }
    if (!over) return;
    if (auto parsed = parse_address(*over)) {
        into = *parsed;
    } else {
        top.here().told.say(0, 0, std::string{flag} + ": " + parsed.error().message, parsed.error().hint);
    }
}

void put_url(const base_url& url, upstream::settings& into) {
    into.tls = url.tls;
    into.host = url.host;
    into.port = url.port;
    into.base_path = url.path;
}

void read_api_key(section& part, upstream::settings& into) {
    const auto s = part.need("api_key");
    if (!s) return;
    const auto text = text_of(*s);
    if (!text) return;
    const bool one_line = std::ranges::all_of(*text, [](unsigned char c) { return c > ' ' && c < 127; });
    if (text->empty()) {
        s->say("must not be empty", "name a key, or `passthrough` for the client's own");
    } else if (!one_line) {
        s->say("must be printable ASCII without blanks");
    } else if (*text == passthrough_word) {
        into.passthrough = true;
    } else {
        into.api_key = secret{*text};
    }
}

upstream::settings read_upstream(const named_spot& entry, const overrides& over) {
    upstream::settings made;
    made.name = entry.key.text;
    section part{entry.value};
    if (const auto s = part.need("base_url")) {
        if (const auto text = text_of(*s)) {
            if (auto url = parse_base_url(*text)) {
                put_url(*url, made);
            } else {
                s->say(url.error().message, url.error().hint);
            }
        }
    }
    // told once, by read_upstreams, where the flag is no URL
    if (over.upstream) {
        if (auto url = parse_base_url(*over.upstream)) put_url(*url, made);
    }
    read_api_key(part, made);
    part.read("ca_file", made.ca_file);
    part.read("usage_on_request", made.usage_on_request);
    part.read("pool_idle_max", made.pool_idle_max, 0, pool_idle_max_max);
    part.finish();
    return made;
}

void put_proxy(const environment& env, diagnostics& told, upstream::settings& into) {
    if (!into.tls || into.host.empty()) return;
    auto found = proxy_for(into.host, env);
    if (!found) {
        told.say(0, 0, "HTTPS_PROXY: " + found.error().message, found.error().hint);
        return;
    }
    into.proxy_host = std::move(found->host);
    into.proxy_port = found->port;
    into.proxy_authorization = std::move(found->authorization);
}

std::optional<metering::key_hash> read_key_hash(section& entry) {
    const auto hashed = entry.find("sha256");
    const auto bare = entry.find("key");
    if (hashed.has_value() == bare.has_value()) {
        if (entry.valid()) entry.here().say("needs either `sha256` or `key`");
        return std::nullopt;
    }
    if (hashed) {
        const auto text = text_of(*hashed);
        if (!text) return std::nullopt;
        auto hash = metering::parse_key_hash(*text);
        if (!hash) hashed->say("must be 64 hexadecimal digits", "printf %s \"$KEY\" | sha256sum");
        return hash;
    }
    const auto text = text_of(*bare);
    if (!text) return std::nullopt;
    if (text->size() < key_bytes_min) {
        bare->say("must have at least " + std::to_string(key_bytes_min) + " characters",
                  "openssl rand -hex 32 makes a good one");
        return std::nullopt;
    }
    if (!bare->value.expanded) {
        bare->say("a key must not stand in the file", "write ${NAME}, or give its sha256");
        return std::nullopt;
    }
    return metering::hash_key(*text);
}

bool is_key_id(const std::string& id) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_' || c == '.';
    };
    return !id.empty() && id.size() <= key_id_bytes_max && std::ranges::all_of(id, plain);
}

// What a policy line can ask for.
std::int64_t error_cost_max() {
    const auto feature = classifier::find_feature("error_cost_usd");
    return feature ? classifier::feature_list()[*feature].max : 0;
}

}  // namespace

void read_listeners(section& top, const overrides& over, settings& into) {
    read_address(top, "listen", "--listen", over.listen, into.front.listen);
    read_address(top, "admin_listen", "--admin-listen", over.admin_listen, into.front.admin_listen);
    if (into.front.listen.port != 0 && to_text(into.front.listen) == to_text(into.front.admin_listen)) {
        top.here().told.say(top.here().value, "listen and admin_listen are the same address",
                            "give one of them another port");
    }
    top.read("workers", into.front.workers, 0, workers_max);
    top.read("accept_gzip", into.front.gzip_bodies);
    if (const auto s = top.find("cors")) {
        section part{*s};
        part.read("origins", into.front.cors_origins);
        part.finish();
    }
}

void read_upstreams(section& top, const environment& env, const overrides& over, settings& into) {
    diagnostics& told = top.here().told;
    if (over.upstream) {
        if (auto url = parse_base_url(*over.upstream); !url) {
            told.say(0, 0, "--upstream: " + url.error().message, url.error().hint);
        }
    }
    const auto s = top.need("upstreams");
    if (!s) return;
    for (const named_spot& entry : entries_of(*s)) {
        into.upstreams.push_back(read_upstream(entry, over));
        put_proxy(env, told, into.upstreams.back());
    }
    if (s->value.what == node::kind::map && into.upstreams.empty()) s->say("names no upstream");
}

void read_client_keys(section& top, settings& into) {
    const auto s = top.find("client_keys");
    if (!s) return;
    std::vector<metering::client_key> keys;
    std::set<std::string> ids;
    std::set<metering::key_hash> hashes;
    for (const spot& item : items_of(*s)) {
        section entry{item};
        metering::client_key key;
        if (const auto id = entry.need("id")) {
            key.id = text_of(*id).value_or("");
            if (!id->broken() && !is_key_id(key.id)) {
                id->say("must be 1 to 64 letters, digits, dots, dashes or underscores");
            } else if (!id->broken() && !ids.insert(key.id).second) {
                id->say("two keys have this id");
            }
        }
        const auto hash = read_key_hash(entry);
        if (hash && !hashes.insert(*hash).second) item.say("two entries have the same key");
        entry.read("may_route", key.may_route);
        entry.read("may_see_balance", key.may_see_balance);
        entry.read("may_forward", key.may_forward);
        entry.read("override_effort", key.override_effort);
        if (const auto cost = entry.find("error_cost_usd")) {
            key.error_cost_usd_milli = thousandths_of(*cost, 0, error_cost_max()).value_or(0);
        }
        // known to the policies, which are read later: see load.cpp
        if (const auto named = entry.find("class")) key.traffic_class = text_of(*named).value_or("");
        entry.finish();
        if (!hash) continue;
        key.hash = *hash;
        keys.push_back(std::move(key));
    }
    into.keys = metering::client_keys{std::move(keys)};
}

void read_ledger(section& top, const overrides& over, settings& into) {
    if (const auto s = top.find("ledger")) {
        section part{*s};
        if (const auto file = part.find("file")) {
            if (const auto text = filled_text_of(*file)) into.ledger.file = *text;
        }
        if (const auto word = part.find("durability")) {
            const auto chosen = choice_of(*word, {"process", "power"});
            if (chosen) into.ledger.durable = static_cast<metering::durability>(*chosen);
        }
        part.read("group_ms", into.ledger.group_ms, 1, 1'000);
        part.read("queue_rows_max", into.ledger.queue_rows_max, 1, 10'000'000);
        part.read("min_free_bytes", into.ledger.min_free_bytes, 0, std::int64_t{1} << 50);
        part.finish();
    }
    if (over.ledger && over.ledger->empty()) {
        top.here().told.say(0, 0, "--ledger: must not be empty");
    } else if (over.ledger) {
        into.ledger.file = *over.ledger;
    }
    if (const auto s = top.find("log")) {
        section part{*s};
        if (const auto word = part.find("format")) {
            const auto chosen = choice_of(*word, {"automatic", "text", "json"});
            if (chosen) into.log = static_cast<log_format>(*chosen);
        }
        part.finish();
    }
}

}  // namespace weir::config
