#include "telling.hpp"

#include "weir/proxy/explanation.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>
#include <variant>

namespace weir::proxy {
namespace {

constexpr std::array meanings = {
    reason_meaning{"housekeeping",
                   "The client asks for something of its own, such as a title, a summary or "
                   "a commit message, so the cheapest tier answers."},
    reason_meaning{"error_cost", "A wrong answer is said to cost so much that the dearer tier pays."},
    reason_meaning{"stuck_loop", "The same tool call comes again and again, so the model is stuck."},
    reason_meaning{"failing", "Too many of the latest results of tools failed."},
    reason_meaning{"tool_calls",
                   "There were more tool calls since the latest human text than a bounded task takes."},
    reason_meaning{"long_context", "The input is too long for the cheaper tier to keep in view."},
    reason_meaning{"long_output",
                   "Like answers of this key were too long for the cheaper tier to keep its thread."},
    reason_meaning{"mechanical", "Pasted text is only to be translated, summarized, counted or the like."},
    reason_meaning{"long_rewrite", "A long pasted file is to be rewritten."},
    reason_meaning{"crosses_files", "The request concerns more than one file."},
    reason_meaning{"proof", "Something is to be proved or derived."},
    reason_meaning{"text_agent",
                   "An agent that speaks of its terminal in plain text has been at work for turns."},
    reason_meaning{"bug_report", "A long report of a bug is to be resolved."},
    reason_meaning{"many_steps", "An agent with many tools has a long task before it."},
    reason_meaning{"small_edit", "A small edit is asked for."},
    reason_meaning{"prose", "A text is to be written."},
    reason_meaning{"theory", "The request is about theory that a smaller model tends to get wrong."},
    reason_meaning{"large_change", "A change of much of a program is asked for in few words."},
    reason_meaning{"fault", "A fault is to be found and repaired."},
    reason_meaning{"internals", "It is asked how the inside of a system misbehaves, or why."},
    reason_meaning{"research", "An experiment or a study is to be designed."},
    reason_meaning{"system_design", "A system is to be designed or built."},
    reason_meaning{"puzzle", "A puzzle of many clues is to be solved."},
    reason_meaning{"shape", "The request is about the shape of a text."},
    reason_meaning{"quick", "The request is short and of a kind that takes one step."},
    reason_meaning{"simple_call", "A short request needs at most a call of one of a few tools."},
    reason_meaning{"arithmetic", "A short sum is to be worked out."},
    reason_meaning{"definition", "A short question asks what a word means."},
    reason_meaning{"one_piece", "One small piece is asked for: a test, a script."},
    reason_meaning{"system_work", "A running system is to be changed or repaired."},
    reason_meaning{"follow_up", "A short question follows on earlier answers."},
    reason_meaning{"knowledge", "Facts are asked from memory, where a larger model knows more."},
    reason_meaning{"score", "The score reached the threshold of the traffic class."},
    reason_meaning{"default", "No weight of the score fired, so the default of the traffic class holds."},
    reason_meaning{"bounded", "No other line matched, so the task counts as bounded."},
    reason_meaning{"pin", "The client fixed the tier itself, by the model's name or by x-weir-tier."},
    reason_meaning{"session", "Inside a turn the tier of a conversation does not fall."},
    reason_meaning{"session_warm",
                   "The conversation stays where it is, since leaving its warm cache is not cheaper."},
    reason_meaning{"min_tier", "The client asked for this tier at least, by x-weir-min-tier."},
    reason_meaning{"rule", "A rule of the operator says so."},
    reason_meaning{"gate_images", "The tier that was decided reads no images."},
    reason_meaning{"gate_files", "The tier that was decided reads no files."},
    reason_meaning{"gate_tools", "The tier that was decided does not run a tool that is offered."},
    reason_meaning{"gate_context", "The input is longer than the context of the tier that was decided."},
    reason_meaning{"answer_failed",
                   "The cheaper tier's answer failed its check, so the dearer one answers now."},
};

struct effort_meaning {
    std::string_view code;
    std::string_view text;
};
constexpr std::array effort_meanings = {
    effort_meaning{"client", "the client's own word stands"},
    effort_meaning{"pin", "set by the pin, as the client said nothing"},
    effort_meaning{"rule", "set by a rule of the operator"},
    effort_meaning{"line", "set by the policy line that decided the tier"},
    effort_meaning{"session", "kept with the conversation's cell, since effort is part of the warm cache"},
    effort_meaning{"gate_tool_choice", "thinking is off, since thinking mode takes no forced tool choice"},
    effort_meaning{"gate_reasoning", "thinking is off, since thinking of earlier turns is lost"},
    effort_meaning{"fim", "completions never think"},
    effort_meaning{"default", "nobody spoke, so the upstream's own default holds"},
};

std::string number_text(const router::bound& b, std::int64_t n) {
    return classifier::feature_list()[b.feature].thousandths ? thousandths_text(n) : std::to_string(n);
}

std::string_view turn_text(dialect::turn t) noexcept {
    switch (t) {
        case dialect::turn::human:
            return "human";
        case dialect::turn::tool:
            return "tool";
        case dialect::turn::housekeeping:
            break;
    }
    return "housekeeping";
}

int threshold_of(const told_decision& told) {
    const auto& classes = told.policy.classes;
    const auto traffic = std::ranges::find(classes, told.d.traffic_class, &router::traffic_class::name);
    const int of_class =
        traffic == classes.end() ? router::traffic_class{}.pro_from_score : traffic->pro_from_score;
    const router::learned_rule& rule = told.policy.learned;
    return rule.deciding() ? rule.pro_from_score.value_or(of_class) : of_class;
}

std::string is(std::string_view what) { return std::string(" (is ").append(what) + ')'; }

// One predicate with what was measured.
struct predicate_told {
    const told_decision& told;

    std::string operator()(const router::bound& b) const {
        static constexpr std::array words = {" over ", " from ", " under "};
        return std::string(classifier::feature_list()[b.feature].name) +
               words[static_cast<std::size_t>(b.how)] + number_text(b, b.value) +
               is(number_text(b, classifier::value_of(told.f, b.feature)));
    }
    std::string operator()(const router::words_in& w) const {
        return list(w.list, w.lead, "a word of the list ");
    }
    std::string operator()(const router::no_words_in& w) const {
        return list(w.list, w.lead, "no word of the list ");
    }
    std::string operator()(const router::turn_is& t) const {
        return "turn " + std::string(turn_text(t.kind)) + is(turn_text(told.f.turn));
    }
    std::string operator()(const router::score_reached&) const {
        const bool learned = told.policy.learned.deciding();
        return (learned ? "learned score from " : "score from ") + thousandths_text(threshold_of(told)) +
               is(thousandths_text(learned ? told.d.learned.score : told.d.card.score));
    }
    std::string operator()(const router::no_signal&) const {
        const auto fired =
            std::ranges::count_if(told.d.card.contributions, [](const auto& c) { return c.weight != 0; });
        return "no weight of the score fires (" + std::to_string(fired) + " fired)";
    }
    std::string operator()(const router::always&) const { return "always"; }
    std::string operator()(const router::reason_is& r) const {
        return "reason " + r.reason + is(told.d.reason);
    }
    std::string operator()(const router::tier_is& t) const {
        return "tier " + told.settings.routes.tiers[t.tier].name + is(told.d.tier_name);
    }
    std::string operator()(const router::class_is& c) const {
        return "class " + c.name + is(told.d.traffic_class);
    }
    std::string operator()(const router::key_is& k) const { return "key " + k.key_id; }
    std::string operator()(const router::model_is& m) const { return "model asked " + m.name; }

    std::string list(std::size_t index, bool lead, std::string_view how) const {
        const auto& lists = told.settings.routes.words;
        const bool found = index < 64 && ((lead ? told.f.lead_words : told.f.words) >> index & 1U) != 0;
        return std::string(how) + (index < lists.size() ? lists[index].name : "that is no more") +
               (lead ? " in the lead" : "") + (found ? " (found)" : " (none found)");
    }
};

std::string condition_text(const router::condition& when, const told_decision& told) {
    if (when.empty()) return "always";
    std::string text;
    for (const router::predicate& p : when) {
        if (!text.empty()) text += ", ";
        text += std::visit(predicate_told{told}, p);
    }
    return text;
}

const std::string& tier_name(const told_decision& told, std::size_t tier) {
    static const std::string unknown = "a tier that is no more";
    const auto& tiers = told.settings.routes.tiers;
    return tier < tiers.size() ? tiers[tier].name : unknown;
}

// Index into the policy's lines; their number where none of them decided.
std::size_t line_that_decided(const told_decision& told) {
    const auto& lines = told.policy.decide;
    const std::string& where = told.d.where.empty() ? told.d.policy_where : told.d.where;
    const auto at = std::ranges::find(lines, where, &router::policy_line::where);
    return static_cast<std::size_t>((where.empty() ? lines.end() : at) - lines.begin());
}

std::string plural(std::int64_t n, std::string_view what) {
    return std::to_string(n) + ' ' + std::string(what) + (n == 1 ? "" : "s");
}

}  // namespace

std::span<const reason_meaning> reason_list() noexcept { return meanings; }

std::string_view reason_text(std::string_view code) noexcept {
    const auto found = std::ranges::find(meanings, code, &reason_meaning::code);
    return found == meanings.end() ? std::string_view{} : found->text;
}

std::string thousandths_text(std::int64_t n) {
    std::string text = std::to_string(std::abs(n) / 1000);
    if (const std::int64_t rest = std::abs(n) % 1000; rest != 0) {
        std::string digits = std::to_string(1000 + rest).substr(1);
        while (digits.ends_with('0')) digits.pop_back();
        text += '.' + digits;
    }
    return n < 0 ? '-' + text : text;
}

std::string money_text(pricing::pico amount, const config::settings& settings) {
    constexpr std::int64_t pico_in_micro = 1'000'000;
    std::string currency = settings.prices.currency();
    for (char& c : currency) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    if (amount.value > 0 && amount.value < pico_in_micro) return "under 0.000001 " + currency;
    // Half a micro up, without passing the end of the range.
    const std::int64_t micro =
        amount.value / pico_in_micro + (amount.value % pico_in_micro >= pico_in_micro / 2 ? 1 : 0);
    pricing::pico_sum rounded;
    rounded.add(pricing::pico{pico_in_micro} * micro);
    return rounded.to_decimal_text() + ' ' + currency;
}

std::string version_text(const std::string& name, std::int64_t version) {
    return name + '/' + std::to_string(version);
}

std::vector<line_told> lines_looked_at(const told_decision& told) {
    std::vector<line_told> looked_at;
    const auto& lines = told.policy.decide;
    const std::size_t decided = line_that_decided(told);
    if (decided == lines.size()) return looked_at;
    for (std::size_t i = 0; i <= decided; ++i) {
        looked_at.push_back(
            {lines[i].where, lines[i].reason, condition_text(lines[i].when, told), i == decided});
    }
    return looked_at;
}

std::vector<std::string> tell_tier(const told_decision& told) {
    const router::decision& d = told.d;
    std::vector<std::string> said;
    const std::string_view meaning = reason_text(d.reason);
    std::string first =
        meaning.empty() ? "The line " + d.reason + " of the policy matched." : std::string(meaning);
    if (!d.where.empty()) first += " Said by " + d.where + '.';
    said.push_back(std::move(first));
    if (!d.policy_reason.empty() && d.policy_reason != d.reason) {
        said.push_back("The policy alone would have said " + d.policy_reason +
                       (d.policy_where.empty() ? "." : ", by " + d.policy_where + '.'));
    }
    return said;
}

std::string tell_score(const told_decision& told) {
    const router::decision& d = told.d;
    const std::string reported = "The reported score is " + thousandths_text(d.score);
    // 0 and 1 are what lines say; the ends of a score that was measured read the same.
    if (d.score == 0) return reported + ": the cheapest tier answers.";
    if (d.score == 1000) return reported + ": a dearer tier answers.";
    const std::string threshold = thousandths_text(threshold_of(told));
    const bool below = d.score < threshold_of(told);
    return reported + (told.policy.learned.deciding() ? ": the learned one, " : ": the weighted one, ") +
           (below ? "below the threshold of " + threshold + ", as the cheapest tier answers."
                  : "at or over the threshold of " + threshold + ", as a dearer tier answers.");
}

std::string tell_learned(const told_decision& told) {
    const router::learned_rule& rule = told.policy.learned;
    if (!rule.kind) return "This policy has no learned score.";
    std::string text = "The learned score is " + thousandths_text(told.d.learned.score) + " (weights " +
                       version_text(rule.kind->name, rule.kind->version) + "); ";
    if (rule.deciding()) return text + "it decides from " + thousandths_text(threshold_of(told)) + " on.";
    if (rule.decides == router::learned_rule::use::never) return text + "this policy never lets it decide.";
    return text + "it is shown and decides nothing, since it was not tuned on the operator's own outcomes.";
}

std::string tell_session(const told_decision& told) {
    const router::session_view* s = told.session;
    const bool moves = told.d.moves_session;
    if (!s) {
        return moves ? "Nothing is remembered of this conversation."
                     : "This request leaves the cell of its conversation alone.";
    }
    std::string text = "The conversation has " + tier_name(told, s->tier);
    if (!s->effort.empty()) text += '.' + s->effort;
    text += ", after " + plural(s->human_turns, "human turn") + " and " + plural(s->requests, "request");
    if (s->failed_check) text += "; its last answer failed its check";
    if (!moves) return text + "; this request leaves that alone.";
    if (s->tier == told.d.tier) return text + "; it keeps the tier.";
    return text + (told.d.tier > s->tier ? "; it rises to " : "; it falls to ") + told.d.tier_name + '.';
}

std::string tell_sum(const told_decision& told) {
    if (!told.d.sum) return {};
    const router::priced_sum& sum = *told.d.sum;
    const auto side = [&](std::string_view verb, std::size_t tier, pricing::pico cost, std::int64_t warm) {
        return std::string(verb) + tier_name(told, tier) + " costs " + money_text(cost, told.settings) +
               " (" + std::to_string(warm) + " tokens warm there)";
    };
    return "Until the next human turn " + plural(sum.requests, "request") +
           (sum.requests == 1 ? " is" : " are") + " expected, with a prompt of " +
           plural(sum.context_tokens, "token") + " and answers of " + std::to_string(sum.output_tokens) +
           ": " + side("staying on ", sum.from, sum.stay, sum.warm_from) + ", " +
           side("moving to ", sum.to, sum.move, sum.warm_to) +
           (sum.move < sum.stay ? ". So it moves." : ". So it stays.");
}

std::string tell_alternatives(const told_decision& told) {
    if (told.d.alternatives.empty()) return {};
    std::string text = "At this hour's prices this request costs about ";
    bool first = true;
    for (const router::alternative& a : told.d.alternatives) {
        if (!first) text += ", ";
        first = false;
        text += money_text(a.cost, told.settings) + " on " + tier_name(told, a.tier);
        if (a.tier == told.d.tier) text += " (chosen)";
    }
    return text + '.';
}

std::string tell_effort(const told_decision& told) {
    const router::decision& d = told.d;
    std::string text = "Effort " + d.effort + ": ";
    const auto known = std::ranges::find(effort_meanings, d.effort_reason, &effort_meaning::code);
    if (known != effort_meanings.end()) return text + std::string(known->text) + '.';
    const auto line = std::ranges::find(told.policy.effort, d.effort_reason, &router::effort_line::where);
    text += "said by " + d.effort_reason;
    if (line != told.policy.effort.end()) text += ": " + condition_text(line->when, told);
    return text + '.';
}

}  // namespace weir::proxy
