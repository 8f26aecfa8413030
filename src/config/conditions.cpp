// `when:` of policy lines, effort lines and the operator's rules.

#include "nearest.hpp"
#include "parts.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace weir::config {
namespace {

// A measure as it is written: its name with _over (more than) or _from (at least).
struct named_measure {
    const char* name;
    router::measure what;
    bool decimal;      // written in units, kept in thousandths
    std::int64_t max;  // in what is kept
};
constexpr std::int64_t count_max = 1'000'000'000;
constexpr std::array measures = {
    named_measure{"prompt_chars", router::measure::prompt_chars, false, count_max},
    named_measure{"tools", router::measure::tools, false, count_max},
    named_measure{"tool_calls", router::measure::tool_calls, false, count_max},
    named_measure{"same_call_of_last_6", router::measure::same_call_of_last_6, false, 6},
    named_measure{"failed_results_of_last_6", router::measure::failed_results_of_last_6, false, 6},
    named_measure{"files_named", router::measure::files_named, false, count_max},
    named_measure{"pasted_lines", router::measure::pasted_lines, false, count_max},
    named_measure{"pasted_share", router::measure::pasted_per_mille, true, 1'000},
    named_measure{"context_tokens", router::measure::context_tokens, false, count_max},
    named_measure{"input_tokens", router::measure::input_tokens, false, count_max},
    named_measure{"images", router::measure::images, false, count_max},
    named_measure{"error_cost_usd", router::measure::error_cost_usd_milli, true, count_max},
};
constexpr const char* forecast = "output_forecast";  // nothing measures it yet: its lines match nothing

const std::vector<std::string> turns = {"human", "tool", "housekeeping"};  // in the order of dialect::turn

// Reasons that come from no line.
const std::vector<std::string> own_reasons = {"pin",        "rule",         "gate_images", "gate_files",
                                              "gate_tools", "gate_context", "default"};

struct reader {
    const router::routing& routes;
    const router::policy& names;
    place_of_use where;

    std::vector<std::string> keys() const {
        std::vector<std::string> all = {"words", "turn"};
        for (const auto& m : measures) {
            all.push_back(std::string{m.name} + "_over");
            all.push_back(std::string{m.name} + "_from");
        }
        if (where == place_of_use::policy_line) {
            all.push_back(std::string{forecast} + "_over");
            all.push_back(std::string{forecast} + "_from");
        }
        if (where == place_of_use::effort_line) all.insert(all.end(), {"tier", "reason"});
        if (where == place_of_use::rule) all.insert(all.end(), {"class", "key", "model"});
        return all;
    }

    std::optional<router::predicate> measured(const std::string& key, const spot& value) const {
        const bool inclusive = key.ends_with("_from");
        const std::string name = key.substr(0, key.size() - 5);
        if (name == forecast) {
            if (!integer_of(value, 0, count_max)) return std::nullopt;
            return router::never{};
        }
        const auto found =
            std::ranges::find(measures, name, [](const auto& m) { return std::string{m.name}; });
        const auto limit =
            found->decimal ? thousandths_of(value, 0, found->max) : integer_of(value, 0, found->max);
        if (!limit) return std::nullopt;
        return router::bound{found->what, inclusive, *limit};
    }

    std::optional<router::predicate> one(const std::string& key, const spot& value) const {
        if (key == "words") {
            std::vector<std::string> lists;
            for (const auto& list : names.words) lists.push_back(list.name);
            const auto chosen = choice_of(value, lists);
            return chosen ? std::optional<router::predicate>{router::words_in{*chosen}} : std::nullopt;
        }
        if (key == "turn") {
            const auto chosen = choice_of(value, turns);
            if (!chosen) return std::nullopt;
            return router::turn_is{static_cast<dialect::turn>(*chosen)};
        }
        if (key == "tier") {
            const auto chosen = tier_of(value, routes);
            return chosen ? std::optional<router::predicate>{router::tier_is{*chosen}} : std::nullopt;
        }
        if (key == "reason") {
            std::vector<std::string> reasons = own_reasons;
            for (const auto& line : names.decide) reasons.push_back(line.reason);
            const auto chosen = choice_of(value, reasons);
            return chosen ? std::optional<router::predicate>{router::reason_is{reasons[*chosen]}}
                          : std::nullopt;
        }
        if (key == "class") {
            std::vector<std::string> classes;
            for (const auto& c : names.classes) classes.push_back(c.name);
            const auto chosen = choice_of(value, classes);
            return chosen ? std::optional<router::predicate>{router::class_is{classes[*chosen]}}
                          : std::nullopt;
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

router::condition read_condition(const spot& when, const router::routing& routes, const router::policy& names,
                                 place_of_use where) {
    router::condition made;
    if (when.value.what == node::kind::scalar) {
        if (auto predicate = by_word(when, where)) made.push_back(std::move(*predicate));
        return made;
    }
    const reader r{routes, names, where};
    const std::vector<std::string> keys = r.keys();
    for (const named_spot& entry : entries_of(when)) {
        if (std::ranges::find(keys, entry.key.text) == keys.end()) {
            when.told.say(entry.key, when.path + ": nothing is measured as `" + entry.key.text + '`',
                          suggestion(entry.key.text, keys));
        } else if (auto predicate = r.one(entry.key.text, entry.value)) {
            made.push_back(std::move(*predicate));
        }
    }
    if (when.value.what == node::kind::map && when.value.members.empty()) {
        when.say("asks for nothing", "write `always`");
    }
    return made;
}

std::string where_of(const spot& at) {
    return std::filesystem::path{at.told.file()}.filename().string() + ':' + std::to_string(at.value.line);
}

}  // namespace weir::config
