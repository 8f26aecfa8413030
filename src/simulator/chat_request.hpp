#pragma once
// One chat request as DeepSeek understands it, or its refusal in DeepSeek's words.

#include "weir/simulator/script.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::simulator {

// An error answer: status, `message` and `type` of its body. `code` is always invalid_request_error.
struct refusal {
    int status = 400;
    std::string message;
    std::string type = "invalid_request_error";
};

template <class T>
using allowed = std::expected<T, refusal>;

enum class role : std::uint8_t { system, user, assistant, tool, latest_reminder };

// A piece of a message: its text, or what names the image.
struct part {
    bool is_image = false;
    std::string text;
};

struct tool_call {
    std::string id;
    std::string name;
    std::string arguments;  // JSON text
};

struct message {
    role from = role::user;
    std::vector<part> parts;
    bool has_content = false;
    std::optional<std::string> reasoning;  // an empty one counts as present
    std::vector<tool_call> calls;
    std::string tool_call_id;
};

struct tool {
    std::string name;
    std::string rendered;    // what the prompt shows of it; the order of JSON keys plays no part
    std::string parameters;  // JSON Schema as text, "" where there is none
};

enum class tool_choice : std::uint8_t { none, automatic, required, named };

struct chat_request {
    const model_entry* model = nullptr;  // lives as long as the catalogue
    std::vector<message> messages;
    std::vector<tool> tools;
    bool has_server_tools = false;  // tools that DeepSeek runs itself
    tool_choice choice = tool_choice::automatic;
    std::string chosen_tool;  // where choice == named
    bool stream = false;
    bool include_usage = false;
    const effort_level* effort = nullptr;  // none: thinking is off
    std::optional<std::int64_t> max_tokens;
    bool json_mode = false;
    std::vector<std::string> stops;
    std::string user_id;

    bool thinking() const noexcept { return effort != nullptr; }
};

// Text of the last message of a user, images left out; "" where there is none.
std::string last_ask(const chat_request& asked);

// What rules look at, read leniently: a request that is about to be refused has it too.
struct glimpse {
    std::string model;
    std::string ask;
    bool stream = false;
};
glimpse glance(const nlohmann::json& body);

// JSON text to a document. Nesting is bounded by json_depth_max.
allowed<nlohmann::json> parse_body(std::string_view body);
inline constexpr int json_depth_max = 128;

// Everything that can be refused without counting tokens.
allowed<chat_request> read_chat_request(const nlohmann::json& body, const catalogue& offered);

// messages[] alone, with the rules that hold between them. Private to read_chat_request.
allowed<std::vector<message>> read_messages(const nlohmann::json& body);

}  // namespace weir::simulator
