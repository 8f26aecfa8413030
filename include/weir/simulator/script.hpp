#pragma once
// What the simulator is told to be: which models it has, which keys it refuses, and the rules that make
// single answers slow, odd or broken. Written in YAML; docs/simulator.md lists the keys.

#include "weir/base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace weir::simulator {

struct header_field {
    std::string name;
    std::string value;
};

// Both ends belong to the range.
struct token_range {
    std::int64_t least = 0;
    std::int64_t most = 0;
};

struct model_entry {
    std::string id;                           // the word in the request's `model`
    std::string name;                         // as GET /models shows it
    std::string cache;                        // ids with the same word share one prefix cache
    std::string fingerprint;                  // system_fingerprint
    bool images = false;                      // false: an image becomes a placeholder, silently
    bool listed = false;                      // shown by GET /models
    bool system_in_history = false;           // Messages: system text among the turns stays where it is
    std::vector<std::string> messages_names;  // other words for it, Messages only; a final '*' is any ending
    std::int64_t context_tokens_max = 0;      // prompt and max_tokens together
    std::int64_t output_tokens_max = 0;       // of max_tokens
};

struct effort_level {
    std::string name;
    token_range reasoning;                // tokens of thought, in the same unit as output_tokens
    std::int64_t max_tokens_default = 0;  // where the request has no max_tokens
};

// What a request may ask for. The built-in one is dated data, default_catalogue().
struct catalogue {
    std::vector<model_entry> models;
    std::vector<effort_level> efforts;
    std::map<std::string, std::string> effort_words;  // word of the request -> effort_level::name
    std::set<std::string> effort_off_words;           // words that switch thinking off
    std::string effort_default;                       // effort_level::name
    std::int64_t max_tokens_default = 0;              // without thinking, where the request has no max_tokens

    const model_entry* model(std::string_view id) const noexcept;
    // By id, else by the longest of messages_names that fits.
    const model_entry* messages_model(std::string_view name) const noexcept;
    const effort_level* effort(std::string_view name) const noexcept;
};

// What a request and its answer are written in.
enum class dialect : std::uint8_t {
    chat,         // Chat Completions
    responses,    // OpenAI Responses
    messages,     // Anthropic Messages
    completions,  // fill-in-the-middle
};

// A tool that an answer calls because the script says so.
struct scripted_call {
    std::string name;
    std::string arguments;  // a JSON object as text, or what the script says instead
};

enum class usage_style : std::uint8_t {
    documented,      // where the dialect has it
    absent,          // no usage anywhere
    null,            // `"usage": null` everywhere
    separate_chunk,  // chat's older style: one more chunk with empty choices
};

// What a rule does to an answer. Everything unset leaves the answer as DeepSeek would give it, without any
// wait.
struct actions {
    std::optional<int> status;            // an error of this status instead of an answer
    std::optional<std::string> message;   // text of an error; a usual one where unset
    std::optional<std::string> raw_body;  // the error's whole body, as it is
    std::optional<std::string> content_type;
    std::vector<header_field> headers;  // added to the answer's head

    std::int64_t delay_ms = 0;             // before the answer
    std::int64_t first_token_ms = 0;       // then, before the first event or the body
    std::int64_t keep_alive_every_ms = 0;  // comments or blank lines in that wait; 0: none
    std::int64_t token_ms = 0;             // between two events

    // The stream ends so before its event of this index (0: before the first byte of the answer). A body that
    // is not streamed counts as two events, its halves. cut: closed in mid-answer; stall: open, and silent.
    std::optional<std::int64_t> cut_after_events;
    std::optional<std::int64_t> stall_after_events;
    std::optional<std::int64_t> cut_after_bytes;  // closed after so many bytes of payload
    // A stream says after so many events, in the way of its dialect, that it failed, and is over.
    std::optional<std::int64_t> error_after_events;

    bool connection_close = false;  // closed after this answer, without a word in its head
    bool garbage = false;           // a payload that is neither JSON nor events nor UTF-8
    bool bad_json = false;          // whole, but not JSON: the body, or the second event
    bool truncate_json = false;     // the body, or the last event, ends in its middle; the framing is right
    bool no_done = false;           // a stream without the event that ends it
    bool separate_events = false;   // each in a write of its own; else those without a wait are joined
    std::int64_t chunk_bytes = 0;   // the payload in writes of so many bytes; 0: not

    usage_style usage = usage_style::documented;
    std::optional<std::string> served_model;   // `model` of the answer
    std::optional<std::string> finish_reason;  // in the words of Chat Completions
    std::optional<std::string> content;        // instead of invented text
    bool empty_content = false;
    // Of each token of the content, at most 0: told in chat where the request asks for logprobs.
    std::optional<double> logprob;
    std::vector<scripted_call> tool_calls;         // these, instead of what the model would call
    std::optional<std::int64_t> output_tokens;     // of the content
    std::optional<std::int64_t> reasoning_tokens;  // of the thought, where there is any
    std::optional<std::int64_t> events;            // that carry text; unset: one for each few tokens
};

// Which requests to a model a rule is for: all conditions that are set must hold.
struct conditions {
    std::optional<dialect> endpoint;
    std::optional<std::string> model;
    std::optional<std::string> ask_contains;  // within the last user message
    std::optional<bool> stream;
    std::optional<bool> tools;                       // whether the request offers any
    std::optional<std::int64_t> after_tool_results;  // exactly so many since the last user message
    std::optional<std::int64_t> nth;    // the n-th request, from 1, that meets the conditions above
    std::optional<std::int64_t> every;  // each n-th of these
};

struct rule {
    conditions when;
    actions act;
};

struct balance {
    std::string currency = "USD";
    std::string total = "110.00";  // decimal text
};

struct cache_settings {
    std::int64_t unit_tokens = 128;      // grain of the prefix cache
    std::size_t units_max = 256 * 1024;  // of all models together; the least recently used go first
};

struct script {
    catalogue offered;
    std::set<std::string> bad_keys;    // 401
    std::set<std::string> broke_keys;  // 402
    balance account;
    cache_settings cache;
    actions usual;            // for requests that no rule takes
    std::vector<rule> rules;  // the first whose conditions hold takes the request
};

// Models, effort words and limits as DeepSeek documents them, with the date in the text.
const catalogue& default_catalogue();

// A script without rules: no wait, no fault.
script default_script();

// Reads a script. Unknown and repeated keys, wrong types and values out of range are errors that name line
// and column, counted from 1; all of them in one fault (errc::bad_config), one a line.
result<script> parse_script(std::string_view yaml);

// The same from a file; errc::file where it cannot be read.
result<script> load_script(const std::filesystem::path& file);

}  // namespace weir::simulator
