#pragma once
// The answers that need no model: lists, balance and errors.

#include "weir/simulator/simulator.hpp"

#include "chat_request.hpp"

namespace weir::simulator {

answer json_answer(int status, std::string body);
answer refused(const refusal& why);

// GET /models and GET /user/balance.
std::string models_body(const catalogue& offered);
std::string balance_body(const balance& account);

// Why a key may not ask, or nothing. `authorization` is the field's value.
std::optional<refusal> check_key(std::string_view authorization, const script& rules);

// The error that a script orders; its text is the usual one of the status where the script has none.
refusal scripted_error(const actions& act);

}  // namespace weir::simulator
