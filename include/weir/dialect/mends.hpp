#pragma once
// The known ways in which clients break DeepSeek, and what weir changes about them: never silently. Each mend
// has a name, a switch under `mends:`, a counter and a place in the answer's field x-weir-mended.
// docs/mends.md.
//
// The plan is pure: body and decision in, edits out. What is not listed here is never touched.

#include "weir/base/error.hpp"
#include "weir/dialect/body_index.hpp"
#include "weir/dialect/edits.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::dialect {

enum class mend : std::uint8_t {
    developer_role,         // chat: role "developer" becomes "system"
    max_completion_tokens,  // chat: becomes max_tokens; dropped where max_tokens is there too
    effort_alias,           // a word that DeepSeek only knows as another one's alias becomes that one
    effort_while_disabled,  // thinking is disabled: the effort beside it is dropped
    stream_options_alone,   // stream_options without stream: dropped
    user_id,                // other characters than [A-Za-z0-9_-], or too long: a stable hash instead
    forced_tool_choice,     // tool_choice that thinking refuses: thinking off for this call
    json_schema,            // chat: json_schema becomes json_object, the schema a system message at the end
    max_tokens,             // more than the model gives, or than the context has left: less
    include_usage,          // the upstream tells usage only where it is asked: asked, and taken out again
    reasoning,              // thinking that the client dropped: put back from custody
    reasoning_empty,        // the same where custody has none: an empty one
    reasoning_off,          // the same where custody has none: thinking off for this call
    answer_model            // Messages: the answer names the model that was asked for
};
inline constexpr std::size_t mend_count = 14;
std::string_view name_of(mend m) noexcept;  // "developer_role"

class mend_set {
public:
    void add(mend m) noexcept { bits_ |= 1U << static_cast<unsigned>(m); }
    void remove(mend m) noexcept { bits_ &= ~(1U << static_cast<unsigned>(m)); }
    bool has(mend m) const noexcept { return bits_ >> static_cast<unsigned>(m) & 1U; }
    bool empty() const noexcept { return bits_ == 0; }
    static mend_set all() noexcept;
    // "developer_role, user_id", in the order of the enumeration.
    std::string text() const;
    bool operator==(const mend_set&) const = default;

private:
    std::uint32_t bits_ = 0;
};

// A top-level member that says something about thinking: {"thinking", "type", "\"disabled\""} is
// "thinking":{"type":"disabled"}; without `inner` the member is the value itself.
struct said_member {
    std::string name;
    std::string inner;
    std::string value;  // JSON
    bool operator==(const said_member&) const = default;
};

// Thinking that custody gives back, or an empty one.
struct restored_reasoning {
    std::size_t message = 0;  // index into body_index::messages
    std::string text;
    std::string signature;  // Messages
    bool from_custody = true;
};

// Why a call that would think, whoever wanted it to, is made without.
enum class overruled_by : std::uint8_t {
    nothing,             // it is not; what `effort` says is the router's choice
    forced_tool_choice,  // thinking mode refuses the tool_choice
    reasoning_lost       // thinking mode wants the history's thinking, which nobody has
};

// What the plan needs to know beside the body.
struct mend_request {
    mend_set on;             // those that are switched on
    std::string_view model;  // name sent upstream
    // To say about thinking, each member once; empty: the client's words stand.
    std::span<const said_member> effort;
    bool thinking = true;  // whether the call, as it is sent, thinks
    // words of clients and what they stand for; canonical words are in neither place
    std::span<const std::pair<std::string, std::string>> effort_aliases;
    std::int64_t input_tokens = 0;                   // estimate
    std::int64_t context_tokens_max = 0;             // 0: unknown
    std::int64_t output_tokens_max = 0;              // 0: unknown
    bool usage_on_request = false;                   // the upstream needs include_usage
    overruled_by overruled = overruled_by::nothing;  // why `effort` is there
    std::vector<restored_reasoning> reasoning;
};

struct mended_body {
    edit_list edits;
    mend_set made;
    bool drop_usage_chunk = false;  // the client did not ask for the usage that will come
    std::string schema;             // JSON text that the answer shall be checked against; "" for none
};

// All edits of one body: the model's name, what is said about thinking, and the mends. Added members come
// right after the model's value, so the rest keeps its bytes. Edits do not overlap. A body that needs nothing
// gets no edit. user_id's hash: "u_" and 32 hexadecimal digits of the SHA-256 of the unescaped value. An
// effort beside thinking that about.effort disables goes even with effort_while_disabled off, and is then not
// in `made`. answer_model is never made here. Linear in the body, whatever it holds.
mended_body plan_edits(padded_view body, const body_index& index, const mend_request& about);

}  // namespace weir::dialect
