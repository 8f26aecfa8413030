// Which lines can be reached. Each condition is a box: for every dimension (a feature, a word list, the tier
// and so on) the values that it takes, from and to. A line is never reached where its own box is empty, where
// a box above holds it, or where lines above that ask for one thing each have left nothing of it.

#include "parts.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace weir::config {
namespace {

struct interval {
    std::int64_t from = 0;
    std::int64_t to = 0;
    bool empty() const noexcept { return from > to; }
    bool holds(const interval& other) const noexcept { return from <= other.from && other.to <= to; }
};

enum class axis : std::uint8_t {
    feature,
    words,
    lead,
    tier,
    reason,
    score,
    no_signal,
    traffic_class,
    key,
    model
};
struct dimension {
    axis what;
    std::size_t index = 0;  // feature, or word list
    auto operator<=>(const dimension&) const = default;
};
using box = std::map<dimension, interval>;
using demand = std::optional<std::pair<dimension, interval>>;  // nullopt: of nothing

constexpr interval yes{1, 1};
constexpr interval no{0, 0};

std::size_t feature_named(std::string_view name) { return classifier::find_feature(name).value_or(0); }

std::string in_units(std::int64_t thousandths) {
    std::string text = thousandths < 0 ? "-" : "";
    const std::int64_t size = thousandths < 0 ? -thousandths : thousandths;
    text += std::to_string(size / 1000) + '.' + std::to_string(1000 + size % 1000).substr(1);
    while (text.ends_with('0')) text.pop_back();
    if (text.ends_with('.')) text.pop_back();
    return text;
}

// Names that rules ask for get a number each, as they come.
class numbers {
public:
    std::int64_t of(const std::string& name) {
        const auto found = std::ranges::find(names_, name);
        if (found != names_.end()) return found - names_.begin();
        names_.push_back(name);
        return static_cast<std::int64_t>(names_.size()) - 1;
    }
    const std::string& name(std::int64_t number) const { return names_[static_cast<std::size_t>(number)]; }

private:
    std::vector<std::string> names_;
};

class boxes {
public:
    explicit boxes(const vocabulary& names) : names_(names) {}

    interval domain(const dimension& d) const {
        constexpr std::int64_t any = std::int64_t{1} << 40;
        switch (d.what) {
            case axis::feature:
                return {0, classifier::feature_list()[d.index].max};
            case axis::tier:
                return {0, static_cast<std::int64_t>(names_.routes.tiers.size()) - 1};
            case axis::reason:
                return {0, static_cast<std::int64_t>(names_.reasons.size()) - 1};
            case axis::traffic_class:
                return {0, static_cast<std::int64_t>(names_.classes.size()) - 1};
            case axis::key:
            case axis::model:
                return {0, any};
            case axis::words:
            case axis::lead:
            case axis::score:
            case axis::no_signal:
                break;
        }
        return {0, 1};
    }

    // As it is written. The first pair of bounds that leaves nothing is told in `conflict`.
    box of(const router::condition& when, demand& conflict) {
        box made;
        for (const auto& predicate : when) {
            const auto asked = std::visit([&](const auto& p) { return ask(p); }, predicate);
            if (!asked) continue;
            narrow(made, asked->first, asked->second, conflict);
        }
        return made;
    }

    // With what follows from it: no calls and nothing of the assistant's in a human turn, and a list holds
    // where a part of it does.
    box with_consequences(box made, demand& conflict) const {
        const dimension calls{axis::feature, feature_named("tool_calls")};
        const dimension same{axis::feature, feature_named("same_call_of_last_6")};
        const dimension turn{axis::feature, feature_named("turn")};
        if (const auto t = made.find(turn); t != made.end() && t->second.to == 0) {
            narrow(made, calls, no, conflict);
            narrow(made, same, no, conflict);
            narrow(made, {axis::feature, feature_named("failed_results_of_last_6")}, no, conflict);
            narrow(made, {axis::feature, feature_named("rounds")}, no, conflict);
        }
        if (const auto s = made.find(same); s != made.end() && s->second.from > 0) {
            narrow(made, calls, {s->second.from, domain(calls).to}, conflict);
        }
        if (const auto c = made.find(calls); c != made.end() && c->second.to == 0) {
            narrow(made, {axis::feature, feature_named("files_touched")}, no, conflict);
        }
        const box written = made;
        for (const auto& [d, values] : written) {
            if (d.what != axis::words && d.what != axis::lead) continue;
            // what is in the lead is in the request
            if (d.what == axis::lead && values.from == 1)
                narrow(made, {axis::words, d.index}, values, conflict);
            for (const auto& other : names_.words) {
                const bool follows = values.from == 1 ? is_part(d.index, other.index)
                                                      : values.to == 0 && is_part(other.index, d.index);
                if (follows && other.index != d.index) {
                    narrow(made, {d.what, other.index}, values, conflict);
                }
            }
        }
        return made;
    }

    // Whether every request in `inner` is in `outer`.
    bool holds(const box& outer, const box& inner) const {
        return std::ranges::all_of(outer, [&](const auto& side) {
            const auto& [d, values] = side;
            const auto found = inner.find(d);
            const interval inside = found == inner.end() ? domain(d) : found->second;
            if (d.what != axis::model || found == inner.end()) return values.holds(inside);
            return covers(models_.name(values.from), models_.name(inside.from));
        });
    }

    // What a pair of bounds that leaves nothing asks for.
    std::string shown(const std::pair<dimension, interval>& conflict) const {
        const auto& [d, values] = conflict;
        if (d.what == axis::words || d.what == axis::lead) {
            const std::string& name = names_.routes.words[d.index].name;
            return "it asks for a word of `" + name + "` and for none of them";
        }
        const auto& f = classifier::feature_list()[d.index];
        const auto number = [&](std::int64_t n) { return f.thousandths ? in_units(n) : std::to_string(n); };
        return "it asks for a `" + std::string{f.name} + "` of at least " + number(values.from) +
               " and at most " + number(values.to);
    }

private:
    demand ask(const router::bound& b) const {
        const dimension d{axis::feature, b.feature};
        interval values = domain(d);
        if (b.how == router::comparison::over) values.from = b.value + 1;
        if (b.how == router::comparison::from) values.from = b.value;
        if (b.how == router::comparison::under) values.to = b.value - 1;
        return {{d, values}};
    }
    template <class Words>
    static axis axis_of(const Words& w) {
        return w.lead ? axis::lead : axis::words;
    }
    demand ask(const router::words_in& w) const { return {{{axis_of(w), w.list}, yes}}; }
    demand ask(const router::no_words_in& w) const { return {{{axis_of(w), w.list}, no}}; }
    demand ask(const router::turn_is& t) const {
        return one({axis::feature, feature_named("turn")}, static_cast<std::int64_t>(t.kind));
    }
    demand ask(const router::score_reached&) const { return {{{axis::score}, yes}}; }
    demand ask(const router::no_signal&) const { return {{{axis::no_signal}, yes}}; }
    demand ask(const router::always&) const { return std::nullopt; }
    demand ask(const router::tier_is& t) const {
        return one({axis::tier}, static_cast<std::int64_t>(t.tier));
    }
    demand ask(const router::reason_is& r) const {
        return one({axis::reason}, place(names_.reasons, r.reason));
    }
    demand ask(const router::class_is& c) const {
        return one({axis::traffic_class}, place(names_.classes, c.name));
    }
    demand ask(const router::key_is& k) { return one({axis::key}, keys_.of(k.key_id)); }
    demand ask(const router::model_is& m) { return one({axis::model}, models_.of(m.name)); }

    static demand one(dimension d, std::int64_t value) { return {{d, {value, value}}}; }
    static std::int64_t place(const std::vector<std::string>& all, const std::string& one_of_them) {
        return std::ranges::find(all, one_of_them) - all.begin();
    }

    void narrow(box& made, const dimension& d, const interval& to, demand& conflict) const {
        const auto [side, is_new] = made.try_emplace(d, domain(d));
        side->second = {std::max(side->second.from, to.from), std::min(side->second.to, to.to)};
        if (side->second.empty() && !conflict) conflict = *side;
    }

    bool is_part(std::size_t part, std::size_t whole) const {
        const auto& all = names_.routes.words[whole].words;
        return std::ranges::all_of(names_.routes.words[part].words, [&](const auto& word) {
            return std::ranges::find(all, word) != all.end();
        });
    }

    // Names with a final * stand for all that begin so.
    static bool covers(const std::string& outer, const std::string& inner) {
        return outer == inner || (outer.ends_with('*') &&
                                  inner.starts_with(std::string_view{outer}.substr(0, outer.size() - 1)));
    }

    const vocabulary& names_;
    numbers keys_;
    numbers models_;
};

// What lines that ask for one thing each have left of it.
struct remainder {
    std::vector<interval> values;
    std::string where;  // the line that took last

    void take(const interval& gone, const std::string& by) {
        std::vector<interval> kept;
        for (const interval& v : values) {
            const interval below{v.from, std::min(v.to, gone.from - 1)};
            const interval above{std::max(v.from, gone.to + 1), v.to};
            if (!below.empty()) kept.push_back(below);
            if (!above.empty()) kept.push_back(above);
        }
        values = std::move(kept);
        where = by;
    }
    bool meets(const interval& asked) const {
        return std::ranges::any_of(
            values, [&](const interval& v) { return v.from <= asked.to && asked.from <= v.to; });
    }
};

// A pattern of a model's name is more than one value, so only whole boxes are compared there.
bool can_be_taken(const dimension& d) { return d.what != axis::model; }

void say_taken(const line_to_check& line, const std::string& by) {
    line.here.say("this line is never reached: " + by + " takes all that it would match",
                  "put it above that line, or remove it");
}

bool is_always(const router::condition& when) {
    return when.size() == 1 && std::holds_alternative<router::always>(when.front());
}

}  // namespace

void check_lines(const std::vector<line_to_check>& lines, const vocabulary& names) {
    boxes all{names};
    std::vector<std::pair<box, const line_to_check*>> above;
    std::map<dimension, remainder> left;
    for (const line_to_check& line : lines) {
        if (line.when.empty()) continue;
        demand conflict;
        const box written = all.of(line.when, conflict);
        const box whole = all.with_consequences(written, conflict);
        if (conflict) {
            line.here.say("this line can never match: " + all.shown(*conflict));
            continue;
        }
        const auto holder =
            std::ranges::find_if(above, [&](const auto& a) { return all.holds(a.first, whole); });
        const auto gone = std::ranges::find_if(whole, [&](const auto& side) {
            const auto found = left.find(side.first);
            return found != left.end() && !found->second.meets(side.second);
        });
        const auto used_up =
            std::ranges::find_if(left, [](const auto& r) { return r.second.values.empty(); });
        // a last `always` is asked for, even where nothing is left for it
        const bool wanted = is_always(line.when) && &line == &lines.back();
        if (holder != above.end() && (!wanted || is_always(holder->second->when))) {
            say_taken(line, holder->second->where);
        } else if (gone != whole.end()) {
            say_taken(line, left.at(gone->first).where);
        } else if (used_up != left.end() && !wanted) {
            say_taken(line, used_up->second.where);
        }
        // all that come after have the same problem
        if (used_up != left.end() || (holder != above.end() && all.holds(holder->first, {}))) return;
        if (written.size() == 1 && can_be_taken(written.begin()->first)) {
            const auto& [d, values] = *written.begin();
            const auto [r, is_new] = left.try_emplace(d, remainder{{all.domain(d)}, {}});
            r->second.take(values, line.where);
        }
        above.emplace_back(written, &line);
    }
}

void check_end(const spot& list, const std::vector<line_to_check>& lines) {
    if (list.value.what != node::kind::sequence) return;
    if (lines.empty() || (!lines.back().when.empty() && !is_always(lines.back().when))) {
        list.say("the last line must be `always`");
    }
}

}  // namespace weir::config
