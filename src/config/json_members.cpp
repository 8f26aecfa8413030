#include "json_members.hpp"

#include <set>
#include <string>
#include <string_view>
#include <utility>

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

std::string json_of(const node& scalar) {
    const bool literal = scalar.text == "true" || scalar.text == "false" || is_json_number(scalar.text);
    return scalar.plain && literal ? scalar.text : quote(scalar.text);
}

// The one entry of a map, where that is a scalar.
const member* only_entry_of(const node& value) {
    if (value.what != node::kind::map || value.members.size() != 1) return nullptr;
    const member& m = value.members.front();
    return m.value.what == node::kind::scalar ? &m : nullptr;
}

}  // namespace

std::vector<dialect::said_member> said_members_of(const spot& s) {
    static const std::set<std::string, std::less<>> not_for_efforts = {
        "model", "messages", "input", "prompt", "system", "instructions", "stream", "tools"};
    std::vector<dialect::said_member> made;
    const auto entries = entries_of(s);
    if (s.value.what == node::kind::map && entries.empty()) s.say("says nothing");
    for (const named_spot& entry : entries) {
        const node& value = entry.value.value;
        const member* inner = only_entry_of(value);
        if (not_for_efforts.contains(entry.key.text)) {
            s.told.say(entry.key, s.path + ": an effort cannot set `" + entry.key.text + '`');
        } else if (value.what == node::kind::scalar) {
            made.push_back({entry.key.text, "", json_of(value)});
        } else if (inner) {
            made.push_back({entry.key.text, inner->key.text, json_of(inner->value)});
        } else if (!entry.value.broken()) {
            entry.value.say("must be a value, or a map of exactly one value, is " + entry.value.shown());
        }
    }
    return made;
}

}  // namespace weir::config
