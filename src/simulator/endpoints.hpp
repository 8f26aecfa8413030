#pragma once
// The answers that need no model: lists, balance and errors.

#include "weir/simulator/simulator.hpp"

#include "refusal.hpp"

namespace weir::simulator {

answer json_answer(int status, std::string body);
answer refused(const refusal& why);

// GET /models and GET /user/balance.
std::string models_body(const catalogue& offered);
std::string balance_body(const balance& account);

// POST /v1/tools/search and /v1/tools/fetch: `query` or `url` in, invented pages out.
allowed<std::string> search_body(std::string_view body);
allowed<std::string> fetch_body(std::string_view body);

// Why a key may not ask, or nothing. `authorization` is the field's value, `api_key` that of x-api-key where
// it counts, and then it goes first.
std::optional<refusal> check_key(std::string_view authorization, std::string_view api_key,
                                 const script& rules);

// The error that a script orders; its text is the usual one of the status where the script has none.
refusal scripted_error(const actions& act);

}  // namespace weir::simulator
