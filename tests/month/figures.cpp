#include "figures.hpp"

#include "weir/base/hash.hpp"

#include <array>
#include <cstdio>
#include <map>

namespace weir::month {

pricing::pico figures::cost_per_right() const noexcept {
    return all.right > 0 ? pricing::pico{cost.value / all.right} : pricing::pico{};
}

figures figures_of(const course& done) {
    figures f;
    f.policy = done.policy;
    f.refused = static_cast<std::int64_t>(done.refused);
    std::map<std::size_t, cell> cells;
    std::map<std::size_t, bool> seen;
    for (const row& r : done.rows) {
        ++f.requests;
        f.on_pro += r.by.tier > 0 ? 1 : 0;
        f.prompt_tokens += r.tokens.hit + r.tokens.miss;
        f.hit_tokens += r.tokens.hit;
        f.cost = f.cost + r.cost;
        seen[r.conversation] = true;
        if (r.housekeeping) continue;
        const auto [last, fresh] = cells.try_emplace(r.conversation, r.by);
        if (!fresh && last->second != r.by) ++f.moves;
        last->second = r.by;
    }
    f.conversations = static_cast<std::int64_t>(seen.size());
    for (const task_end& t : done.tasks) {
        for (tally* into : {&f.all, &f.by_kind[static_cast<std::size_t>(t.what)]}) {
            ++into->tasks;
            into->right += t.right ? 1 : 0;
            into->right_at_first += t.right_at_first ? 1 : 0;
        }
    }
    return f;
}

std::vector<figures> compare(const std::vector<conversation>& plan, const scenario& world,
                             const config::settings& s) {
    std::vector<figures> all;
    for (const router::policy& p : s.routes.policies) {
        all.push_back(figures_of(run_policy(plan, world, s, p.name)));
    }
    all.push_back(figures_of(run_oracle(plan, world, s)));
    return all;
}

std::string check_text(const config::settings& s) {
    const std::vector<conversation> plan = plan_month(month_seed, check_per_mille);
    std::string text = print_assumptions();
    for (const scenario& world : scenarios) text += tables_of(world, compare(plan, world, s));
    std::array<char, 64> line;
    const int n = std::snprintf(line.data(), line.size(), "seed %llu, check %016llx",
                                static_cast<unsigned long long>(month_seed),
                                static_cast<unsigned long long>(hash_bytes(text)));
    return {line.data(), static_cast<std::size_t>(n)};
}

std::string print_month(const config::settings& s, std::int64_t per_mille) {
    const std::vector<conversation> plan = plan_month(month_seed, per_mille);
    std::string text;
    for (const scenario& world : scenarios) text += tables_of(world, compare(plan, world, s)) + '\n';
    text += print_assumptions();
    text += "\nMade by `scripts/month.sh`: " + check_text(s) + ", price book " + s.prices.version() + ".\n";
    return text;
}

}  // namespace weir::month
