#include "json_members.hpp"

#include <string_view>

namespace weir::config {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t digits(std::string_view text, std::size_t from) {
    std::size_t end = from;
    while (end < text.size() && is_digit(text[end])) ++end;
    return end - from;
}

// RFC 8259, section 6
bool is_json_number(std::string_view text) {
    std::size_t at = text.starts_with('-') ? 1 : 0;
    const std::size_t whole = digits(text, at);
    if (whole == 0 || (whole > 1 && text[at] == '0')) return false;
    at += whole;
    if (at < text.size() && text[at] == '.') {
        const std::size_t decimals = digits(text, at + 1);
        if (decimals == 0) return false;
        at += 1 + decimals;
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
        const std::size_t exponent = digits(text, at);
        if (exponent == 0) return false;
        at += exponent;
    }
    return at == text.size();
}

std::string quote(std::string_view text) {
    constexpr std::string_view hex = "0123456789abcdef";
    std::string made = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            made += '\\';
            made += c;
        } else if (byte < 0x20) {
            made += "\\u00";
            made += hex[byte >> 4U];
            made += hex[byte & 15U];
        } else {
            made += c;
        }
    }
    return made + '"';
}

std::string members(const node& map);

std::string value_of(const node& n) {
    switch (n.what) {
        case node::kind::broken:
        case node::kind::null:
            return "null";
        case node::kind::map:
            return '{' + members(n) + '}';
        case node::kind::sequence: {
            std::string made = "[";
            for (const node& item : n.items) made += (made.size() > 1 ? "," : "") + value_of(item);
            return made + ']';
        }
        case node::kind::scalar:
            break;
    }
    const bool literal = n.text == "true" || n.text == "false" || n.text == "null" || is_json_number(n.text);
    return n.plain && literal ? n.text : quote(n.text);
}

std::string members(const node& map) {
    std::string made;
    for (const member& m : map.members) {
        made += (made.empty() ? "" : ",") + quote(m.key.text) + ':' + value_of(m.value);
    }
    return made;
}

}  // namespace

std::optional<std::string> json_members_of(const spot& s) {
    if (s.broken()) return std::nullopt;
    if (s.value.what != node::kind::map) {
        s.say("must be a map of what the word adds to a body, is " + s.shown());
        return std::nullopt;
    }
    return members(s.value);
}

}  // namespace weir::config
