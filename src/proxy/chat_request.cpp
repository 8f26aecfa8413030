#include "chat_request.hpp"

#include "weir/dialect/error_body.hpp"
#include "weir/net/handover.hpp"

#include "access_log.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <utility>

namespace weir::proxy {

using net::task;

namespace {

constexpr std::string_view upstream_path = "/chat/completions";

std::int64_t microseconds(net::mono_duration d) noexcept {
    return std::chrono::duration_cast<std::chrono::microseconds>(d).count();
}

// Fields that weir writes itself, so that an upstream cannot.
bool is_ours(std::string_view name) noexcept {
    constexpr std::string_view prefix = "x-weir-";
    return boost::beast::iequals(name, "Date") ||
           boost::beast::iequals(name.substr(0, prefix.size()), prefix);
}

std::string score_text(int thousandths) {
    std::array<char, 16> text;
    const int n = std::snprintf(text.data(), text.size(), "%d.%03d", thousandths / 1000, thousandths % 1000);
    return {text.data(), static_cast<std::size_t>(n)};
}

}  // namespace

chat_request::chat_request(context& here, frontend::exchange& client)
    : here_(here), client_(client), settings_(here.home.settings) {
    row_.id = here.ids.next(client.began_wall());
    row_.started_ms = unix_ms(client.began_wall());
    row_.endpoint = "chat";
}

task<void> chat_request::run() {
    here_.metrics.request_began();
    std::optional<fault> why;
    const auto note = [&](result<void> phase) {
        if (!phase) why = std::move(phase.error());
        return !why;
    };
    try {
        if (note(enter()) && note(co_await read()) && note(route())) note(co_await forward());
    } catch (const std::exception& e) {
        why = fault{errc::internal, origin::weir, e.what(), {}};
    }
    client_.stop_watching();
    try {
        if (why && !client_left_ && !client_.answered()) co_await refuse(*why);
    } catch (const std::exception&) {
        client_.abandon();
    }
    settle(why ? &*why : nullptr);
    here_.metrics.request_ended();
}

result<void> chat_request::enter() {
    auto who = admit(client_.head(), client_.local_authority(), settings_);
    if (!who) return std::unexpected(std::move(who.error()));
    who_ = std::move(*who);
    admitted_ = true;
    row_.key_id = who_.key_id;
    return {};
}

chat_request::phase chat_request::read() {
    auto body = co_await client_.read_body(settings_.bounds.request_bytes_max);
    if (!body) {
        client_left_ = body.error().detail.empty();
        co_return std::unexpected(std::move(body.error()));
    }
    body_ = std::move(*body);
    row_.request_bytes = static_cast<std::int64_t>(body_.size());
    read_at_ = here_.on.time->now();
    co_return result<void>{};
}

result<void> chat_request::route() {
    const auto about = read_circumstances(client_.head(), who_);
    if (!about) return std::unexpected(about.error());
    auto judged = judge(body_.padded(), here_.indexer, here_.home.words, settings_, *about);
    if (!judged) return std::unexpected(std::move(judged.error()));
    judged_ = std::move(*judged);
    end_.input_tokens = judged_->features.context_tokens;
    note_route(row_, *judged_, settings_);
    if (!judged_->route) return std::unexpected(judged_->route.error());
    return {};
}

upstream::outgoing chat_request::compose(const dialect::edit_list& edits,
                                         const upstream::settings& to) const {
    upstream::outgoing out;
    out.path = upstream_path;
    out.fields.emplace_back("Content-Type", "application/json");
    out.fields.emplace_back("Accept", judged_->index.stream ? "text/event-stream" : "application/json");
    out.fields.emplace_back("User-Agent", "weir/" WEIR_VERSION);
    if (to.passthrough) {
        if (const auto own = client_.head()["Authorization"]; !own.empty())
            out.fields.emplace_back("Authorization", own);
    } else {
        out.fields.emplace_back("Authorization", "Bearer " + std::string(to.api_key.reveal()));
    }
    out.body = edits.apply(body_.text());
    return out;
}

chat_request::phase chat_request::forward() {
    const router::decision& route = *judged_->route;
    auto slot = here_.home.ledger.begin(here_.on.number, row_);
    if (!slot) co_return std::unexpected(std::move(slot.error()));
    slot_ = *slot;

    upstream::pool& pool = here_.pool_of(settings_.routes.tiers[route.tier].upstream);
    const auto edits = dialect::route_edits(judged_->index, route.model, route.effort_members);
    upstream::attempt attempt(pool);
    client_.watch_client([&] {
        client_left_ = true;
        attempt.cancel();
    });
    row_.attempts = 1;
    sent_at_ = here_.on.time->now();
    here_.metrics.count_overhead((sent_at_ - read_at_).count());
    auto head = co_await attempt.open(compose(edits, pool.to()));
    result<void> came_to;
    if (!head) {
        const errc code = head.error().code;
        end_.billed = attempt.sent() && (client_left_ || code != errc::upstream_connect);
        came_to = std::unexpected(std::move(head.error()));
    } else {
        row_.upstream_status = static_cast<int>(head->status);
        end_.billed = head->status >= 200 && head->status < 300;
        came_to = co_await relay(attempt, *head);
    }
    client_.stop_watching();
    if (client_left_) co_return std::unexpected(client_gone());
    co_return came_to;
}

chat_request::phase chat_request::relay(upstream::attempt& from, const net::answer_head& head) {
    const bool success = head.status >= 200 && head.status < 300;
    const bool events = std::string_view{head["Content-Type"]}.starts_with("text/event-stream");
    if (success && events) co_return co_await relay_events(from, head);
    co_return co_await relay_whole(from, head);
}

net::mono_time chat_request::next_due(bool has_output) const {
    const net::timeouts& t = settings_.timers;
    const auto after = [](net::mono_time from, std::int64_t ms) {
        return ms > 0 ? from + milliseconds{ms} : net::mono_time::max();
    };
    const auto idle = after(here_.on.time->now(), t.upstream_idle_ms);
    if (!judged_->index.stream) return std::min(idle, after(sent_at_, t.upstream_total_ms));
    return has_output ? idle : std::min(idle, after(sent_at_, t.upstream_first_token_ms));
}

chat_request::phase chat_request::relay_events(upstream::attempt& from, const net::answer_head& head) {
    const bool readable = head["Content-Encoding"].empty() || head["Content-Encoding"] == "identity";
    const bool end_waits = here_.home.ledger.durable() == metering::durability::power;
    dialect::stream_reader reader(settings_.bounds.event_bytes_max);
    client_.begin(static_cast<int>(head.status), answer_fields(head));
    result<void> came_to;
    bool ended = false;
    bool delivered = false;
    while (!ended) {
        const auto payload = co_await from.read_some(next_due(reader.facts().has_output || !readable));
        if (!payload) came_to = std::unexpected(payload.error());
        if (!payload || payload->empty()) break;
        if (row_.first_byte_us < 0) commit();
        if (readable) reader.observe(*payload);
        row_.answer_bytes += static_cast<std::int64_t>(payload->size());
        ended = from.done() && !end_waits && (reader.facts().done || !readable);
        const bool taken = ended ? co_await client_.end(*payload) : co_await client_.write(*payload);
        if (!taken) {
            client_left_ = true;
            from.cancel();
            break;
        }
        delivered = reader.facts().done;
    }
    end_.facts = reader.facts();
    if (ended) co_return came_to;
    if (delivered && (client_left_ || !came_to)) {
        // The client has its [DONE]: all that is missing is the end of the framing, for a reader who may have
        // gone.
        client_left_ = false;
        client_.abandon();
        co_await commit_row();
        co_return result<void>{};
    }
    if (client_left_) co_return std::unexpected(client_gone());
    if (!came_to && !readable) {
        client_.abandon();
        co_return came_to;
    }
    if (came_to && readable && !end_.facts.done && !end_.facts.error) {
        came_to = upstream_fault(errc::upstream_protocol, "the stream ended before its [DONE]");
    }
    if (came_to) {
        co_await commit_row();
        co_await client_.end({});
    } else if (row_.first_byte_us >= 0) {
        const std::string event = dialect::error_event(came_to.error());
        co_await client_.end(reader.at_boundary() ? event : "\n\n" + event);
    }
    co_return came_to;
}

chat_request::phase chat_request::relay_whole(upstream::attempt& from, const net::answer_head& head) {
    const std::uint64_t bytes_max = settings_.bounds.answer_held_bytes_max;
    net::body_buffer held = here_.on.bodies.take(std::min(head.content_length.value_or(0), bytes_max));
    const auto note_facts = [&] {
        end_.facts = dialect::read_answer(held.padded());
        row_.answer_bytes = static_cast<std::int64_t>(held.size());
    };
    for (;;) {
        const auto payload = co_await from.read_some(next_due(true));
        if (!payload) {
            note_facts();
            co_return std::unexpected(payload.error());
        }
        if (payload->empty()) break;
        held.append(*payload, here_.on.bodies);
        if (held.size() > bytes_max) {
            co_return co_await relay_onward(from, head, std::move(held));
        }
    }
    note_facts();
    if (client_left_) co_return std::unexpected(client_gone());
    const bool says_its_end = head.content_length || head.chunked || head.status == 204;
    if (end_.billed && !says_its_end && !end_.facts.done && head["Content-Encoding"].empty()) {
        co_return upstream_fault(errc::upstream_protocol, "the answer ended within its JSON");
    }
    commit();
    row_.status = static_cast<int>(head.status);
    co_await commit_row();
    if (!co_await client_.respond(row_.status, answer_fields(head), held.text())) client_left_ = true;
    co_return result<void>{};
}

chat_request::phase chat_request::relay_onward(upstream::attempt& from, const net::answer_head& head,
                                               net::body_buffer held) {
    client_.begin(static_cast<int>(head.status), answer_fields(head));
    commit();
    row_.answer_bytes = static_cast<std::int64_t>(held.size());
    bool taken = co_await client_.write(held.text());
    held.release();
    while (taken) {
        const auto payload = co_await from.read_some(next_due(true));
        if (!payload) {
            // JSON cannot carry an error after its beginning: the missing end of the framing says it.
            client_.abandon();
            co_return std::unexpected(payload.error());
        }
        if (payload->empty()) break;
        row_.answer_bytes += static_cast<std::int64_t>(payload->size());
        taken = co_await client_.write(*payload);
    }
    if (taken) co_await commit_row();
    if (!taken || !co_await client_.end({})) {
        client_left_ = true;
        from.cancel();
    }
    co_return result<void>{};
}

fault chat_request::client_gone() { return {errc::malformed_http, origin::client, {}, {}}; }

void chat_request::commit() {
    row_.first_byte_us = microseconds(here_.on.time->now() - client_.began());
    body_.release();
}

frontend::field_list chat_request::own_fields() const {
    frontend::field_list fields{{"x-weir-request-id", to_text(row_.id)}};
    if (!judged_ || !judged_->route) return fields;
    fields.emplace_back("x-weir-model", row_.model_sent);
    fields.emplace_back("x-weir-tier", row_.tier);
    fields.emplace_back("x-weir-effort", row_.effort);
    fields.emplace_back("x-weir-reason", row_.reason);
    fields.emplace_back("x-weir-score", score_text(row_.score));
    return fields;
}

frontend::field_list chat_request::answer_fields(const net::answer_head& head) const {
    frontend::field_list fields = own_fields();
    for (const auto& line : head.lines) {
        const std::string_view name = line.name_string();
        if (is_ours(name) || net::is_hop_by_hop(name, head["Connection"])) continue;
        fields.emplace_back(name, line.value());
    }
    return fields;
}

task<void> chat_request::refuse(const fault& why) {
    row_.status = dialect::status_of(why);
    frontend::response answer = frontend::json_response(row_.status, dialect::error_body(why));
    for (auto& field : own_fields()) answer.fields.push_back(std::move(field));
    if (row_.status == 429 || row_.status == 503) answer.fields.emplace_back("Retry-After", "1");
    if (!co_await client_.respond(answer)) client_left_ = true;
}

void chat_request::finish_row() {
    note_answer(row_, end_);
    price(row_, settings_);
    row_.ended_ms = unix_ms(here_.on.time->wall());
    row_.duration_us = microseconds(here_.on.time->now() - client_.began());
}

// power: the row is on the disk before the client has the end of its answer.
task<void> chat_request::commit_row() {
    if (here_.home.ledger.durable() != metering::durability::power) co_return;
    if (row_.status == 0) row_.status = row_.upstream_status;
    note_outcome(nullptr);
    finish_row();
    net::handover<bool> committed(here_.on);
    settled_ = true;
    here_.home.ledger.settle(row_, std::exchange(slot_, std::nullopt), committed.giver());
    co_await committed.take();
}

void chat_request::note_outcome(const fault* why) {
    using enum metering::outcome;
    if (client_left_) {
        row_.how = here_.home.cutting ? failed : aborted;
        if (here_.home.cutting) row_.error = code_name(errc::draining);
    } else if (why) {
        row_.how = row_.attempts == 0 ? refused : failed;
        row_.error = code_name(why->code);
    } else if (row_.upstream_status >= 400) {
        row_.how = upstream_error;
    } else if (end_.facts.error) {
        row_.how = failed;
        row_.error = code_name(errc::upstream_status);
    }
}

void chat_request::settle(const fault* why) {
    if (!admitted_) {
        here_.metrics.count_refusal(why->code);
        return;
    }
    if (!settled_) {
        if (row_.status == 0 && client_.answered()) row_.status = row_.upstream_status;
        note_outcome(why);
        finish_row();
        here_.home.ledger.settle(row_, std::exchange(slot_, std::nullopt));
    }
    here_.metrics.count(row_);
    log_request(row_, why);
}

}  // namespace weir::proxy
