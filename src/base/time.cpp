#include "weir/base/time.hpp"

#include <cstddef>

namespace weir {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// Takes text from the front, piece by piece.
class scanner {
public:
    explicit scanner(std::string_view text) noexcept : rest_(text) {}

    bool at_end() const noexcept { return rest_.empty(); }

    // Exactly `digits` digits.
    std::optional<int> number(std::size_t digits) noexcept {
        if (rest_.size() < digits) return std::nullopt;
        int value = 0;
        for (const char c : rest_.substr(0, digits)) {
            if (!is_digit(c)) return std::nullopt;
            value = value * 10 + (c - '0');
        }
        rest_.remove_prefix(digits);
        return value;
    }

    // One character out of `any`; '\0' where the next is none of them.
    char one_of(std::string_view any) noexcept {
        if (rest_.empty() || any.find(rest_.front()) == std::string_view::npos) return '\0';
        const char c = rest_.front();
        rest_.remove_prefix(1);
        return c;
    }

    // Digits after the point, cut to milliseconds; at least one must be there.
    std::optional<int> fraction_ms() noexcept {
        int value = 0;
        int weight = 100;
        std::size_t digits = 0;
        for (; digits < rest_.size() && is_digit(rest_[digits]); ++digits) {
            value += weight * (rest_[digits] - '0');
            weight /= 10;
        }
        if (digits == 0) return std::nullopt;
        rest_.remove_prefix(digits);
        return value;
    }

private:
    std::string_view rest_;
};

std::optional<sys_days> scan_date(scanner& in) noexcept {
    const auto year = in.number(4);
    if (!year || !in.one_of("-")) return std::nullopt;
    const auto month = in.number(2);
    if (!month || !in.one_of("-")) return std::nullopt;
    const auto day = in.number(2);
    if (!day) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{*year},
                                           std::chrono::month{static_cast<unsigned>(*month)},
                                           std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok()) return std::nullopt;
    return sys_days{date};
}

std::optional<milliseconds> scan_time_of_day(scanner& in) noexcept {
    const auto hour = in.number(2);
    if (!hour || *hour > 23 || !in.one_of(":")) return std::nullopt;
    const auto minute = in.number(2);
    if (!minute || *minute > 59 || !in.one_of(":")) return std::nullopt;
    const auto second = in.number(2);
    // Unix time has no leap seconds, so ":60" names no instant that could be stored.
    if (!second || *second > 59) return std::nullopt;
    int fraction = 0;
    if (in.one_of(".")) {
        const auto ms = in.fraction_ms();
        if (!ms) return std::nullopt;
        fraction = *ms;
    }
    return std::chrono::hours{*hour} + std::chrono::minutes{*minute} + std::chrono::seconds{*second} +
           milliseconds{fraction};
}

std::optional<std::chrono::minutes> scan_offset(scanner& in) noexcept {
    const char sign = in.one_of("Zz+-");
    if (!sign) return std::nullopt;
    if (sign == 'Z' || sign == 'z') return std::chrono::minutes{0};
    const auto hour = in.number(2);
    if (!hour || *hour > 23 || !in.one_of(":")) return std::nullopt;
    const auto minute = in.number(2);
    if (!minute || *minute > 59) return std::nullopt;
    const std::chrono::minutes offset{*hour * 60 + *minute};
    return sign == '+' ? offset : -offset;
}

void append_padded(std::string& out, std::int64_t value, std::size_t width) {
    const std::string digits = std::to_string(value);
    if (digits.size() < width) out.append(width - digits.size(), '0');
    out += digits;
}

}  // namespace

std::optional<wall_time> parse_rfc3339(std::string_view text) noexcept {
    scanner in(text);
    const auto date = scan_date(in);
    if (!date) return std::nullopt;
    if (in.at_end()) return wall_time{*date};
    if (!in.one_of("Tt")) return std::nullopt;
    const auto time = scan_time_of_day(in);
    if (!time) return std::nullopt;
    const auto offset = scan_offset(in);
    if (!offset || !in.at_end()) return std::nullopt;
    return wall_time{*date} + *time - *offset;
}

std::string to_rfc3339(wall_time t) {
    const auto day = std::chrono::floor<days>(t);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{t - day};
    std::string out;
    out.reserve(sizeof "2026-09-10T04:00:00.000Z");
    append_padded(out, static_cast<int>(date.year()), 4);
    append_padded(out += '-', static_cast<unsigned>(date.month()), 2);
    append_padded(out += '-', static_cast<unsigned>(date.day()), 2);
    append_padded(out += 'T', time.hours().count(), 2);
    append_padded(out += ':', time.minutes().count(), 2);
    append_padded(out += ':', time.seconds().count(), 2);
    append_padded(out += '.', time.subseconds().count(), 3);
    return out += 'Z';
}

}  // namespace weir
