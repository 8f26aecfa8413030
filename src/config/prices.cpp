// A price file: dated prices per model and the calendar of peak hours.

#include "weir/base/time.hpp"
#include "weir/pricing/decimal.hpp"

#include "parts.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace weir::config {
namespace {

constexpr int day_minutes = 24 * 60;
const std::vector<std::string> currencies = {"usd", "cny"};

std::optional<wall_time> instant_of(const spot& s) {
    const auto text = filled_text_of(s);
    if (!text) return std::nullopt;
    auto at = parse_rfc3339(*text);
    if (!at) s.say("must be a time such as 2026-09-10T04:00:00Z, is " + s.shown());
    return at;
}

std::optional<pricing::pico> price_of(section& part, const char* key) {
    const auto s = part.need(key);
    if (!s) return std::nullopt;
    const auto text = filled_text_of(*s);
    if (!text) return std::nullopt;
    auto price = pricing::pico_per_token(*text);
    if (!price) s->say("must be a price per million tokens with at most six decimals, is " + s->shown());
    return price;
}

// {hit, miss, output} of one card
std::optional<pricing::token_prices> read_card(const spot& s) {
    section part{s};
    const auto hit = price_of(part, "hit");
    const auto miss = price_of(part, "miss");
    const auto output = price_of(part, "output");
    part.finish();
    if (!hit || !miss || !output) return std::nullopt;
    if (*hit > *miss) s.say("a cache hit cannot cost more than a miss");
    return pricing::token_prices{*hit, *miss, *output};
}

// {usd: card, cny: card}; the one that bills is needed, the other is checked
std::optional<pricing::token_prices> read_tariff(const spot& s, const std::string& currency) {
    section part{s};
    std::optional<pricing::token_prices> billed;
    for (const std::string& name : currencies) {
        const auto card = name == currency ? part.need(name) : part.find(name);
        if (!card) continue;
        const auto prices = read_card(*card);
        if (name == currency) billed = prices;
    }
    part.finish();
    return billed;
}

pricing::period read_period(const spot& item, const std::string& currency, bool& has_peak) {
    section part{item};
    pricing::period made;
    if (const auto from = part.need("from")) made.from = instant_of(*from).value_or(wall_time{});
    if (const auto to = part.find("to")) {
        made.to = instant_of(*to);
        if (made.to && *made.to <= made.from) to->say("must be later than `from`");
    }
    const auto flat = part.find("flat");
    const auto off_peak = part.find("off_peak");
    const auto peak = part.find("peak");
    if (flat) made.flat = read_tariff(*flat, currency);
    if (off_peak) made.off_peak = read_tariff(*off_peak, currency);
    if (peak) made.peak = read_tariff(*peak, currency);
    const bool one = flat && !off_peak && !peak;
    const bool two = !flat && off_peak && peak;
    if (!one && !two && part.valid()) item.say("needs either `flat`, or both `off_peak` and `peak`");
    if (two) has_peak = true;
    part.finish();
    return made;
}

// By time, each from where the one before it ends; only the last may be open.
void check_order(const std::vector<spot>& items, const std::vector<pricing::period>& periods) {
    for (std::size_t i = 1; i < periods.size(); ++i) {
        const auto& before = periods[i - 1].to;
        if (!before) {
            items[i - 1].say("only the last period may be without `to`");
        } else if (*before < periods[i].from) {
            items[i].say("leaves a gap: the period before ends at " + to_rfc3339(*before));
        } else if (*before > periods[i].from) {
            items[i].say("overlaps: the period before ends at " + to_rfc3339(*before));
        }
    }
}

pricing::model_prices read_model(const named_spot& entry, const std::string& currency,
                                 std::set<std::string>& ids, bool& has_peak) {
    section part{entry.value};
    pricing::model_prices made;
    made.name = entry.key.text;
    if (const auto list = part.need("ids")) {
        for (const spot& item : items_of(*list)) {
            const auto id = filled_text_of(item);
            if (!id) continue;
            if (!ids.insert(*id).second) item.say("this id has prices already");
            made.ids.push_back(*id);
        }
    }
    if (const auto list = part.need("periods")) {
        const auto items = items_of(*list);
        for (const spot& item : items) made.periods.push_back(read_period(item, currency, has_peak));
        check_order(items, made.periods);
        if (list->value.what == node::kind::sequence && items.empty()) list->say("has no period");
    }
    part.finish();
    return made;
}

// "09:00"; 24:00 is the end of the day
std::optional<int> minute_of(std::string_view text) {
    const auto digit = [&](std::size_t i) {
        return text[i] >= '0' && text[i] <= '9' ? text[i] - '0' : -100'000;
    };
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    const int hours = digit(0) * 10 + digit(1);
    const int minutes = digit(3) * 10 + digit(4);
    if (hours < 0 || minutes < 0 || minutes > 59 || hours * 60 + minutes > day_minutes) return std::nullopt;
    return hours * 60 + minutes;
}

void read_windows(const spot& s, pricing::peak_calendar& into) {
    for (const spot& item : items_of(s)) {
        const auto ends = texts_of(item);
        if (item.broken() || item.value.what != node::kind::sequence) continue;
        const auto from = ends.size() == 2 ? minute_of(ends[0]) : std::nullopt;
        const auto to = ends.size() == 2 ? minute_of(ends[1]) : std::nullopt;
        if (!from || !to || *from >= *to) {
            item.say(R"(must be two times of a day, such as ["09:00", "12:00"])");
        } else if (!into.windows.empty() && into.windows.back().to_minute > *from) {
            item.say("begins before the window above it ends");
        } else {
            into.windows.push_back({*from, *to});
        }
    }
}

void read_holidays(const spot& s, pricing::peak_calendar& into) {
    constexpr std::size_t date_length = 10;
    for (const spot& item : items_of(s)) {
        const auto text = filled_text_of(item);
        if (!text) continue;
        const auto day = text->size() == date_length ? parse_rfc3339(*text) : std::nullopt;
        if (!day) {
            item.say("must be a date such as 2026-10-01, is " + item.shown());
            continue;
        }
        const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(*day)};
        if (!into.holidays.insert(date).second) item.say("this day is listed twice");
        if (!into.years_known.contains(static_cast<int>(date.year()))) {
            item.say("its year is not listed under `years_known`");
        }
    }
}

void read_offset(const spot& s, pricing::peak_calendar& into) {
    constexpr int offset_minutes_max = 14 * 60;
    const auto text = filled_text_of(s);
    if (!text) return;
    const bool sign = text->starts_with('+') || text->starts_with('-');
    const auto minutes = sign ? minute_of(std::string_view{*text}.substr(1)) : std::nullopt;
    if (!minutes || *minutes > offset_minutes_max) {
        s.say("must be an offset such as \"+08:00\", is " + s.shown());
        return;
    }
    into.utc_offset_minutes = text->starts_with('-') ? -*minutes : *minutes;
}

void read_peak(const spot& s, pricing::peak_calendar& into) {
    section part{s};
    if (const auto offset = part.need("utc_offset")) read_offset(*offset, into);
    if (const auto windows = part.need("windows")) read_windows(*windows, into);
    if (const auto from = part.find("weekdays_only_from")) {
        into.weekdays_only_from = instant_of(*from).value_or(wall_time{});
    }
    if (const auto from = part.find("holidays_off_from")) {
        into.holidays_off_from = instant_of(*from).value_or(wall_time{});
    }
    if (const auto years = part.find("years_known")) {
        for (const spot& item : items_of(*years)) {
            if (const auto year = integer_of(item, 2000, 2200))
                into.years_known.insert(static_cast<int>(*year));
        }
    }
    if (const auto days = part.find("holidays")) read_holidays(*days, into);
    part.finish();
}

// {usd: 0.75, cny: 5}; the one that bills is needed, the other is checked.
std::optional<pricing::pico> read_per_thousand(const spot& s, const std::string& currency) {
    // a price per thousand calls is a thousand times one per million
    constexpr std::int64_t thousands_in_a_million = 1'000;
    section part{s};
    std::optional<pricing::pico> billed;
    for (const std::string& name : currencies) {
        const auto card = name == currency ? part.need(name) : part.find(name);
        const auto text = card ? filled_text_of(*card) : std::nullopt;
        if (!text) continue;
        const auto price = pricing::pico_per_token(*text);
        if (!price) {
            card->say("must be a price per thousand calls with at most six decimals, is " + card->shown());
        } else if (name == currency) {
            billed = *price * thousands_in_a_million;
        }
    }
    part.finish();
    return billed;
}

void read_fees(const spot& s, const std::string& currency, std::vector<pricing::fee>& into) {
    for (const spot& item : items_of(s)) {
        section part{item};
        pricing::fee made;
        if (const auto name = part.need("name")) made.name = filled_text_of(*name).value_or("");
        if (const auto from = part.need("from")) made.from = instant_of(*from).value_or(wall_time{});
        if (const auto to = part.find("to")) {
            made.to = instant_of(*to);
            if (made.to && *made.to <= made.from) to->say("must be later than `from`");
        }
        if (const auto price = part.need("per_thousand")) {
            made.amount = read_per_thousand(*price, currency).value_or(pricing::pico{});
        }
        part.finish();
        const auto before = std::find_if(into.rbegin(), into.rend(),
                                         [&](const pricing::fee& f) { return f.name == made.name; });
        if (before != into.rend() && !before->to) {
            item.say("the same fee above it has no end", "give that one a `to`");
        } else if (before != into.rend() && *before->to > made.from) {
            item.say("overlaps: the same fee above it ends at " + to_rfc3339(*before->to));
        }
        into.push_back(std::move(made));
    }
}

}  // namespace

std::optional<pricing::price_book> read_prices(const spot& file) {
    section top{file};
    if (!top.valid()) return std::nullopt;
    std::string version;
    std::string currency = currencies.front();
    if (const auto s = top.need("version")) version = filled_text_of(*s).value_or("");
    if (const auto s = top.need("currency")) currency = currencies[choice_of(*s, currencies).value_or(0)];
    if (const auto s = top.need("unit")) (void)choice_of(*s, {"per_1m_tokens"});

    std::vector<pricing::model_prices> models;
    std::set<std::string> ids;
    bool has_peak = false;
    if (const auto s = top.need("models")) {
        for (const named_spot& entry : entries_of(*s))
            models.push_back(read_model(entry, currency, ids, has_peak));
    }
    std::vector<pricing::fee> fees;
    if (const auto s = top.find("fees")) read_fees(*s, currency, fees);
    pricing::peak_calendar calendar;
    const auto peak = top.find("peak");
    if (peak) read_peak(*peak, calendar);
    if (!peak && has_peak) file.say("`peak` is missing, though a period has peak prices");
    top.finish();
    std::ranges::transform(currency, currency.begin(),
                           [](char c) { return static_cast<char>(c - 'a' + 'A'); });
    return pricing::price_book{std::move(version), std::move(currency), std::move(models),
                               std::move(calendar), std::move(fees)};
}

}  // namespace weir::config
