#pragma once
// What a conversation is known by, from its bodies alone: the same in each of its requests.

#include "weir/base/bytes.hpp"
#include "weir/dialect/ask.hpp"
#include "weir/dialect/body_index.hpp"

#include <cstdint>

namespace weir::dialect {

// Hashes, the same in every run: weir/base/hash.hpp. What the client says of itself (user ids,
// prompt_cache_key, header fields) is none of them: the caller adds what it believes.
struct identity {
    std::uint64_t frame = 0;    // of system text and tools; 0 where there is neither
    std::uint64_t opening = 0;  // of the first human text of the conversation; 0 where there is none
    std::uint64_t ask = 0;      // of the latest one, `ask.text`; 0 where there is none
};

// `body` is the one that was indexed, `ask` what ask_of() found in it. Linear in the system text, the tools,
// and up to 32 KiB of each message until the opening is found.
//
// The frame is that of the leading system text: Messages' `system`, Responses' `instructions`, and messages
// of system and developer before the first of anybody else; what comes later in the conversation is left out.
// So are
//   - lines that begin with one of rules.session_ignored_lines,
//   - the name of the model that was asked for, where it stands as a word: agents write it into their
//   prompts,
//   - how text is cut into parts, and what stands beside it in a part (cache_control).
// Tools count by their bytes. Text counts as it was escaped: a client escapes in one way.
// The opening is without envelopes, as the ask is, and of a longer text only what the first 32 KiB hold.
identity identity_of(padded_view body, const body_index& index, const ask& ask, const ask_rules& rules);

}  // namespace weir::dialect
