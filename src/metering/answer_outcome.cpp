#include "weir/metering/answer_outcome.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace weir::metering {
namespace {

constexpr std::array<std::string_view, 5> names = {"feedback", "retried", "asked_again", "loop", "verifier"};

// What is known of a request, as bits.
constexpr std::uint8_t feedback_yes = 1;
constexpr std::uint8_t feedback_no = 2;
constexpr std::uint8_t signal_no = 4;

}  // namespace

std::string_view name_of(outcome_kind kind) noexcept {
    const auto place = static_cast<std::size_t>(kind);
    return place < names.size() ? names[place] : "unknown";
}

std::optional<outcome_kind> parse_outcome_kind(std::string_view name) noexcept {
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) return std::nullopt;
    return static_cast<outcome_kind>(std::distance(names.begin(), found));
}

void acceptances::add(const answer_outcome& o) {
    std::uint8_t& known = seen_[o.request.value];
    if (o.kind == outcome_kind::feedback) {
        known = static_cast<std::uint8_t>((known & signal_no) | (o.accepted ? feedback_yes : feedback_no));
    } else if (!o.accepted) {
        known |= signal_no;
    }
}

acceptance acceptances::of(request_id request) const {
    const auto found = seen_.find(request.value);
    if (found == seen_.end()) return acceptance::unknown;
    if ((found->second & feedback_yes) != 0) return acceptance::accepted;
    return found->second != 0 ? acceptance::rejected : acceptance::unknown;
}

}  // namespace weir::metering
