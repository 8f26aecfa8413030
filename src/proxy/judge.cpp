#include "weir/proxy/judge.hpp"

#include <utility>

namespace weir::proxy {

result<judgement> judge(padded_view body, dialect::body_indexer& indexer,
                        const classifier::word_matcher& words, const config::settings& settings,
                        const router::circumstances& about) {
    auto index = indexer.chat(body, settings.bounds);
    if (!index) return std::unexpected(std::move(index.error()));
    const dialect::ask ask = dialect::ask_of(body, *index, settings.asks);
    judgement j{std::move(*index), {}, {}};
    j.features = classifier::features_of(body, j.index, ask, words);
    j.route = router::decide(settings.routes, j.index, j.features, about);
    return j;
}

}  // namespace weir::proxy
