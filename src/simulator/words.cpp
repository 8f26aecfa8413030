// Prose and arguments out of nothing.

#include "completion.hpp"
#include "tokens.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace weir::simulator {
namespace {

constexpr std::array<std::string_view, 64> words{
    "water",  "flows",    "over",    "the",     "weir",    "and",      "turns",   "slowly",
    "a",      "gate",     "opens",   "when",    "level",   "rises",    "above",   "mark",
    "river",  "bends",    "toward",  "mill",    "stone",   "holds",    "back",    "current",
    "while",  "each",     "channel", "carries", "its",     "share",    "measure", "depth",
    "before", "crossing", "because", "flow",    "changes", "with",     "season",  "rain",
    "keeps",  "records",  "of",      "every",   "litre",   "passing",  "here",    "café",
    "Zürich", "naïve",    "流量",    "水位",    "测量",    "→",        "≈",       "déjà",
    "ßtrom",  "🌊",       "step",    "result",  "check",   "boundary", "sum",     "answer"};

constexpr int schema_depth_max = 8;
constexpr std::int64_t sentence_words_least = 5;
constexpr std::uint64_t sentence_words_spread = 9;

class dice {
public:
    explicit dice(std::uint64_t seed) noexcept : state_(seed) {}
    std::uint64_t below(std::uint64_t n) noexcept { return mixed(state_ += 0x9e3779b97f4a7c15ULL) % n; }

private:
    std::uint64_t state_;
};

using nlohmann::json;
using nlohmann::ordered_json;

ordered_json value_for(const json& schema, dice& d, int depth);

ordered_json object_for(const json& schema, dice& d, int depth) {
    ordered_json object = ordered_json::object();
    const auto required = schema.find("required");
    const auto properties = schema.find("properties");
    if (required == schema.end() || !required->is_array()) return object;
    for (const json& name : *required) {
        if (!name.is_string()) continue;
        const auto& key = name.get_ref<const std::string&>();
        const bool described =
            properties != schema.end() && properties->is_object() && properties->contains(key);
        object[key] = value_for(described ? properties->at(key) : json::object(), d, depth + 1);
    }
    return object;
}

// `type` may be a list of types; the first that is not null counts.
std::string type_of(const json& schema) {
    const auto found = schema.find("type");
    if (found == schema.end()) return {};
    if (found->is_string()) return found->get<std::string>();
    if (!found->is_array()) return {};
    for (const json& t : *found) {
        if (t.is_string() && t.get_ref<const std::string&>() != "null") return t.get<std::string>();
    }
    return {};
}

ordered_json value_for(const json& schema, dice& d, int depth) {
    if (!schema.is_object() || depth > schema_depth_max) return "value";
    if (const auto fixed = schema.find("const"); fixed != schema.end()) return *fixed;
    if (const auto choices = schema.find("enum");
        choices != schema.end() && choices->is_array() && !choices->empty()) {
        return choices->front();
    }
    const std::string type = type_of(schema);
    if (type == "integer") return 1 + d.below(9);
    if (type == "number") return 1.5;
    if (type == "boolean") return true;
    if (type == "null") return nullptr;
    if (type == "object") return object_for(schema, d, depth);
    if (type == "array") {
        ordered_json list = ordered_json::array();
        if (const auto items = schema.find("items"); items != schema.end()) {
            list.push_back(value_for(*items, d, depth + 1));
        }
        return list;
    }
    return std::string(words[d.below(words.size())]);
}

}  // namespace

std::string arguments_for(std::string_view schema, std::uint64_t seed) {
    dice d{seed};
    const json read = json::parse(schema, nullptr, false);
    const ordered_json object = read.is_object() ? object_for(read, d, 0) : ordered_json::object();
    return object.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::string invent_text(std::uint64_t seed, std::int64_t tokens) {
    if (tokens <= 0) return {};
    dice d{seed};
    std::string text;
    std::uint64_t left = 0;  // words of this sentence
    // A byte is a quarter of a token at least, so enough bytes are enough tokens.
    while (text.size() < static_cast<std::size_t>(tokens) * 4) {
        const bool starts = left == 0;
        if (starts) left = static_cast<std::uint64_t>(sentence_words_least) + d.below(sentence_words_spread);
        if (!text.empty()) text += ' ';
        const std::size_t at = text.size();
        text += words[d.below(words.size())];
        if (starts && text[at] >= 'a' && text[at] <= 'z') text[at] = static_cast<char>(text[at] - 'a' + 'A');
        if (--left == 0) text += '.';
    }
    return std::string(first_tokens(text, tokens));
}

}  // namespace weir::simulator
