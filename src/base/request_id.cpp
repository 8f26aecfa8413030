#include "weir/base/request_id.hpp"

#include <algorithm>
#include <cstddef>

namespace weir {
namespace {

constexpr int count_bits = 16;
constexpr int worker_bits = 6;
constexpr int time_bits = 41;
static_assert(time_bits + worker_bits + count_bits == 63);

constexpr std::int64_t epoch_ms = 1'767'225'600'000;  // 2026-01-01T00:00:00Z
static_assert(from_unix_ms(epoch_ms) == std::chrono::sys_days{std::chrono::year{2026} / 1 / 1});
constexpr std::int64_t time_max = (std::int64_t{1} << time_bits) - 1;
constexpr std::uint32_t ids_per_ms = std::uint32_t{1} << count_bits;

constexpr std::string_view prefix = "req_";
constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t digits = 13;
constexpr int bits_per_digit = 5;

// -1 for what is no digit. Either case, and the letters that Crockford's rules read as digits.
constexpr int digit_value(char c) noexcept {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == 'O') c = '0';
    if (c == 'I' || c == 'L') c = '1';
    const std::size_t at = alphabet.find(c);
    return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

}  // namespace

std::string to_text(request_id id) {
    std::string text(prefix);
    text.resize(prefix.size() + digits);
    auto rest = static_cast<std::uint64_t>(id.value);
    for (std::size_t i = text.size(); i-- > prefix.size();) {
        text[i] = alphabet[rest % alphabet.size()];
        rest >>= bits_per_digit;
    }
    return text;
}

std::optional<request_id> parse_request_id(std::string_view text) noexcept {
    if (text.size() != prefix.size() + digits || !text.starts_with(prefix)) return std::nullopt;
    std::uint64_t value = 0;
    for (const char c : text.substr(prefix.size())) {
        const int digit = digit_value(c);
        if (digit < 0) return std::nullopt;
        // Thirteen digits hold 65 bits, an id has 63: what would not come back as the same text is refused.
        if (value >> (63 - bits_per_digit)) return std::nullopt;
        value = (value << bits_per_digit) | static_cast<std::uint64_t>(digit);
    }
    return request_id{static_cast<std::int64_t>(value)};
}

wall_time time_of(request_id id) noexcept {
    return from_unix_ms((id.value >> (worker_bits + count_bits)) + epoch_ms);
}

request_id request_ids::next(wall_time now) noexcept {
    const std::int64_t ms = std::clamp<std::int64_t>(unix_ms(now) - epoch_ms, 0, time_max);
    if (ms > last_ms_) {
        last_ms_ = ms;
        in_this_ms_ = 0;
    } else if (in_this_ms_ == ids_per_ms) {
        // All counts of this millisecond are given out: borrow from the next.
        last_ms_ = std::min(last_ms_ + 1, time_max);
        in_this_ms_ = 0;
    }
    ++in_this_ms_;
    const std::int64_t value =
        (last_ms_ << (worker_bits + count_bits)) | (worker_ << count_bits) | std::int64_t{count_};
    ++count_;
    return {value};
}

}  // namespace weir
