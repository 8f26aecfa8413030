#include "quotations.hpp"

#include "weir/base/utf8.hpp"

#include "text_counts.hpp"

#include <algorithm>
#include <array>

namespace weir::classifier {
namespace {

struct marks {
    std::string_view open, close;
};
constexpr std::array all_marks = {marks{"\"", "\""}, marks{"\u201C", "\u201D"}, marks{"\u300C", "\u300D"},
                                  marks{"\u300E", "\u300F"}};
constexpr std::string_view apostrophe = "\u2019";
constexpr std::string_view wide_colon = "\uFF1A";

constexpr std::array<bool, 256> may_open = [] {
    std::array<bool, 256> bytes{};
    for (const char c : {'"', '\'', '`', '\xE2', '\xE3'}) bytes[static_cast<unsigned char>(c)] = true;
    return bytes;
}();

constexpr bool is_word(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// What stands between '...' or `...` and is more than one word: apostrophes and names of code are no
// quotation.
std::size_t end_of_words(std::string_view text, std::size_t at) noexcept {
    const char mark = text[at];
    if (at > 0 && is_word(text[at - 1])) return at;
    const std::string_view inside = text.substr(at + 1, quotation_bytes_max);
    for (std::size_t i = 0; i < inside.size() && inside[i] != '\n'; ++i) {
        if (inside[i] != mark) continue;
        const bool goes_on = mark == '\'' && i + 1 < inside.size() && is_word(inside[i + 1]);
        if (goes_on) continue;
        return inside.substr(0, i).find(' ') == std::string_view::npos ? at : at + i + 2;
    }
    return at;
}

// One past the quotation that begins at `at`; `at` where none does.
std::size_t end_of_quotation(std::string_view text, std::size_t at) noexcept {
    if (text[at] == '\'' || text[at] == '`') return end_of_words(text, at);
    for (const marks& m : all_marks) {
        if (!text.substr(at).starts_with(m.open)) continue;
        const std::size_t from = at + m.open.size();
        const std::string_view inside = text.substr(from, quotation_bytes_max + m.close.size());
        const std::size_t close = inside.find(m.close);
        const std::size_t line = inside.find('\n');
        if (close != std::string_view::npos && close > 0 && close < line)
            return from + close + m.close.size();
    }
    return at;
}

std::string_view trimmed(std::string_view text) noexcept {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

}  // namespace

std::string without_quotations(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    std::size_t copied = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (!may_open[static_cast<unsigned char>(text[at])]) continue;
        if (text.substr(at).starts_with(apostrophe)) {
            out.append(text, copied, at - copied);
            out += '\'';
            copied = at + apostrophe.size();
            at = copied - 1;
            continue;
        }
        const std::size_t end = end_of_quotation(text, at);
        if (end == at) continue;
        out.append(text, copied, at - copied);
        out += ' ';
        copied = end;
        at = end - 1;
    }
    out.append(text, copied);
    return out;
}

text_ends ends_of(std::string_view text) noexcept {
    if (text.size() <= 2 * searched_bytes_max) return {text, {}};
    std::size_t tail = cut_after(text, text.size() - searched_bytes_max);
    // A quotation stands within one line: from a line's beginning on its marks are told apart.
    const std::size_t line = text.substr(tail, quotation_bytes_max).find('\n');
    if (line != std::string_view::npos) tail += line + 1;
    return {text.substr(0, cut_before(text, searched_bytes_max)), text.substr(tail)};
}

std::string_view lead_of(std::string_view head, std::string_view tail) noexcept {
    const std::string_view first = trimmed(head);
    if (first.empty()) return {};
    const std::size_t colon = std::min(first.find(':'), first.find(wide_colon));
    const std::size_t line_end = first.find('\n');
    std::string_view lead = first.substr(0, std::min(line_end, colon));
    if (is_list_item(first.substr(0, line_end))) {
        const std::string_view all = trimmed(tail.empty() ? head : tail);
        const std::size_t break_before = all.rfind('\n');
        const std::string_view last =
            all.substr(break_before == std::string_view::npos ? 0 : break_before + 1);
        if (!is_list_item(trimmed(last))) lead = last;
    }
    return lead.substr(0, cut_before(lead, lead_bytes_max));
}

}  // namespace weir::classifier
