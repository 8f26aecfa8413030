#include "weir/whatif/replay.hpp"

#include "course.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <variant>

namespace weir::whatif {
namespace {

// Indices of the word lists that a condition asks for.
void add_lists(const router::condition& when, std::map<std::size_t, std::int64_t>& lines) {
    std::set<std::size_t> asked;
    for (const router::predicate& p : when) {
        if (const auto* in = std::get_if<router::words_in>(&p)) asked.insert(in->list);
        if (const auto* out = std::get_if<router::no_words_in>(&p)) asked.insert(out->list);
    }
    for (const std::size_t list : asked) ++lines[list];
}

// How many lines and weights ask for each word list.
std::map<std::size_t, std::int64_t> lines_by_list(const router::routing& routes) {
    std::map<std::size_t, std::int64_t> lines;
    for (const router::rule& r : routes.rules) add_lists(r.when, lines);
    for (const router::policy& p : routes.policies) {
        for (const router::policy_line& l : p.decide) add_lists(l.when, lines);
        for (const router::effort_line& l : p.effort) add_lists(l.when, lines);
        for (const classifier::term& t : p.score.terms) {
            if (t.what == classifier::signal::words) ++lines[t.list];
        }
    }
    return lines;
}

bool knows(const recorded& r, const std::string& list) {
    return std::ranges::find(r.words, list) != r.words.end() ||
           std::ranges::find(r.words_absent, list) != r.words_absent.end();
}

class tally {
public:
    explicit tally(const router::routing& routes) : routes_(routes) {
        for (const auto& [list, lines] : lines_by_list(routes)) {
            if (list < routes.words.size()) blind_.push_back({routes.words[list].name, lines, 0});
        }
        report_.actual.name = "actual";
        report_.replayed.name = "replayed";
        for (const router::tier& t : routes.tiers) {
            report_.tiers.push_back(t.name);
            report_.all.emplace_back().name = "all " + t.name;
        }
        report_.actual.requests.resize(routes.tiers.size());
        report_.replayed.requests = report_.actual.requests;
        for (column& c : report_.all) c.requests = report_.actual.requests;
    }

    void add(const past& row, const verdict& v, const course& at) {
        if (!count(report_, v)) return;
        ++report_.requests;
        report_.moved += v.tier != v.answered ? 1 : 0;
        add_to(report_.actual, row, v.answered, v.actual);
        add_to(report_.replayed, row, v.tier, v.cost);
        for (std::size_t t = 0; t < report_.all.size(); ++t)
            add_to(report_.all[t], row, t, at.single_cost(row, t));
        reason_line& line = reasons_[v.reason];
        ++line.requests;
        line.moved_up += v.answered != no_tier && v.tier > v.answered ? 1 : 0;
        line.moved_down += v.answered != no_tier && v.tier < v.answered ? 1 : 0;
        line.cost.add(v.cost);
        line.actual.add(v.actual);
    }

    // The record knows fewer lists than this configuration asks for.
    void add_blind(const recorded& r) {
        for (blind_list& b : blind_) b.requests += knows(r, b.list) ? 0 : 1;
    }

    replay_report finish(const pricing::price_book& book) && {
        const router::policy& p = routes_.default_policy();
        report_.policy = p.name + '/' + std::to_string(p.version);
        report_.currency = book.currency();
        for (auto& [reason, line] : reasons_) {
            line.reason = reason;
            report_.reasons.push_back(std::move(line));
        }
        for (blind_list& b : blind_) {
            if (b.requests > 0) report_.blind.push_back(std::move(b));
        }
        return std::move(report_);
    }

private:
    static void add_to(column& c, const past& row, std::size_t tier, pricing::pico cost) {
        if (tier < c.requests.size()) ++c.requests[tier];
        c.cost.add(cost);
        if (!row.needed_more.value_or(false)) return;
        ++c.needed_more;
        c.needed_more_given += tier != no_tier && tier > 0 ? 1 : 0;
    }

    const router::routing& routes_;
    replay_report report_;
    std::map<std::string, reason_line> reasons_;
    std::vector<blind_list> blind_;
};

}  // namespace

caveats& caveats::operator+=(const caveats& more) noexcept {
    unroutable += more.unroutable;
    unpriced += more.unpriced;
    otherwise_paid += more.otherwise_paid;
    other_weights += more.other_weights;
    other_tier += more.other_tier;
    return *this;
}

std::optional<bool> needed_more(const past& row, std::optional<bool> accepted) {
    if (row.replaced && row.replaced->broken_off) return std::nullopt;
    // Its check said so, and the answer that was accepted or not is a dearer tier's.
    if (row.replaced && row.made_of.tier == 0) return true;
    const bool by_cheapest = !row.made_of.tiers.empty() && row.tier == row.made_of.tiers.front();
    if (!by_cheapest || !accepted) return std::nullopt;
    return !*accepted;
}

std::int64_t dearer_per_mille(const column& c) noexcept {
    std::int64_t all = 0;
    for (const std::int64_t requests : c.requests) all += requests;
    return all == 0 ? 0 : (all - c.requests.front()) * 1000 / all;
}

std::optional<std::int64_t> saved_per_mille(const column& c, const column& whole) noexcept {
    pricing::pico_sum saved = whole.cost;
    saved.subtract(c.cost);
    return saved.per_mille_of(whole.cost);
}

std::optional<std::int64_t> recall_per_mille(const column& c) noexcept {
    if (c.needed_more == 0) return std::nullopt;
    return c.needed_more_given * 1000 / c.needed_more;
}

std::string percent_text(std::int64_t per_mille) {
    const std::int64_t size = per_mille < 0 ? -per_mille : per_mille;
    return (per_mille < 0 ? "-" : "") + std::to_string(size / 10) + '.' + std::to_string(size % 10);
}

replay_report replay(std::span<const past> rows, const router::routing& routes,
                     const pricing::price_book& book) {
    tally sums(routes);
    course at(routes, book);
    inputs with;
    for (const past& row : rows) {
        remake(with, row.made_of, row.model_asked, row.key_id, routes);
        const verdict v = at.next(row, with);
        sums.add(row, v, at);
        if (with.blind_lists > 0 && v.how == verdict::kind::decided) sums.add_blind(row.made_of);
    }
    return std::move(sums).finish(book);
}

void set_threshold(router::routing& routes, int per_mille) {
    router::policy& p = routes.policies.front();
    if (p.learned.kind) {
        if (p.learned.decides == router::learned_rule::use::never)
            p.learned.decides = router::learned_rule::use::when_tuned;
        p.learned.pro_from_score = per_mille;
        return;
    }
    for (router::traffic_class& c : p.classes) c.pro_from_score = per_mille;
}

}  // namespace weir::whatif
