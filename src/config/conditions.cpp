// `when:` of policy lines, effort lines and the operator's rules.

#include "nearest.hpp"
#include "parts.hpp"

#include <algorithm>
#include <utility>

namespace weir::config {
namespace {

// A feature is asked for by its name and one of these; in the order of router::comparison.
const std::vector<std::string> comparisons = {"_over", "_from", "_under"};
// Another name of a feature, from the first policies.
constexpr std::string_view input_tokens = "input_tokens";
constexpr std::string_view context_tokens = "context_tokens";
// A feature that is asked for by word alone.
constexpr std::string_view turn = "turn";
const std::vector<std::string> turns = {"human", "tool", "housekeeping"};  // in the order of dialect::turn

std::optional<router::bound> to_bound(const std::string& key) {
    for (std::size_t i = 0; i < comparisons.size(); ++i) {
        if (!key.ends_with(comparisons[i])) continue;
        std::string_view name{key};
        name.remove_suffix(comparisons[i].size());
        const auto feature = classifier::find_feature(name == input_tokens ? context_tokens : name);
        if (!feature || name == turn) return std::nullopt;
        return router::bound{*feature, static_cast<router::comparison>(i), 0};
    }
    return std::nullopt;
}

std::vector<std::string> all_keys(place_of_use where) {
    std::vector<std::string> keys = {"words", "words_not", "lead", "lead_not", "turn"};
    std::vector<std::string> names{std::string{input_tokens}};
    for (const auto& f : classifier::feature_list()) {
        if (f.name != turn) names.emplace_back(f.name);
    }
    for (const auto& name : names) {
        for (const auto& comparison : comparisons) keys.push_back(name + comparison);
    }
    if (where == place_of_use::effort_line) keys.insert(keys.end(), {"tier", "reason"});
    if (where == place_of_use::rule) keys.insert(keys.end(), {"class", "key", "model"});
    return keys;
}

bool asks_words(std::string_view key) noexcept {
    return key == "words" || key == "words_not" || key == "lead" || key == "lead_not";
}

struct reader {
    const vocabulary& names;

    // One list, or several that must all have a word there (words_not: none may).
    bool lists(const std::string& key, const spot& value, router::condition& into) const {
        if (value.value.what != node::kind::sequence) return add(list(key, value), into);
        const std::vector<spot> items = items_of(value);
        if (items.empty()) value.say("names no list");
        bool good = !items.empty();
        for (const spot& item : items) good = add(list(key, item), into) && good;
        return good;
    }

    static bool add(std::optional<router::predicate> one, router::condition& into) {
        if (one) into.push_back(std::move(*one));
        return one.has_value();
    }

    std::optional<router::predicate> list(const std::string& key, const spot& value) const {
        std::vector<std::string> lists;
        for (const auto& l : names.words) lists.push_back(l.name);
        const auto chosen = choice_of(value, lists);
        if (!chosen) return std::nullopt;
        const std::size_t index = names.words[*chosen].index;
        const bool lead = key.starts_with("lead");
        if (!key.ends_with("_not")) return router::words_in{index, lead};
        return router::no_words_in{index, lead};
    }

    std::optional<router::predicate> measured(const std::string& key, const spot& value) const {
        const auto asked = to_bound(key);
        if (!asked) return std::nullopt;
        router::bound made = *asked;
        const auto& f = classifier::feature_list()[made.feature];
        const auto limit = f.thousandths ? thousandths_of(value, 0, f.max) : integer_of(value, 0, f.max);
        if (!limit) return std::nullopt;
        made.value = *limit;
        return made;
    }

    std::optional<router::predicate> one(const std::string& key, const spot& value) const {
        if (key == "turn") {
            const auto chosen = choice_of(value, turns);
            if (!chosen) return std::nullopt;
            return router::turn_is{static_cast<dialect::turn>(*chosen)};
        }
        if (key == "tier") {
            const auto chosen = tier_of(value, names.routes);
            return chosen ? std::optional<router::predicate>{router::tier_is{*chosen}} : std::nullopt;
        }
        if (key == "reason") {
            const auto chosen = choice_of(value, names.reasons);
            if (!chosen) return std::nullopt;
            return router::reason_is{names.reasons[*chosen]};
        }
        if (key == "class") {
            const auto chosen = choice_of(value, names.classes);
            if (!chosen) return std::nullopt;
            return router::class_is{names.classes[*chosen]};
        }
        if (key == "key" || key == "model") {
            auto text = filled_text_of(value);
            if (!text) return std::nullopt;
            if (key == "key") return router::key_is{std::move(*text)};
            return router::model_is{std::move(*text)};
        }
        return measured(key, value);
    }
};

std::optional<router::predicate> by_word(const spot& when, place_of_use where) {
    std::vector<std::string> words = {"always"};
    if (where == place_of_use::policy_line) words.insert(words.end(), {"score", "no_signal"});
    const auto chosen = choice_of(when, words);
    if (!chosen) return std::nullopt;
    if (*chosen == 0) return router::always{};
    if (*chosen == 1) return router::score_reached{};
    return router::no_signal{};
}

}  // namespace

router::condition read_condition(const spot& when, const vocabulary& names, place_of_use where) {
    router::condition made;
    if (when.value.what == node::kind::scalar) {
        if (auto predicate = by_word(when, where)) made.push_back(std::move(*predicate));
        return made;
    }
    const reader r{names};
    bool whole = true;
    const std::vector<std::string> keys = all_keys(where);
    for (const named_spot& entry : entries_of(when)) {
        if (std::ranges::find(keys, entry.key.text) == keys.end()) {
            when.told.say(entry.key, when.path + ": nothing is measured as `" + entry.key.text + '`',
                          suggestion(entry.key.text, keys));
            whole = false;
        } else if (asks_words(entry.key.text)) {
            whole = r.lists(entry.key.text, entry.value, made) && whole;
        } else {
            whole = reader::add(r.one(entry.key.text, entry.value), made) && whole;
        }
    }
    if (when.value.what == node::kind::map && when.value.members.empty()) {
        when.say("asks for nothing", "write `always`");
    }
    // half a condition would match what its whole does not
    if (!whole) made.clear();
    return made;
}

std::string where_of(const spot& at) {
    return std::filesystem::path{at.told.file()}.filename().string() + ':' + std::to_string(at.value.line);
}

}  // namespace weir::config
