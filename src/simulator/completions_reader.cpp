// Fill-in-the-middle. Source: DeepSeek API documentation, Create FIM Completion (Beta).

#include "fields.hpp"
#include "readers.hpp"
#include "request_parts.hpp"

#include <utility>

namespace weir::simulator {
namespace {

using nlohmann::json;

constexpr std::int64_t fim_tokens_max = 4096;
constexpr std::int64_t logprobs_max = 20;

allowed<void> read_text(const json& body, model_request& into) {
    auto prompt = required_text(body, "prompt", "");
    if (!prompt) return std::unexpected(std::move(prompt.error()));
    auto suffix = text_member(body, "suffix", "");
    if (!suffix) return std::unexpected(std::move(suffix.error()));
    auto echo = flag_member(body, "echo", "");
    if (!echo) return std::unexpected(std::move(echo.error()));
    into.fim = fim_text{std::move(*prompt), suffix->value_or(""), echo->value_or(false)};
    return {};
}

allowed<void> read_limits(const json& body, model_request& into) {
    if (auto read = read_sampling(body, "max_tokens", fim_tokens_max, into); !read) return read;
    if (!into.max_tokens) into.max_tokens = fim_tokens_max;
    auto logprobs = count_member(body, "logprobs", "");
    if (!logprobs) return std::unexpected(std::move(logprobs.error()));
    if (*logprobs && (**logprobs < 0 || **logprobs > logprobs_max)) {
        return bad_request("Invalid logprobs value, the valid range of logprobs is [0, 20]");
    }
    return {};
}

}  // namespace

allowed<model_request> read_completions(const json& body, const catalogue& offered) {
    model_request into;
    allowed<void> done = check_is_map(body);
    if (done) done = read_model(body, offered, into);
    if (done) done = read_text(body, into);
    if (done) done = read_stream_options(body, into);
    if (done) done = read_limits(body, into);
    if (done) done = read_stops(body, "stop", into);
    if (!done) return std::unexpected(std::move(done.error()));
    return into;
}

}  // namespace weir::simulator
