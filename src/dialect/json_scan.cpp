#include "json_scan.hpp"

#include <charconv>
#include <system_error>

namespace weir::dialect {
namespace {

constexpr bool ends_scalar(char c) noexcept {
    return is_json_space(c) || c == ',' || c == ':' || c == ']' || c == '}' || c == '[' || c == '{' ||
           c == '"';
}

bool begins_scalar(std::string_view text) noexcept {
    if (text.empty()) return false;
    const bool number = text.front() == '-' || (text.front() >= '0' && text.front() <= '9');
    return number || text == "true" || text == "false" || text == "null";
}

}  // namespace

std::optional<std::string_view> json_scan::string() noexcept {
    if (!take('"')) return std::nullopt;
    const std::size_t start = at_;
    for (std::size_t quote = text_.find('"', start); quote != std::string_view::npos;
         quote = text_.find('"', quote + 1)) {
        std::size_t slashes = 0;
        while (quote - slashes > start && text_[quote - slashes - 1] == '\\') ++slashes;
        if (slashes % 2 == 0) {
            at_ = quote + 1;
            return text_.substr(start, quote - start);
        }
    }
    at_ = text_.size();
    return std::nullopt;
}

std::optional<std::string_view> json_scan::scalar() noexcept {
    peek();
    const std::size_t start = at_;
    while (at_ < text_.size() && !ends_scalar(text_[at_])) ++at_;
    const std::string_view text = text_.substr(start, at_ - start);
    if (!begins_scalar(text)) return std::nullopt;
    // Within an object or array something must follow: here the bytes may have been cut in mid-word.
    if (depth_ > 0 && at_ == text_.size()) return std::nullopt;
    return text;
}

std::optional<std::string_view> json_scan::value() {
    const char first = peek();
    const std::size_t start = at_;
    bool passed = false;
    if (first == '{') {
        passed = object([this](std::string_view) { return value().has_value(); });
    } else if (first == '[') {
        passed = array([this] { return value().has_value(); });
    } else if (first == '"') {
        passed = string().has_value();
    } else {
        passed = scalar().has_value();
    }
    if (!passed) return std::nullopt;
    return text_.substr(start, at_ - start);
}

std::optional<std::int64_t> parse_integer(std::string_view text) noexcept {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace weir::dialect
