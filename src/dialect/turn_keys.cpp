#include "weir/dialect/turn_keys.hpp"

#include "weir/base/digest.hpp"

#include "json_scan.hpp"
#include "json_text.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace weir::dialect {
namespace {

constexpr std::string_view white_space = " \t\n\r\v\f";

void add_call(std::vector<std::string>& keys, std::string_view id) {
    if (!id.empty()) keys.push_back(std::string("call:").append(id));
}

// Clients trim what they keep, at either end.
std::string_view trimmed(std::string_view text) noexcept {
    const std::size_t first = text.find_first_not_of(white_space);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

void add_text(std::vector<std::string>& keys, std::string_view said, std::string_view asked) {
    const std::string_view text = trimmed(said);
    if (text.empty()) return;
    keys.push_back("text:" + hex(sha256(text)));
    keys.back().append(1, ':').append(asked);
}

// The text of one part of a content: {"type": "text", "text": ...}. Other parts have none.
std::string text_of_part(std::string_view part) {
    json_scan scan(part);
    std::string type;
    std::string text;
    const bool whole = scan.peek() == '{' && scan.object([&](std::string_view key) {
        const bool string = scan.peek() == '"';
        const auto value = scan.value();
        if (!value) return false;
        const std::string name = unescape(key);
        if (string && name == "type") type = unescape(value->substr(1, value->size() - 2));
        if (string && name == "text") text = unescape(value->substr(1, value->size() - 2));
        return true;
    });
    return whole && (type == "text" || type == "output_text") ? text : "";
}

std::string text_of_content(std::string_view content) {
    if (content.size() >= 2 && content.front() == '"') return unescape(content.substr(1, content.size() - 2));
    std::string text;
    json_scan scan(content);
    if (scan.peek() != '[') return text;
    scan.array([&] {
        const auto part = scan.value();
        if (part) text += text_of_part(*part);
        return part.has_value();
    });
    return text;
}

}  // namespace

const std::string& question_finder::before(std::size_t message) {
    for (; next_ < std::min(message, index_.messages.size()); ++next_) {
        if (index_.messages[next_].from == speaker::user) user_ = next_;
    }
    if (const auto user = std::exchange(user_, std::nullopt)) {
        const place where = index_.messages[*user].content;
        asked_ = hex(sha256(trimmed(text_of_content(body_.text().substr(where.offset, where.length)))));
    }
    return asked_;
}

std::vector<std::string> turn_keys(const answer_turn& said, std::string_view asked) {
    std::vector<std::string> keys;
    if (said.overflow) return keys;
    for (const std::string& id : said.call_ids) add_call(keys, id);
    add_text(keys, said.text, asked);
    return keys;
}

std::vector<std::string> turn_keys(padded_view body, const body_index& index, std::size_t message,
                                   std::string_view asked) {
    std::vector<std::string> keys;
    if (message >= index.messages.size()) return keys;
    const dialect::message& turn = index.messages[message];
    for (std::size_t i = turn.first_call; i < std::size_t{turn.first_call} + turn.call_count; ++i) {
        const place id = index.calls[i].id;
        if (id.length < 2) continue;
        add_call(keys, unescape(body.text().substr(id.offset + 1, id.length - 2)));
    }
    add_text(keys, text_of_content(body.text().substr(turn.content.offset, turn.content.length)), asked);
    return keys;
}

std::vector<std::size_t> turns_without_reasoning(const body_index& index) {
    std::vector<std::size_t> turns;
    const bool demanded = index.api == api_kind::chat || index.api == api_kind::messages;
    if (!demanded || index.tools == 0) return turns;
    for (std::size_t i = 0; i < index.messages.size(); ++i) {
        const message& m = index.messages[i];
        if (m.from == speaker::assistant && !m.reasoning && !m.prefix) turns.push_back(i);
    }
    return turns;
}

}  // namespace weir::dialect
