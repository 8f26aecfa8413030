#pragma once
// One pass over a client's body, in any of the APIs: where the values are that weir may change or must know.
// Offsets and scalars, no DOM. The bytes stay as they came; a body that is refused here never goes upstream.
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

// The APIs that clients speak and DeepSeek answers, each in its own words.
enum class api_kind : std::uint8_t {
    chat,        // OpenAI Chat Completions
    responses,   // OpenAI Responses
    messages,    // Anthropic Messages
    completions  // OpenAI Completions, for fill-in-the-middle
};
inline constexpr std::size_t api_count = 4;

// A member of the body's own object.
struct body_member {
    std::string name;  // unescaped
    place whole;       // from the key's quote to the end of the value
    place value;
};

enum class speaker : std::uint8_t { system, user, assistant, tool, other };  // system and developer are one

// One message, whatever the API calls it: an item of Responses' `input`, its `instructions`, Anthropic's
// `system`, the prompt of a completion. A user's message of Anthropic that holds results of tools and no text
// is a tool's.
struct message {
    speaker from = speaker::other;
    place whole;             // its object; empty where the message is no object (a string `input`, `system`)
    place role;              // the quoted value of `role`, where there is one
    bool developer = false;  // the role is "developer"
    place content;           // the JSON value, quotes or brackets included; empty where it is null or absent
    // Assistant: its thinking is there. Chat: reasoning_content as a string, "" counts. Messages: a thinking
    // or redacted_thinking block. Responses: always true, since reasoning is an item of its own there and is
    // not demanded back. Source: DeepSeek, thinking mode.
    bool reasoning = false;
    place reasoning_value;  // chat: the value of reasoning_content where it is there, a string or not
    // Chat: the last message is the assistant's, and its `prefix` is true: an answer begun by the client, to
    // be gone on with, for which no thinking is demanded. Source: DeepSeek, Chat Prefix Completion.
    bool prefix = false;
    std::uint32_t first_call = 0;  // assistant: its calls are calls[first_call, first_call + call_count)
    std::uint32_t call_count = 0;
};

// One tool call of the assistant, in the order of the body.
struct tool_call {
    std::uint64_t fingerprint = 0;  // hash of name and arguments as written: the same call has the same
    std::uint64_t id_hash = 0;      // matches tool_result::id_hash of the result
    place id;                       // the quoted value; empty where there is none
    std::uint32_t message = 0;      // index of the assistant's message
};

// One result of a tool: which call it answers and where its content is.
struct tool_result {
    std::uint64_t id_hash = 0;
    place content;  // a string, or an array of parts; empty where it is null or absent
    std::uint32_t message = 0;
    bool failed = false;  // the client says so: Messages' is_error
};

// `adaptive` thinks as the model sees fit; what is said in no known word is `other`.
enum class thinking_word : std::uint8_t { unsaid, enabled, disabled, other, adaptive };
enum class tool_choice_word : std::uint8_t { unsaid, automatic, none, required, named, other };
enum class response_format_word : std::uint8_t { unsaid, text, json_object, json_schema, other };

struct body_index {
    api_kind api = api_kind::chat;
    std::vector<body_member> members;  // in the order of the body, repeated ones too
    place model;                       // the quoted value
    std::string model_name;            // unescaped
    bool stream = false;
    // reasoning_effort, reasoning.effort or output_config.effort as stated; "" where it is there but no
    // string. null is unsaid, here and for thinking and thinking.type.
    std::optional<std::string> effort;
    place effort_value;  // its value, quotes included; empty where unsaid
    thinking_word thinking = thinking_word::unsaid;
    // max_tokens, max_completion_tokens or max_output_tokens
    std::optional<std::int64_t> max_tokens;
    place max_tokens_value;   // the value that was read; empty where unsaid
    bool asks_usage = false;  // stream_options.include_usage is true
    place stream_options;     // the value, where it is an object
    // user_id (chat, completions), user (Responses), metadata.user_id (Messages): the value where it is there
    // and a string
    place user_id;
    // What names the conversation: prompt_cache_key, else the user's id. The quoted value, empty where
    // neither is a string.
    place session;
    // Chat: the value of response_format.json_schema.schema where it is an object.
    place schema;
    std::uint32_t tools = 0;  // length of `tools`
    tool_choice_word tool_choice = tool_choice_word::unsaid;
    response_format_word response_format = response_format_word::unsaid;
    // Types of those tools, each once, without "function": what the service runs itself, among others.
    std::vector<std::string> tool_types;
    std::uint32_t images = 0;  // image_url, input_image or image blocks in messages
    // file, input_file, or document blocks that are no text
    std::uint32_t files = 0;
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

    // Refused with origin client and the field named: text that is not one JSON object, invalid UTF-8, depth
    // over limits::json_depth_max (malformed_json); model missing, repeated or no string; the conversation
    // (`messages`, Responses: `input`, completions: `prompt`) missing, repeated, empty or of a wrong type, or
    // with an entry that is no object or has no string `role` (Responses: neither role nor type); a result of
    // a tool whose call does not come before it; stream that is neither boolean nor null; a field that weir
    // reads given twice; more than 1,024 members, or more than 256 Ki messages, calls or results, which no
    // context could hold (invalid_field). A body that speaks another API is told which one it looks like.
    result<body_index> read(api_kind api, padded_view body, const limits& bounds);

    // Memory kept between bodies; parsers grown past 1 MiB are freed.
    std::size_t kept_bytes() const noexcept;

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace weir::dialect
