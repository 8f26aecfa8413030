#include "envelopes.hpp"

#include "text_match.hpp"

#include <algorithm>
#include <cstddef>

namespace weir::dialect {
namespace {

constexpr std::size_t none = std::string_view::npos;
constexpr std::string_view space = " \t\r\n";

constexpr bool is_name(char c) noexcept { return is_word(c) || c == '-'; }

std::string_view name_at(std::string_view text) noexcept {
    std::size_t length = 0;
    while (length < text.size() && is_name(text[length])) ++length;
    return text.substr(0, length);
}

std::size_t index_of(std::string_view name, const std::vector<std::string>& names) noexcept {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (equal_in_any_case(name, names[i])) return i;
    }
    return none;
}

// Where the elements of each name end. All closing tags are found in one pass, so that tags that are never
// closed cannot make the search start over and over.
class closing_tags {
public:
    closing_tags(std::string_view text, const std::vector<std::string>& names) : ends_(names.size()) {
        for (std::size_t at = text.find("</"); at != none; at = text.find("</", at + 2)) {
            const std::string_view name = closing_tag_at(text.substr(at));
            const std::size_t index = name.empty() ? none : index_of(name, names);
            if (index != none) ends_[index].push_back(at + name.size() + 3);
        }
        next_.resize(names.size());
    }

    bool none_found() const noexcept {
        return std::ranges::all_of(ends_, [](const auto& ends) { return ends.empty(); });
    }

    // One past the first closing tag of this name that ends after `at`; npos where there is none. `at` only
    // grows.
    std::size_t after(std::size_t index, std::size_t at) noexcept {
        std::size_t& next = next_[index];
        while (next < ends_[index].size() && ends_[index][next] <= at) ++next;
        return next < ends_[index].size() ? ends_[index][next] : none;
    }

private:
    std::vector<std::vector<std::size_t>> ends_;
    std::vector<std::size_t> next_;
};

}  // namespace

std::string_view trim(std::string_view text) noexcept {
    const std::size_t first = text.find_first_not_of(space);
    if (first == none) return {};
    return text.substr(first, text.find_last_not_of(space) - first + 1);
}

std::string_view trim_lines(std::string_view text) noexcept {
    const std::size_t first = text.find_first_not_of(space);
    if (first == none) return {};
    const std::size_t line_break = text.rfind('\n', first);
    text = text.substr(0, text.find_last_not_of(space) + 1);
    return text.substr(line_break == none ? 0 : line_break + 1);
}

std::string_view tag_at(std::string_view text) noexcept {
    if (!text.starts_with('<')) return {};
    const std::string_view name = name_at(text.substr(1));
    if (name.size() + 1 >= text.size()) return {};
    const char next = text[name.size() + 1];
    return next == '>' || next == ' ' || next == '\n' ? name : std::string_view();
}

std::string_view closing_tag_at(std::string_view text) noexcept {
    if (!text.starts_with("</")) return {};
    const std::string_view name = name_at(text.substr(2));
    const std::size_t end = name.size() + 2;
    return end < text.size() && text[end] == '>' ? name : std::string_view();
}

std::string strip_envelopes(std::string_view text, const std::vector<std::string>& names) {
    if (text.find("</") == none) return std::string(text);
    closing_tags closing(text, names);
    if (closing.none_found()) return std::string(text);
    std::string out;
    std::size_t kept_from = 0;
    for (std::size_t at = text.find('<'); at != none; at = text.find('<', at)) {
        const std::string_view name = tag_at(text.substr(at));
        const std::size_t index = name.empty() ? none : index_of(name, names);
        const std::size_t end = index == none ? none : closing.after(index, at);
        if (end == none) {
            ++at;
            continue;
        }
        out += text.substr(kept_from, at - kept_from);
        kept_from = at = end;
    }
    return out += text.substr(kept_from);
}

}  // namespace weir::dialect
