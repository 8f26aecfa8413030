#include "forwarding.hpp"

#include "weir/proxy/settle.hpp"

#include <algorithm>
#include <utility>

namespace weir::proxy {

namespace {

constexpr std::size_t segment_bytes_max = 256;

bool is_plain(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
}

// An id of a file, never a way to another endpoint.
bool is_plain_name(std::string_view segment) noexcept {
    return segment.size() <= segment_bytes_max && std::ranges::all_of(segment, is_plain) &&
           segment.find_first_not_of('.') != std::string_view::npos;
}

}  // namespace

forwarding::forwarding(context& here, frontend::exchange& client, const upstream::forwarded& what,
                       const dialect::api& api, purpose why)
    : metered_request(here, client, api, "forward:" + what.path,
                      {.anthropic = api.kind() == dialect::api_kind::messages, .any_media = true}),
      what_(what),
      why_(why) {
    metered_ = why == purpose::listed;
}

result<std::string> forwarding::path() const {
    const net::request_head& head = client_.head();
    std::string path = what_.send;
    if (path.ends_with('*')) {
        const std::string_view segment = std::string_view{head.path}.substr(head.path.rfind('/') + 1);
        if (!is_plain_name(segment)) return client_fault(errc::not_found, "this is no name of a file");
        path.replace(path.size() - 1, 1, segment);
    }
    if (!head.query.empty()) path.append("?").append(head.query);
    return path;
}

result<void> forwarding::check() const {
    const net::request_head& head = client_.head();
    if (why_ == purpose::balance && !who_.may_see_balance) {
        return client_fault(errc::not_allowed, "this key may not see the balance");
    }
    if (why_ == purpose::listed && !who_.may_forward) {
        return client_fault(errc::not_allowed, "this key may not use endpoints that are passed on");
    }
    if (head.has_body() && head.method != net::http_method::post) {
        return client_fault(errc::malformed_http, "only POST has a body here");
    }
    if (head.has_body() && !what_.any_media && !is_json(head["Content-Type"])) {
        return client_fault(errc::unsupported_media, "Content-Type must be application/json");
    }
    return {};
}

forwarding::phase forwarding::serve() {
    if (auto checked = check(); !checked) co_return checked;
    auto way = path();
    if (!way) co_return std::unexpected(std::move(way.error()));
    const net::request_head& head = client_.head();
    if (auto done = co_await read_body(); !done) co_return done;
    if (metered_) {
        price(row_, settings_);
        charge();
        row_.estimated = true;
        if (auto taken = take_slot(); !taken) co_return taken;
    }
    upstream::pool& pool = here_.pool_of(what_.upstream);
    upstream::outgoing out;
    out.method = name_of(head.method);
    out.path = *way;
    out.fields = {{"Accept", "*/*"}, {"User-Agent", "weir/" WEIR_VERSION}};
    for (const char* name : {"Content-Type", "anthropic-version", "anthropic-beta"}) {
        if (const auto value = head[name]; !value.empty()) out.fields.emplace_back(name, value);
    }
    for (auto& field : credentials(pool.to())) out.fields.push_back(std::move(field));
    if (body_.size() > 0) out.body.push_back(body_.text());
    co_return co_await relay_answer(pool, out, {});
}

void forwarding::price_row() {
    price(row_, settings_);
    if (billed_) charge();
    // It was asked, and nobody waited for what came of it.
    row_.estimated = billed_ && row_.upstream_status == 0;
}

void forwarding::charge() {
    const pricing::price_book& book = settings_.prices;
    if (what_.fee.empty()) return;
    const auto fee = book.fee_at(what_.fee, from_unix_ms(row_.started_ms));
    row_.price_tariff = fee ? "fee" : "";
    row_.cost = fee.value_or(pricing::pico{});
    // No choice of a model would have made it cheaper.
    for (auto& [tier, cost] : row_.baselines) cost = row_.cost;
}

}  // namespace weir::proxy
