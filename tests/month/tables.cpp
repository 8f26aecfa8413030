#include "figures.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace weir::month {

namespace {

// `value` in units of 10^-decimals: (1234, 2) is "12.34".
std::string decimal(std::int64_t value, unsigned decimals) {
    std::string digits = std::to_string(std::abs(value));
    if (decimals > 0) {
        if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
        digits.insert(digits.size() - decimals, 1, '.');
    }
    return (value < 0 ? "-" : "") + digits;
}

std::int64_t rounded(std::int64_t value, std::int64_t unit) {
    return (value + (value < 0 ? -unit : unit) / 2) / unit;
}

// "12.3 %"
std::string share(std::int64_t part, std::int64_t whole) {
    return whole > 0 ? decimal(rounded(part * 10'000 / whole, 10), 1) + " %" : "-";
}

std::string dollars(pricing::pico p) { return decimal(rounded(p.value, 10'000'000'000), 2); }
std::string cents(pricing::pico p) { return decimal(rounded(p.value, 10'000'000), 3); }

// What it costs more, or less with a minus: thousandths of `other`.
std::int64_t more_per_mille(pricing::pico cost, pricing::pico other) {
    constexpr std::int64_t micro = 1'000'000;  // thousands of a sum would not fit 64 bits else
    if (other.value < micro) return 0;
    return rounded((cost.value - other.value) / micro * 10'000 / (other.value / micro), 10);
}

std::string change(pricing::pico cost, pricing::pico other) {
    const std::int64_t more = more_per_mille(cost, other);
    return (more > 0 ? "+" : "") + decimal(more, 1) + " %";
}

const figures& named(const std::vector<figures>& all, std::string_view policy) {
    const auto found = std::ranges::find(all, policy, &figures::policy);
    return found == all.end() ? all.front() : *found;
}

std::string policy_row(const figures& f, const std::vector<figures>& all) {
    const figures& pro = named(all, "always-pro");
    const figures& flash = named(all, "always-flash");
    std::string line = "| " + f.policy;
    const auto add = [&](const std::string& text) { line += " | " + text; };
    add(std::to_string(f.requests));
    add(share(f.on_pro, f.requests));
    add(dollars(f.cost));
    add(&f == &pro ? "" : change(f.cost, pro.cost));
    add(&f == &flash ? "" : change(f.cost, flash.cost));
    add(share(f.all.right, f.all.tasks));
    add(share(f.all.right_at_first, f.all.tasks));
    add(cents(f.cost_per_right()));
    add(share(f.hit_tokens, f.prompt_tokens));
    add(f.conversations > 0 ? decimal(f.moves * 100 / f.conversations, 2) : "-");
    return line + " |\n";
}

std::string kinds_table(const std::vector<figures>& all) {
    std::string head = "| right in the end | tasks";
    std::string rule = "|---|---:";
    for (const figures& f : all) {
        head += " | " + f.policy;
        rule += "|---:";
    }
    std::string text = head + " |\n" + rule + "|\n";
    for (std::size_t k = 0; k < kind_count; ++k) {
        const std::int64_t tasks = all.front().by_kind[k].tasks;
        if (tasks == 0) continue;
        text += "| " + std::string(kind_names[k]) + " | " + std::to_string(tasks);
        for (const figures& f : all) text += " | " + share(f.by_kind[k].right, f.by_kind[k].tasks);
        text += " |\n";
    }
    return text;
}

// In words, from the numbers, so that no sentence outlives them.
std::string versus(const figures& routed, const figures& other) {
    const std::int64_t more = more_per_mille(routed.cost, other.cost);
    const std::int64_t points = rounded(
        (routed.all.right - other.all.right) * 10'000 / std::max<std::int64_t>(routed.all.tasks, 1), 10);
    std::string text = '`' + routed.policy + "` costs ";
    if (more == 0) {
        text += "as much as";
    } else {
        text += decimal(std::abs(more), 1) + " % " + (more < 0 ? "less" : "more") + " than";
    }
    text += " `" + other.policy + "` and gets ";
    if (points == 0) return text + "as many tasks right.";
    return text + decimal(std::abs(points), 1) + " points " + (points < 0 ? "fewer" : "more") +
           " of the tasks right.";
}

std::string in_words(const std::vector<figures>& all) {
    const figures& flash = named(all, "always-flash");
    const figures& pro = named(all, "always-pro");
    std::string text;
    for (const figures& f : all) {
        if (&f == &flash || &f == &pro || f.policy == "oracle") continue;
        text += "* " + versus(f, pro) + ' ' + versus(f, flash);
        const bool beaten = flash.cost <= f.cost && flash.all.right >= f.all.right;
        if (beaten) text += " On such traffic Flash alone is the better choice.";
        text += '\n';
    }
    const auto best = std::ranges::min_element(all.begin(), all.end() - 1, {},
                                               [](const figures& f) { return f.cost_per_right(); });
    return text + "* The least cost per right task, but for the oracle, is that of `" + best->policy + "`.\n";
}

std::string numbers(const range& r) { return std::to_string(r.least) + " to " + std::to_string(r.most); }

std::string abilities_of(const scenario& s) {
    std::string text = "| ability, \"" + std::string(s.title) + "\"";
    std::string rule = "|---";
    for (const std::string_view tier : tier_names) {
        for (const std::string_view effort : effort_names) {
            text += " | " + std::string(tier) + '.' + std::string(effort);
            rule += "|---:";
        }
    }
    text += " |\n" + rule + "|\n";
    for (std::size_t k = 0; k < skill_count; ++k) {
        text += "| " + std::string(skill_names[k]);
        for (const auto& tier : s.ability) {
            for (const std::int64_t a : tier[k]) text += " | " + std::to_string(a);
        }
        text += " |\n";
    }
    if (s.drift_per_call == 0) return text + "\nNo model drifts.\n";
    return text + "\nFlash loses " + std::to_string(s.drift_per_call) +
           " with each tool call of a turn beyond " + std::to_string(s.drift_after_calls) + ", " +
           std::to_string(s.drift_most) + " at most.\n";
}

std::string habits_table() {
    std::string text =
        "| kind of task | difficulty | visible tokens of an answer | thinking tokens at high |\n"
        "|---|---|---|---:|\n";
    for (std::size_t k = 0; k < kind_count; ++k) {
        const habits& h = habits_of[k];
        text += "| " + std::string(kind_names[k]) + " | " + numbers(h.difficulty) + " | " +
                numbers(h.visible_tokens) + " | " + std::to_string(h.thinking_tokens) + " |\n";
    }
    return text;
}

std::string rest_table() {
    const auto line = [](std::string_view what, const std::string& value) {
        return "| " + std::string(what) + " | " + value + " |\n";
    };
    std::string thinking;
    for (std::size_t e = 0; e < effort_names.size(); ++e) {
        thinking +=
            (e > 0 ? ", " : "") + std::string(effort_names[e]) + ' ' + decimal(thinking_by_effort[e], 3);
    }
    return "| assumed | value |\n|---|---|\n" + line("thinking by effort, times that at high", thinking) +
           line("thinking of Pro, times that of Flash", decimal(thinking_by_tier[1], 3)) +
           line("luck of an attempt, either way", std::to_string(luck_most)) +
           line("attempts at a task", std::to_string(attempts_max)) +
           line("tries of an agent's step before it gives up", std::to_string(step_tries_max)) +
           line("a step is easier than its task by", std::to_string(step_easier)) +
           line("steps that are traps, and by how much harder they are",
                share(trap_per_mille, 1000) + ", " + std::to_string(trap_harder)) +
           line("seconds that a tool takes", numbers(tool_seconds)) +
           line("seconds between an answer and the next ask", numbers(reading_seconds)) +
           line("asks after a long pause, and its seconds",
                share(pause_per_mille, 1000) + ", " + numbers(pause_seconds)) +
           line("a cache is kept for, minutes", std::to_string(cache_idle_ms / 60'000)) +
           line("agents that state effort high", share(effort_stated_per_mille, 1000)) +
           line("conversations that get a title", share(title_per_mille, 1000));
}

}  // namespace

std::string tables_of(const scenario& world, const std::vector<figures>& all) {
    const figures& first = all.front();
    std::string text = "**" + std::string(world.title) + "**: " + std::to_string(first.conversations) +
                       " conversations, " + std::to_string(first.all.tasks) + " tasks.\n\n";
    text +=
        "| policy | requests | on Pro | cost, USD | against all Pro | against all Flash | right in the end | "
        "right at first | US cents a right task | cache hits | moves a conversation |\n";
    text += "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n";
    for (const figures& f : all) text += policy_row(f, all);
    return text + '\n' + kinds_table(all) + '\n' + in_words(all);
}

std::string print_assumptions() {
    std::string text =
        "What is assumed (`tests/month/assumptions.hpp`; difficulty and ability are out of 1000):\n\n";
    for (const scenario& s : scenarios) text += abilities_of(s) + '\n';
    return text + habits_table() + '\n' + rest_table();
}

}  // namespace weir::month
