#pragma once
// What a token cost at an instant: dated prices, peak windows and holidays. Data: config/prices/.

#include "weir/base/error.hpp"
#include "weir/base/time.hpp"
#include "weir/pricing/money.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace weir::pricing {

enum class tariff : std::uint8_t { flat, off_peak, peak };
std::string_view name_of(tariff t) noexcept;

// [from, to) in UTC. Either `flat`, or both `off_peak` and `peak`.
struct period {
    wall_time from;
    std::optional<wall_time> to;
    std::optional<token_prices> flat;
    std::optional<token_prices> off_peak;
    std::optional<token_prices> peak;
};

struct model_prices {
    std::string name;              // of the entry: "flash"
    std::vector<std::string> ids;  // model ids that are billed by it
    std::vector<period> periods;   // by time, without overlap or gap
};

// What a call costs beside its tokens: a search, a fetched page. [from, to) in UTC.
struct fee {
    std::string name;  // "search"
    wall_time from;
    std::optional<wall_time> to;
    pico amount;  // a call that succeeds
};

// Minutes of a day, [from, to), in the calendar's time zone.
struct window {
    int from_minute = 0;
    int to_minute = 0;
};

// When peak prices hold. DeepSeek: Monday to Friday 09:00 to 12:00 and 14:00 to 18:00 in Beijing, public
// holidays excluded; weekday and holiday belong to the date in Beijing.
struct peak_calendar {
    int utc_offset_minutes = 480;  // a zone without summer time
    std::vector<window> windows;
    wall_time weekdays_only_from{};  // before it the windows hold on every day
    wall_time holidays_off_from{};   // from it holidays are off-peak
    std::set<std::chrono::year_month_day> holidays;
    std::set<int>
        years_known;  // years whose holidays are listed; others are priced as peak on weekdays, flagged
};

struct quote {
    token_prices prices;
    tariff at = tariff::flat;
    std::string_view entry;         // model_prices::name; lives as long as the book
    bool calendar_unknown = false;  // the year's holidays are not listed
};

class price_book {
public:
    // `models` as validated by the configuration; `version` names the book in rows: "2026-11-21".
    price_book(std::string version, std::string currency, std::vector<model_prices> models,
               peak_calendar calendar, std::vector<fee> fees = {});

    // Prices of `model_id` at `when`. nullopt: no entry, or no period that covers the instant.
    std::optional<quote> at(std::string_view model_id, wall_time when) const;

    // nullopt: no fee of this name holds at the instant.
    std::optional<pico> fee_at(std::string_view name, wall_time when) const;
    bool knows_fee(std::string_view name) const noexcept;
    const std::vector<fee>& fees() const noexcept { return fees_; }

    const std::string& version() const noexcept { return version_; }
    const std::string& currency() const noexcept { return currency_; }

private:
    std::string version_;
    std::string currency_;
    std::vector<model_prices> models_;
    peak_calendar calendar_;
    std::vector<fee> fees_;
};

// Peak at `when`? Pure calendar; the caller knows whether the period has two tariffs.
bool is_peak(const peak_calendar& calendar, wall_time when);
bool year_known(const peak_calendar& calendar, wall_time when);

}  // namespace weir::pricing
