// Prose and arguments out of nothing.

#include "completion.hpp"
#include "tokens.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
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

// Fills one schema; what `$ref` names is looked up in it.
class filler {
public:
    filler(const json& root, std::uint64_t seed) : root_(root), dice_(seed) {}

    ordered_json object_for(const json& schema, int depth);
    ordered_json value_for(const json& schema, int depth);
    // What `schema` stands for: a reference followed, the first of a choice taken.
    const json& resolved(const json& schema) const;

private:
    std::int64_t whole_number(const json& schema);

    const json& root_;
    dice dice_;
};

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

bool is_null(const json& schema) { return schema.is_object() && type_of(schema) == "null"; }

// "#/$defs/NAME" within `root`; nullptr where it leads nowhere.
const json* referred(const json& root, const json& schema) {
    const auto found = schema.find("$ref");
    if (found == schema.end() || !found->is_string()) return nullptr;
    const auto& text = found->get_ref<const std::string&>();
    if (!text.starts_with("#")) return nullptr;
    try {
        const json::json_pointer place(text.substr(1));
        return root.contains(place) ? &root.at(place) : nullptr;
    } catch (const json::exception&) {
        return nullptr;
    }
}

const json& filler::resolved(const json& schema) const {
    const json* at = &schema;
    for (int step = 0; step < schema_depth_max && at->is_object(); ++step) {
        const json* next = referred(root_, *at);
        for (const char* key : {"anyOf", "oneOf", "allOf"}) {
            const auto choices = at->find(key);
            if (next || choices == at->end() || !choices->is_array()) continue;
            const auto first = std::ranges::find_if_not(*choices, is_null);
            if (first != choices->end()) next = &*first;
        }
        if (!next) break;
        at = next;
    }
    return *at;
}

ordered_json filler::object_for(const json& schema, int depth) {
    ordered_json object = ordered_json::object();
    const auto required = schema.find("required");
    const auto properties = schema.find("properties");
    if (required == schema.end() || !required->is_array()) return object;
    for (const json& name : *required) {
        if (!name.is_string()) continue;
        const auto& key = name.get_ref<const std::string&>();
        const bool described =
            properties != schema.end() && properties->is_object() && properties->contains(key);
        object[key] = value_for(described ? properties->at(key) : json::object(), depth + 1);
    }
    return object;
}

std::int64_t filler::whole_number(const json& schema) {
    const auto drawn = static_cast<std::int64_t>(1 + dice_.below(9));
    const auto least = schema.find("minimum");
    return least != schema.end() && least->is_number_integer() ? std::max(drawn, least->get<std::int64_t>())
                                                               : drawn;
}

ordered_json filler::value_for(const json& described, int depth) {
    const json& schema = resolved(described);
    if (!schema.is_object() || depth > schema_depth_max) return "value";
    if (const auto fixed = schema.find("const"); fixed != schema.end()) return *fixed;
    if (const auto choices = schema.find("enum");
        choices != schema.end() && choices->is_array() && !choices->empty()) {
        return choices->front();
    }
    const std::string type = type_of(schema);
    if (type == "integer") return whole_number(schema);
    if (type == "number") return 1.5;
    if (type == "boolean") return true;
    if (type == "null") return nullptr;
    if (type == "object") return object_for(schema, depth);
    if (type == "array") {
        ordered_json list = ordered_json::array();
        if (const auto items = schema.find("items"); items != schema.end()) {
            list.push_back(value_for(*items, depth + 1));
        }
        return list;
    }
    return std::string(words[dice_.below(words.size())]);
}

}  // namespace

std::string arguments_for(std::string_view schema, std::uint64_t seed) {
    const json read = json::parse(schema, nullptr, false);
    filler fill{read, seed};
    const json& root = fill.resolved(read);
    const ordered_json object = root.is_object() ? fill.object_for(root, 0) : ordered_json::object();
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
