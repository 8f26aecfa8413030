#include "gates.hpp"

#include <algorithm>

namespace weir::router {
namespace {

bool far_beyond(std::int64_t estimate, std::int64_t context_tokens_max) {
    // 0: the configuration states no limit
    return context_tokens_max > 0 && estimate - context_tokens_max >= context_tokens_max / 5;
}

bool runs(const tier& t, const std::string& tool) {
    return std::ranges::find(t.server_tools, tool) != t.server_tools.end();
}

bool lacks_a_tool(const routing& routes, const tier& t, const dialect::body_index& index) {
    return std::ranges::any_of(index.tool_types, [&](const std::string& tool) {
        return !runs(t, tool) &&
               std::ranges::any_of(routes.tiers, [&](const tier& other) { return runs(other, tool); });
    });
}

}  // namespace

std::vector<strike> struck_tiers(const routing& routes, const dialect::body_index& index,
                                 const classifier::features& f) {
    std::vector<strike> struck;
    struck.reserve(routes.tiers.size());
    for (const tier& t : routes.tiers) {
        if (f.images > 0 && !t.images) {
            struck.push_back(strike::images);
        } else if (f.files > 0 && !t.files) {
            struck.push_back(strike::files);
        } else if (lacks_a_tool(routes, t, index)) {
            struck.push_back(strike::tools);
        } else if (far_beyond(f.context_tokens, t.context_tokens_max)) {
            struck.push_back(strike::context);
        } else {
            struck.push_back(strike::none);
        }
    }
    return struck;
}

std::optional<std::size_t> best_left(const std::vector<strike>& struck, std::size_t wanted) {
    for (std::size_t i = wanted; i < struck.size(); ++i) {
        if (struck[i] == strike::none) return i;
    }
    for (std::size_t i = std::min(wanted, struck.size()); i > 0; --i) {
        if (struck[i - 1] == strike::none) return i - 1;
    }
    return std::nullopt;
}

bool forces_tool(const dialect::body_index& index) noexcept {
    using enum dialect::tool_choice_word;
    return index.tool_choice == required || index.tool_choice == named;
}

}  // namespace weir::router
