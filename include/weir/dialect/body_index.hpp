#pragma once
// One pass over a client's body: where the values are that weir may change or must know. Offsets and scalars,
// no DOM. The bytes stay as they came; a body that is refused here never goes upstream.
//
// Every value is walked, since simdjson on-demand neither checks nor depth-limits what it skips. Keys are
// compared unescaped: "\u006dodel" is a model too. Numbers that weir does not own are never parsed.

#include "weir/base/bytes.hpp"
#include "weir/base/error.hpp"
#include "weir/base/limits.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace weir::dialect {

// A stretch of the body: [offset, offset + length).
struct place {
    std::size_t offset = 0;
    std::size_t length = 0;
    bool empty() const noexcept { return length == 0; }
};

enum class speaker : std::uint8_t { system, user, assistant, tool, other };  // system and developer are one

struct message {
    speaker from = speaker::other;
    place content;           // the JSON value, quotes or brackets included; empty where it is null or absent
    bool reasoning = false;  // assistant: reasoning_content is there as a string; "" counts (source:
                             // DeepSeek, thinking mode)
    std::uint32_t first_call = 0;  // assistant: its calls are calls[first_call, first_call + call_count)
    std::uint32_t call_count = 0;
};

// One tool call of the assistant, in the order of the body.
struct tool_call {
    std::uint64_t fingerprint = 0;  // hash of name and arguments as written: the same call has the same
    std::uint64_t id_hash = 0;      // matches tool_result::id_hash of the result
    std::uint32_t message = 0;      // index of the assistant's message
};

// One result of a tool: which call it answers and where its content is.
struct tool_result {
    std::uint64_t id_hash = 0;
    std::uint32_t message = 0;
};

enum class thinking_word : std::uint8_t { unsaid, enabled, disabled, other };
enum class tool_choice_word : std::uint8_t { unsaid, automatic, none, required, named, other };
enum class response_format_word : std::uint8_t { unsaid, text, json_object, json_schema, other };

struct body_index {
    place model;             // the quoted value
    std::string model_name;  // unescaped
    bool stream = false;
    std::optional<std::string> effort;  // reasoning_effort as stated; "" where it is there but no string
    thinking_word thinking = thinking_word::unsaid;
    std::optional<std::int64_t> max_tokens;  // max_tokens or max_completion_tokens
    std::uint32_t tools = 0;                 // length of `tools`
    tool_choice_word tool_choice = tool_choice_word::unsaid;
    response_format_word response_format = response_format_word::unsaid;
    std::uint32_t images = 0;     // image_url, input_image or image blocks in messages
    std::size_t image_bytes = 0;  // bytes of the body that are such blocks: no text, not counted as tokens
    std::vector<message> messages;
    std::vector<tool_call> calls;
    std::vector<tool_result> results;
};

// Reads bodies, one after another; one for each thread. Keeps its parser's memory up to a bound.
class body_indexer {
public:
    body_indexer();
    ~body_indexer();
    body_indexer(body_indexer&&) noexcept;
    body_indexer& operator=(body_indexer&&) noexcept;

    // Chat Completions. Refused with origin client and the field named: text that is not one JSON object,
    // invalid UTF-8, depth over limits::json_depth_max (malformed_json); model missing, repeated or no
    // string; messages missing, repeated, empty, no array, or with an entry that is no object or has no
    // string `role`; stream that is neither boolean nor null; `messages`, `stream` or another field that weir
    // reads given twice (invalid_field).
    result<body_index> chat(padded_view body, const limits& bounds);

    // Memory kept between bodies; parsers grown past 1 MiB are freed.
    std::size_t kept_bytes() const noexcept;

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace weir::dialect
