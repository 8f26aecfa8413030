#include "endpoints.hpp"

#include "render.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace weir::simulator {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t key_chars_shown = 4;

std::string masked(std::string_view key) {
    return "****" +
           std::string(key.size() > key_chars_shown ? key.substr(key.size() - key_chars_shown) : key);
}

// Texts as seen from DeepSeek; `code` is invalid_request_error with all of them.
// Source: error codes page, and bodies quoted in public issue threads.
refusal usual_error(int status) {
    switch (status) {
        case 401:
            return {401, "Authentication Fails (governor)", "authentication_error"};
        case 402:
            return {402, "Insufficient Balance", "unknown_error"};
        case 429:
            return {429, "Rate limit reached for concurrency", "rate_limit_error"};
        case 500:
            return {500, "Internal server error", "internal_error"};
        case 503:
            return {
                503,
                "Service is too busy. We advise users to temporarily switch to alternative LLM API service "
                "providers.",
                "service_unavailable_error"};
        default:
            if (status < 500) return {status, "Invalid request", "invalid_request_error"};
            return {status, "The server had an error", "internal_error"};
    }
}

}  // namespace

answer json_answer(int status, std::string body) {
    answer said;
    said.status = status;
    said.headers.push_back({"Content-Type", "application/json"});
    said.steps.push_back({0, std::move(body)});
    return said;
}

answer refused(const refusal& why) { return json_answer(why.status, error_body(why.message, why.type)); }

refusal scripted_error(const actions& act) {
    refusal why = usual_error(act.status.value_or(500));
    if (act.message) why.message = *act.message;
    return why;
}

std::optional<refusal> check_key(std::string_view authorization, const script& rules) {
    constexpr std::string_view scheme = "Bearer ";
    if (!authorization.starts_with(scheme) || authorization.size() == scheme.size()) {
        return refusal{401, "Authentication Fails (auth header format should be Bearer sk-...)",
                       "authentication_error"};
    }
    const std::string key(authorization.substr(scheme.size()));
    if (rules.bad_keys.contains(key)) {
        return refusal{401, "Authentication Fails, Your api key: " + masked(key) + " is invalid",
                       "authentication_error"};
    }
    if (rules.broke_keys.contains(key)) return usual_error(402);
    return std::nullopt;
}

std::string models_body(const catalogue& offered) {
    ordered_json levels = ordered_json::array();
    for (const effort_level& level : offered.efforts) levels.push_back(level.name);
    ordered_json data = ordered_json::array();
    for (const model_entry& m : offered.models) {
        if (!m.listed) continue;
        ordered_json inputs = {"text"};
        if (m.images) inputs.push_back("image");
        data.push_back(
            {{"id", m.id},
             {"object", "model"},
             {"owned_by", "deepseek"},
             {"name", m.name},
             {"context_window", m.context_tokens_max},
             {"max_output_tokens", m.output_tokens_max},
             {"input_modalities", std::move(inputs)},
             {"output_modalities", ordered_json::array({"text"})},
             {"effort", {{"supported_levels", levels}, {"default_level", offered.effort_default}}}});
    }
    const ordered_json list{{"object", "list"}, {"data", std::move(data)}};
    return list.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::string balance_body(const balance& account) {
    const ordered_json info{{"currency", account.currency},
                            {"total_balance", account.total},
                            {"granted_balance", "0.00"},
                            {"topped_up_balance", account.total}};
    const ordered_json body{{"is_available", true}, {"balance_infos", ordered_json::array({info})}};
    return body.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace weir::simulator
