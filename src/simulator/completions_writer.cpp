// Fill-in-the-middle. Source: DeepSeek API documentation, Create FIM Completion (Beta).

#include "chunks.hpp"
#include "text_pieces.hpp"
#include "writers.hpp"

#include <utility>

namespace weir::simulator {
namespace {

std::string echoed(const spoken& answer) {
    return answer.asked.fim->echo ? answer.asked.fim->prompt : std::string();
}

}  // namespace

std::string completions_body(const spoken& answer) {
    return "{\"id\":" + json_string(answer.on.id) +
           ",\"object\":\"text_completion\",\"created\":" + std::to_string(answer.on.created_s) +
           ",\"model\":" + json_string(answer.on.model) +
           ",\"choices\":[{\"index\":0,\"text\":" + json_string(echoed(answer) + answer.said.content) +
           ",\"logprobs\":null,\"finish_reason\":" + json_string(answer.said.finish_reason) + "}]" +
           usage_member(chunk_usage(answer.used), answer.act) +
           ",\"system_fingerprint\":" + json_string(answer.on.fingerprint) + "}";
}

std::vector<std::string> completions_events(const spoken& answer) {
    chunk_writer out{answer, "text_completion"};
    if (const std::string before = echoed(answer); !before.empty())
        out.add("\"text\":" + json_string(before));
    for (const std::string& piece : split_text(answer.said, answer.act).content) {
        out.add("\"text\":" + json_string(piece));
    }
    return std::move(out).finish("\"text\":\"\"");
}

}  // namespace weir::simulator
