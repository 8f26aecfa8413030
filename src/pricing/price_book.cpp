#include "weir/pricing/price_book.hpp"

#include <algorithm>
#include <utility>

namespace weir::pricing {
namespace {

using std::chrono::days;
using std::chrono::minutes;
using std::chrono::year_month_day;

// The instant as the clock on the calendar's wall shows it, as if that zone were UTC.
wall_time local_time(const peak_calendar& calendar, wall_time when) {
    return when + minutes{calendar.utc_offset_minutes};
}

year_month_day local_date(const peak_calendar& calendar, wall_time when) {
    return year_month_day{std::chrono::floor<days>(local_time(calendar, when))};
}

bool is_weekend(std::chrono::sys_days date) {
    const std::chrono::weekday day{date};
    return day == std::chrono::Saturday || day == std::chrono::Sunday;
}

const period* covering(const std::vector<period>& periods, wall_time when) {
    const auto found = std::ranges::find_if(
        periods, [when](const period& p) { return p.from <= when && (!p.to || when < *p.to); });
    return found == periods.end() ? nullptr : &*found;
}

}  // namespace

std::string_view name_of(tariff t) noexcept {
    switch (t) {
        case tariff::flat:
            return "flat";
        case tariff::off_peak:
            return "off_peak";
        case tariff::peak:
            return "peak";
    }
    return "";
}

bool year_known(const peak_calendar& calendar, wall_time when) {
    return calendar.years_known.contains(static_cast<int>(local_date(calendar, when).year()));
}

bool is_peak(const peak_calendar& calendar, wall_time when) {
    const wall_time local = local_time(calendar, when);
    const auto midnight = std::chrono::floor<days>(local);
    if (when >= calendar.weekdays_only_from && is_weekend(midnight)) return false;
    if (when >= calendar.holidays_off_from && calendar.holidays.contains(year_month_day{midnight}))
        return false;
    const auto minute = std::chrono::floor<minutes>(local - midnight).count();
    return std::ranges::any_of(calendar.windows, [minute](const window& w) {
        return w.from_minute <= minute && minute < w.to_minute;
    });
}

price_book::price_book(std::string version, std::string currency, std::vector<model_prices> models,
                       peak_calendar calendar, std::vector<fee> fees)
    : version_(std::move(version)),
      currency_(std::move(currency)),
      models_(std::move(models)),
      calendar_(std::move(calendar)),
      fees_(std::move(fees)) {}

std::optional<quote> price_book::at(std::string_view model_id, wall_time when) const {
    const auto model = std::ranges::find_if(models_, [model_id](const model_prices& m) {
        return std::ranges::find(m.ids, model_id) != m.ids.end();
    });
    if (model == models_.end()) return std::nullopt;
    const period* const now = covering(model->periods, when);
    if (!now) return std::nullopt;
    if (now->flat) return quote{*now->flat, tariff::flat, model->name, false};

    const tariff at = is_peak(calendar_, when) ? tariff::peak : tariff::off_peak;
    const std::optional<token_prices>& prices = at == tariff::peak ? now->peak : now->off_peak;
    if (!prices) return std::nullopt;
    return quote{*prices, at, model->name, !year_known(calendar_, when)};
}

std::optional<pico> price_book::fee_at(std::string_view name, wall_time when) const {
    const auto found = std::ranges::find_if(
        fees_, [&](const fee& f) { return f.name == name && f.from <= when && (!f.to || when < *f.to); });
    if (found == fees_.end()) return std::nullopt;
    return found->amount;
}

bool price_book::knows_fee(std::string_view name) const noexcept {
    return std::ranges::find(fees_, name, &fee::name) != fees_.end();
}

}  // namespace weir::pricing
