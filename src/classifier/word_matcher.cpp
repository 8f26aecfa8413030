#include "weir/classifier/features.hpp"

#include <algorithm>
#include <array>
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
constexpr bool is_latin_lead(char c) noexcept {
    return byte_of(c) >= latin_lead_first && byte_of(c) <= latin_lead_last;
}

// For a byte of a word its lower case, else 0.
constexpr std::array<char, 256> make_word_bytes() noexcept {
    std::array<char, 256> bytes{};
    for (std::size_t i = 0; i < 128; ++i) {
        const char c = to_lower(static_cast<char>(i));
        if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '_') bytes[i] = c;
    }
    return bytes;
}
constexpr auto word_bytes = make_word_bytes();
constexpr bool is_word(char c) noexcept { return word_bytes[byte_of(c)] != 0; }

// Lower case, and one blank for each stretch of white space; none at either end.
std::string normalized(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (!is_space(c)) {
            out += to_lower(c);
        } else if (!out.empty() && out.back() != ' ') {
            out += ' ';
        }
    }
    if (out.ends_with(' ')) out.pop_back();
    return out;
}

// Bytes of `text` that stand for the whole of `word`, which is normalized; 0 where it does not begin so.
std::size_t length_of(std::string_view word, std::string_view text) noexcept {
    std::size_t at = 0;
    for (const char c : word) {
        if (at == text.size()) return 0;
        if (c != ' ' ? to_lower(text[at]) != c : !is_space(text[at])) return 0;
        ++at;
        while (c == ' ' && at < text.size() && is_space(text[at])) ++at;
    }
    return at;
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

// What comes after the first `from` bytes, in lower case and behind any white space; 0 where nothing does.
char next_after(std::string_view text, std::size_t from) noexcept {
    while (from < text.size() && is_space(text[from])) ++from;
    return from < text.size() ? to_lower(text[from]) : '\0';
}

}  // namespace

word_matcher::first_word word_matcher::first_of(std::string_view text) noexcept {
    std::uint64_t key = 1;
    const auto add = [&](char c) { key = std::rotl(key, 7) ^ byte_of(c); };
    std::size_t end = 0;
    for (; end < text.size(); ++end) {
        const char low = word_bytes[byte_of(text[end])];
        if (low == 0) break;
        add(low);
    }
    if (end == 0) {
        const unsigned char lead = byte_of(text.front());
        const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
        for (; end < std::min(bytes, text.size()); ++end) add(text[end]);
    }
    key *= 0x9E3779B97F4A7C15U;
    return {key ^ key >> 32U, end};
}

word_matcher::word_matcher(std::vector<word_list> lists) : lists_(std::move(lists)) {
    assert(lists_.size() <= lists_max);
    for (std::size_t i = 0; i < lists_.size(); ++i) {
        for (const std::string& word : lists_[i].words) {
            std::string text = normalized(word);
            if (text.empty()) continue;
            const first_word first = first_of(text);
            known_.set(first.key % known_.size());
            const char next = next_after(text, first.bytes);
            entries_.push_back({first.key, std::move(text), next, std::uint64_t{1} << i});
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

void word_matcher::match_at(std::string_view text, std::size_t at, first_word first,
                            std::uint64_t& found) const {
    const std::uint64_t key = first.key;
    std::size_t slot = key & (slots_.size() - 1);
    while (slots_[slot] != 0 && entries_[slots_[slot] - 1].key != key)
        slot = (slot + 1) & (slots_.size() - 1);
    if (slots_[slot] == 0) return;
    const std::string_view rest = text.substr(at);
    const char next = next_after(rest, first.bytes);
    for (std::size_t i = slots_[slot] - 1; i < entries_.size() && entries_[i].key == key; ++i) {
        const entry& e = entries_[i];
        if ((e.lists & ~found) == 0 || (e.next != 0 && e.next != next)) continue;
        const std::size_t length = length_of(e.text, rest);
        if (length == 0) continue;
        // Whole words only where the word has an edge: Chinese is written without blanks.
        if (is_word(e.text.front()) && is_letter_before(text, at)) continue;
        if (is_word(e.text.back()) && is_letter_at(text, at + length)) continue;
        found |= e.lists;
    }
}

std::uint64_t word_matcher::match(std::string_view text) const {
    std::uint64_t found = 0;
    for (std::size_t at = 0; at < text.size();) {
        if (is_space(text[at])) {
            ++at;
            continue;
        }
        const first_word first = first_of(text.substr(at));
        if (known_[first.key % known_.size()]) match_at(text, at, first, found);
        at += first.bytes;
    }
    return found;
}

}  // namespace weir::classifier
