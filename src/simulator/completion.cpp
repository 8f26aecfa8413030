#include "completion.hpp"

#include "tokens.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cassert>
#include <cctype>
#include <utility>

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

std::string call_id(std::uint64_t seed, std::size_t index) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    constexpr int letters_after_prefix = 24;
    std::string id = index < 10 ? "call_0" : "call_";
    id += std::to_string(index) + "_";
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

// Cuts `content` before the first stop word in it, which is given.
std::optional<std::string> apply_stops(std::string& content, const std::vector<std::string>& stops) {
    std::size_t end = content.npos;
    std::optional<std::string> by;
    for (const std::string& stop : stops) {
        const std::size_t at = content.find(stop);
        if (at >= end) continue;
        end = at;
        by = stop;
    }
    if (by) content.resize(end);
    return by;
}

std::string content_of(const model_request& asked, const actions& act, std::uint64_t seed) {
    if (act.empty_content) return {};
    if (act.content) return *act.content;
    const auto tokens = act.output_tokens.value_or(pick(content_tokens, seed_for(seed, purpose::length)));
    const std::uint64_t content_seed = seed_for(seed, purpose::content);
    switch (asked.format) {
        case answer_format::json_object:
            return json_content(content_seed, tokens);
        case answer_format::json_schema:
            return arguments_for(asked.schema, content_seed);
        case answer_format::text:
            break;
    }
    return invent_text(content_seed, tokens);
}

// What a custom tool is given: the text under `input` instead of the JSON.
std::string bare_input(const std::string& arguments) {
    const auto read = nlohmann::json::parse(arguments, nullptr, false);
    if (!read.is_object() || !read.contains("input") || !read["input"].is_string()) return arguments;
    return read["input"].get<std::string>();
}

// The calls that the answer makes, in full.
std::vector<tool_call> calls_of(const model_request& asked, const actions& act, std::uint64_t seed) {
    constexpr std::string_view invented_patch = "*** Begin Patch\n*** End Patch\n";
    const std::uint64_t call_seed = seed_for(seed, purpose::call);
    std::vector<tool_call> calls;
    for (const scripted_call& told : act.tool_calls) {
        const tool* called = asked.find_tool(told.name);
        assert(called);
        calls.push_back({call_id(call_seed + calls.size(), calls.size()), told.name,
                         called->custom ? bare_input(told.arguments) : told.arguments, called->custom});
    }
    if (!calls.empty() || act.content || act.empty_content) return calls;
    const tool* called = tool_to_call(asked);
    if (!called) return calls;
    calls.push_back(
        {call_id(call_seed, 0), called->name,
         called->custom ? std::string(invented_patch) : arguments_for(called->parameters, call_seed),
         called->custom});
    return calls;
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

// Says as many of `calls` as the budget allows; true where something was lost.
bool say_calls(std::vector<tool_call> calls, completion& said, std::int64_t& left) {
    for (tool_call& call : calls) {
        const std::int64_t name_tokens = count_tokens(call.name);
        if (left <= name_tokens) return true;
        left -= name_tokens;
        said.calls.push_back(std::move(call));
        if (spend(said.calls.back().arguments, left)) return true;
    }
    return false;
}

const char* finish_of(const completion& said, bool cut) noexcept {
    if (cut) return "length";
    return said.calls.empty() ? "stop" : "tool_calls";
}

// A thought that the client gave for the model to go on from is not thought again.
bool thought_is_given(const model_request& asked) noexcept {
    return !asked.messages.empty() && asked.messages.back().continued &&
           asked.messages.back().reasoning.has_value();
}

}  // namespace

const tool* tool_to_call(const model_request& asked) {
    if (asked.tools.empty() || asked.choice == tool_choice::none) return nullptr;
    if (asked.choice == tool_choice::named) return asked.find_tool(asked.chosen_tool);
    if (asked.choice == tool_choice::required) return &asked.tools.front();
    const message* last = last_turn(asked);
    if (!last || last->from != role::user) return nullptr;
    const std::string ask = last_ask(asked);
    for (const tool& t : asked.tools) {
        if (names_word(ask, t.name)) return &t;
    }
    return says_use_the_tool(ask) ? &asked.tools.front() : nullptr;
}

allowed<void> check_scripted_calls(const model_request& asked, const actions& act) {
    for (const scripted_call& told : act.tool_calls) {
        if (asked.find_tool(told.name)) continue;
        std::string offered;
        for (const tool& t : asked.tools) offered += (offered.empty() ? "" : ", ") + t.name;
        return std::unexpected(refusal{500,
                                       "the simulator's script calls the tool " + told.name +
                                           ", but the request offers " + (offered.empty() ? "none" : offered),
                                       "internal_error"});
    }
    return {};
}

completion complete(const model_request& asked, const actions& act, std::uint64_t seed,
                    std::int64_t tokens_max) {
    completion said;
    std::int64_t left = tokens_max;
    bool cut = false;
    said.thinking = asked.thinking();
    if (said.thinking && !thought_is_given(asked)) {
        const auto tokens = act.reasoning_tokens.value_or(
            pick(asked.effort->reasoning, seed_for(seed, purpose::thought_length)));
        said.thought = invent_text(seed_for(seed, purpose::thought), tokens);
        cut = spend(said.thought, left);
        said.reasoning_tokens = tokens_max - left;
    }
    std::vector<tool_call> calls = calls_of(asked, act, seed);
    // Beside calls there is only text that the script orders. Nothing follows a thought that used the whole
    // budget.
    if (calls.empty() || act.content) {
        said.content = content_of(asked, act, seed);
        said.stopped_by = apply_stops(said.content, asked.stops);
        if (spend(said.content, left)) {
            cut = true;
            said.stopped_by.reset();
        }
    }
    cut = say_calls(std::move(calls), said, left) || cut;
    said.output_tokens = tokens_max - left;
    said.finish_reason = act.finish_reason.value_or(finish_of(said, cut));
    return said;
}

}  // namespace weir::simulator
