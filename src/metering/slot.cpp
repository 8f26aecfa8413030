#include "slot.hpp"

#include "weir/base/utf8.hpp"
#include "weir/pricing/price_book.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <limits>

namespace weir::metering {
namespace {

constexpr std::uint8_t tariffs = 3;
// What is paid by the call has no tariff of the calendar.
constexpr std::uint8_t fee_code = tariffs + 1;
constexpr std::string_view fee_name = "fee";
constexpr std::string_view between_mends = ", ";

template <std::size_t N>
void put(short_text<N>& to, std::string_view text) noexcept {
    const std::size_t size = cut_before(text, N);
    to.size = static_cast<std::uint8_t>(size);
    std::memcpy(to.bytes, text.data(), size);
}

// Half a name would be a mend that does not exist.
template <std::size_t N>
void put_list(short_text<N>& to, std::string_view names) noexcept {
    if (names.size() > N) {
        // A separator may stand right behind the last byte that fits.
        const std::size_t end = names.substr(0, N + between_mends.size()).rfind(between_mends);
        names = names.substr(0, end == std::string_view::npos ? 0 : end);
    }
    put(to, names);
}

template <std::size_t N>
bool fits(const short_text<N>& text) noexcept {
    return text.size <= N;
}

template <std::size_t N>
std::string text_of(const short_text<N>& text) {
    return {text.bytes, text.size};
}

std::uint32_t capped(std::int64_t value) noexcept {
    constexpr std::int64_t largest = std::numeric_limits<std::uint32_t>::max();
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(value, 0, largest));
}

std::uint8_t tariff_code(std::string_view name) noexcept {
    for (std::uint8_t i = 0; i < tariffs; ++i) {
        if (name == name_of(static_cast<pricing::tariff>(i))) return static_cast<std::uint8_t>(i + 1);
    }
    return name == fee_name ? fee_code : 0;
}

std::string_view tariff_name(std::uint8_t code) noexcept {
    if (code == fee_code) return fee_name;
    return code == 0 ? std::string_view{} : name_of(static_cast<pricing::tariff>(code - 1));
}

bool plausible(const slot& s) noexcept {
    const bool names_fit = fits(s.key_id) && fits(s.model_sent) && fits(s.model_asked) && fits(s.tier) &&
                           fits(s.effort) && fits(s.reason) && fits(s.price_version) && fits(s.currency) &&
                           fits(s.first_endpoint) && fits(s.session) && fits(s.endpoint) && fits(s.mended) &&
                           std::ranges::all_of(s.baseline_name, [](const auto& n) { return fits(n); });
    return names_fit && s.id >= 0 && s.baselines <= slot_baselines_max && s.tariff <= fee_code &&
           s.stream <= 1;
}

// Over the first `bytes` of a slot but its state word.
std::uint64_t seal_over(const slot& s, std::size_t bytes) noexcept {
    // FNV's prime over words instead of bytes, with a rotation that carries the high bits down: 63 steps.
    std::uint64_t words[slot_bytes / sizeof(std::uint64_t)];
    std::memcpy(words, &s, sizeof s);
    std::uint64_t hash = 0xCBF29CE484222325U;
    for (std::size_t i = 1; i < bytes / sizeof(std::uint64_t); ++i) {
        hash = (std::rotl(hash, 29) ^ words[i]) * 0x100000001B3U;
    }
    return (hash ^ (hash >> 32U)) | 1U;
}

}  // namespace

std::uint64_t seal_of(const slot& s) noexcept { return seal_over(s, slot_bytes); }

slot slot_of_first(std::span<const std::byte, first_slot_bytes> bytes) noexcept {
    slot s{};
    std::memcpy(&s, bytes.data(), first_slot_bytes);
    const bool sealed = s.state == seal_over(s, first_slot_bytes);
    // A broken count of bytes stays where it is and is found implausible.
    if (fits(s.first_endpoint)) put(s.endpoint, {s.first_endpoint.bytes, s.first_endpoint.size});
    s.state = sealed ? seal_of(s) : seal_of(s) ^ 2U;
    return s;
}

slot slot_of(const row& begun) noexcept {
    slot s{};
    s.id = begun.id.value;
    s.started_ms = begun.started_ms;
    s.cost_pico = begun.cost.value;
    s.hit = capped(begun.tokens.hit);
    s.miss = capped(begun.tokens.miss);
    s.output = capped(begun.tokens.output);
    s.request_bytes = capped(begun.request_bytes);
    s.score = static_cast<std::uint16_t>(std::clamp(begun.score, 0, 1000));
    s.stream = begun.stream ? 1 : 0;
    s.tariff = tariff_code(begun.price_tariff);
    put(s.key_id, begun.key_id);
    put(s.model_sent, begun.model_sent);
    put(s.model_asked, begun.model_asked);
    put(s.tier, begun.tier);
    put(s.effort, begun.effort);
    put(s.reason, begun.reason);
    put(s.price_version, begun.price_version);
    put(s.currency, begun.currency);
    put(s.session, begun.session);
    put(s.endpoint, begun.endpoint);
    put_list(s.mended, begun.mended);
    const std::size_t baselines = std::min(begun.baselines.size(), slot_baselines_max);
    s.baselines = static_cast<std::uint8_t>(baselines);
    for (std::size_t i = 0; i < baselines; ++i) {
        put(s.baseline_name[i], begun.baselines[i].first);
        s.baseline_pico[i] = begun.baselines[i].second.value;
    }
    s.state = seal_of(s);
    return s;
}

std::optional<row> interrupted_row_of(const slot& s) {
    if (s.state != seal_of(s) || !plausible(s)) return std::nullopt;
    row r;
    r.id = {s.id};
    r.started_ms = s.started_ms;
    // When it ended is not known; a time after the start would be invented.
    r.ended_ms = s.started_ms;
    r.cost = {s.cost_pico};
    r.tokens = {s.hit, s.miss, s.output, 0};
    r.request_bytes = s.request_bytes;
    r.score = s.score;
    r.stream = s.stream != 0;
    r.price_tariff = tariff_name(s.tariff);
    r.key_id = text_of(s.key_id);
    r.model_sent = text_of(s.model_sent);
    r.model_asked = text_of(s.model_asked);
    r.tier = text_of(s.tier);
    r.effort = text_of(s.effort);
    r.reason = text_of(s.reason);
    r.price_version = text_of(s.price_version);
    r.currency = text_of(s.currency);
    r.session = text_of(s.session);
    r.endpoint = text_of(s.endpoint);
    r.mended = text_of(s.mended);
    for (std::size_t i = 0; i < s.baselines; ++i) {
        r.baselines.emplace_back(text_of(s.baseline_name[i]), pricing::pico{s.baseline_pico[i]});
    }
    r.how = outcome::interrupted;
    r.estimated = true;
    return r;
}

}  // namespace weir::metering
