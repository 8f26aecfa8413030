// What weir mends in a client's body, and the custody of thinking that one of the mends lives on.

#include "weir/dialect/mends.hpp"

#include "parts.hpp"

namespace weir::config {
namespace {

using dialect::mend;
using router::thinking_rules;

constexpr std::int64_t kib = 1024;
constexpr std::int64_t gib = 1024 * 1024 * kib;
constexpr std::int64_t keep_ms_max = std::int64_t{30} * 24 * 60 * 60 * 1000;

void switch_mend(section& part, mend which, dialect::mend_set& into) {
    const auto s = part.find(dialect::name_of(which));
    if (!s) return;
    if (choice_of(*s, {"off", "on"}) == 0U) into.remove(which);
}

// Refused or left alone, the choice of a tool is not mended.
void read_forced_tool_choice(section& part, settings& into) {
    const auto s = part.find(dialect::name_of(mend::forced_tool_choice));
    if (!s) return;
    const auto chosen = choice_of(*s, forced_words());
    if (!chosen) return;
    into.routes.thinking.forced_tool_choice = static_cast<thinking_rules::forced>(*chosen);
    const bool mended = into.routes.thinking.forced_tool_choice == thinking_rules::forced::thinking_off;
    if (!mended) into.mends.remove(mend::forced_tool_choice);
}

// One word for three mends: what custody has is put back unless it is off; what it has not is an empty one or
// none at all, as the word says.
void read_reasoning(section& part, settings& into) {
    const auto s = part.find(dialect::name_of(mend::reasoning));
    if (!s) return;
    const auto chosen = choice_of(*s, missing_words());
    if (!chosen) return;
    using missing = thinking_rules::missing;
    const auto rule = static_cast<missing>(*chosen);
    into.routes.thinking.missing_reasoning = rule;
    if (rule == missing::leave) into.mends.remove(mend::reasoning);
    if (rule == missing::leave) into.mends.remove(mend::reasoning_off);
    if (rule != missing::empty) into.mends.remove(mend::reasoning_empty);
}

void read_each_mend(const spot& s, settings& into) {
    section part{s};
    for (std::size_t i = 0; i < dialect::mend_count; ++i) {
        const auto which = static_cast<mend>(i);
        switch (which) {
            case mend::forced_tool_choice:
                read_forced_tool_choice(part, into);
                break;
            case mend::reasoning:
                read_reasoning(part, into);
                break;
            case mend::reasoning_empty:
            case mend::reasoning_off:
                break;
            default:
                switch_mend(part, which, into.mends);
        }
    }
    part.finish();
}

}  // namespace

const std::vector<std::string>& forced_words() {
    static const std::vector<std::string> words = {"off", "thinking_off", "refuse"};
    return words;
}

const std::vector<std::string>& missing_words() {
    static const std::vector<std::string> words = {"off", "empty", "thinking_off"};
    return words;
}

void read_mends(section& top, settings& into) {
    const auto s = top.find("mends");
    if (!s) return;
    if (s->value.what == node::kind::map) {
        read_each_mend(*s, into);
    } else if (choice_of(*s, {"off", "on"}) == 0U) {
        into.mends = {};
        into.routes.thinking = {thinking_rules::forced::leave, thinking_rules::missing::leave};
    }
}

void read_custody(section& top, settings& into) {
    const auto s = top.find("custody");
    if (!s) return;
    section part{*s};
    state::store_bounds& bounds = into.custody;
    part.read("bytes_max", bounds.bytes_max, 0, 64 * gib);
    part.read("entries_max", bounds.entries_max, 64, 10'000'000);
    part.read("turn_bytes_max", bounds.turn_bytes_max, kib, gib);
    part.read("keep_ms", bounds.keep_ms, 1, keep_ms_max);
    part.finish();
    if (bounds.bytes_max > 0 && bounds.turn_bytes_max > bounds.bytes_max) {
        s->say("turn_bytes_max is more than bytes_max, so the longest turns could never be kept",
               "raise bytes_max, or set it to 0 to keep nothing");
    }
}

}  // namespace weir::config
