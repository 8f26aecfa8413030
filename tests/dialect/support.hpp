#pragma once
// What the tests of this folder share: bodies, and the shipped lists of config/clients.yaml.

#include "weir/base/bytes.hpp"
#include "weir/dialect/ask.hpp"
#include "weir/dialect/body_index.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace weir::dialect::test {

// An item of the shipped lists: bare or in quotes. The file uses no other YAML.
inline std::string item_of(std::string_view text) {
    if (text.starts_with('"')) return nlohmann::json::parse(text).get<std::string>();
    if (text.starts_with('\'')) return std::string(text.substr(1, text.size() - 2));
    return std::string(text);
}

inline std::vector<std::string>& list_of(ask_rules& rules, std::string_view key) {
    if (key == "preambles") return rules.preambles;
    if (key == "nudges") return rules.nudges;
    if (key == "envelopes") return rules.envelopes;
    if (key == "request_elements") return rules.request_elements;
    if (key == "paste_leads") return rules.paste_leads;
    if (key == "system") return rules.housekeeping_system;
    if (key == "ask") return rules.housekeeping_ask;
    if (key == "with_tools") return rules.housekeeping_with_tools;
    if (key == "failure_marks") return rules.failure_marks;
    if (key == "file_extensions") return rules.file_extensions;
    if (key == "not_files") return rules.not_files;
    if (key == "session_ignored_lines") return rules.session_ignored_lines;
    static std::vector<std::string> unused;
    if (key == "session_fields" || key == "refusals") return unused;
    throw std::runtime_error("config/clients.yaml: unknown key " + std::string(key));
}

inline void add_flow_items(std::string_view text, std::vector<std::string>& list) {
    std::string item;
    for (const char c : text) {
        if (c == ',' || c == ']') {
            if (!item.empty()) list.push_back(item);
            item.clear();
        } else if (c != ' ' && c != '[') {
            item += c;
        }
    }
    if (!item.empty()) list.push_back(item);
}

inline ask_rules read_shipped_rules() {
    ask_rules rules;
    std::ifstream file(WEIR_SOURCE_DIR "/config/clients.yaml");
    std::vector<std::string>* list = nullptr;
    bool in_flow = false;
    for (std::string line; std::getline(file, line);) {
        const std::size_t start = line.find_first_not_of(' ');
        if (start == std::string::npos || line[start] == '#') continue;
        std::string_view text = std::string_view(line).substr(start);
        if (text.starts_with("- ")) {
            list->push_back(item_of(text.substr(2)));
            continue;
        }
        if (!in_flow) {
            const std::size_t colon = text.find(':');
            const std::string_view key = text.substr(0, colon);
            if (key == "housekeeping") continue;
            list = &list_of(rules, key);
            text = text.substr(colon + 1);
        }
        in_flow = in_flow || text.find('[') != std::string_view::npos;
        if (in_flow) add_flow_items(text, *list);
        in_flow = in_flow && text.find(']') == std::string_view::npos;
    }
    return rules;
}

inline const ask_rules& shipped_rules() {
    static const ask_rules rules = read_shipped_rules();
    return rules;
}

// One body, indexed; throws where it is refused.
struct indexed_body {
    explicit indexed_body(std::string_view text, api_kind api = api_kind::chat) : body(text) {
        body_indexer indexer;
        auto read = indexer.read(api, body, limits{});
        if (!read) throw std::runtime_error(read.error().field + ": " + read.error().detail);
        index = std::move(*read);
    }
    ask ask_with(const ask_rules& rules) const { return ask_of(body, index, rules); }

    padded_text body;
    body_index index;
};

}  // namespace weir::dialect::test
