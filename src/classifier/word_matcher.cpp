#include "weir/classifier/features.hpp"

#include <cassert>
#include <cstddef>

namespace weir::classifier {
namespace {

[[maybe_unused]] constexpr std::size_t lists_max = 64;  // bits of features::words
// Lead bytes of the Latin letters with accents, U+00C0 to U+024F: "port" is not in "exporté" nor "éport".
constexpr unsigned char latin_lead_first = 0xC3;
constexpr unsigned char latin_lead_last = 0xC9;

constexpr unsigned char byte_of(char c) noexcept { return static_cast<unsigned char>(c); }
constexpr bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
constexpr char to_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
constexpr bool is_word(char c) noexcept {
    return (c >= '0' && c <= '9') || (to_lower(c) >= 'a' && to_lower(c) <= 'z') || c == '_';
}
constexpr bool is_latin_lead(char c) noexcept {
    return byte_of(c) >= latin_lead_first && byte_of(c) <= latin_lead_last;
}

// Lower case, and one blank for each stretch of white space.
std::string normalized(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (!is_space(c)) {
            out += to_lower(c);
        } else if (out.empty() || out.back() != ' ') {
            out += ' ';
        }
    }
    return out;
}

bool is_letter_before(std::string_view text, std::size_t at) noexcept {
    if (at == 0) return false;
    if (is_word(text[at - 1])) return true;
    // A continuation byte: its lead tells.
    return at >= 2 && (byte_of(text[at - 1]) & 0xC0) == 0x80 && is_latin_lead(text[at - 2]);
}

bool is_letter_at(std::string_view text, std::size_t at) noexcept {
    return at < text.size() && (is_word(text[at]) || is_latin_lead(text[at]));
}

}  // namespace

word_matcher::word_matcher(std::vector<word_list> lists) : lists_(std::move(lists)) {
    assert(lists_.size() <= lists_max);
    for (std::size_t i = 0; i < lists_.size(); ++i) {
        for (const std::string& word : lists_[i].words) {
            std::string text = normalized(word);
            while (text.starts_with(' ')) text.erase(0, 1);
            while (text.ends_with(' ')) text.pop_back();
            if (text.empty()) continue;
            by_first_byte_[byte_of(text.front())].push_back({std::move(text), std::uint64_t{1} << i});
        }
    }
}

std::uint64_t word_matcher::match(std::string_view text) const {
    const std::string all = normalized(text);
    const std::string_view view = all;
    std::uint64_t found = 0;
    for (std::size_t at = 0; at < view.size(); ++at) {
        for (const entry& e : by_first_byte_[byte_of(view[at])]) {
            if ((found & e.list) != 0 || !view.substr(at).starts_with(e.text)) continue;
            // Whole words only where the word has an edge: Chinese is written without blanks.
            if (is_word(e.text.front()) && is_letter_before(view, at)) continue;
            if (is_word(e.text.back()) && is_letter_at(view, at + e.text.size())) continue;
            found |= e.list;
        }
    }
    return found;
}

}  // namespace weir::classifier
