#include "weir/whatif/refit.hpp"

#include "weir/base/digest.hpp"
#include "weir/classifier/fit.hpp"
#include "weir/classifier/measures.hpp"

#include <utility>
#include <vector>

namespace weir::whatif {
namespace {

constexpr std::string_view own_ending = ".own";

std::string id_of(const classifier::linear& kind) { return kind.name + '/' + std::to_string(kind.version); }

std::vector<classifier::judged> judged_by(const classifier::linear& kind,
                                          std::span<const classifier::outcome> rows) {
    std::vector<classifier::judged> all;
    all.reserve(rows.size());
    for (const classifier::outcome& o : rows) {
        all.push_back({static_cast<double>(classifier::learned_score(o.f, o.words_part, kind)), o.pro});
    }
    return all;
}

std::string line_of(request_id id, const classifier::outcome& o) {
    std::string line = to_text(id) + (o.pro ? " 1 " : " 0 ") + std::to_string(o.words_part);
    for (std::size_t i = 0; i < classifier::feature_list().size(); ++i) {
        line += ' ' + std::to_string(classifier::value_of(o.f, i));
    }
    return line;
}

}  // namespace

std::string own_name(const classifier::linear& base) {
    if (base.name.ends_with(own_ending)) return base.name;
    return base.name + '-' + std::to_string(base.version) + std::string(own_ending);
}

std::string words_of(std::string_view name_and_version) {
    const std::size_t slash = name_and_version.rfind('/');
    const std::string_view name = name_and_version.substr(0, slash);
    if (!name.ends_with(own_ending)) return std::string(name_and_version);
    std::string base(name.substr(0, name.size() - own_ending.size()));
    const std::size_t dash = base.rfind('-');
    if (dash != std::string::npos) base[dash] = '/';
    return base;
}

result<refitted> refit_on(std::span<const past> rows, const router::routing& routes,
                          const classifier::linear& base) {
    refitted made;
    std::vector<classifier::outcome> known;
    const std::string words = words_of(id_of(base));
    inputs with;
    for (const past& row : rows) {
        if (!row.needed_more) continue;
        if (!base.words.empty() && words_of(row.made_of.weights) != words) {
            ++made.other_words;
            continue;
        }
        remake(with, row.made_of, row.model_asked, row.key_id, routes);
        known.push_back({with.features, with.learned.words_part, *row.needed_more});
        made.needed_more += *row.needed_more ? 1 : 0;
        // In a chain, as the text of all rows would be much to hold.
        made.sha256 = hex(sha256(made.sha256 + line_of(row.id, known.back())));
    }
    made.rows = known.size();
    if (made.rows < refit_rows_min || made.needed_more < 2 || made.rows - made.needed_more < 2) {
        return weir_fault(errc::invalid_field, "outcomes are known of " + std::to_string(made.rows) +
                                                   " requests, " + std::to_string(made.needed_more) +
                                                   " of them needing more than the cheapest tier: " +
                                                   std::to_string(refit_rows_min) +
                                                   " and two of each kind are the least");
    }
    const std::span<const classifier::outcome> all = known;
    const std::size_t earlier = all.size() - all.size() / 5;
    made.auroc_before = classifier::auroc(judged_by(base, all.subspan(earlier)));
    const classifier::linear tried = classifier::refit(base, all.first(earlier));
    made.auroc_after = classifier::auroc(judged_by(tried, all.subspan(earlier)));

    made.weights = classifier::refit(base, all);
    made.weights.version = base.name.ends_with(own_ending) ? base.version + 1 : 1;
    made.weights.name = own_name(base);
    return made;
}

}  // namespace weir::whatif
