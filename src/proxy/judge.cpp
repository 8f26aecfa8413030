#include "weir/proxy/judge.hpp"

#include "weir/dialect/tokens.hpp"
#include "weir/dialect/turn_keys.hpp"

#include <utility>

namespace weir::proxy {

namespace {

// Of all texts that are put back into one body: the same one may be asked for by each of its turns.
constexpr std::size_t restored_bytes_max = 4 * 1024 * 1024;

// Fills in what the client dropped, and counts the turns for which nobody has it.
std::size_t restore_reasoning(judgement& j, padded_view body, dialect::mend_set on,
                              const reasoning_finder& find) {
    std::size_t lost = 0;
    std::size_t bytes = 0;
    dialect::question_finder questions(body, j.index);
    for (const std::size_t message : dialect::turns_without_reasoning(j.index)) {
        std::shared_ptr<const state::kept_reasoning> kept;
        if (find && on.has(dialect::mend::reasoning) && bytes < restored_bytes_max) {
            kept = find(dialect::turn_keys(body, j.index, message, questions.before(message)));
        }
        if (kept) bytes += kept->text.size() + kept->signature.size();
        if (bytes > restored_bytes_max) kept.reset();
        if (!kept) ++lost;
        if (kept) {
            j.features.context_tokens += dialect::estimate_tokens(kept->text);
            j.reasoning.push_back({message, kept->text, kept->signature, true});
        } else if (on.has(dialect::mend::reasoning_empty)) {
            j.reasoning.push_back({message, {}, {}, false});
        }
    }
    return lost;
}

}  // namespace

result<judgement> judge(dialect::api_kind api, padded_view body, dialect::body_indexer& indexer,
                        const classifier::word_matcher& words, const config::settings& settings,
                        const router::circumstances& about, const reasoning_finder& find) {
    auto index = indexer.read(api, body, settings.bounds);
    if (!index) return std::unexpected(std::move(index.error()));
    const dialect::ask ask = dialect::ask_of(body, *index, settings.asks);
    judgement j{std::move(*index), {}, {}, {}};
    j.features = classifier::features_of(body, j.index, ask, words);
    router::circumstances known = about;
    if (j.index.thinking != dialect::thinking_word::disabled)
        known.reasoning_lost = restore_reasoning(j, body, settings.mends, find);
    j.route = router::decide(settings.routes, j.index, j.features, known);
    return j;
}

}  // namespace weir::proxy
