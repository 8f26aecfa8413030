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

forwarding::phase forwarding::serve() {
    if (why_ == purpose::balance && !who_.may_see_balance) {
        co_return client_fault(errc::not_allowed, "this key may not see the balance");
    }
    auto way = path();
    if (!way) co_return std::unexpected(std::move(way.error()));
    const net::request_head& head = client_.head();
    if (head.has_body() && head.method != net::http_method::post) {
        co_return client_fault(errc::malformed_http, "only POST has a body here");
    }
    auto body = co_await client_.read_body(settings_.bounds.request_bytes_max);
    if (!body) {
        answer_.client_left = body.error().detail.empty();
        co_return std::unexpected(std::move(body.error()));
    }
    body_ = std::move(*body);
    row_.request_bytes = static_cast<std::int64_t>(body_.size());
    read_at_ = here_.on.time->now();
    if (metered_) {
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
    const pricing::price_book& book = settings_.prices;
    price(row_, settings_);
    const bool succeeded = row_.upstream_status >= 200 && row_.upstream_status < 300;
    if (what_.fee.empty() || !succeeded) return;
    const auto fee = book.fee_at(what_.fee, from_unix_ms(row_.started_ms));
    row_.price_tariff = fee ? "fee" : "";
    row_.cost = fee.value_or(pricing::pico{});
    // No choice of a model would have made it cheaper.
    for (auto& [tier, cost] : row_.baselines) cost = row_.cost;
}

}  // namespace weir::proxy
