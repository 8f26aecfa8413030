#include "metered_request.hpp"

#include "weir/dialect/error_body.hpp"
#include "weir/net/handover.hpp"
#include "weir/proxy/settle.hpp"

#include "access_log.hpp"
#include "payload.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace weir::proxy {

using net::task;

namespace {

std::int64_t microseconds(net::mono_duration d) noexcept {
    return std::chrono::duration_cast<std::chrono::microseconds>(d).count();
}

// Fields that weir writes itself, so that an upstream cannot.
bool is_ours(std::string_view name) noexcept {
    constexpr std::string_view ours = "x-weir-";
    constexpr std::string_view cors = "Access-Control-";
    return boost::beast::iequals(name, "Date") || boost::beast::iequals(name.substr(0, ours.size()), ours) ||
           boost::beast::iequals(name.substr(0, cors.size()), cors);
}

// The fields that this hop alone is told of, from all lines that name some. RFC 9110 7.6.1.
std::string named_by_connection(const net::answer_head& head) {
    std::string named;
    const auto lines = head.lines.equal_range("Connection");
    for (auto line = lines.first; line != lines.second; ++line) {
        if (!named.empty()) named += ',';
        named += line->value();
    }
    return named;
}

}  // namespace

metered_request::metered_request(context& here, frontend::exchange& client, const dialect::api& api,
                                 std::string endpoint, entrance by)
    : here_(here), client_(client), api_(api), settings_(here.home.settings), by_(by) {
    row_.id = here.ids.next(client.began_wall());
    row_.started_ms = unix_ms(client.began_wall());
    row_.endpoint = std::move(endpoint);
}

task<void> metered_request::run() {
    here_.metrics.request_began();
    std::optional<fault> why;
    try {
        auto done = enter();
        if (done) done = co_await serve();
        if (!done) why = std::move(done.error());
    } catch (const std::exception& e) {
        why = fault{errc::internal, origin::weir, e.what(), {}};
    }
    client_.stop_watching();
    try {
        if (why && !answer_.client_left && !client_.answered()) co_await refuse(*why);
    } catch (const std::exception&) {
        client_.abandon();
    }
    settle(why ? &*why : nullptr);
    here_.metrics.request_ended();
}

result<void> metered_request::enter() {
    auto who = admit(client_.head(), client_.local_authority(), settings_, by_);
    if (!who) return std::unexpected(std::move(who.error()));
    who_ = std::move(*who);
    admitted_ = true;
    row_.key_id = who_.key_id;
    return {};
}

metered_request::phase metered_request::read_body() {
    auto body = co_await read_payload(client_, settings_);
    if (!body) {
        answer_.client_left = body.error().detail.empty();
        co_return std::unexpected(std::move(body.error()));
    }
    body_ = std::move(*body);
    row_.request_bytes = static_cast<std::int64_t>(body_.size());
    read_at_ = here_.on.time->now();
    co_return result<void>{};
}

result<void> metered_request::take_slot() {
    auto slot = here_.home.ledger.begin(here_.on.number, row_);
    if (!slot) return std::unexpected(std::move(slot.error()));
    slot_ = *slot;
    return {};
}

task<bool> metered_request::settle_attempt(metering::row attempt) {
    here_.metrics.count(attempt);
    log_request(attempt, nullptr);
    net::handover<bool> committed(here_.on);
    here_.home.ledger.settle(std::move(attempt), std::exchange(slot_, std::nullopt), committed.giver());
    co_return co_await committed.take();
}

frontend::field_list metered_request::credentials(const upstream::settings& to) const {
    if (!to.passthrough) return {{"Authorization", "Bearer " + std::string(to.api_key.reveal())}};
    const net::request_head& head = client_.head();
    if (const auto own = head["Authorization"]; !own.empty()) return {{"Authorization", std::string(own)}};
    if (const auto own = head["x-api-key"]; by_.anthropic && !own.empty())
        return {{"x-api-key", std::string(own)}};
    return {};
}

metered_request::phase metered_request::relay_answer(upstream::pool& pool, const upstream::outgoing& request,
                                                     relay_plan plan) {
    upstream::attempt attempt(pool);
    client_.watch_client([&] {
        answer_.client_left = true;
        attempt.cancel();
    });
    plan.sent_at = here_.on.time->now();
    // Later attempts wait for the upstream of the first.
    if (++row_.attempts == 1) here_.metrics.count_overhead((plan.sent_at - read_at_).count());
    auto head = co_await attempt.open(request);
    result<void> came_to;
    if (!head) {
        billed_ = attempt.sent() && (answer_.client_left || head.error().code != errc::upstream_connect);
        came_to = std::unexpected(std::move(head.error()));
    } else {
        row_.upstream_status = static_cast<int>(head->status);
        billed_ = head->status >= 200 && head->status < 300;
        relay way(client_, attempt, *this, std::move(plan), settings_.bounds, settings_.timers, answer_);
        came_to = co_await way.run(*head);
    }
    client_.stop_watching();
    if (answer_.client_left) co_return std::unexpected(client_gone());
    co_return came_to;
}

fault metered_request::client_gone() { return {errc::malformed_http, origin::client, {}, {}}; }

void metered_request::committed() {
    row_.first_byte_us = microseconds(here_.on.time->now() - client_.began());
    body_.release();
}

task<std::optional<result<void>>> metered_request::replaced() { co_return std::nullopt; }

frontend::field_list metered_request::own_fields() const { return {{"x-weir-request-id", to_text(row_.id)}}; }

frontend::field_list metered_request::answer_fields(const net::answer_head& head) const {
    frontend::field_list fields = own_fields();
    const std::string named = named_by_connection(head);
    for (const auto& line : head.lines) {
        const std::string_view name = line.name_string();
        if (is_ours(name) || net::is_hop_by_hop(name, named)) continue;
        fields.emplace_back(name, line.value());
    }
    return fields;
}

task<void> metered_request::refuse(const fault& why) {
    row_.status = dialect::status_of(why);
    frontend::response answer = frontend::json_response(row_.status, api_.error_body(why));
    for (auto& field : own_fields()) answer.fields.push_back(std::move(field));
    if (row_.status == 429 || row_.status == 503) answer.fields.emplace_back("Retry-After", "1");
    if (!co_await client_.respond(answer)) answer_.client_left = true;
}

void metered_request::finish_row() {
    row_.answer_bytes = answer_.payload_bytes;
    price_row();
    end_row(row_);
}

void metered_request::end_row(metering::row& row) const {
    row.ended_ms = unix_ms(here_.on.time->wall());
    row.duration_us = microseconds(here_.on.time->now() - client_.began());
}

// power: the row is on the disk before the client has the end of its answer.
task<void> metered_request::before_end() {
    if (settled_ || !metered_ || here_.home.ledger.durable() != metering::durability::power) co_return;
    if (row_.status == 0) row_.status = row_.upstream_status;
    note_outcome(nullptr);
    finish_row();
    net::handover<bool> committed(here_.on);
    settled_ = true;
    here_.home.ledger.settle(row_, std::exchange(slot_, std::nullopt), committed.giver());
    co_await committed.take();
}

void metered_request::note_outcome(const fault* why) {
    using enum metering::outcome;
    if (answer_.client_left) {
        row_.how = here_.home.cutting ? failed : aborted;
        if (here_.home.cutting) row_.error = code_name(errc::draining);
    } else if (why) {
        row_.how = row_.attempts == 0 ? refused : failed;
        row_.error = code_name(why->code);
    } else if (row_.upstream_status >= 400) {
        row_.how = upstream_error;
    } else if (answer_.facts.error || broke_off(answer_.facts.finish_reason)) {
        row_.how = failed;
        row_.error = code_name(errc::upstream_status);
    }
}

// The upstream ended its answer properly and says itself that it is none.
bool metered_request::broke_off(const std::string& finish_reason) const {
    const std::vector<std::string>& failed = settings_.failed_finish_reasons;
    return std::ranges::find(failed, finish_reason) != failed.end();
}

void metered_request::settle(const fault* why) {
    if (!admitted_) {
        here_.metrics.count_refusal(why->code);
        return;
    }
    if (!settled_) {
        if (row_.status == 0 && client_.answered()) row_.status = row_.upstream_status;
        note_outcome(why);
        finish_row();
        if (metered_) here_.home.ledger.settle(row_, std::exchange(slot_, std::nullopt));
    }
    if (metered_) here_.metrics.count(row_);
    log_request(row_, why);
}

}  // namespace weir::proxy
