#pragma once
// How long an answer is likely to be, from the answers that the same client got to requests of the same kind.
// In memory alone and bounded; from any thread: shards, each behind a mutex that is held for a look-up.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace weir::state {

// What makes requests alike. Contexts are alike within a power of four: 0; 1 to 3; 4 to 15; 16 to 63 ...
struct answer_kind {
    bool tools = false;       // tools are offered
    bool human_turn = false;  // it brings a new human text, where others bring results of tools
    std::int64_t context_tokens = 0;
};

class output_forecasts {
public:
    static constexpr std::size_t answers_kept = 64;  // of one kind, the last
    static constexpr std::size_t answers_needed = 8;

    // entries_max: pairs of client and kind; those used least recently go first, and 0 remembers nothing.
    explicit output_forecasts(std::size_t entries_max = 10'000);
    ~output_forecasts();

    // An answer had so many tokens, its thinking among them. `client`: the id of its key.
    void note(std::string_view client, const answer_kind& kind, std::int64_t output_tokens);
    // Tokens: the median of the last answers of this kind, of two middle ones the lower; 0 until
    // answers_needed were seen.
    std::int64_t forecast(std::string_view client, const answer_kind& kind) const;

    struct counts {
        std::uint64_t entries = 0;
        std::uint64_t evicted = 0;  // for want of room
    };
    counts read() const;

private:
    struct entries;
    std::unique_ptr<entries> entries_;
};

}  // namespace weir::state
