#include "month.hpp"

#include "deciders.hpp"

#include <functional>
#include <optional>
#include <queue>
#include <tuple>
#include <utility>

namespace weir::month {

namespace {

constexpr cell cheapest{0, 0};

// Adds the row of a request, and the end of its task where this was it.
class recorder {
public:
    recorder(course& into, const tariffs& prices) : into_(into), prices_(prices) {}

    pricing::pico add(const question& q, const answered& a, const cell& by, std::string reason) {
        row r;
        r.conversation = q.who->id;
        r.turn = q.turn;
        r.attempt = q.attempt;
        r.human = q.human;
        r.housekeeping = q.housekeeping;
        r.by = by;
        r.reason = std::move(reason);
        r.at = q.at;
        r.tokens = a.tokens;
        r.cost = prices_.cost(a.tokens, by.tier, q.at);
        const pricing::pico cost = r.cost;
        into_.rows.push_back(std::move(r));
        if (a.task_over) {
            const bool right = *a.right;
            into_.tasks.push_back(
                {q.who->id, q.turn, q.who->tasks[q.turn].what, right && q.attempt == 0, right});
        }
        return cost;
    }

private:
    course& into_;
    const tariffs& prices_;
};

// Works on until the task at hand is over; gives what it cost, and whether it came out right.
std::pair<pricing::pico, bool> finish_task(talk& t, const cell& by, recorder& into) {
    pricing::pico sum;
    for (;;) {
        const question q = t.ask();
        const answered a = t.answer(by);
        sum = sum + into.add(q, a, by, std::string(oracle_name));
        if (a.task_over) return {sum, *a.right};
    }
}

cell best_cell(const talk& t, const tariffs& prices) {
    // right before wrong, then by cost; the first of equals is the cheaper cell
    std::optional<std::tuple<bool, pricing::pico>> best;
    cell chosen;
    for (std::size_t tier = 0; tier < tier_names.size(); ++tier) {
        for (std::size_t effort = 0; effort < effort_names.size(); ++effort) {
            talk tried = t;
            course passing;
            recorder records(passing, prices);
            const auto [cost, right] = finish_task(tried, {tier, effort}, records);
            const std::tuple now{!right, cost};
            if (best && !(now < *best)) continue;
            best = now;
            chosen = {tier, effort};
        }
    }
    return chosen;
}

}  // namespace

course run_policy(const std::vector<conversation>& plan, const scenario& world, const config::settings& s,
                  std::string_view policy) {
    course done{std::string(policy), {}, {}, 0};
    policy_decider decides(s, policy);
    const tariffs prices(s);
    recorder records(done, prices);
    std::vector<std::optional<talk>> talks(plan.size());
    using due = std::pair<wall_time, std::size_t>;
    std::priority_queue<due, std::vector<due>, std::greater<>> next;
    for (const conversation& c : plan) next.emplace(c.start, c.id);
    while (!next.empty()) {
        const std::size_t id = next.top().second;
        next.pop();
        std::optional<talk>& t = talks[id];
        if (!t) t.emplace(plan[id], world);
        const question q = t->ask();
        auto choice = decides.choose(q);
        if (!choice) {
            ++done.refused;
            t.reset();
            continue;
        }
        const answered a = t->answer(choice->by);
        decides.learn(q, a);
        records.add(q, a, choice->by, std::move(choice->reason));
        if (t->over()) {
            t.reset();
        } else {
            next.emplace(t->due(), id);
        }
    }
    return done;
}

course run_oracle(const std::vector<conversation>& plan, const scenario& world, const config::settings& s) {
    course done{std::string(oracle_name), {}, {}, 0};
    const tariffs prices(s);
    recorder records(done, prices);
    for (const conversation& c : plan) {
        talk t(c, world);
        if (c.has_title) {
            const question q = t.ask();
            records.add(q, t.answer(cheapest), cheapest, std::string(oracle_name));
        }
        while (!t.over()) finish_task(t, best_cell(t, prices), records);
    }
    return done;
}

}  // namespace weir::month
