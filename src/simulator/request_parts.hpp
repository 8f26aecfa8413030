#pragma once
// What the dialects ask for alike, and the rules that hold in all of them. Each function reads one thing of a
// body into the request, or refuses it.

#include "model_request.hpp"
#include "refusal.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::simulator {

// Not an object: a refusal.
allowed<void> check_is_map(const nlohmann::json& body);

// `model`, by id. Texts of the refusals: missing field, Model Not Exist.
allowed<void> read_model(const nlohmann::json& body, const catalogue& offered, model_request& into);

// `stream`.
allowed<void> read_stream(const nlohmann::json& body, model_request& into);

// `stream` and `stream_options.include_usage`, which may not come without it.
allowed<void> read_stream_options(const nlohmann::json& body, model_request& into);

// The output limit under `max_tokens_key`, within [1, tokens_max], `temperature` and `top_p`.
allowed<void> read_sampling(const nlohmann::json& body, const char* max_tokens_key, std::int64_t tokens_max,
                            model_request& into);

// A string or a list of strings under `key`.
allowed<void> read_stops(const nlohmann::json& body, const char* key, model_request& into);

// `thinking.type`: false where it is `disabled`.
allowed<bool> read_thinking_switch(const nlohmann::json& body);

// Sets the effort from the word that stands at `path`, or the default without one.
allowed<void> set_effort(bool enabled, const std::optional<std::string>& word, const std::string& path,
                         const catalogue& offered, model_request& into);

// Adds a tool whose name stands at `path`.name. `parameters` may be nullptr.
allowed<void> add_tool(tool offered, const nlohmann::json* parameters, const std::string& path,
                       const std::string& parameters_path, model_request& into);
inline constexpr std::size_t tools_max = 128;
allowed<void> check_tool_count(const nlohmann::json& list);

// A forced choice while thinking, without tools, or of a tool that is not there.
allowed<void> check_choice(const model_request& asked);

// The tenant: letters, digits, '-' and '_', at most 512.
allowed<void> read_user(const std::optional<std::string>& id, model_request& into);

// JSON mode needs the word in the prompt.
allowed<void> check_says_json(const model_request& asked);

// An image by http(s) address or data URL.
allowed<part> image_of(std::string url);
allowed<void> check_image_count(const model_request& asked);

// Where tools are offered while thinking, every earlier answer must come with its thought; `missing` is said
// else. A message that is to be continued has not been answered yet.
allowed<void> check_replay(const model_request& asked, const char* missing);

// Each call has exactly one result, right after the message that made it.
struct turn_texts {
    std::string unanswered;  // a call without a result; the call's id is put for '%'
    std::string orphan;      // a result without a call
};
allowed<void> check_tool_turns(const model_request& asked, const turn_texts& say);

}  // namespace weir::simulator
