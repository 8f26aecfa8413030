#include "model_request.hpp"

#include <algorithm>

namespace weir::simulator {

const tool* model_request::find_tool(std::string_view name) const noexcept {
    const auto found = std::ranges::find(tools, name, &tool::name);
    return found == tools.end() ? nullptr : &*found;
}

std::string last_ask(const model_request& asked) {
    for (auto m = asked.messages.rbegin(); m != asked.messages.rend(); ++m) {
        if (m->from != role::user) continue;
        std::string text;
        for (const part& p : m->parts) {
            if (!p.is_image) text += p.text;
        }
        return text;
    }
    return {};
}

const message* last_turn(const model_request& asked) noexcept {
    for (auto m = asked.messages.rbegin(); m != asked.messages.rend(); ++m) {
        if (m->from != role::system && m->from != role::latest_reminder) return &*m;
    }
    return nullptr;
}

}  // namespace weir::simulator
