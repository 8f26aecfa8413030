#include "relay.hpp"

#include <algorithm>
#include <utility>

namespace weir::proxy {

using net::task;

namespace {

bool is_readable(const net::answer_head& head) {
    const std::string_view coding = head["Content-Encoding"];
    return coding.empty() || coding == "identity";
}

}  // namespace

bool relay::success(const net::answer_head& head) const noexcept {
    return head.status >= 200 && head.status < 300;
}

dialect::answer_turn* relay::turn() noexcept {
    if (plan_.turn_bytes_max == 0) return nullptr;
    out_.turn.bytes_max = plan_.turn_bytes_max;
    out_.turn.in_full = plan_.turn_in_full;
    return &out_.turn;
}

net::mono_time relay::next_due(bool has_output) const {
    const auto after = [](net::mono_time from, std::int64_t ms) {
        return ms > 0 ? from + milliseconds{ms} : net::mono_time::max();
    };
    const auto idle = after(client_.worker().time->now(), timers_.upstream_idle_ms);
    if (!plan_.stream) return std::min(idle, after(plan_.sent_at, timers_.upstream_total_ms));
    return has_output ? idle : std::min(idle, after(plan_.sent_at, timers_.upstream_first_token_ms));
}

task<result<void>> relay::run(const net::answer_head& head) {
    if (plan_.success_only && !success(head)) {
        co_return upstream_fault(errc::upstream_status, "status " + std::to_string(head.status));
    }
    const bool is_stream = std::string_view{head["Content-Type"]}.starts_with("text/event-stream");
    if (plan_.api && success(head) && is_stream) co_return co_await events(head);
    auto came_to = co_await whole(head);
    // JSON cannot carry an error after its beginning: the missing end of the framing says it.
    if (!came_to && begun_) client_.abandon();
    co_return came_to;
}

// ---- events ----

std::string_view relay::edited(std::string_view payload, bool last) {
    if (!edit_) return payload;
    const std::string_view now = edit_->pass(payload);
    if (!last) return now;
    joined_ = now;
    joined_ += edit_->rest();
    return joined_;
}

void relay::begin_once(const net::answer_head& head) {
    if (std::exchange(begun_, true)) return;
    // What is still looked for is declared as well: the head cannot be changed later.
    if (edit_ && !plan_.name_model.empty() && (edit_->changed() || edit_->looking())) {
        out_.names_asked_model = true;
    }
    client_.begin(static_cast<int>(head.status), owner_.answer_fields(head));
    owner_.committed();
}

task<bool> relay::pass(std::string_view payload, bool last) {
    const bool taken = last ? co_await client_.end(payload) : co_await client_.write(payload);
    if (!taken) {
        out_.client_left = true;
        from_.cancel();
    }
    co_return taken;
}

void relay::choose_edit() {
    if (!plan_.name_model.empty()) {
        edit_ = dialect::stream_edit::name_model(plan_.name_model, bounds_.event_bytes_max);
    } else if (plan_.drop_usage) {
        edit_ = dialect::stream_edit::drop_usage(bounds_.event_bytes_max);
    }
}

void relay::complete_once(const dialect::answer_facts& facts) {
    if (!facts.done || std::exchange(completed_, true)) return;
    out_.facts = facts;
    owner_.complete();
}

task<result<void>> relay::events(const net::answer_head& head) {
    const bool readable = is_readable(head);
    dialect::stream_reader reader(*plan_.api, bounds_.event_bytes_max, readable ? turn() : nullptr);
    if (readable) choose_edit();
    holding_ = plan_.hold_stream && readable;
    result<void> came_to;
    bool ended = false;
    while (!ended) {
        const auto payload = co_await from_.read_some(next_due(reader.so_far().has_output || !readable));
        if (!payload) came_to = std::unexpected(payload.error());
        if (!payload || payload->empty()) break;
        out_.payload_bytes += static_cast<std::int64_t>(payload->size());
        if (readable) reader.observe(*payload);
        const bool done = reader.so_far().done;
        ended = from_.done() && (done || !readable);
        if (holding_ && !may_hold(payload->size())) {
            begin_once(head);
            holding_ = false;
            if (!co_await pass(std::exchange(held_, {}), false)) break;
        }
        if (holding_) {
            held_ += edited(*payload, false);
            continue;
        }
        const std::string_view bytes = edited(*payload, ended);
        complete_once(reader.so_far());
        if (!bytes.empty() || ended) begin_once(head);
        if (done || ended) co_await owner_.before_end();
        if (!co_await pass(bytes, ended)) break;
        delivered_ = done;
    }
    if (edit_ && edit_->changed()) out_.names_asked_model = !plan_.name_model.empty();
    out_.facts = reader.facts();
    if (holding_) co_return co_await end_held(head, std::move(came_to));
    if (ended && !out_.client_left) co_return came_to;
    if (delivered_ && (out_.client_left || !came_to)) {
        // The client has the last event: all that is missing is the end of the framing, for a reader who may
        // have gone.
        out_.client_left = false;
        client_.abandon();
        co_return result<void>{};
    }
    if (out_.client_left) co_return came_to;
    if (!came_to && !readable) {
        if (begun_) client_.abandon();
        co_return came_to;
    }
    if (came_to && readable && !out_.facts.done && !out_.facts.error) {
        came_to = upstream_fault(errc::upstream_protocol,
                                 "the stream ended before its " + std::string(plan_.api->terminal()));
    }
    if (came_to) begin_once(head);
    co_return co_await end_events(reader, std::move(came_to));
}

bool relay::may_hold(std::size_t more_bytes) const {
    if (held_.size() + more_bytes > bounds_.answer_held_bytes_max) return false;
    const auto waited = client_.worker().time->now() - plan_.sent_at;
    return timers_.blank_lines_held_ms <= 0 || waited < milliseconds{timers_.blank_lines_held_ms};
}

// Nothing has gone out, so what broke is an ordinary error.
task<result<void>> relay::end_held(const net::answer_head& head, result<void> came_to) {
    if (out_.facts.done) {
        // All that can be missing is the end of the framing.
        if (auto other = co_await owner_.replaced()) co_return std::move(*other);
    } else if (!came_to) {
        co_return came_to;
    } else if (!out_.facts.error) {
        co_return upstream_fault(errc::upstream_protocol,
                                 "the stream ended before its " + std::string(plan_.api->terminal()));
    }
    if (edit_) held_ += edit_->rest();
    complete_once(out_.facts);
    begin_once(head);
    co_await owner_.before_end();
    if (!co_await client_.end(held_)) out_.client_left = true;
    co_return result<void>{};
}

task<result<void>> relay::end_events(const dialect::stream_reader& reader, result<void> came_to) {
    const std::string held(edit_ ? edit_->rest() : std::string_view{});
    bool taken = true;
    if (came_to) {
        complete_once(out_.facts);
        co_await owner_.before_end();
        taken = co_await client_.end(held);
    } else if (begun_) {
        // What is held is part of an event that will not be whole: the client has not seen it, and shall not.
        const std::string event = plan_.api->error_event(came_to.error(), out_.facts);
        taken = co_await client_.end(!held.empty() || reader.at_boundary() ? event : "\n\n" + event);
    }
    if (!taken && !delivered_) out_.client_left = true;
    co_return came_to;
}

// ---- whole answers ----

std::optional<std::string> relay::renamed(const net::answer_head& head, std::string_view text) {
    if (!plan_.api || plan_.name_model.empty() || !success(head) || !is_readable(head)) return std::nullopt;
    auto named = dialect::name_model(text, plan_.name_model);
    if (named) out_.names_asked_model = true;
    return named;
}

task<bool> relay::pass_blanks(const net::answer_head& head, net::body_buffer& held) {
    const auto waited = client_.worker().time->now() - plan_.sent_at;
    const bool slow = timers_.blank_lines_held_ms > 0 && waited >= milliseconds{timers_.blank_lines_held_ms};
    if (!slow || !plan_.api || !success(head) || !is_readable(head)) co_return true;
    if (held.text().find_first_not_of(" \t\r\n") != std::string_view::npos) co_return true;
    // Whether the name will be written is not known yet, and the head cannot be changed later.
    out_.names_asked_model = !plan_.name_model.empty();
    begin_once(head);
    const bool taken = co_await pass(held.text(), false);
    held.release();
    co_return taken;
}

task<result<void>> relay::whole(const net::answer_head& head) {
    const std::uint64_t bytes_max = bounds_.answer_held_bytes_max;
    net::body_pool& bodies = client_.worker().bodies;
    net::body_buffer held = bodies.take(std::min(head.content_length.value_or(0), bytes_max));
    const auto note_facts = [&] {
        if (plan_.api) out_.facts = dialect::read_answer(*plan_.api, held.padded(), turn());
    };
    for (;;) {
        const auto payload = co_await from_.read_some(next_due(true));
        if (!payload) {
            note_facts();
            co_return std::unexpected(payload.error());
        }
        if (payload->empty()) break;
        out_.payload_bytes += static_cast<std::int64_t>(payload->size());
        held.append(*payload, bodies);
        if (held.size() > bytes_max) co_return co_await onward(head, std::move(held));
        if (!co_await pass_blanks(head, held)) co_return result<void>{};
    }
    note_facts();
    if (out_.client_left) co_return result<void>{};
    const bool says_its_end = head.content_length || head.chunked || head.status == 204;
    const bool whole_json = !plan_.api || out_.facts.done || !is_readable(head);
    if (success(head) && !says_its_end && !whole_json) {
        co_return upstream_fault(errc::upstream_protocol, "the answer ended within its JSON");
    }
    const bool judged = plan_.api && success(head) && is_readable(head);
    if (judged && out_.facts.done && !begun_) {
        if (auto other = co_await owner_.replaced()) co_return std::move(*other);
    }
    const std::optional<std::string> changed = renamed(head, held.text());
    if (judged) complete_once(out_.facts);
    co_await owner_.before_end();
    if (!co_await respond(head, changed ? std::string_view{*changed} : held.text())) out_.client_left = true;
    co_return result<void>{};
}

task<bool> relay::respond(const net::answer_head& head, std::string_view body) {
    if (begun_) co_return co_await client_.end(body);
    owner_.committed();
    co_return co_await client_.respond(static_cast<int>(head.status), owner_.answer_fields(head), body);
}

task<result<void>> relay::onward(const net::answer_head& head, net::body_buffer held) {
    const std::optional<std::string> changed = renamed(head, held.text());
    begin_once(head);
    bool taken = co_await client_.write(changed ? std::string_view{*changed} : held.text());
    held.release();
    while (taken) {
        const auto payload = co_await from_.read_some(next_due(true));
        if (!payload) co_return std::unexpected(payload.error());
        if (payload->empty()) break;
        out_.payload_bytes += static_cast<std::int64_t>(payload->size());
        taken = co_await client_.write(*payload);
    }
    if (taken) co_await owner_.before_end();
    if (!taken || !co_await client_.end({})) {
        out_.client_left = true;
        from_.cancel();
    }
    co_return result<void>{};
}

}  // namespace weir::proxy
