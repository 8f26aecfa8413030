#pragma once
// One request to a model, in no dialect: what the readers make of a body, and what the prompt, the completion
// and the writers are made from.

#include "weir/simulator/script.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::simulator {

enum class role : std::uint8_t { system, user, assistant, tool, latest_reminder };

// A piece of a message: its text, or what names the image.
struct part {
    bool is_image = false;
    std::string text;
};

struct tool_call {
    std::string id;
    std::string name;
    std::string arguments;  // JSON text; the bare input of a custom tool
    bool custom = false;
};

struct message {
    role from = role::user;
    std::vector<part> parts;
    bool has_content = false;
    std::optional<std::string> reasoning;  // an empty one counts as present
    std::vector<tool_call> calls;
    std::string tool_call_id;
    bool continued = false;  // the answer goes on with this message
};

struct tool {
    std::string name;
    std::string rendered;    // what the prompt shows of it; the order of JSON keys plays no part
    std::string parameters;  // JSON Schema as text, "" where there is none
    bool custom = false;     // takes bare text instead of JSON
};

enum class tool_choice : std::uint8_t { none, automatic, required, named };
enum class answer_format : std::uint8_t { text, json_object, json_schema };

// Text with a hole in it, to be filled in the middle.
struct fim_text {
    std::string prompt;
    std::string suffix;
    bool echo = false;  // the answer begins with the prompt
};

struct model_request {
    const model_entry* model = nullptr;  // lives as long as the catalogue
    std::vector<message> messages;
    std::optional<fim_text> fim;  // then there are no messages
    std::vector<tool> tools;
    bool has_server_tools = false;  // tools that DeepSeek runs itself
    bool replays_thoughts = true;   // false: what the model thought earlier is never in the prompt
    tool_choice choice = tool_choice::automatic;
    std::string chosen_tool;  // where choice == named
    bool stream = false;
    bool include_usage = false;
    const effort_level* effort = nullptr;  // none: thinking is off
    std::optional<std::int64_t> max_tokens;
    answer_format format = answer_format::text;
    std::string schema;  // JSON Schema as text, where format == json_schema
    std::vector<std::string> stops;
    std::string user_id;
    bool logprobs = false;             // chat: asked for
    std::string tools_as_sent = "[]";  // JSON text, for dialects that show the tools again

    bool thinking() const noexcept { return effort != nullptr; }
    bool offers_tools() const noexcept { return !tools.empty() || has_server_tools; }
    const tool* find_tool(std::string_view name) const noexcept;
};

// Text of the last message of a user, images left out; "" where there is none.
std::string last_ask(const model_request& asked);

// The last message that is neither system text nor a reminder; nullptr where there is none.
const message* last_turn(const model_request& asked) noexcept;

}  // namespace weir::simulator
