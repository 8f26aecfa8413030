#include "yaml_reader.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

namespace weir::simulator {

void problems::add(const YAML::Mark& where, const std::string& what) {
    // yaml-cpp counts from 0, editors from 1; a null mark is the place of something that is missing.
    const bool known = !where.is_null();
    list_.push_back(known ? "line " + std::to_string(where.line + 1) + ", column " +
                                std::to_string(where.column + 1) + ": " + what
                          : what);
}

std::string problems::text() const {
    std::string all;
    for (const std::string& one : list_) all += (all.empty() ? "" : "\n") + one;
    return all;
}

map_reader::map_reader(const YAML::Node& node, std::string name, problems& into)
    : map_(node), name_(std::move(name)), problems_(into) {
    if (!map_.IsDefined() || !map_.IsMap()) {
        problems_.add(map_.IsDefined() ? map_.Mark() : YAML::Mark::null_mark(), name_ + " must be a map");
        return;
    }
    usable_ = true;
    std::set<std::string> seen;
    for (const auto& entry : map_) {
        const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : std::string("?");
        if (!seen.insert(key).second)
            problems_.add(entry.first.Mark(), name_ + ": the key " + key + " is repeated");
    }
}

YAML::Node map_reader::node(const char* key) {
    asked_.emplace_back(key);
    if (!usable_) return YAML::Node(YAML::NodeType::Undefined);
    for (const auto& entry : map_) {
        if (entry.first.IsScalar() && entry.first.Scalar() == key) return entry.second;
    }
    return YAML::Node(YAML::NodeType::Undefined);
}

std::optional<std::string> map_reader::scalar(const char* key) {
    const YAML::Node found = node(key);
    if (!found.IsDefined()) return std::nullopt;
    if (!found.IsScalar()) {
        problems_.add(found.Mark(), name_ + "." + key + " must be a plain value");
        return std::nullopt;
    }
    return found.Scalar();
}

std::optional<std::string> map_reader::text(const char* key) { return scalar(key); }

std::optional<bool> map_reader::flag(const char* key) {
    const auto word = scalar(key);
    if (!word) return std::nullopt;
    if (*word == "true") return true;
    if (*word == "false") return false;
    problems_.add(node(key).Mark(), name_ + "." + key + " must be true or false, not " + *word);
    return std::nullopt;
}

std::optional<std::int64_t> map_reader::count(const char* key, std::int64_t least, std::int64_t most) {
    const auto word = scalar(key);
    if (!word) return std::nullopt;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(word->data(), word->data() + word->size(), value);
    if (error == std::errc() && end == word->data() + word->size() && value >= least && value <= most)
        return value;
    problems_.add(node(key).Mark(), name_ + "." + key + " must be a whole number from " +
                                        std::to_string(least) + " to " + std::to_string(most) + ", not " +
                                        *word);
    return std::nullopt;
}

std::vector<std::string> map_reader::texts(const char* key) {
    std::vector<std::string> words;
    const YAML::Node found = node(key);
    if (!found.IsDefined()) return words;
    if (!found.IsSequence()) {
        problems_.add(found.Mark(), name_ + "." + key + " must be a list");
        return words;
    }
    for (const auto& entry : found) {
        if (entry.IsScalar())
            words.push_back(entry.Scalar());
        else
            problems_.add(entry.Mark(), name_ + "." + key + " must be a list of plain values");
    }
    return words;
}

void map_reader::complain(const std::string& what) {
    problems_.add(map_.IsDefined() ? map_.Mark() : YAML::Mark::null_mark(), name_ + ": " + what);
}

void map_reader::finish() {
    if (!usable_) return;
    for (const auto& entry : map_) {
        const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : std::string("?");
        if (std::ranges::find(asked_, key) == asked_.end()) {
            problems_.add(entry.first.Mark(), name_ + " has no key " + key);
        }
    }
}

}  // namespace weir::simulator
