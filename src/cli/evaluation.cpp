#include "evaluation.hpp"

#include "weir/classifier/score.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace weir::cli {

namespace {

using learned_cards = std::vector<std::optional<classifier::learned_card>>;

constexpr double per_mille = 1000;
constexpr double even = 0.5;  // from here on a probability speaks for the dearer tier

scorer constant(const labelled_set& data, const std::string& tier, bool dearer) {
    const std::size_t rows = data.rows.size();
    return {"always " + tier, std::vector<double>(rows, dearer ? 1 : 0), std::vector<bool>(rows, dearer)};
}

// The configured weights over one of the texts that were measured.
scorer weighted(const labelled_set& data, const router::routing& routes, std::string name,
                classifier::features labelled_row::* of) {
    scorer made{std::move(name), {}, {}};
    const router::policy& policy = routes.default_policy();
    const int threshold = policy.classes.empty() ? 0 : policy.classes.front().pro_from_score;
    for (const labelled_row& row : data.rows) {
        const int score = classifier::score(row.*of, policy.score).score;
        made.scores.push_back(score / per_mille);
        made.dearer.push_back(score >= threshold);
    }
    return made;
}

scorer learned(std::string name, std::vector<double> probabilities) {
    scorer made{std::move(name), std::move(probabilities), {}, true};
    for (const double p : made.scores) made.dearer.push_back(p >= even);
    return made;
}

scorer reported(std::string name, const std::vector<result<router::decision>>& decisions) {
    scorer made{std::move(name), {}, {}, false, true};
    for (const auto& d : decisions) {
        made.scores.push_back(d ? d->score / per_mille : 0);
        made.dearer.push_back(d && d->tier > 0);
    }
    return made;
}

std::vector<result<router::decision>> decide_all(const labelled_set& data, const router::routing& routes,
                                                 const learned_cards& cards) {
    std::vector<result<router::decision>> made;
    made.reserve(data.rows.size());
    for (std::size_t i = 0; i < data.rows.size(); ++i)
        made.push_back(decide_row(routes, data.rows[i], cards[i].value_or(classifier::learned_card{})));
    return made;
}

learned_cards cards_of(const std::vector<double>& probabilities) {
    learned_cards cards;
    for (const double p : probabilities) {
        classifier::learned_card card;
        card.score = static_cast<int>(std::lround(p * per_mille));
        cards.emplace_back(std::move(card));
    }
    return cards;
}

}  // namespace

evaluation evaluate(const labelled_set& data, const router::routing& routes, const classifier::recipe& how,
                    const std::vector<hold_out>& by, const step_progress& progress) {
    evaluation e;
    e.scorers.push_back(constant(data, routes.tiers.front().name, false));
    e.scorers.push_back(constant(data, routes.tiers.back().name, true));
    e.scorers.push_back(
        weighted(data, routes, "three weights, all text of the body", &labelled_row::of_all_text));
    e.scorers.push_back(
        weighted(data, routes, "three weights, latest human text", &labelled_row::of_human_text));
    e.scorers.push_back(weighted(data, routes, "weighted, as configured", &labelled_row::features));

    std::vector<scorer> with_policy;
    const std::vector<classifier::example> examples =
        by.empty() ? std::vector<classifier::example>{} : examples_of(data, how);
    for (const hold_out each : by) {
        const std::string name = "held out by " + std::string{name_of(each)};
        const auto tell = progress ? progress(name) : classifier::fit_progress{};
        std::vector<double> given = classifier::held_out(examples, parts_of(data, each), how, tell);
        with_policy.push_back(reported("policy, learned " + name, decide_all(data, routes, cards_of(given))));
        e.scorers.push_back(learned("learned, " + name, std::move(given)));
    }
    learned_cards shipped;
    for (const labelled_row& row : data.rows) shipped.push_back(shipped_card(routes, row));
    if (std::ranges::all_of(shipped, [](const auto& card) { return card.has_value(); })) {
        std::vector<double> given;
        for (const auto& card : shipped) given.push_back(card->score / per_mille);
        e.scorers.push_back(learned("learned, as shipped", std::move(given)));
    }
    e.decisions = decide_all(data, routes, shipped);
    std::ranges::move(with_policy, std::back_inserter(e.scorers));
    e.scorers.push_back(reported("policy, as shipped", e.decisions));
    for (const auto& d : e.decisions) e.by_line.push_back(d && decided_by_line(routes, *d));
    return e;
}

}  // namespace weir::cli
