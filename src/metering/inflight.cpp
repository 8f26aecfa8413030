#include "weir/metering/inflight.hpp"

#include "files.hpp"
#include "slot.hpp"

#include <atomic>
#include <cassert>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <utility>

namespace weir::metering {
namespace {

constexpr std::size_t header_bytes = 4096;
constexpr std::uint64_t magic = 0x31544C4652494557;  // "WEIRFLT1" on a little-endian machine
constexpr std::uint32_t layout_version = 2;
constexpr std::uint32_t first_layout_version = 1;
constexpr std::size_t partitions_max = 1024;
constexpr std::size_t slots_max = std::size_t{1} << 20U;        // of one partition
constexpr std::size_t slots_total_max = std::size_t{1} << 22U;  // 2 GiB of file
constexpr std::size_t file_bytes_max = header_bytes + slots_total_max * slot_bytes;

struct file_header {
    std::uint64_t magic_number;
    std::uint32_t version;
    std::uint32_t bytes_of_a_slot;
    std::uint32_t partitions;
    std::uint32_t slots;  // of one partition
    std::uint64_t checksum;
};
static_assert(sizeof(file_header) == 32);

std::uint64_t checksum_of(const file_header& h) noexcept {
    std::uint64_t hash = 0xCBF29CE484222325U;
    const std::uint64_t parts[] = {h.magic_number, h.version, h.bytes_of_a_slot, h.partitions, h.slots};
    for (const std::uint64_t part : parts) hash = (hash ^ part) * 0x100000001B3U;
    return hash;
}

bool geometry_is_sane(std::size_t partitions, std::size_t slots) noexcept {
    return partitions >= 1 && partitions <= partitions_max && slots >= 1 && slots <= slots_max &&
           partitions * slots <= slots_total_max;
}

struct old_table {
    std::vector<row> rows;
    std::size_t damaged = 0;
};

std::unexpected<fault> refusal(const std::filesystem::path& file, std::string_view why) {
    return weir_fault(errc::ledger, file.string() + ": " + std::string(why));
}

// Of the layout with this number; 0 where there is none.
std::size_t slot_bytes_of(std::uint32_t version) noexcept {
    if (version == layout_version) return slot_bytes;
    return version == first_layout_version ? first_slot_bytes : 0;
}

slot slot_at(const std::byte* bytes, std::uint32_t version) noexcept {
    if (version == first_layout_version) {
        return slot_of_first(std::span<const std::byte, first_slot_bytes>(bytes, first_slot_bytes));
    }
    slot s;
    std::memcpy(&s, bytes, sizeof s);
    return s;
}

// The word alone tells a free slot, in every layout.
bool is_free(const std::byte* bytes) noexcept {
    std::uint64_t state = 0;
    std::memcpy(&state, bytes, sizeof state);
    return state == 0;
}

result<old_table> read_old(const std::filesystem::path& file) {
    auto bytes = files::read(file, file_bytes_max);
    if (!bytes) return std::unexpected(std::move(bytes.error()));
    if (!*bytes) return old_table{};
    const std::vector<std::byte>& data = **bytes;
    if (data.size() < header_bytes) return refusal(file, "no in-flight table: shorter than its header");
    file_header h;
    std::memcpy(&h, data.data(), sizeof h);
    if (h.magic_number != magic) return refusal(file, "no in-flight table of weir");
    const std::size_t bytes_each = slot_bytes_of(h.version);
    if (bytes_each == 0 || h.bytes_of_a_slot != bytes_each) {
        return refusal(file, "in-flight table of another version of weir");
    }
    if (h.checksum != checksum_of(h) || !geometry_is_sane(h.partitions, h.slots)) {
        return refusal(file, "in-flight table with a damaged header");
    }
    const std::size_t count = std::size_t{h.partitions} * h.slots;
    if (data.size() != header_bytes + count * bytes_each) {
        return refusal(file, "in-flight table whose length contradicts its header");
    }
    old_table old;
    for (std::size_t i = 0; i < count; ++i) {
        const std::byte* const at = data.data() + header_bytes + i * bytes_each;
        if (is_free(at)) continue;
        if (auto r = interrupted_row_of(slot_at(at, h.version))) {
            old.rows.push_back(*std::move(r));
        } else {
            ++old.damaged;
        }
    }
    return old;
}

constexpr std::uint32_t end_of_list = std::numeric_limits<std::uint32_t>::max();

// Which slots of a partition are free, in ordinary memory. The worker takes from its own list; slots that
// others free come back on a second one, which the worker empties whole, so no slot can leave and return in
// between unseen.
class free_list {
public:
    explicit free_list(std::uint32_t slots) : next_(slots) {
        for (std::uint32_t i = 0; i < slots; ++i) next_[i] = i + 1 == slots ? end_of_list : i + 1;
        own_ = 0;
    }

    std::optional<std::uint32_t> pop() noexcept {
        if (own_ == end_of_list) own_ = returned_.exchange(end_of_list, std::memory_order_acquire);
        if (own_ == end_of_list) return std::nullopt;
        const std::uint32_t index = own_;
        own_ = next_[index];
        taken_.store(taken_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
        return index;
    }

    void push(std::uint32_t index) noexcept {
        std::uint32_t head = returned_.load(std::memory_order_relaxed);
        do {
            next_[index] = head;
        } while (!returned_.compare_exchange_weak(head, index, std::memory_order_release,
                                                  std::memory_order_relaxed));
        freed_.fetch_add(1, std::memory_order_relaxed);
    }

    std::size_t size() const noexcept { return next_.size(); }
    // Never negative: what was freed is read first.
    std::uint64_t taken() const noexcept {
        const std::uint64_t freed = freed_.load(std::memory_order_acquire);
        const std::uint64_t taken = taken_.load(std::memory_order_relaxed);
        return taken > freed ? taken - freed : 0;
    }

private:
    static constexpr std::size_t cache_line_bytes = 64;

    std::vector<std::uint32_t> next_;  // an entry belongs to whoever holds the slot, else to the list
    alignas(cache_line_bytes) std::uint32_t own_ = end_of_list;
    std::atomic<std::uint64_t> taken_{0};  // written by the worker alone
    alignas(cache_line_bytes) std::atomic<std::uint32_t> returned_{end_of_list};
    std::atomic<std::uint64_t> freed_{0};
};

}  // namespace

struct inflight_table::state {
    std::filesystem::path file;
    std::filesystem::path fresh;  // FILE.new
    files::mapping mapped;
    std::size_t slots = 0;
    std::vector<std::unique_ptr<free_list>> partitions;
    std::vector<row> left_over;
    std::size_t damaged = 0;
    std::atomic<bool> in_place{false};  // the new table has the file's name

    std::byte* address_of(slot_ref ref) const noexcept {
        return mapped.data() + header_bytes + (ref.partition * slots + ref.index) * slot_bytes;
    }

    // The mapping starts at a page and slots are 512 bytes, so the word is aligned.
    std::atomic_ref<std::uint64_t> state_word(slot_ref ref) const noexcept {
        return std::atomic_ref<std::uint64_t>(*reinterpret_cast<std::uint64_t*>(address_of(ref)));
    }

    result<void> lay(std::size_t partition_count) {
        auto made = files::create_mapped(fresh, header_bytes + partition_count * slots * slot_bytes);
        if (!made) return std::unexpected(std::move(made.error()));
        mapped = std::move(*made);
        file_header h{magic,
                      layout_version,
                      static_cast<std::uint32_t>(slot_bytes),
                      static_cast<std::uint32_t>(partition_count),
                      static_cast<std::uint32_t>(slots),
                      0};
        h.checksum = checksum_of(h);
        std::memcpy(mapped.data(), &h, sizeof h);
        for (std::size_t i = 0; i < partition_count; ++i) {
            partitions.push_back(std::make_unique<free_list>(static_cast<std::uint32_t>(slots)));
        }
        return mapped.sync();
    }

    result<void> put_in_place() {
        if (auto replaced = files::replace(fresh, file); !replaced) return replaced;
        in_place.store(true, std::memory_order_release);
        return {};
    }
};

result<inflight_table> inflight_table::open(const std::filesystem::path& file, std::size_t partitions,
                                            std::size_t slots) {
    if (!geometry_is_sane(partitions, slots)) {
        return refusal(file, "in-flight table of " + std::to_string(partitions) + " x " +
                                 std::to_string(slots) + " slots: at least one of each, at most " +
                                 std::to_string(slots_total_max) + " together");
    }
    auto old = read_old(file);
    if (!old) return std::unexpected(std::move(old.error()));
    auto s = std::make_unique<state>();
    s->file = file;
    s->fresh = file;
    s->fresh += ".new";
    s->slots = slots;
    s->left_over = std::move(old->rows);
    s->damaged = old->damaged;
    if (auto laid = s->lay(partitions); !laid) return std::unexpected(std::move(laid.error()));
    if (s->left_over.empty()) {
        if (auto placed = s->put_in_place(); !placed) return std::unexpected(std::move(placed.error()));
    }
    return inflight_table(std::move(s));
}

inflight_table::inflight_table(std::unique_ptr<state> s) : state_(std::move(s)) {}
inflight_table::inflight_table(inflight_table&&) noexcept = default;
inflight_table& inflight_table::operator=(inflight_table&&) noexcept = default;
inflight_table::~inflight_table() = default;

const std::vector<row>& inflight_table::left_over() const noexcept { return state_->left_over; }

std::size_t inflight_table::damaged() const noexcept { return state_->damaged; }

result<void> inflight_table::forget_left_over() {
    if (!state_->in_place.load(std::memory_order_acquire)) {
        if (auto placed = state_->put_in_place(); !placed) return placed;
    }
    state_->left_over = {};
    return {};
}

std::optional<slot_ref> inflight_table::take(std::uint32_t partition, const row& begun) {
    assert(partition < state_->partitions.size());
    if (!state_->in_place.load(std::memory_order_acquire)) return std::nullopt;
    const auto index = state_->partitions[partition]->pop();
    if (!index) return std::nullopt;
    const slot_ref ref{partition, *index};
    const slot filled = slot_of(begun);
    // Everything behind the state word first: a process that is killed in between leaves a free slot.
    std::memcpy(state_->address_of(ref) + sizeof filled.state,
                reinterpret_cast<const std::byte*>(&filled) + sizeof filled.state,
                slot_bytes - sizeof filled.state);
    state_->state_word(ref).store(filled.state, std::memory_order_release);
    return ref;
}

void inflight_table::free(slot_ref ref) {
    assert(ref.partition < state_->partitions.size() && ref.index < state_->slots);
    // Whoever clears the word owns the return, so that freeing twice cannot list a slot twice.
    if (state_->state_word(ref).exchange(0, std::memory_order_acq_rel) == 0) return;
    state_->partitions[ref.partition]->push(ref.index);
}

std::size_t inflight_table::taken() const noexcept {
    std::uint64_t sum = 0;
    for (const auto& partition : state_->partitions) sum += partition->taken();
    return static_cast<std::size_t>(sum);
}

result<void> inflight_table::sync() { return state_->mapped.sync(); }

}  // namespace weir::metering
