#include "endpoints.hpp"

#include "completion.hpp"
#include "fields.hpp"
#include "glance.hpp"
#include "tokens.hpp"
#include "writers.hpp"

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

std::optional<refusal> check_key(std::string_view authorization, std::string_view api_key,
                                 const script& rules) {
    constexpr std::string_view scheme = "Bearer ";
    if (api_key.empty() && authorization.starts_with(scheme)) {
        api_key = authorization.substr(scheme.size());
    }
    if (api_key.empty()) {
        return refusal{401, "Authentication Fails (auth header format should be Bearer sk-...)",
                       "authentication_error"};
    }
    const std::string key(api_key);
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
             {"effort", {{"supported_levels", levels}, {"default_level", offered.effort_default}}},
             {"api_capabilities",
              {{"anthropic_messages",
                {{"system_prompt_update", m.system_in_history ? "in-history" : "leading-only"}}}}}});
    }
    const ordered_json list{{"object", "list"}, {"data", std::move(data)}};
    return list.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

namespace {

// `key` of a JSON body, which must be there and say something.
allowed<std::string> word_of(std::string_view body, const char* key) {
    auto read = parse_body(body);
    if (!read) return std::unexpected(std::move(read.error()));
    if (!read->is_object()) return wrong_type(*read, "", "a map");
    auto word = required_text(*read, key, "");
    if (word && word->empty()) return bad_request(std::string(key) + " must not be empty");
    return word;
}

}  // namespace

// The shape of both answers is the simulator's own: none is known to be documented.
allowed<std::string> search_body(std::string_view body) {
    constexpr int results_given = 3;
    constexpr std::int64_t snippet_tokens = 24;
    auto query = word_of(body, "query");
    if (!query) return query;
    ordered_json results = ordered_json::array();
    for (int i = 1; i <= results_given; ++i) {
        const std::uint64_t seed = hash_of(*query) + static_cast<std::uint64_t>(i);
        results.push_back({{"title", "Page " + std::to_string(i)},
                           {"url", "https://example.com/" + std::to_string(i)},
                           {"snippet", invent_text(seed, snippet_tokens)}});
    }
    const ordered_json said{{"query", *query}, {"results", std::move(results)}};
    return said.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

allowed<std::string> fetch_body(std::string_view body) {
    constexpr std::int64_t page_tokens = 200;
    auto url = word_of(body, "url");
    if (!url) return url;
    if (!url->starts_with("http://") && !url->starts_with("https://")) return bad_request("Invalid url.");
    const ordered_json said{
        {"url", *url}, {"title", "A page"}, {"content", invent_text(hash_of(*url), page_tokens)}};
    return said.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
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
