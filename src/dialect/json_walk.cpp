#include "json_walk.hpp"

namespace weir::dialect {
namespace {

constexpr bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// Passes digits; false where there is none.
bool take_digits(std::string_view& text) noexcept {
    std::size_t count = 0;
    while (count < text.size() && is_digit(text[count])) ++count;
    text.remove_prefix(count);
    return count > 0;
}

// The grammar of RFC 8259, section 6. The value is never computed: twenty digits are as good as two.
bool is_number(std::string_view text) noexcept {
    if (text.starts_with('-')) text.remove_prefix(1);
    if (text.starts_with('0')) {
        text.remove_prefix(1);
    } else if (!take_digits(text)) {
        return false;
    }
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        if (!take_digits(text)) return false;
    }
    if (text.starts_with('e') || text.starts_with('E')) {
        text.remove_prefix(1);
        if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
        if (!take_digits(text)) return false;
    }
    return text.empty();
}

}  // namespace

std::size_t json_walk::offset() const noexcept {
    if (tokens_.at_end()) return body_.size();
    return static_cast<std::size_t>(reinterpret_cast<const char*>(tokens_.peek()) - body_.data());
}

// simdjson's tokens go on to the next one, so white space at the end is cut.
std::string_view json_walk::token() const noexcept {
    std::string_view text = body_.substr(offset(), tokens_.peek_length());
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

void json_walk::advance(std::size_t length) noexcept {
    passed_ = offset() + length;
    tokens_.return_current_and_advance();
}

bool json_walk::fail(std::string_view why) {
    if (error_.empty()) error_ = std::string(why) + " at byte " + std::to_string(offset());
    return false;
}

bool json_walk::take(char sign) noexcept {
    if (peek() != sign) return false;
    advance(1);
    return true;
}

bool json_walk::open(char sign) {
    if (closings_.size() == depth_max_) return fail("the nesting is too deep");
    if (!take(sign)) return fail("another kind of value is expected");
    closings_.push_back(sign == '{' ? '}' : ']');
    return true;
}

bool json_walk::close(char sign) noexcept {
    if (!take(sign)) return false;
    closings_.pop_back();
    return true;
}

std::optional<std::string_view> json_walk::string() {
    if (peek() != '"') {
        fail("a string is expected");
        return std::nullopt;
    }
    const std::string_view text = token();
    if (text.size() < 2 || text.back() != '"') {
        fail("a string is not closed");
        return std::nullopt;
    }
    const std::string_view inner = text.substr(1, text.size() - 2);
    if (!has_valid_escapes(inner)) {
        fail("an escape is not valid in the string");
        return std::nullopt;
    }
    advance(text.size());
    return inner;
}

std::optional<std::string_view> json_walk::scalar() {
    const std::string_view text = peek() == '\0' ? std::string_view() : token();
    if (text != "true" && text != "false" && text != "null" && !is_number(text)) {
        fail(text.empty() ? "the body ends too early" : "a value is expected");
        return std::nullopt;
    }
    advance(text.size());
    return text;
}

std::optional<std::string_view> json_walk::key() {
    key_offset_ = offset();
    const auto name = string();
    if (name && take(':')) return name;
    fail("a colon is missing");
    return std::nullopt;
}

// Passes the next value, or the head of it: `another` says whether an element of it is to come.
bool json_walk::begin_value(bool& another) {
    const char first = peek();
    another = false;
    if (first == '"') return string().has_value();
    if (first != '{' && first != '[') return scalar().has_value();
    if (!open(first)) return false;
    if (close(closings_.back())) return true;
    another = true;
    return first == '[' || key().has_value();
}

// Passes what ends values, down to `depth`; `another` says whether one more is to come before that.
bool json_walk::end_values(std::size_t depth, bool& another) {
    while (closings_.size() > depth) {
        if (close(closings_.back())) continue;
        if (!take(',')) return fail("a comma or a closing bracket is missing");
        another = true;
        return closings_.back() == ']' || key().has_value();
    }
    another = false;
    return true;
}

// A loop, not a recursion: depth costs a byte a level, whatever the bound is set to.
std::optional<place> json_walk::value() {
    const std::size_t start = offset();
    const std::size_t depth = closings_.size();
    bool another = true;
    while (another) {
        if (!begin_value(another)) return std::nullopt;
        if (!another && !end_values(depth, another)) return std::nullopt;
    }
    return place{start, passed_ - start};
}

bool json_walk::finish() { return tokens_.at_end() || fail("the document has ended, but more follows"); }

}  // namespace weir::dialect
