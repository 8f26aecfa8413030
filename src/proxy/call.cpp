#include "call.hpp"

#include "weir/dialect/turn_keys.hpp"
#include "weir/proxy/log.hpp"
#include "weir/proxy/settle.hpp"

#include "cascade.hpp"
#include "mending.hpp"
#include "remembering.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <utility>

namespace weir::proxy {

using net::task;

namespace {

constexpr std::int64_t other_model_every_ms = 60'000;

std::string score_text(int thousandths) {
    std::array<char, 16> text;
    const int n = std::snprintf(text.data(), text.size(), "%d.%03d", thousandths / 1000, thousandths % 1000);
    return {text.data(), static_cast<std::size_t>(n)};
}

}  // namespace

call::call(context& here, frontend::exchange& client, const dialect::api& api, std::string_view upstream_path)
    : metered_request(here, client, api, std::string(api.name()),
                      {.anthropic = api.kind() == dialect::api_kind::messages}),
      upstream_path_(upstream_path) {}

std::int64_t call::now_ms() const { return steady_ms(here_.on.time->now()); }

call::phase call::serve() {
    if (auto done = co_await read_body(); !done) co_return done;
    if (auto done = route(); !done) co_return done;
    co_return co_await forward();
}

result<void> call::route() {
    const auto about = read_circumstances(client_.head(), who_);
    if (!about) return std::unexpected(about.error());
    const surroundings by = surroundings_of(here_, client_, who_);
    auto judged = judge(api_.kind(), body_.padded(), here_.indexer, by, *about);
    if (!judged) return std::unexpected(std::move(judged.error()));
    judged_ = std::move(*judged);
    name_session(by.session_named);
    note_route(row_, *judged_, settings_);
    if (!judged_->route) return std::unexpected(judged_->route.error());
    if (auto o = outcome_before(*judged_, client_.head(), row_, by.now_ms))
        here_.home.ledger.note(std::move(*o));
    remember_route(here_.home, *judged_, row_.id, by.now_ms);
    return {};
}

// By the header that names it, else by how it began: what the body says of its user names people.
void call::name_session(std::string_view named) {
    row_.session =
        conversation_hash(who_.key_id, named.empty() ? std::string_view(judged_->session_key) : named);
}

upstream::outgoing call::compose(const dialect::edit_list& edits, const upstream::settings& to) const {
    upstream::outgoing out;
    out.path = upstream_path_;
    out.fields = {{"Content-Type", "application/json"},
                  {"Accept", judged_->index.stream ? "text/event-stream" : "application/json"},
                  {"User-Agent", "weir/" WEIR_VERSION}};
    for (auto& field : credentials(to)) out.fields.push_back(std::move(field));
    if (api_.kind() == dialect::api_kind::messages) {
        for (const char* name : {"anthropic-version", "anthropic-beta"}) {
            if (const auto value = client_.head()[name]; !value.empty()) out.fields.emplace_back(name, value);
        }
    }
    out.body = edits.apply(body_.text());
    return out;
}

bool call::keeps_reasoning() const {
    using enum dialect::api_kind;
    return (api_.kind() == chat || api_.kind() == messages) && judged_->index.tools > 0 &&
           judged_->route->thinking && settings_.custody.bytes_max > 0 &&
           settings_.mends.has(dialect::mend::reasoning);
}

relay_plan call::plan() const {
    relay_plan made;
    made.api = &api_;
    made.stream = judged_->index.stream;
    const bool names = api_.kind() == dialect::api_kind::messages;
    if (names && settings_.mends.has(dialect::mend::answer_model)) made.name_model = row_.model_asked;
    made.drop_usage = sent_.drop_usage_chunk;
    if (keeps_reasoning() || !sent_.schema.empty() || check_)
        made.turn_bytes_max = settings_.custody.turn_bytes_max;
    made.turn_in_full = check_ != nullptr;
    made.hold_stream = made.stream && check_ && check_->streams_too && !stands_in_;
    made.success_only = stands_in_;
    return made;
}

call::phase call::forward() {
    const std::string& name = settings_.routes.tiers[judged_->route->tier].upstream;
    upstream::pool& pool = here_.pool_of(name);
    if (auto ready = prepare(pool.to()); !ready) co_return ready;
    co_return co_await relay_answer(pool, compose(sent_.edits, pool.to()), plan());
}

result<void> call::prepare(const upstream::settings& to) {
    sent_ = plan_call(body_.padded(), *judged_, settings_, here_.home.effort_aliases, to);
    row_.mended = sent_.made.text();
    if (auto taken = take_slot(); !taken) {
        sent_ = {};
        return taken;
    }
    if (!stands_in_) check_ = check_for(*judged_, settings_);
    if (check_ && !stands_in_) {
        demand_ = dialect::demand_of(body_.padded(), judged_->index, demand_bytes_max);
        // The mend max_tokens sends no more than the model has: what ends there is the client's own limit
        // too.
        const std::int64_t most = settings_.routes.tiers[judged_->route->tier].output_tokens_max;
        if (most > 0 && demand_.max_tokens) demand_.max_tokens = std::min(*demand_.max_tokens, most);
    }
    // The body is gone when the answer is whole.
    if (keeps_reasoning()) {
        dialect::question_finder questions(body_.padded(), judged_->index);
        asked_ = questions.before(judged_->index.messages.size());
    }
    return {};
}

void call::complete() {
    look_at_answer();
    failed_check_ = failure_ != dialect::answer_failure::none && !stands_in_;
    if (answer_.facts.error) return;
    if (!keeps_reasoning() || !answer_.turn.has_reasoning || answer_.turn.overflow) return;
    const std::vector<std::string> keys = dialect::turn_keys(answer_.turn, asked_);
    here_.home.custody.keep(owner_of(client_.head(), who_), keys,
                            {answer_.turn.reasoning, answer_.turn.signature},
                            steady_ms(here_.on.time->now()));
}

dialect::mend_set call::mended() const {
    dialect::mend_set made = sent_.made;
    if (answer_.names_asked_model) made.add(dialect::mend::answer_model);
    return made;
}

frontend::field_list call::own_fields() const {
    frontend::field_list fields = metered_request::own_fields();
    if (!judged_ || !judged_->route) return fields;
    fields.emplace_back("x-weir-model", row_.model_sent);
    fields.emplace_back("x-weir-tier", row_.tier);
    fields.emplace_back("x-weir-effort", row_.effort);
    fields.emplace_back("x-weir-reason", row_.reason);
    fields.emplace_back("x-weir-score", score_text(row_.score));
    if (const auto made = mended(); !made.empty()) fields.emplace_back("x-weir-mended", made.text());
    if (!row_.checked.empty()) fields.emplace_back("x-weir-checked", row_.checked);
    if (row_.attempts > 1) fields.emplace_back("x-weir-attempts", std::to_string(row_.attempts));
    if (replaced_ != dialect::answer_failure::none)
        fields.emplace_back("x-weir-replaced", std::string(name_of(replaced_)));
    const router::session_rules& rules = settings_.routes.policies[judged_->route->policy].session;
    if (rules.warn_after_tool_calls > 0 && judged_->features.tool_calls > rules.warn_after_tool_calls)
        fields.emplace_back("x-weir-warning", "tool_calls");
    return fields;
}

void call::price_row() {
    note_answer(row_, {answer_.facts, billed_, judged_ ? judged_->features.context_tokens : 0});
    price(row_, settings_);
    if (spent_) price_spent();
    if (judged_) {
        remember_answer(here_.home, *judged_, row_, failed_check_, steady_ms(here_.on.time->now()));
    }
    // An upstream that breaks off by itself says nothing about the model.
    if (failure_ != dialect::answer_failure::none && failure_ != dialect::answer_failure::broken_off) {
        const std::int64_t now = unix_ms(here_.on.time->wall());
        here_.home.ledger.note({row_.id, now, metering::outcome_kind::verifier, false, std::nullopt, {}});
    }
    const dialect::mend_set made = mended();
    row_.mended = made.text();
    for (std::size_t i = 0; i < dialect::mend_count; ++i) {
        if (made.has(static_cast<dialect::mend>(i))) here_.metrics.count_mend(i);
    }
    if (row_.served_other) tell_of_other_model();
}

void call::tell_of_other_model() const {
    if (!here_.home.other_model_told.due(steady_ms(here_.on.time->now()), other_model_every_ms)) return;
    log_problem("served_by_another_model",
                {{"request_id", to_text(row_.id)}, {"sent", row_.model_sent}, {"served", row_.model_served}});
}

}  // namespace weir::proxy
