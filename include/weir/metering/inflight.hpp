#pragma once
// The in-flight table: one fixed slot for each request that is upstream, in a memory-mapped file. Plain
// stores, no wait; it survives kill -9. It is no log and needs no replay: a slot found taken at start is a
// request whose end nobody saw.
//
// File: a header of 4,096 bytes, then partitions (one a worker) of slots of 512 bytes. Only the partition's
// worker takes slots in it; the ledger's thread frees them. The first layout had slots of 256 bytes; what
// such a file has left is read as well, so that an upgrade loses nothing.
//
// Nothing is lost or doubled by a crash at any point of a start: the new table is laid beside the old one, in
// FILE.new, and takes its name only in forget_left_over(), after the rows of the old one were committed.
// Until then no slot of the new one can be taken, so a FILE.new that a crash left behind holds nothing and is
// laid anew, while the old table is read once more; rows are idempotent by id.

#include "weir/base/error.hpp"
#include "weir/metering/row.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace weir::metering {

struct slot_ref {
    std::uint32_t partition = 0;
    std::uint32_t index = 0;
};

class inflight_table {
public:
    // Opens or creates `file` for `partitions` x `slots` slots. What an earlier run left is read first (any
    // geometry) and returned by left_over(); with nothing left the file is laid anew at once. Faults:
    // errc::ledger with the path; among them a file that is no such table, that is shorter than its header
    // says, or whose header is damaged. The caller keeps a second process out.
    static result<inflight_table> open(const std::filesystem::path& file, std::size_t partitions,
                                       std::size_t slots);

    inflight_table(inflight_table&&) noexcept;
    inflight_table& operator=(inflight_table&&) noexcept;
    ~inflight_table();

    // Rows of requests that were in flight when the last run ended: outcome interrupted, estimated, with the
    // tokens and costs that were estimated when they began. To be inserted and then forgotten by
    // forget_left_over().
    const std::vector<row>& left_over() const noexcept;
    // Slots that were taken but half written: power failed before their page was whole. They cannot become
    // rows.
    std::size_t damaged() const noexcept;
    // Called once the rows are committed; until then the old slots stay on disk and take() gives none.
    result<void> forget_left_over();

    // Takes a slot for a request that is about to go upstream; `begun` has what is known so far (ids, names,
    // mends, estimates). Long names are cut to fit. nullopt: the partition is full. Called by the partition's
    // worker only.
    std::optional<slot_ref> take(std::uint32_t partition, const row& begun);
    // Any thread, once for each take(). A slot that is free already stays so.
    void free(slot_ref slot);
    std::size_t taken() const noexcept;
    // msync of the pages that changed; for the ledger's thread.
    result<void> sync();

private:
    struct state;
    explicit inflight_table(std::unique_ptr<state> s);
    std::unique_ptr<state> state_;
};

}  // namespace weir::metering
