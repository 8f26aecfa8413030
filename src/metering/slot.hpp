#pragma once
// How one in-flight request lies in 512 bytes of a file. Native byte order: the file is read by the machine
// that wrote it; the header's magic number tells another order apart.

#include "weir/metering/row.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

namespace weir::metering {

inline constexpr std::size_t slot_bytes = 512;
// A slot of the first layout, which the present one begins with.
inline constexpr std::size_t first_slot_bytes = 256;
inline constexpr std::size_t slot_baselines_max = 3;

// Up to N bytes of a name and their count. Read from a file, so the count is not believed.
template <std::size_t N>
struct short_text {
    std::uint8_t size;
    char bytes[N];
};

struct slot {
    std::uint64_t state;  // 0: free, else seal_of() the rest. Written last, cleared first.
    std::int64_t id;
    std::int64_t started_ms;
    std::int64_t cost_pico;
    std::int64_t baseline_pico[slot_baselines_max];
    std::uint32_t hit;
    std::uint32_t miss;
    std::uint32_t output;
    std::uint32_t request_bytes;
    std::uint16_t score;
    std::uint8_t stream;
    std::uint8_t baselines;
    std::uint8_t tariff;  // 0: none, else 1 + pricing::tariff
    short_text<31> key_id;
    short_text<31> model_sent;
    short_text<15> model_asked;
    short_text<11> tier;
    short_text<7> effort;
    short_text<15> reason;
    short_text<11> price_version;
    short_text<3> currency;
    short_text<7> first_endpoint;  // the endpoint in a slot of the first layout, else empty
    short_text<11> baseline_name[slot_baselines_max];
    std::uint8_t reserved[3];
    short_text<64> session;
    short_text<39> endpoint;
    short_text<150> mended;
};
static_assert(sizeof(slot) == slot_bytes && std::is_trivially_copyable_v<slot>);
static_assert(offsetof(slot, session) == first_slot_bytes);
static_assert(std::has_unique_object_representations_v<slot>, "a hole would make the seal depend on chance");

// A number that is never 0 and that the slot's bytes behind `state` determine: a slot that was half written
// when the power failed, or that something else wrote, does not carry it.
std::uint64_t seal_of(const slot& s) noexcept;

// What is known of a request at its start. Names that do not fit are cut between characters, the list of
// mends between names; baselines beyond the third are left out.
slot slot_of(const row& begun) noexcept;

// The row of a request whose end nobody saw. nullopt where the seal is broken or a field cannot have been
// written by slot_of().
std::optional<row> interrupted_row_of(const slot& s);

// A slot of the first layout as one of the present. Nothing is judged: where its seal is broken, so is that
// of the slot that is given back.
slot slot_of_first(std::span<const std::byte, first_slot_bytes> bytes) noexcept;

}  // namespace weir::metering
