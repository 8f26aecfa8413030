#include "chunks.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace weir::simulator {

std::string chunk_usage(const weir::usage& used) {
    const std::int64_t prompt = used.hit + used.miss;
    const nlohmann::ordered_json object{{"prompt_tokens", prompt},
                                        {"completion_tokens", used.output},
                                        {"total_tokens", prompt + used.output},
                                        {"prompt_tokens_details", {{"cached_tokens", used.hit}}},
                                        {"completion_tokens_details", {{"reasoning_tokens", used.reasoning}}},
                                        {"prompt_cache_hit_tokens", used.hit},
                                        {"prompt_cache_miss_tokens", used.miss}};
    return object.dump();
}

chunk_writer::chunk_writer(const spoken& answer, const char* object)
    : answer_(answer),
      head_("data: {\"id\":" + json_string(answer.on.id) + ",\"object\":" + json_string(object) +
            ",\"created\":" + std::to_string(answer.on.created_s) +
            ",\"model\":" + json_string(answer.on.model) +
            ",\"system_fingerprint\":" + json_string(answer.on.fingerprint) + ",\"choices\":["),
      null_usage_(answer.act.usage == usage_style::null ||
                  (answer.asked.include_usage && answer.act.usage != usage_style::absent)) {}

void chunk_writer::add(const std::string& choice) { add(choice, "null", {}); }

void chunk_writer::add_rated(const std::string& choice, const std::string& logprobs) {
    close(head_ + "{\"index\":0," + choice + ",\"logprobs\":" + logprobs + ",\"finish_reason\":null}]", {});
}

void chunk_writer::add(const std::string& choice, const std::string& finish_reason,
                       const std::string& usage) {
    close(head_ + "{\"index\":0," + choice + ",\"logprobs\":null,\"finish_reason\":" + finish_reason + "}]",
          usage);
}

void chunk_writer::close(std::string text, const std::string& usage) {
    if (!usage.empty())
        text += ",\"usage\":" + usage;
    else if (null_usage_)
        text += ",\"usage\":null";
    events_.push_back(std::move(text) + "}\n\n");
}

std::vector<std::string> chunk_writer::finish(const std::string& choice) && {
    const std::string usage = chunk_usage(answer_.used);
    const usage_style style = answer_.act.usage;
    add(choice, json_string(answer_.said.finish_reason),
        style == usage_style::documented ? usage : std::string());
    if (style == usage_style::separate_chunk) close(head_ + "]", usage);
    events_.emplace_back("data: [DONE]\n\n");
    return std::move(events_);
}

}  // namespace weir::simulator
