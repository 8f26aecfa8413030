#include "weir/classifier/features.hpp"

#include <algorithm>
#include <bit>
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

// Bytes of the first word of `text`, or of its first character where that is none of a word.
std::size_t first_bytes(std::string_view text) noexcept {
    if (is_word(text.front())) {
        std::size_t end = 1;
        while (end < text.size() && is_word(text[end])) ++end;
        return end;
    }
    const unsigned char lead = byte_of(text.front());
    const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    return std::min(bytes, text.size());
}

// FNV-1a: words are short, and hashed while they are hot.
std::uint64_t key_of(std::string_view first) noexcept {
    std::uint64_t key = 0xCBF29CE484222325U;
    for (const char c : first) key = (key ^ byte_of(c)) * 0x100000001B3U;
    return key ^ key >> 29U;
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
            const std::uint64_t key = key_of(std::string_view(text).substr(0, first_bytes(text)));
            entries_.push_back({key, std::move(text), std::uint64_t{1} << i});
        }
    }
    std::ranges::sort(entries_, {},
                      [](const entry& e) { return std::pair(e.key, std::string_view(e.text)); });
    slots_.assign(std::bit_ceil(entries_.size() * 4 + 1), 0);
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        if (i > 0 && entries_[i].key == entries_[i - 1].key) continue;
        std::size_t at = entries_[i].key & (slots_.size() - 1);
        while (slots_[at] != 0) at = (at + 1) & (slots_.size() - 1);
        slots_[at] = static_cast<std::uint32_t>(i + 1);
    }
}

std::uint64_t word_matcher::match_at(std::string_view text, std::size_t at, std::uint64_t key) const {
    std::size_t slot = key & (slots_.size() - 1);
    while (slots_[slot] != 0 && entries_[slots_[slot] - 1].key != key)
        slot = (slot + 1) & (slots_.size() - 1);
    if (slots_[slot] == 0) return 0;
    std::uint64_t found = 0;
    const std::string_view rest = text.substr(at);
    for (std::size_t i = slots_[slot] - 1; i < entries_.size() && entries_[i].key == key; ++i) {
        const entry& e = entries_[i];
        if (!rest.starts_with(e.text)) continue;
        // Whole words only where the word has an edge: Chinese is written without blanks.
        if (is_word(e.text.front()) && is_letter_before(text, at)) continue;
        if (is_word(e.text.back()) && is_letter_at(text, at + e.text.size())) continue;
        found |= e.lists;
    }
    return found;
}

std::uint64_t word_matcher::match_part(std::string_view text) const {
    const std::string all = normalized(text);
    const std::string_view view = all;
    std::uint64_t found = 0;
    for (std::size_t at = 0; at < view.size();) {
        if (view[at] == ' ') {
            ++at;
            continue;
        }
        const std::size_t bytes = first_bytes(view.substr(at));
        found |= match_at(view, at, key_of(view.substr(at, bytes)));
        at += bytes;
    }
    return found;
}

std::uint64_t word_matcher::match(std::string_view text) const {
    if (text.size() <= 2 * part_bytes_max) return match_part(text);
    return match_part(text.substr(0, part_bytes_max)) | match_part(text.substr(text.size() - part_bytes_max));
}

}  // namespace weir::classifier
