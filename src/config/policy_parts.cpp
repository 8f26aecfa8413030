// What a policy says beside its lines: the learned score, sessions, and which answers are none.

#include "weir/config/weights.hpp"

#include "parts.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace weir::config {
namespace {

constexpr std::int64_t minutes_max = 100'000;
constexpr std::int64_t ms_per_minute = 60'000;
constexpr std::int64_t calls_max = 1'000'000'000;
constexpr std::int64_t requests_max = 1'000;
constexpr std::int64_t tokens_max = 10'000'000;

std::optional<std::size_t> need_choice(section& part, const char* key,
                                       const std::vector<std::string>& words) {
    const auto s = part.need(key);
    return s ? choice_of(*s, words) : std::nullopt;
}

// By the names under which failures stand in the file.
struct named_failure {
    const char* name;
    bool router::answer_check::* member;
};
constexpr std::array failures = {
    named_failure{"json", &router::answer_check::json},
    named_failure{"schema", &router::answer_check::schema},
    named_failure{"tool_arguments", &router::answer_check::tool_arguments},
    named_failure{"truncated", &router::answer_check::truncated},
    named_failure{"empty", &router::answer_check::empty},
    named_failure{"refusal", &router::answer_check::refusal},
    named_failure{"broken_off", &router::answer_check::broken_off},
};

std::vector<std::string> failure_names() {
    std::vector<std::string> names;
    for (const auto& f : failures) names.emplace_back(f.name);
    return names;
}

void read_failures(const spot& s, router::answer_check& into) {
    for (const spot& item : items_of(s)) {
        const auto chosen = choice_of(item, failure_names());
        if (!chosen) continue;
        bool& looked_for = into.*failures[*chosen].member;
        if (looked_for) item.say("is listed twice");
        looked_for = true;
    }
}

}  // namespace

const std::vector<std::string>& use_words() {
    static const std::vector<std::string> words = {"never", "when_tuned", "always"};
    return words;
}

const std::vector<std::string>& fall_words() {
    static const std::vector<std::string> words = {"at_a_new_human_turn_if_cheaper", "at_a_new_human_turn",
                                                   "never"};
    return words;
}

std::vector<std::string> failures_of(const router::answer_check& check) {
    std::vector<std::string> names;
    for (const auto& f : failures) {
        if (check.*f.member) names.emplace_back(f.name);
    }
    return names;
}

void read_learned(section& top, const overrides& over, std::vector<problem>& problems,
                  router::learned_rule& into) {
    const auto s = top.find("learned");
    if (!s) return;
    section part{*s};
    const auto file = part.need("file");
    if (const auto chosen = need_choice(part, "decides", use_words())) {
        into.decides = static_cast<router::learned_rule::use>(*chosen);
    }
    if (const auto score = part.find("pro_from_score")) {
        if (const auto from = thousandths_of(*score, 0, 1'000)) into.pro_from_score = static_cast<int>(*from);
    }
    part.finish();
    if (over.leave_learned_out) return;
    const auto text = file ? filled_text_of(*file) : std::nullopt;
    if (!text) return;
    const std::filesystem::path folder = std::filesystem::path{file->told.file()}.parent_path();
    const std::filesystem::path path = (folder / *text).lexically_normal();
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) {
        file->say("there is no file " + path.string(), "paths are relative to the folder of this file");
        return;
    }
    into.kind = read_weights(path, problems);
}

void read_session(section& top, router::session_rules& into) {
    const auto s = top.find("session");
    if (!s) return;
    section part{*s};
    into.on = true;
    std::int64_t idle_min = into.idle_ms / ms_per_minute;
    part.read("idle_min", idle_min, 1, minutes_max);
    into.idle_ms = idle_min * ms_per_minute;
    (void)need_choice(part, "up", {"at_once"});
    if (const auto chosen = need_choice(part, "down", fall_words())) {
        into.down = static_cast<router::session_rules::fall>(*chosen);
    }
    part.read("warn_after_tool_calls", into.warn_after_tool_calls, 0, calls_max);
    part.read("expected_requests_max", into.expected_requests_max, 1, requests_max);
    part.read("output_tokens_expected", into.output_tokens_expected, 0, tokens_max);
    part.finish();
}

void read_answer_check(section& top, const router::routing& routes, router::answer_check& into) {
    const auto s = top.find("check_answer");
    if (!s) return;
    section part{*s};
    into.on = true;
    into.streams_too = need_choice(part, "when", {"not_streamed", "streams_too"}) == std::size_t{1};
    const auto listed = part.need("failures");
    if (listed) read_failures(*listed, into);
    if (const auto then = part.need("then")) {
        const auto tier = tier_of(*then, routes);
        into.then = tier.value_or(0);
        if (tier == std::size_t{0}) {
            then->say("no tier is cheaper than `" + routes.tiers.front().name +
                      "`: nothing would be checked");
        }
    }
    if (const auto sure = part.find("confidence")) {
        into.confidence_per_mille = static_cast<int>(thousandths_of(*sure, 0, 1'000).value_or(0));
    }
    const bool none = listed && listed->value.what == node::kind::sequence && listed->value.items.empty();
    if (none && into.confidence_per_mille == 0) listed->say("names no failure: nothing would be checked");
    part.finish();
}

}  // namespace weir::config
