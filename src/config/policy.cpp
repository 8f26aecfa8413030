// A policy file: word lists, the score, classes, the lines that decide, the lines that set the effort.

#include "parts.hpp"

#include <algorithm>
#include <utility>

namespace weir::config {
namespace {

constexpr std::size_t word_lists_max = 64;  // bits of features::words
constexpr std::int64_t count_max = 1'000'000'000;

void read_words(const spot& s, router::policy& into) {
    for (const named_spot& entry : entries_of(s)) {
        into.words.push_back({entry.key.text, texts_of(entry.value)});
        if (entry.value.value.what == node::kind::sequence && entry.value.value.items.empty()) {
            entry.value.say("names no word");
        }
    }
    if (into.words.size() > word_lists_max)
        s.say("has more than " + std::to_string(word_lists_max) + " lists");
}

// Only what the sum may hold: length, tools and words.
std::optional<classifier::term> read_term(const spot& item, const router::routing& routes,
                                          const router::policy& names) {
    section part{item};
    const auto when = part.need("when");
    const auto weight = part.need("weight");
    classifier::term made;
    if (weight) made.weight = thousandths_of(*weight, 1, 1'000'000).value_or(0);
    part.finish();
    if (!when || when->broken()) return std::nullopt;
    const auto parts = read_condition(*when, routes, names, place_of_use::policy_line);
    if (when->value.what == node::kind::map && parts.size() != when->value.members.size())
        return std::nullopt;
    if (parts.size() == 1) {
        const auto shown = [&] {
            const member& m = when->value.members.front();
            return m.key.text + ' ' + m.value.text;
        };
        if (const auto* words = std::get_if<router::words_in>(parts.data())) {
            made.what = classifier::signal::words;
            made.list = words->list;
            made.name = shown();
            return made;
        }
        const auto* bound = std::get_if<router::bound>(parts.data());
        const bool length = bound && bound->what == router::measure::prompt_chars;
        const bool tools = bound && bound->what == router::measure::tools;
        if (bound && !bound->inclusive && (length || tools)) {
            made.what = length ? classifier::signal::prompt_chars_over : classifier::signal::tools_over;
            made.over = bound->value;
            made.name = shown();
            return made;
        }
    }
    when->say("a weight of the score is for one of prompt_chars_over, tools_over or words");
    return std::nullopt;
}

void read_score(const spot& s, const router::routing& routes, router::policy& into) {
    const auto items = items_of(s);
    for (const spot& item : items) {
        if (auto term = read_term(item, routes, into)) into.score.terms.push_back(std::move(*term));
    }
    if (s.value.what == node::kind::sequence && items.empty()) s.say("has no weight");
}

void read_classes(const spot& s, const router::routing& routes, router::policy& into) {
    for (const named_spot& entry : entries_of(s)) {
        section part{entry.value};
        router::traffic_class made;
        made.name = entry.key.text;
        if (const auto tier = part.need("default")) made.default_tier = tier_of(*tier, routes).value_or(0);
        if (const auto score = part.need("pro_from_score")) {
            made.pro_from_score = static_cast<int>(thousandths_of(*score, 0, 1'000).value_or(0));
        }
        std::int64_t accepted = 0;
        part.read("flash_after_accepted", accepted, 0, count_max);
        part.finish();
        into.classes.push_back(std::move(made));
    }
    if (s.value.what == node::kind::map && into.classes.empty()) s.say("names no class");
}

bool is_always(const router::condition& when) {
    return when.size() == 1 && std::holds_alternative<router::always>(when.front());
}

// `conditions`: of the lines, in order. What comes after `always` would never be reached; without it some
// requests would find no line.
void check_end(const spot& lines, const std::vector<router::condition>& conditions) {
    const auto items = items_of(lines);
    if (lines.value.what != node::kind::sequence) return;
    for (std::size_t i = 0; i + 1 < conditions.size(); ++i) {
        if (!is_always(conditions[i])) continue;
        items[i + 1].say("this line is never reached: the one above is `always`");
        return;
    }
    if (conditions.empty() || (!conditions.back().empty() && !is_always(conditions.back()))) {
        lines.say("the last line must be `always`");
    }
}

void read_decide(const spot& s, const router::routing& routes, router::policy& into) {
    std::vector<router::condition> conditions;
    for (const spot& item : items_of(s)) {
        section part{item};
        router::policy_line line;
        line.where = where_of(item);
        if (const auto when = part.need("when")) {
            line.when = read_condition(*when, routes, into, place_of_use::policy_line);
        }
        if (const auto use = part.need("use"); use && use->value.text != "class_default") {
            line.use = tier_of(*use, routes);
        }
        if (const auto reason = part.need("reason")) line.reason = filled_text_of(*reason).value_or("");
        part.finish();
        conditions.push_back(line.when);
        into.decide.push_back(std::move(line));
    }
    check_end(s, conditions);
}

void read_effort_lines(const spot& s, const router::routing& routes, router::policy& into) {
    std::vector<router::condition> conditions;
    for (const spot& item : items_of(s)) {
        section part{item};
        router::effort_line line;
        line.where = where_of(item);
        if (const auto when = part.need("when")) {
            line.when = read_condition(*when, routes, into, place_of_use::effort_line);
        }
        if (const auto set = part.need("set")) line.set = effort_of(*set, routes).value_or("");
        part.finish();
        conditions.push_back(line.when);
        into.effort.push_back(std::move(line));
    }
    check_end(s, conditions);
}

void read_choice(section& part, const char* key, const std::vector<std::string>& words) {
    if (const auto s = part.need(key)) (void)choice_of(*s, words);
}

// Parts whose behaviour is still to come: their shape is checked, so that a file that is good now stays good.
void check_later_parts(section& top, const router::routing& routes) {
    std::int64_t count = 0;
    if (const auto s = top.find("learned")) {
        section part{*s};
        if (const auto file = part.need("file")) (void)filled_text_of(*file);
        read_choice(part, "decides", {"never", "when_tuned", "always"});
        part.finish();
    }
    if (const auto s = top.find("session")) {
        section part{*s};
        part.read("idle_min", count, 1, 100'000);
        read_choice(part, "up", {"at_once"});
        read_choice(part, "down", {"at_a_new_human_turn_if_cheaper"});
        part.read("warn_after_tool_calls", count, 0, count_max);
        part.finish();
    }
    if (const auto s = top.find("check_answer")) {
        section part{*s};
        read_choice(part, "when", {"not_streamed"});
        if (const auto failures = part.need("failures")) {
            for (const spot& item : items_of(*failures)) {
                (void)choice_of(item, {"json", "schema", "tool_arguments", "truncated", "empty"});
            }
        }
        if (const auto then = part.need("then")) (void)tier_of(*then, routes);
        if (const auto sure = part.find("confidence")) (void)thousandths_of(*sure, 0, 1'000);
        part.finish();
    }
}

}  // namespace

void read_policy(const spot& file, const router::routing& routes, router::policy& into) {
    section top{file};
    if (const auto name = top.need("policy")) into.name = filled_text_of(*name).value_or("");
    if (const auto version = top.need("version"))
        into.version = integer_of(*version, 1, count_max).value_or(0);
    if (const auto words = top.find("words")) read_words(*words, into);
    if (const auto score = top.need("score")) read_score(*score, routes, into);
    if (const auto classes = top.need("classes")) read_classes(*classes, routes, into);
    if (const auto decide = top.need("decide")) read_decide(*decide, routes, into);
    if (const auto effort = top.need("effort")) read_effort_lines(*effort, routes, into);
    check_later_parts(top, routes);
    top.finish();
}

void read_rules(section& top, router::routing& routes) {
    const auto s = top.find("rules");
    if (!s) return;
    for (const spot& item : items_of(*s)) {
        section part{item};
        router::rule made;
        made.where = where_of(item);
        if (const auto name = part.find("name")) made.name = filled_text_of(*name).value_or("");
        if (const auto when = part.need("when")) {
            made.when = read_condition(*when, routes, routes.default_policy, place_of_use::rule);
        }
        const auto use = part.find("use");
        const auto effort = part.find("effort");
        if (use) made.use = tier_of(*use, routes);
        if (effort) made.effort = effort_of(*effort, routes).value_or("");
        if (!use && !effort && part.valid()) item.say("decides nothing", "give it `use`, `effort` or both");
        part.finish();
        routes.rules.push_back(std::move(made));
    }
}

}  // namespace weir::config
