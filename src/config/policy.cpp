// A policy file: word lists, the score, classes, the lines that decide, the lines that set the effort.

#include "parts.hpp"

#include <algorithm>
#include <utility>

namespace weir::config {
namespace {

constexpr std::size_t word_lists_max = 64;  // bits of features::words
constexpr std::int64_t count_max = 1'000'000'000;

// A list that another policy has in the same words takes no place of its own.
std::size_t place_of(classifier::word_list list, router::routing& into) {
    const auto same = [&](const auto& known) { return known.name == list.name && known.words == list.words; };
    const auto found = std::ranges::find_if(into.words, same);
    if (found != into.words.end()) return static_cast<std::size_t>(found - into.words.begin());
    into.words.push_back(std::move(list));
    return into.words.size() - 1;
}

void read_words(const spot& s, router::routing& into, vocabulary& names) {
    for (const named_spot& entry : entries_of(s)) {
        const std::size_t place = place_of({entry.key.text, texts_of(entry.value)}, into);
        names.words.push_back({entry.key.text, place});
        if (entry.value.value.what == node::kind::sequence && entry.value.value.items.empty()) {
            entry.value.say("names no word");
        }
    }
    if (into.words.size() > word_lists_max) {
        s.say("there are more than " + std::to_string(word_lists_max) + " lists, of all policies together");
    }
}

// Only what the sum may hold: length, tools and words.
std::optional<classifier::term> read_term(const spot& item, const vocabulary& names) {
    section part{item};
    const auto when = part.need("when");
    const auto weight = part.need("weight");
    classifier::term made;
    if (weight) made.weight = thousandths_of(*weight, 1, 1'000'000).value_or(0);
    part.finish();
    if (!when || when->broken()) return std::nullopt;
    const auto parts = read_condition(*when, names, place_of_use::policy_line);
    if (parts.empty()) return std::nullopt;
    if (parts.size() == 1 && when->value.what == node::kind::map) {
        const member& m = when->value.members.front();
        made.name = m.key.text + ' ' + m.value.text;
        if (const auto* words = std::get_if<router::words_in>(parts.data())) {
            made.what = classifier::signal::words;
            made.list = words->list;
            return made;
        }
        const auto* bound = std::get_if<router::bound>(parts.data());
        const bool over = bound && bound->how == router::comparison::over;
        const bool length = over && bound->feature == classifier::find_feature("prompt_chars");
        const bool tools = over && bound->feature == classifier::find_feature("tools");
        if (length || tools) {
            made.what = length ? classifier::signal::prompt_chars_over : classifier::signal::tools_over;
            made.over = bound->value;
            return made;
        }
    }
    when->say("a weight of the score is for one of prompt_chars_over, tools_over or words");
    return std::nullopt;
}

void read_score(const spot& s, const vocabulary& names, router::policy& into) {
    const auto items = items_of(s);
    for (const spot& item : items) {
        if (auto term = read_term(item, names)) into.score.terms.push_back(std::move(*term));
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
        part.read("flash_after_accepted", made.flash_after_accepted, 0, count_max);
        part.finish();
        into.classes.push_back(std::move(made));
    }
    if (s.value.what == node::kind::map && into.classes.empty()) s.say("names no class");
}

// A rule may hand any request to any policy, so all of them know the classes of the default one.
void check_classes(const spot& s, const router::policy& first, const router::policy& made) {
    const auto knows = [](const router::policy& p, const std::string& name) {
        return std::ranges::any_of(p.classes, [&](const auto& c) { return c.name == name; });
    };
    for (const auto& c : first.classes) {
        if (!knows(made, c.name)) s.say("the class `" + c.name + "` of the default policy is missing");
    }
    for (const auto& c : made.classes) {
        if (!knows(first, c.name)) s.say("the default policy has no class `" + c.name + '`');
    }
}

void read_decide(const spot& s, const vocabulary& names, router::policy& into) {
    std::vector<line_to_check> lines;
    for (const spot& item : items_of(s)) {
        section part{item};
        router::policy_line line;
        line.where = where_of(item);
        if (const auto when = part.need("when")) {
            line.when = read_condition(*when, names, place_of_use::policy_line);
        }
        if (const auto use = part.need("use")) {
            if (auto chosen = cell_of(*use, names.routes, true)) {
                line.use = chosen->tier;
                line.effort = std::move(chosen->effort);
            }
        }
        if (const auto reason = part.need("reason")) line.reason = filled_text_of(*reason).value_or("");
        part.finish();
        lines.push_back({item, line.when, line.where});
        into.decide.push_back(std::move(line));
    }
    check_lines(lines, names);
    check_end(s, lines);
}

void read_effort_lines(const spot& s, const vocabulary& names, router::policy& into) {
    std::vector<line_to_check> lines;
    for (const spot& item : items_of(s)) {
        section part{item};
        router::effort_line line;
        line.where = where_of(item);
        if (const auto when = part.need("when")) {
            line.when = read_condition(*when, names, place_of_use::effort_line);
        }
        if (const auto set = part.need("set")) line.set = effort_of(*set, names.routes).value_or("");
        part.finish();
        lines.push_back({item, line.when, line.where});
        into.effort.push_back(std::move(line));
    }
    check_lines(lines, names);
    check_end(s, lines);
}

void read_name(section& top, const router::routing& routes, router::policy& into) {
    const auto name = top.need("policy");
    if (!name) return;
    into.name = filled_text_of(*name).value_or("");
    const bool taken = std::ranges::any_of(
        routes.policies, [&](const auto& p) { return !p.name.empty() && p.name == into.name; });
    if (taken) name->say("two policies have this name");
}

}  // namespace

const std::vector<std::string>& own_reasons() {
    static const std::vector<std::string> reasons = {
        "pin",         "rule",       "min_tier",   "session",      "session_warm",
        "gate_images", "gate_files", "gate_tools", "gate_context", "answer_failed"};
    return reasons;
}

std::vector<vocabulary::list> read_policy(const spot& file, const overrides& over,
                                          std::vector<problem>& problems, router::routing& into) {
    section top{file};
    router::policy made;
    vocabulary names{into, {}, {}, own_reasons()};
    read_name(top, into, made);
    if (const auto version = top.need("version"))
        made.version = integer_of(*version, 1, count_max).value_or(0);
    if (const auto words = top.find("words")) read_words(*words, into, names);
    if (const auto score = top.need("score")) read_score(*score, names, made);
    if (const auto classes = top.need("classes")) {
        read_classes(*classes, into, made);
        if (!into.policies.empty()) check_classes(*classes, into.default_policy(), made);
    }
    if (const auto decide = top.need("decide")) read_decide(*decide, names, made);
    for (const auto& line : made.decide) names.reasons.push_back(line.reason);
    if (const auto effort = top.need("effort")) read_effort_lines(*effort, names, made);
    read_learned(top, over, problems, made.learned);
    read_session(top, made.session);
    read_answer_check(top, into, made.check);
    top.finish();
    into.policies.push_back(std::move(made));
    return std::move(names.words);
}

}  // namespace weir::config
