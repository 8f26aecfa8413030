#pragma once
// Reads a copy of an answer's bytes as they pass: usage, the served model, how it ended. Never holds a stream
// whole, never changes a byte.

#include "weir/base/bytes.hpp"
#include "weir/base/limits.hpp"
#include "weir/base/usage.hpp"
#include "weir/dialect/tokens.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace weir::dialect {

struct answer_facts {
    std::optional<usage> tokens;  // the last usage that was not null
    bool suspect = false;       // the counts do not add up to prompt_tokens, or one is negative or no integer
    std::string served_model;   // `model` of the answer
    std::string finish_reason;  // the last that was not null
    bool has_output = false;    // a first token came: content, reasoning or a tool call
    bool done = false;          // stream: `data: [DONE]` came; JSON: the document was whole
    bool error = false;         // an `error` object came instead of, or within, the answer
    std::size_t events = 0;     // stream: `data:` events seen, [DONE] not counted
    std::size_t oversized_events = 0;  // stream: events longer than limits::event_bytes_max, passed unread
};

// Server-sent events of Chat Completions.
// Usage rides on whichever chunk carries it, with or without choices; the last that is not null counts. Field
// styles: prompt_cache_hit_tokens and prompt_cache_miss_tokens, or prompt_tokens_details.cached_tokens; the
// greater of both is the hit count, and a miss count that is not said is the rest of the prompt. A wrong
// count is read as 0. Source: DeepSeek, Create Chat Completion; comments and blank lines are keep-alives.
class stream_reader {
public:
    explicit stream_reader(std::size_t event_bytes_max);
    ~stream_reader();
    stream_reader(stream_reader&&) noexcept;
    stream_reader& operator=(stream_reader&&) noexcept;

    // The next payload bytes, split anywhere.
    void observe(std::string_view bytes);
    // So far. An event that the last bytes left without its blank line is read as well, but not counted.
    const answer_facts& facts() const noexcept;
    // True where the bytes so far end between two events, so that an event of weir's own may follow.
    bool at_boundary() const noexcept;

private:
    struct state;
    std::unique_ptr<state> state_;
};

// A whole JSON answer (or error body), blank lines before it included. Anything that cannot be read leaves
// its fact empty; it never fails.
answer_facts read_answer(padded_view body);

}  // namespace weir::dialect
