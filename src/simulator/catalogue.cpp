// The built-in catalogue, as text that a script's `models:` and `efforts:` may replace. Data, not code: when
// DeepSeek changes a name or a limit, this is the place.

#include "weir/simulator/script.hpp"

#include "script_reader.hpp"

#include <algorithm>
#include <cassert>

namespace weir::simulator {
namespace {

// As documented on 2026-11-15. Context, output and system text: GET /models. max_tokens defaults and effort
// words: Thinking Mode. Names of another maker: Anthropic API. Reasoning ranges are the simulator's own, such
// that more effort always thinks longer.
constexpr const char* built_in = R"(
models:
  - id: deepseek-flash
    name: DeepSeek-V4.1-Flash
    cache: flash
    fingerprint: fp_sim_flash_1017
    images: true
    listed: true
    system_in_history: true
    messages_names: ["claude*"]
    context_tokens_max: 1048576
    output_tokens_max: 393216
  - id: deepseek-v4-flash
    name: DeepSeek-V4.1-Flash
    cache: flash
    fingerprint: fp_sim_flash_1017
    images: true
    system_in_history: true
    context_tokens_max: 1048576
    output_tokens_max: 393216
  - id: deepseek-v4-flash-vision-exp
    name: DeepSeek-V4.1-Flash
    cache: flash
    fingerprint: fp_sim_flash_1017
    images: true
    system_in_history: true
    context_tokens_max: 1048576
    output_tokens_max: 393216
  - id: deepseek-v4-pro
    name: DeepSeek-V4-Pro
    cache: pro
    fingerprint: fp_sim_pro_0813
    listed: true
    messages_names: ["claude-opus*"]
    context_tokens_max: 1048576
    output_tokens_max: 393216
efforts:
  default: high
  off_words: [none]
  max_tokens_default_off: 8192
  levels:
    - {name: low, words: [low, minimal], reasoning_tokens: [16, 48], max_tokens_default: 65536}
    - {name: high, words: [high, medium, xhigh], reasoning_tokens: [64, 160], max_tokens_default: 65536}
    - {name: max, words: [max, ultra], reasoning_tokens: [200, 480], max_tokens_default: 131072}
)";

bool fits(std::string_view name, std::string_view pattern) noexcept {
    if (!pattern.ends_with('*')) return name == pattern;
    pattern.remove_suffix(1);
    return name.starts_with(pattern);
}

}  // namespace

const model_entry* catalogue::model(std::string_view id) const noexcept {
    const auto found = std::ranges::find(models, id, &model_entry::id);
    return found == models.end() ? nullptr : &*found;
}

const model_entry* catalogue::messages_model(std::string_view name) const noexcept {
    if (const auto* named = model(name)) return named;
    const model_entry* best = nullptr;
    std::size_t best_length = 0;
    for (const model_entry& m : models) {
        for (const std::string& pattern : m.messages_names) {
            if (pattern.size() <= best_length || !fits(name, pattern)) continue;
            best = &m;
            best_length = pattern.size();
        }
    }
    return best;
}

const effort_level* catalogue::effort(std::string_view name) const noexcept {
    const auto found = std::ranges::find(efforts, name, &effort_level::name);
    return found == efforts.end() ? nullptr : &*found;
}

const catalogue& default_catalogue() {
    static const catalogue read = [] {
        auto parsed = read_script(built_in, catalogue{});
        assert(parsed.has_value());
        return std::move(parsed->offered);
    }();
    return read;
}

script default_script() {
    script plain;
    plain.offered = default_catalogue();
    return plain;
}

}  // namespace weir::simulator
