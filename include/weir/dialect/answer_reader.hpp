#pragma once
// Reads a copy of an answer's bytes as they pass: usage, the served model, how it ended. Never holds a stream
// whole, never changes a byte.

#include "weir/base/bytes.hpp"
#include "weir/base/limits.hpp"
#include "weir/base/usage.hpp"
#include "weir/dialect/tokens.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::dialect {

class api;

struct answer_facts {
    std::optional<usage> tokens;  // the last usage that was not null
    bool suspect = false;  // the counts do not add up to prompt_tokens, or one is negative or no integer
    // Messages: of tokens only the input is final, the output is the few tokens that message_start knows of.
    bool output_open = false;
    std::int64_t cache_written = 0;    // Messages: cache_creation_input_tokens, which are part of tokens.miss
    std::string served_model;          // `model` of the answer
    std::string fingerprint;           // system_fingerprint, where there is one
    std::string id;                    // of the answer, where there is one
    std::int64_t sequence = -1;        // Responses: sequence_number of the last event
    std::string finish_reason;         // the last that was not null
    bool has_output = false;           // a first token came: content, reasoning or a tool call
    bool done = false;                 // stream: its terminal event came; JSON: the document was whole
    bool error = false;                // an `error` object came instead of, or within, the answer
    std::size_t events = 0;            // stream: `data:` events seen, [DONE] not counted
    std::size_t oversized_events = 0;  // stream: events longer than limits::event_bytes_max, passed unread
};

// A call of a tool as an answer makes it.
struct answer_call {
    std::string id;
    std::string name;
    std::string arguments;    // as written: JSON where all is well; of a custom tool the bare text
    std::int64_t index = -1;  // the place that its parts name in a stream
    bool bare = false;        // of a custom tool
};

// What the assistant said, as far as it is wanted: for the custody of its thinking, and for the check of the
// answer. Texts are unescaped. All of them together are at most bytes_max long; beyond it `overflow` is set
// and nothing more is kept.
struct answer_turn {
    static constexpr std::size_t call_bytes = sizeof(std::string);

    std::size_t bytes_max = 0;
    bool in_full = false;        // the members behind `overflow` are wanted too
    std::size_t bytes = 0;       // kept so far, with call_bytes for each call beside its id
    std::string text;            // content; the text blocks of Messages, the output_text of Responses
    std::string reasoning;       // reasoning_content, thinking
    std::string signature;       // Messages: of the last thinking block
    bool has_reasoning = false;  // it was there, if only as ""
    std::vector<std::string> call_ids;
    bool overflow = false;

    std::vector<answer_call> calls;  // of tools that the client runs
    bool refused = false;            // a refusal in words of the format: `refusal`, stop_reason "refusal"
    bool other_output = false;       // something came that is neither text, thinking nor such a call
    std::int64_t rated_tokens = 0;   // of the text, that came with a log-probability
    double probability_sum = 0;      // of these tokens: each is in [0, 1]
};

// Server-sent events of any API.
// Usage of chat rides on whichever chunk carries it, with or without choices; the last that is not null
// counts. Field styles: prompt_cache_hit_tokens and prompt_cache_miss_tokens, or
// prompt_tokens_details.cached_tokens; the greater of both is the hit count, and a miss count that is not
// said is the rest of the prompt. A wrong count is read as 0. Source: DeepSeek, Create Chat Completion;
// comments and blank lines are keep-alives. Responses: input_tokens with input_tokens_details.cached_tokens
// among them; usage and end are in response.completed, .incomplete or .failed (the latter, and `error`, set
// facts.error). Messages: input_tokens without the cached ones, which are cache_read_input_tokens, nor those
// written to the cache, cache_creation_input_tokens, which count as misses; each count is the last that was
// told, and the output is told to its end by message_delta; message_stop ends. Both families of names are
// read in every API. tokens.output includes the reasoning.
class stream_reader {
public:
    // `of` and `turn`, which may be null, outlive the reader.
    stream_reader(const api& of, std::size_t event_bytes_max, answer_turn* turn = nullptr);
    ~stream_reader();
    stream_reader(stream_reader&&) noexcept;
    stream_reader& operator=(stream_reader&&) noexcept;

    // The next payload bytes, split anywhere.
    void observe(std::string_view bytes);
    // Of the events that are whole so far; costs nothing.
    const answer_facts& so_far() const noexcept;
    // At the end: an event that the last bytes left without its blank line is read as well, but not counted.
    const answer_facts& facts() const noexcept;
    // True where the bytes so far end between two events, so that an event of weir's own may follow.
    bool at_boundary() const noexcept;

private:
    struct state;
    std::unique_ptr<state> state_;
};

// A whole JSON answer (or error body), blank lines before it included. Anything that cannot be read leaves
// its fact empty; it never fails. `turn` may be null.
answer_facts read_answer(const api& of, padded_view body, answer_turn* turn = nullptr);

}  // namespace weir::dialect
