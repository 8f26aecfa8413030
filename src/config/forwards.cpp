// Endpoints of an upstream that are passed on as they are.

#include "nearest.hpp"
#include "parts.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace weir::config {
namespace {

constexpr std::size_t path_bytes_max = 256;

// What weir answers itself, each with all below it; a path of the configuration must lead elsewhere.
constexpr std::array<std::string_view, 12> own_paths = {
    "/chat",
    "/responses",
    "/messages",
    "/completions",
    "/models",
    "/requests",
    "/beta",
    "/user",
    "/anthropic/messages",
    "/anthropic/models",
    "/anthropic/v1/messages",
    "/anthropic/v1/models",
};

std::vector<std::string_view> segments_of(std::string_view path) {
    std::vector<std::string_view> segments;
    while (!path.empty()) {
        path.remove_prefix(1);
        const std::size_t end = std::min(path.find('/'), path.size());
        segments.push_back(path.substr(0, end));
        path.remove_prefix(end);
    }
    return segments;
}

bool is_plain(std::string_view segment) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_' || c == '.' || c == '~';
    };
    const bool moves = segment == "." || segment == "..";
    return !segment.empty() && !moves && std::ranges::all_of(segment, plain);
}

// "/files/*": whole segments of plain characters; a star only for the last.
std::optional<std::string> path_of(const spot& s) {
    auto text = filled_text_of(s);
    if (!text) return std::nullopt;
    if (!text->starts_with('/') || text->size() > path_bytes_max) {
        s.say("must be a path such as /files, is " + s.shown());
        return std::nullopt;
    }
    auto segments = segments_of(*text);
    if (segments.back() == "*" && segments.size() > 1) segments.pop_back();
    if (!std::ranges::all_of(segments, is_plain)) {
        s.say("must be segments of letters, digits, `-`, `_`, `.` and `~`, is " + s.shown(),
              "`*` stands only for a whole last segment: /files/*");
        return std::nullopt;
    }
    return text;
}

bool meets(std::string_view a, std::string_view b) { return a == b || a == "*" || b == "*"; }

// A path that `pattern` takes is `own` or lies below it.
bool reaches(std::string_view pattern, std::string_view own) {
    const auto p = segments_of(pattern);
    const auto o = segments_of(own);
    return p.size() >= o.size() && std::equal(o.begin(), o.end(), p.begin(), meets);
}

// Some request would be for both.
bool overlap(const upstream::forwarded& a, const upstream::forwarded& b) {
    const auto p = segments_of(a.path);
    const auto q = segments_of(b.path);
    return std::ranges::equal(p, q, meets) &&
           std::ranges::find_first_of(a.methods, b.methods) != a.methods.end();
}

void read_path(section& part, upstream::forwarded& into) {
    const auto s = part.need("path");
    if (!s) return;
    auto path = path_of(*s);
    if (!path) return;
    if (segments_of(*path).front() == "v1") {
        s->say("is written without /v1", "clients may ask with and without it");
        return;
    }
    const auto own = std::ranges::find_if(own_paths, [&](auto o) { return reaches(*path, o); });
    if (own != own_paths.end()) {
        s->say("is among weir's own endpoints: " + std::string{*own});
        return;
    }
    into.path = std::move(*path);
}

void read_methods(section& part, upstream::forwarded& into) {
    using enum net::http_method;
    static const std::vector<std::string> names = {"GET", "POST", "DELETE"};
    constexpr std::array methods = {get, post, del};
    const auto s = part.need("methods");
    if (!s) return;
    const auto items = items_of(*s);
    if (s->value.what == node::kind::sequence && items.empty()) s->say("names no method");
    for (const spot& item : items) {
        const auto chosen = choice_of(item, names);
        if (!chosen) continue;
        if (std::ranges::find(into.methods, methods[*chosen]) != into.methods.end()) {
            item.say("is listed twice");
        } else {
            into.methods.push_back(methods[*chosen]);
        }
    }
}

// The client's path where nothing else is said; a star takes what the client's star took.
void read_send(section& part, upstream::forwarded& into) {
    into.send = into.path;
    const auto s = part.find("send");
    if (!s) return;
    auto send = path_of(*s);
    if (!send || into.path.empty()) return;
    if (send->ends_with('*') != into.path.ends_with('*')) {
        s->say("`*` stands at the end of both `path` and `send`, or of neither");
        return;
    }
    into.send = std::move(*send);
}

void read_media(section& part, upstream::forwarded& into) {
    const auto s = part.find("any_media");
    if (!s) return;
    into.any_media = flag_of(*s).value_or(false);
    const bool posts = std::ranges::find(into.methods, net::http_method::post) != into.methods.end();
    if (into.any_media && !posts && !into.methods.empty()) s->say("has no effect: only POST has a body");
}

void read_fee(section& part, const pricing::price_book& prices, upstream::forwarded& into) {
    const auto s = part.find("fee");
    if (!s) return;
    const auto name = filled_text_of(*s);
    // a price file that could not be read has its own problem
    if (!name || prices.version().empty()) return;
    if (prices.knows_fee(*name)) {
        into.fee = *name;
        return;
    }
    std::vector<std::string> names;
    for (const auto& fee : prices.fees()) names.push_back(fee.name);
    s->say("the price file has no fee called " + s->shown(),
           suggestion(s->value.expanded ? "" : *name, names));
}

}  // namespace

void read_forwards(section& top, settings& into) {
    const auto s = top.find("forward");
    if (!s) return;
    std::vector<std::string> upstreams;
    for (const auto& u : into.upstreams) upstreams.push_back(u.name);
    for (const spot& item : items_of(*s)) {
        section part{item};
        upstream::forwarded made;
        read_path(part, made);
        read_methods(part, made);
        read_send(part, made);
        read_fee(part, into.prices, made);
        if (const auto name = part.need("upstream")) {
            if (const auto chosen = choice_of(*name, upstreams)) made.upstream = upstreams[*chosen];
        }
        read_media(part, made);
        part.finish();
        if (made.path.empty()) continue;
        if (std::ranges::any_of(into.forwards, [&](const auto& other) { return overlap(other, made); })) {
            item.say("a request could be meant for this one and for one above it");
        }
        into.forwards.push_back(std::move(made));
    }
}

}  // namespace weir::config
