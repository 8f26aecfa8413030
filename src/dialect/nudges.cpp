#include "nudges.hpp"

#include "envelopes.hpp"
#include "text_match.hpp"

#include <algorithm>
#include <array>

namespace weir::dialect {
namespace {

constexpr std::array<std::string_view, 16> stops = {
    ",",      ".",      "!",      "?",      ";",      ":",      "\n",     "\u2014",
    "\u2026", "\u3001", "\u3002", "\uFF01", "\uFF0C", "\uFF1A", "\uFF1B", "\uFF1F"};

// The length of the punctuation that `text` begins with; 0 where it begins with none.
std::size_t stop_at(std::string_view text) noexcept {
    const auto found = std::ranges::find_if(stops, [&](std::string_view s) { return text.starts_with(s); });
    return found == stops.end() ? 0 : found->size();
}

}  // namespace

bool is_nudge(std::string_view text, const std::vector<std::string>& nudges) noexcept {
    if (text.size() > nudge_bytes_max) return false;
    bool any = false;
    while (!text.empty()) {
        std::size_t end = 0;
        while (end < text.size() && stop_at(text.substr(end)) == 0) ++end;
        const std::string_view said = trim(text.substr(0, end));
        text.remove_prefix(end + stop_at(text.substr(end)));
        if (said.empty()) continue;
        const bool known =
            std::ranges::any_of(nudges, [&](const std::string& n) { return equal_in_any_case(n, said); });
        if (!known) return false;
        any = true;
    }
    return any;
}

}  // namespace weir::dialect
