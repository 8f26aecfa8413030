#include "yaml_json.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>

namespace weir::simulator {
namespace {

using nlohmann::ordered_json;

ordered_json scalar_of(const YAML::Node& node) {
    // yaml-cpp tags what was quoted with "!".
    if (node.Tag() == "!") return node.Scalar();
    const std::string& word = node.Scalar();
    if (word == "true") return true;
    if (word == "false") return false;
    // A number of YAML that is one of JSON too, so "012" and ".5" stay text.
    const ordered_json number = ordered_json::parse(word, nullptr, false);
    return number.is_number() ? number : ordered_json(word);
}

ordered_json value_of(const YAML::Node& node, int depth_left) {
    if (depth_left == 0 || !node.IsDefined() || node.IsNull()) return nullptr;
    if (node.IsScalar()) return scalar_of(node);
    if (node.IsSequence()) {
        ordered_json list = ordered_json::array();
        for (const auto& entry : node) list.push_back(value_of(entry, depth_left - 1));
        return list;
    }
    ordered_json object = ordered_json::object();
    for (const auto& entry : node) {
        if (entry.first.IsScalar()) object[entry.first.Scalar()] = value_of(entry.second, depth_left - 1);
    }
    return object;
}

}  // namespace

std::string json_text_of(const YAML::Node& node, int depth_left) {
    return value_of(node, depth_left).dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace weir::simulator
