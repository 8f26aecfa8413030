#pragma once
// From a body to a request, one reader a dialect: everything that can be refused without counting tokens.

#include "model_request.hpp"
#include "refusal.hpp"

#include <nlohmann/json_fwd.hpp>

namespace weir::simulator {

// Chat Completions. With `beta`: strict tools, and a last message of the assistant that is to be continued.
allowed<model_request> read_chat(const nlohmann::json& body, const catalogue& offered);
allowed<model_request> read_beta_chat(const nlohmann::json& body, const catalogue& offered);

// messages[] of Chat Completions. A message that is to be continued is marked, wherever it stands.
allowed<void> read_chat_turns(const nlohmann::json& body, model_request& into);

// OpenAI Responses, without state: nothing that was said before is known here.
allowed<model_request> read_responses(const nlohmann::json& body, const catalogue& offered);

// instructions and input of Responses. The checks between calls and results are part of it.
allowed<void> read_input(const nlohmann::json& body, model_request& into);

// Anthropic Messages.
allowed<model_request> read_messages(const nlohmann::json& body, const catalogue& offered);

// system and messages[] of Messages.
allowed<void> read_message_turns(const nlohmann::json& body, model_request& into);

// Fill-in-the-middle.
allowed<model_request> read_completions(const nlohmann::json& body, const catalogue& offered);

}  // namespace weir::simulator
