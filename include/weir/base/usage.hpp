#pragma once
// Token counts as DeepSeek reports them.

#include <cstdint>

namespace weir {

// prompt = hit + miss; reasoning is part of output, never added to it.
// Source: DeepSeek API, "usage" of Create Chat Completion.
struct usage {
    std::int64_t hit = 0;        // prompt tokens read from the context cache
    std::int64_t miss = 0;       // prompt tokens that were not
    std::int64_t output = 0;     // completion tokens, reasoning included
    std::int64_t reasoning = 0;  // the part of output that was thought
    bool operator==(const usage&) const = default;
};

}  // namespace weir
