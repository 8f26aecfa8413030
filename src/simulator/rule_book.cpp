#include "rule_book.hpp"

namespace weir::simulator {

const actions& rule_book::take(const glimpse& seen) {
    const actions* taken = nullptr;
    for (std::size_t i = 0; i < met_.size(); ++i) {
        const conditions& when = script_.rules[i].when;
        if (when.endpoint && *when.endpoint != seen.spoken) continue;
        if (when.model && *when.model != seen.model) continue;
        if (when.stream && *when.stream != seen.stream) continue;
        if (when.ask_contains && !seen.ask.contains(*when.ask_contains)) continue;
        if (when.tools && *when.tools != seen.tools) continue;
        if (when.after_tool_results && *when.after_tool_results != seen.tool_results) continue;
        const std::int64_t n = ++met_[i];
        if (when.nth && n != *when.nth) continue;
        if (when.every && n % *when.every != 0) continue;
        if (!taken) taken = &script_.rules[i].act;
    }
    return taken ? *taken : script_.usual;
}

}  // namespace weir::simulator
