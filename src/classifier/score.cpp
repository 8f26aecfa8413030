#include "weir/classifier/score.hpp"

#include <cassert>

namespace weir::classifier {
namespace {

// What a term measures, and whether that is enough.
std::int64_t value_of(const features& f, const term& t) noexcept {
    switch (t.what) {
        case signal::prompt_chars_over:
            return f.prompt_chars;
        case signal::tools_over:
            return f.tools;
        case signal::words:
            return static_cast<std::int64_t>(f.words >> t.list & 1U);
    }
    return 0;
}

bool fires(const term& t, std::int64_t value) noexcept {
    return t.what == signal::words ? value != 0 : value > t.over;
}

// Thousandths of `whole`, rounded to nearest.
std::int64_t per_mille(std::int64_t part, std::int64_t whole) noexcept {
    return whole == 0 ? 0 : (part * 1000 + whole / 2) / whole;
}

}  // namespace

score_card score(const features& f, const weighted& kind) {
    std::int64_t total = 0;
    for (const term& t : kind.terms) total += t.weight;
    score_card card;
    card.contributions.reserve(kind.terms.size());
    std::int64_t fired = 0;
    for (const term& t : kind.terms) {
        assert(t.what != signal::words || t.list < 64);
        const std::int64_t value = value_of(f, t);
        const std::int64_t weight = fires(t, value) ? t.weight : 0;
        fired += weight;
        card.contributions.push_back({t.name, value, per_mille(weight, total)});
    }
    card.score = static_cast<int>(per_mille(fired, total));
    return card;
}

}  // namespace weir::classifier
