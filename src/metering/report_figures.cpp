#include "report_figures.hpp"

#include <cstdint>

namespace weir::metering {
namespace {

const pricing::pico_sum* dearest_of(const report_line& line) {
    const pricing::pico_sum* dearest = nullptr;
    for (const auto& [tier, cost] : line.baselines) {
        if (!dearest || cost > *dearest) dearest = &cost;
    }
    return dearest;
}

}  // namespace

std::string_view heading_of(grouping by) noexcept {
    switch (by) {
        case grouping::none:
            return "";
        case grouping::model:
            return "model";
        case grouping::day:
            return "day";
        case grouping::key:
            return "key";
        case grouping::reason:
            return "reason";
        case grouping::endpoint:
            return "endpoint";
        case grouping::session:
            return "session";
        case grouping::fingerprint:
            return "fingerprint";
        case grouping::tier:
            return "tier";
        case grouping::effort:
            return "effort";
        case grouping::cell:
            return "cell";
    }
    return "";
}

pricing::pico_sum saved_by(const report_line& line) {
    const pricing::pico_sum* const dearest = dearest_of(line);
    if (!dearest) return {};
    pricing::pico_sum saved = *dearest;
    saved.subtract(line.cost);
    return saved;
}

std::string saved_percent(const report_line& line) {
    const pricing::pico_sum* const dearest = dearest_of(line);
    const auto share = dearest ? saved_by(line).per_mille_of(*dearest) : std::nullopt;
    if (!share) return {};
    const std::int64_t magnitude = *share < 0 ? -*share : *share;
    return (*share < 0 ? "-" : "") + std::to_string(magnitude / 10) + '.' + std::to_string(magnitude % 10);
}

}  // namespace weir::metering
