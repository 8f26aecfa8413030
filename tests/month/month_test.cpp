// A part of the simulated month: what every run of it must keep, whatever the figures are.

#include "month.hpp"

#include "weir/pricing/price_book.hpp"

#include "deciders.hpp"
#include "figures.hpp"
#include "plan.hpp"
#include "texts.hpp"
#include "world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace weir::month {
namespace {

constexpr std::int64_t part_per_mille = 15;  // each test may be a process of its own

const config::settings& shipped() {
    static const config::settings s = [] {
        auto loaded = load_policies(std::filesystem::path{WEIR_SOURCE_DIR} / "config");
        EXPECT_TRUE(loaded) << loaded.error();
        return loaded ? std::move(*loaded) : config::settings{};
    }();
    return s;
}

const std::vector<conversation>& plan() {
    static const std::vector<conversation> all = plan_month(month_seed, part_per_mille);
    return all;
}

std::vector<std::string> policies() {
    std::vector<std::string> names;
    for (const router::policy& p : shipped().routes.policies) names.push_back(p.name);
    return names;
}

// All policies, and last the oracle, by scenario.
const std::vector<course>& courses(const scenario& world) {
    static std::map<std::string_view, std::vector<course>> all;
    std::vector<course>& of = all[world.name];
    if (of.empty()) {
        for (const std::string& name : policies()) of.push_back(run_policy(plan(), world, shipped(), name));
        of.push_back(run_oracle(plan(), world, shipped()));
    }
    return of;
}

std::string told(const course& c, const row& r) {
    return c.policy + ", conversation " + std::to_string(r.conversation) + ", turn " +
           std::to_string(r.turn) + ", attempt " + std::to_string(r.attempt) + ": " +
           std::string(tier_names[r.by.tier]) + "." + std::string(effort_names[r.by.effort]) + " for " +
           r.reason;
}

const figures& named(const std::vector<figures>& all, std::string_view policy) {
    const auto found = std::ranges::find(all, policy, &figures::policy);
    EXPECT_NE(found, all.end()) << policy;
    return found == all.end() ? all.front() : *found;
}

std::vector<figures> figures_in(const scenario& world) {
    std::vector<figures> all;
    for (const course& c : courses(world)) all.push_back(figures_of(c));
    return all;
}

const std::string& checked_once() {
    static const std::string text = check_text(shipped());
    return text;
}

TEST(plan, a_month_has_every_kind_of_task_and_lies_in_november_in_beijing) {
    std::set<kind> seen;
    const wall_time begin = *parse_rfc3339("2026-11-01T00:00:00+08:00");
    const wall_time end = *parse_rfc3339("2026-12-01T00:00:00+08:00");
    std::int64_t peak = 0;
    for (const conversation& c : plan()) {
        ASSERT_FALSE(c.tasks.empty());
        EXPECT_GE(c.start, begin);
        EXPECT_LT(c.start, end);
        const auto quote = shipped().prices.at(shipped().routes.tiers.front().model, c.start);
        ASSERT_TRUE(quote);
        peak += quote->at == pricing::tariff::peak ? 1 : 0;
        for (const task& t : c.tasks) {
            seen.insert(t.what);
            EXPECT_FALSE(t.text.empty());
            EXPECT_EQ(t.text.find("{}"), std::string::npos) << t.text;
            EXPECT_EQ(t.text.find("{#}"), std::string::npos) << t.text;
            EXPECT_TRUE(t.what == kind::agent || t.steps.empty());
        }
    }
    // titles are asked for beside the tasks
    EXPECT_EQ(seen.size(), kind_count - 1);
    EXPECT_GT(peak, 0);
    EXPECT_LT(peak, static_cast<std::int64_t>(plan().size()));
}

TEST(plan, a_part_of_the_month_is_the_same_each_time_and_another_seed_is_another_month) {
    const auto again = plan_month(month_seed, part_per_mille);
    const auto other = plan_month(month_seed + 1, part_per_mille);
    ASSERT_EQ(again.size(), plan().size());
    std::size_t same = 0;
    for (std::size_t i = 0; i < again.size(); ++i) {
        EXPECT_EQ(again[i].tasks.front().text, plan()[i].tasks.front().text) << i;
        EXPECT_EQ(again[i].start, plan()[i].start) << i;
        same += i < other.size() && other[i].tasks.front().text == again[i].tasks.front().text ? 1 : 0;
    }
    EXPECT_LT(same, again.size() / 10);
}

// Hard tasks read harder than easy ones, and not always: else a policy could read the answer off the text.
TEST(plan, a_text_tells_only_part_of_how_hard_a_task_is) {
    const auto all = plan_month(month_seed, 300);
    std::map<bool, std::int64_t> asks;
    std::map<bool, std::int64_t> wide;
    for (const conversation& c : all) {
        for (const task& t : c.tasks) {
            if (t.what != kind::agent || c.chinese) continue;
            const bool hard = t.difficulty > 550;
            ++asks[hard];
            const bool far = t.text.find("codebase") != std::string::npos ||
                             t.text.find("project") != std::string::npos ||
                             t.text.find(" from ") != std::string::npos;
            wide[hard] += far ? 1 : 0;
        }
    }
    ASSERT_GT(asks[true], 30);
    ASSERT_GT(asks[false], 30);
    const auto per_mille = [&](bool hard) { return wide[hard] * 1000 / asks[hard]; };
    EXPECT_GT(per_mille(true), per_mille(false) + 200) << per_mille(true) << " and " << per_mille(false);
    EXPECT_LT(per_mille(true), 850);
    EXPECT_GT(per_mille(false), 50);
}

TEST(world, whoever_is_abler_is_right_wherever_the_other_is) {
    const scenario& world = as_articles_say;
    std::int64_t apart = 0;
    for (const conversation& c : plan()) {
        for (const task& t : c.tasks) {
            for (std::int64_t attempt = 0; attempt < attempts_max; ++attempt) {
                const cell weak{0, 1}, able{1, 2};
                ASSERT_GE(ability_of(world, t.what, able, 0), ability_of(world, t.what, weak, 0));
                const bool weak_is = is_right(world, t, weak, attempt, 0);
                const bool able_is = is_right(world, t, able, attempt, 0);
                EXPECT_TRUE(able_is || !weak_is) << t.text.substr(0, 80);
                apart += able_is != weak_is ? 1 : 0;
            }
        }
    }
    EXPECT_GT(apart, 0) << "the two cells are right in the same tasks";
}

TEST(world, more_effort_never_makes_an_answer_worse_and_always_longer) {
    for (const scenario& world : scenarios) {
        for (std::size_t k = 0; k < kind_count; ++k) {
            for (std::size_t tier = 0; tier < tier_names.size(); ++tier) {
                for (std::size_t e = 1; e < effort_names.size(); ++e) {
                    const auto what = static_cast<kind>(k);
                    EXPECT_GE(ability_of(world, what, {tier, e}, 9),
                              ability_of(world, what, {tier, e - 1}, 9))
                        << world.name << ' ' << kind_names[k] << ' ' << tier_names[tier] << '.'
                        << effort_names[e];
                    EXPECT_GT(written_by({tier, e}, what, 7, 1).all(),
                              written_by({tier, e - 1}, what, 7, 1).all());
                }
            }
        }
    }
}

TEST(world, flash_loses_its_thread_where_the_articles_say_so_and_nowhere_else) {
    const cell flash{0, 2}, pro{1, 2};
    const auto lost = [](const scenario& s, const cell& who, std::int64_t calls) {
        return ability_of(s, kind::agent, who, 0) - ability_of(s, kind::agent, who, calls);
    };
    EXPECT_EQ(lost(as_articles_say, flash, 6), 0);
    EXPECT_EQ(lost(as_articles_say, flash, 8), 2 * as_articles_say.drift_per_call);
    EXPECT_EQ(lost(as_articles_say, flash, 1000), as_articles_say.drift_most);
    EXPECT_EQ(lost(as_articles_say, pro, 1000), 0);
    EXPECT_EQ(lost(as_benchmarks_say, flash, 1000), 0);
}

// An agent with one trap that the weak cell never gets out of.
TEST(talk, the_same_failing_call_comes_back_until_an_abler_cell_answers) {
    conversation c;
    c.key_id = "k";
    c.tasks.emplace_back();
    task& t = c.tasks.back();
    t.what = kind::agent;
    t.seed = 5;
    t.text = "Repair it.";
    t.difficulty = 100;
    t.steps = {{720, true}, {0, false}};
    talk going(c, as_articles_say);
    for (int i = 0; i < 4; ++i) {
        const question q = going.ask();
        EXPECT_EQ(q.human, i == 0);
        const answered a = going.answer({0, 0});
        EXPECT_FALSE(a.right.has_value());
    }
    dialect::body_indexer indexer;
    const padded_view body = going.ask().body;
    const auto index = indexer.read(dialect::api_kind::chat, body, shipped().bounds);
    ASSERT_TRUE(index) << index.error().detail;
    const dialect::ask ask = dialect::ask_of(body, *index, shipped().asks);
    EXPECT_EQ(ask.same_call_of_last_6, 4U);
    EXPECT_EQ(ask.failed_results_of_last_6, 4U);
    EXPECT_EQ(ask.calls, 4U);
    EXPECT_EQ(ask.text, "Repair it.");
    going.answer({1, 3});
    going.answer({1, 3});
    const answered last = going.answer({1, 3});
    ASSERT_TRUE(last.right.has_value());
    EXPECT_TRUE(*last.right);
    EXPECT_TRUE(going.over());
}

TEST(talk, what_was_read_is_warm_for_the_same_cell_until_it_was_idle_for_long) {
    conversation c;
    c.tasks.resize(3);
    for (task& t : c.tasks) {
        t.text = filler(500, 3, false);
        t.wait_ms = 60'000;
    }
    c.tasks[2].wait_ms = cache_idle_ms + 60'000;
    talk going(c, as_articles_say);
    const auto next = [&](const cell& by) {
        (void)going.ask();
        return going.answer(by).tokens;
    };
    const usage first = next({0, 1});
    EXPECT_EQ(first.hit, 0);
    talk elsewhere = going;
    const usage second = next({0, 1});
    EXPECT_EQ(second.hit, first.miss / cache_unit_tokens * cache_unit_tokens);
    EXPECT_GT(second.miss, 0);
    EXPECT_EQ(next({0, 1}).hit, 0) << "after the cache was idle";
    (void)elsewhere.ask();
    EXPECT_EQ(elsewhere.answer({1, 1}).tokens.hit, 0) << "on the other model";
}

TEST(talk, a_wrong_answer_is_asked_for_again_three_times_in_all_and_then_left) {
    conversation c;
    c.tasks.resize(2);
    c.tasks[0].difficulty = 2000;
    c.tasks[0].text = c.tasks[1].text = "Why?";
    talk going(c, as_benchmarks_say);
    std::vector<bool> over;
    while (!going.over()) {
        const question q = going.ask();
        EXPECT_TRUE(q.human);
        over.push_back(going.answer({0, 2}).task_over);
    }
    EXPECT_EQ(over, (std::vector<bool>{false, false, true, true}));
}

TEST(month, every_request_is_answered_once_and_every_task_ends_once) {
    std::size_t tasks = 0;
    for (const conversation& c : plan()) tasks += c.tasks.size();
    for (const scenario& world : scenarios) {
        for (const course& c : courses(world)) {
            EXPECT_EQ(c.refused, 0U) << c.policy;
            EXPECT_EQ(c.tasks.size(), tasks) << c.policy;
            std::set<std::pair<std::size_t, std::size_t>> ended;
            for (const task_end& t : c.tasks)
                EXPECT_TRUE(ended.emplace(t.conversation, t.turn).second) << c.policy;
            std::set<std::pair<std::size_t, wall_time>> answered_at;
            for (const row& r : c.rows) {
                // a title is asked for at the moment of the first ask
                if (r.housekeeping) continue;
                EXPECT_TRUE(answered_at.emplace(r.conversation, r.at).second) << told(c, r);
            }
        }
    }
}

TEST(month, no_conversation_falls_to_a_cheaper_tier_within_a_turn) {
    for (const scenario& world : scenarios) {
        for (const course& c : courses(world)) {
            std::map<std::size_t, std::size_t> tiers;
            std::int64_t checked = 0;
            for (const row& r : c.rows) {
                if (r.housekeeping) continue;
                if (r.human) tiers[r.conversation] = r.by.tier;
                EXPECT_GE(r.by.tier, tiers[r.conversation]) << told(c, r);
                tiers[r.conversation] = r.by.tier;
                checked += r.human ? 0 : 1;
            }
            EXPECT_GT(checked, 0) << c.policy;
        }
    }
}

TEST(month, the_sum_of_costs_is_that_of_its_rows_priced_again_by_the_hour) {
    const pricing::price_book& prices = shipped().prices;
    for (const course& c : courses(as_articles_say)) {
        pricing::pico_sum sum;
        for (const row& r : c.rows) {
            const auto quote = prices.at(shipped().routes.tiers[r.by.tier].model, r.at);
            ASSERT_TRUE(quote);
            sum.add(quote->prices.hit * r.tokens.hit);
            sum.add(quote->prices.miss * r.tokens.miss);
            sum.add(quote->prices.output * r.tokens.output);
        }
        EXPECT_EQ(sum.to_integer_text(), std::to_string(figures_of(c).cost.value)) << c.policy;
    }
}

// Its cost per right task need not be the least: it also pays for hard tasks that others leave wrong.
TEST(month, nobody_gets_as_many_tasks_right_as_the_oracle_for_less) {
    for (const scenario& world : scenarios) {
        const auto all = figures_in(world);
        const figures& oracle = named(all, oracle_name);
        for (const figures& f : all) {
            EXPECT_LE(f.all.right, oracle.all.right) << world.name << ' ' << f.policy;
            EXPECT_TRUE(f.all.right < oracle.all.right || f.cost >= oracle.cost)
                << world.name << ' ' << f.policy << ": " << f.cost.value << " and " << oracle.cost.value;
        }
    }
}

TEST(month, all_on_pro_costs_more_than_all_on_flash_and_each_keeps_to_its_tier) {
    for (const scenario& world : scenarios) {
        const auto all = figures_in(world);
        EXPECT_GT(named(all, "always-pro").cost.value, named(all, "always-flash").cost.value) << world.name;
        EXPECT_EQ(named(all, "always-flash").on_pro, 0);
        for (const course& c : courses(world)) {
            if (c.policy != "always-pro") continue;
            for (const row& r : c.rows) EXPECT_EQ(r.by.tier, r.housekeeping ? 0U : 1U) << told(c, r);
        }
    }
}

TEST(month, the_default_policy_meets_the_lines_that_the_month_is_made_for) {
    std::set<std::string> reasons;
    for (const course& c : courses(as_articles_say)) {
        if (c.policy != "bounded") continue;
        for (const row& r : c.rows) reasons.insert(r.reason);
    }
    std::string seen;
    for (const std::string& r : reasons) seen += r + ' ';
    for (const char* wanted : {"housekeeping", "tool_calls", "crosses_files", "proof", "default"}) {
        EXPECT_TRUE(reasons.contains(wanted)) << wanted << " is not among " << seen;
    }
}

TEST(month, the_same_seed_prints_the_same_tables) {
    EXPECT_EQ(check_text(shipped()), checked_once());
    const std::string text = tables_of(as_articles_say, figures_in(as_articles_say));
    for (const std::string& name : policies()) {
        EXPECT_NE(text.find("| " + name + " |"), std::string::npos) << text;
    }
}

// Fails after any change that moves a figure: then scripts/month.sh prints the tables anew.
TEST(month, the_tables_in_the_documents_are_those_of_this_router_and_these_prices) {
    std::ifstream in(std::filesystem::path{WEIR_SOURCE_DIR} / "docs" / "routing.md", std::ios::binary);
    const std::string page{std::istreambuf_iterator<char>(in), {}};
    const std::string& check = checked_once();
    EXPECT_NE(page.find(check), std::string::npos)
        << "docs/routing.md has no line with \"" << check << "\": run scripts/month.sh";
}

}  // namespace
}  // namespace weir::month
