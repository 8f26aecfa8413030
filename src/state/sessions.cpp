#include "weir/state/sessions.hpp"

#include "lru.hpp"

#include <utility>

namespace weir::state {

struct session_store::entries {
    lru_map<session> by_key;
};

session_store::session_store(const session_bounds& bounds)
    : entries_(std::make_unique<entries>(lru_map<session>(bounds.entries_max, bounds.idle_ms))) {}
session_store::~session_store() = default;

std::optional<session> session_store::find(std::string_view key, std::int64_t now_ms) const {
    std::optional<session> found;
    entries_->by_key.visit(key, now_ms, [&](const session& s) { found = s; });
    return found;
}

void session_store::note(std::string_view key, const routed& what, std::int64_t now_ms) {
    entries_->by_key.upsert(key, now_ms, [&](session& s) {
        const bool other_effort = s.tier == what.tier && s.effort_sent != what.effort_sent;
        if (other_effort && what.tier < s.warm.size()) s.warm[what.tier] = {};
        s.tier = what.tier;
        s.effort = what.effort;
        s.effort_reason = what.effort_reason;
        s.effort_sent = what.effort_sent;
        s.last_answered = false;
        ++s.requests;
        if (!what.human_turn) return;
        ++s.human_turns;
        if (what.ask_hash == 0) return;
        const bool again = what.ask_hash == s.ask_hash;
        if (again && s.ask_answered) return;
        s.ask_hash = what.ask_hash;
        if (!again) s.asked_ms = now_ms;
        s.asked_in = what.id;
        s.ask_answered = false;
    });
}

void session_store::note(std::string_view key, const answered& what, std::int64_t now_ms) {
    entries_->by_key.visit(key, now_ms, [&](session& s) {
        if (!what.warms_alone) {
            s.failed_check = what.failed_check;
            s.ask_answered = s.ask_answered || what.reached_client;
            s.last_answered = what.reached_client;
        }
        if (what.prompt_tokens <= 0) return;
        if (s.warm.size() <= what.tier) s.warm.resize(what.tier + 1);
        s.warm[what.tier] = {what.prompt_tokens, now_ms};
        if (what.warms_alone) return;
        ++s.answers;
        s.output_tokens += what.output_tokens;
    });
}

session_store::counts session_store::read() const {
    const auto all = entries_->by_key.read();
    return {all.entries, all.evicted};
}

}  // namespace weir::state
