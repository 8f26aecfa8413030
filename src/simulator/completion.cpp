#include "completion.hpp"

#include "tokens.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>

namespace weir::simulator {
namespace {

constexpr token_range content_tokens{20, 200};  // of invented text

// Different sequences from one seed.
enum class purpose : std::uint64_t { thought = 1, content = 2, length = 3, call = 4, thought_length = 5 };
std::uint64_t seed_for(std::uint64_t seed, purpose p) noexcept {
    return mixed(seed + static_cast<std::uint64_t>(p) * 0x9e3779b97f4a7c15ULL);
}

std::int64_t pick(token_range range, std::uint64_t seed) noexcept {
    return range.least +
           static_cast<std::int64_t>(seed % static_cast<std::uint64_t>(range.most - range.least + 1));
}

bool is_word_char(char c) noexcept {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
}

bool names_word(std::string_view text, std::string_view word) {
    for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
        const bool starts = at == 0 || !is_word_char(text[at - 1]);
        const std::size_t end = at + word.size();
        if (starts && (end == text.size() || !is_word_char(text[end]))) return true;
    }
    return false;
}

bool says_use_the_tool(std::string_view text) {
    constexpr std::string_view phrase = "use the tool";
    const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
    return !std::ranges::search(text, phrase, same).empty();
}

std::string call_id(std::uint64_t seed) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    constexpr int letters_after_prefix = 24;
    std::string id = "call_00_";
    for (int i = 0; i < letters_after_prefix; ++i) {
        seed = mixed(seed + 1);
        id += letters[seed % letters.size()];
    }
    return id;
}

std::string json_content(std::uint64_t seed, std::int64_t tokens) {
    nlohmann::ordered_json object;
    object["answer"] = "";
    object["count"] = 1 + seed % 9;
    object["items"] = {"one", "two"};
    object["complete"] = true;
    const std::int64_t frame = count_tokens(object.dump());
    object["answer"] = invent_text(seed, tokens - frame);
    return object.dump();
}

void apply_stops(std::string& content, const std::vector<std::string>& stops) {
    std::size_t end = content.npos;
    for (const std::string& stop : stops) end = std::min(end, content.find(stop));
    if (end != content.npos) content.resize(end);
}

std::string content_of(const chat_request& asked, const actions& act, std::uint64_t seed) {
    if (act.empty_content) return {};
    if (act.content) return *act.content;
    const auto tokens = act.output_tokens.value_or(pick(content_tokens, seed_for(seed, purpose::length)));
    if (asked.json_mode) return json_content(seed_for(seed, purpose::content), tokens);
    return invent_text(seed_for(seed, purpose::content), tokens);
}

// Cuts `text` to what is left of the budget; true where something was lost.
bool spend(std::string& text, std::int64_t& left) {
    const std::int64_t wanted = count_tokens(text);
    if (wanted <= left) {
        left -= wanted;
        return false;
    }
    text.resize(first_tokens(text, left).size());
    left = 0;
    return true;
}

}  // namespace

const tool* tool_to_call(const chat_request& asked) {
    if (asked.tools.empty() || asked.choice == tool_choice::none) return nullptr;
    if (asked.choice == tool_choice::named) {
        const auto found = std::ranges::find(asked.tools, asked.chosen_tool, &tool::name);
        return found == asked.tools.end() ? nullptr : &*found;
    }
    if (asked.choice == tool_choice::required) return &asked.tools.front();
    if (asked.messages.back().from != role::user) return nullptr;
    const std::string ask = last_ask(asked);
    for (const tool& t : asked.tools) {
        if (names_word(ask, t.name)) return &t;
    }
    return says_use_the_tool(ask) ? &asked.tools.front() : nullptr;
}

completion complete(const chat_request& asked, const actions& act, std::uint64_t seed,
                    std::int64_t tokens_max) {
    completion said;
    std::int64_t left = tokens_max;
    bool cut = false;
    if (asked.thinking()) {
        said.thinking = true;
        const auto tokens = act.reasoning_tokens.value_or(
            pick(asked.effort->reasoning, seed_for(seed, purpose::thought_length)));
        said.thought = invent_text(seed_for(seed, purpose::thought), tokens);
        cut = spend(said.thought, left);
        said.reasoning_tokens = tokens_max - left;
    }
    const bool scripted_text = act.content || act.empty_content;
    const tool* called = scripted_text ? nullptr : tool_to_call(asked);
    // Nothing follows a thought that used the whole budget.
    if (called && left > count_tokens(called->name)) {
        left -= count_tokens(called->name);
        const std::uint64_t call_seed = seed_for(seed, purpose::call);
        said.calls.push_back(
            {call_id(call_seed), called->name, arguments_for(called->parameters, call_seed)});
        cut = spend(said.calls.back().arguments, left) || cut;
    } else if (called) {
        cut = true;
    } else {
        said.content = content_of(asked, act, seed);
        apply_stops(said.content, asked.stops);
        cut = spend(said.content, left) || cut;
    }
    said.output_tokens = tokens_max - left;
    said.finish_reason = act.finish_reason.value_or(cut                  ? "length"
                                                    : said.calls.empty() ? "stop"
                                                                         : "tool_calls");
    return said;
}

}  // namespace weir::simulator
