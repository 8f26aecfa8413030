#include "weir/metering/ledger.hpp"

#include "ledger_writer.hpp"

#include <system_error>
#include <utility>

namespace weir::metering {

struct ledger::state {
    ledger_writer writer;
    std::size_t workers;
    std::map<std::string, std::int64_t> accepted_by_class;
};

namespace {

// An attempt that was replaced has a row of its own, with its money; its slot, which a crash may leave behind
// that row's commit, is the request's.
result<void> spare_replaced(ledger_store& store, row& request) {
    const auto settled = store.has_attempt(request);
    if (!settled) return std::unexpected(settled.error());
    if (!*settled) return {};
    request.tokens = {};
    request.estimated = false;
    request.cost = {};
    request.baselines.clear();
    return {};
}

// The rows of the last run, once and for all: committed first, then forgotten, so that a crash between the
// two finds them again and inserts nothing twice.
result<std::uint64_t> close_left_over(ledger_store& store, inflight_table& slots) {
    std::vector<row> left_over = slots.left_over();
    std::vector<const row*> rows;
    for (row& r : left_over) {
        if (auto spared = spare_replaced(store, r); !spared)
            return std::unexpected(std::move(spared.error()));
        rows.push_back(&r);
    }
    std::uint64_t inserted = 0;
    if (!rows.empty()) {
        auto done = store.write(rows, {});
        if (!done) return std::unexpected(std::move(done.error()));
        inserted = done->rows;
    }
    if (auto forgotten = slots.forget_left_over(); !forgotten) {
        return std::unexpected(std::move(forgotten.error()));
    }
    return inserted;
}

}  // namespace

ledger::ledger(std::unique_ptr<state> s) : state_(std::move(s)) {}
ledger::~ledger() = default;

result<std::unique_ptr<ledger>> ledger::open(const ledger_settings& settings, std::size_t workers,
                                             std::size_t slots_per_worker) {
    // The store takes the lock that keeps a second weir out, so it comes before the table.
    auto store = ledger_store::open(settings.file);
    if (!store) return std::unexpected(std::move(store.error()));
    std::filesystem::path slots_file = settings.file;
    slots_file += ".inflight";
    auto slots = inflight_table::open(slots_file, workers, slots_per_worker);
    if (!slots) return std::unexpected(std::move(slots.error()));
    const auto interrupted = close_left_over(*store, *slots);
    if (!interrupted) return std::unexpected(interrupted.error());
    auto accepted = store->count_accepted();
    if (!accepted) return std::unexpected(std::move(accepted.error()));
    std::unique_ptr<state> s;
    try {
        s.reset(new state{
            {settings, *std::move(store), *std::move(slots), *interrupted}, workers, *std::move(accepted)});
    } catch (const std::system_error& no_thread) {
        return weir_fault(errc::ledger,
                          settings.file.string() + ": no thread to write it: " + no_thread.what());
    }
    return std::unique_ptr<ledger>(new ledger(std::move(s)));
}

result<slot_ref> ledger::begin(std::uint32_t worker, const row& begun) {
    ledger_writer& writer = state_->writer;
    if (!writer.healthy()) {
        return weir_fault(errc::ledger, "the ledger cannot be written: nothing may be spent");
    }
    if (worker >= state_->workers) return weir_fault(errc::internal, "no such worker");
    if (writer.full()) return weir_fault(errc::overloaded, "too many rows wait for the ledger");
    const auto slot = writer.slots().take(worker, begun);
    if (!slot) return weir_fault(errc::overloaded, "no in-flight slot is free");
    return *slot;
}

void ledger::settle(row finished, std::optional<slot_ref> slot, std::function<void(bool)> committed) {
    state_->writer.push(std::move(finished), slot, std::move(committed));
}

void ledger::find(request_id id, std::function<void(result<std::optional<row>>)> found) {
    state_->writer.push(id, std::move(found));
}

void ledger::note(answer_outcome o, std::function<void(noted)> done) {
    state_->writer.push(std::move(o), std::move(done));
}

const std::map<std::string, std::int64_t>& ledger::accepted_by_class() const noexcept {
    return state_->accepted_by_class;
}

bool ledger::healthy() const noexcept { return state_->writer.healthy(); }
ledger_counters ledger::counters() const noexcept { return state_->writer.counters(); }
std::size_t ledger::in_flight() const noexcept { return state_->writer.slots().taken(); }
durability ledger::durable() const noexcept { return state_->writer.settings().durable; }
void ledger::flush() { state_->writer.flush(); }
std::string ledger::failure() const { return state_->writer.failure(); }

}  // namespace weir::metering
