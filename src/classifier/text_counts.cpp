#include "text_counts.hpp"

#include "weir/base/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace weir::classifier {
namespace {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_upper(char c) noexcept { return c >= 'A' && c <= 'Z'; }
constexpr bool is_letter(char c) noexcept { return is_upper(c) || (c >= 'a' && c <= 'z'); }
constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// What a byte is within a word; 0: no part of one.
enum part : std::uint8_t { letter = 1, digit = 2, underscore = 4, apostrophe = 8 };

constexpr std::array<std::uint8_t, 256> make_parts() noexcept {
    std::array<std::uint8_t, 256> parts{};
    for (std::size_t i = 0; i < 128; ++i) {
        const auto c = static_cast<char>(i);
        if (is_letter(c)) parts[i] = letter;
        if (is_digit(c)) parts[i] = digit;
    }
    parts['_'] = underscore;
    parts['\''] = apostrophe;
    return parts;
}
constexpr auto parts = make_parts();
constexpr std::uint8_t part_of(char c) noexcept { return parts[static_cast<unsigned char>(c)]; }

constexpr bool is_cjk(char32_t c) noexcept {
    return (c >= 0x3400 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF);
}

struct glyph {
    char32_t code = 0;
    std::size_t bytes = 1;
};

// Two to four bytes; what is no UTF-8 is one byte of itself.
glyph glyph_at(std::string_view text, std::size_t at) noexcept {
    const auto first = static_cast<unsigned char>(text[at]);
    const std::size_t bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
    if (bytes == 1 || at + bytes > text.size()) return {first, 1};
    char32_t code = first & (0xFFU >> (bytes + 1));
    for (std::size_t i = 1; i < bytes; ++i) {
        if (!continues_a_character(text[at + i])) return {first, 1};
        code = code << 6U | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
    }
    return {code, bytes};
}

std::string_view trimmed(std::string_view line) noexcept {
    while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
    while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
    return line;
}

// "A." "(B)" "C、": how the choices of a test begin.
bool is_option(std::string_view line) noexcept {
    if (line.starts_with('(')) line.remove_prefix(1);
    if (line.size() < 3 || line[0] < 'A' || line[0] > 'J') return false;
    line.remove_prefix(1);
    if (line[0] == '.' || line[0] == ')' || line[0] == ':') return true;
    return line.starts_with("、") || line.starts_with("．") || line.starts_with("：");
}

bool ends_as_code(std::string_view line) noexcept {
    return line.ends_with(';') || line.ends_with('{') || line.ends_with('}') || line.ends_with("):");
}

// As Python, Java, JavaScript, Go and Rust write them.
bool is_trace(std::string_view line) noexcept {
    if (line.starts_with("at ") && line.find('(') != std::string_view::npos) return true;
    if (line.starts_with("Traceback (") || line.starts_with("panic: ")) return true;
    const std::size_t colon = line.find(": ");
    const std::string_view name = line.substr(0, colon == std::string_view::npos ? 0 : colon);
    return name.ends_with("Error") || name.ends_with("Exception") || name.ends_with("panicked");
}

void count_line(std::string_view line, text_counts& n) noexcept {
    line = trimmed(line);
    if (line.empty()) return;
    if (is_option(line)) ++n.options;
    if (is_list_item(line)) ++n.list_items;
    if (ends_as_code(line)) ++n.code_lines;
    if (is_trace(line)) ++n.traces;
}

// A word of ASCII; gives where it ends.
std::size_t count_word(std::string_view text, std::size_t at, text_counts& n) noexcept {
    std::size_t end = at;
    std::uint8_t all = 0, before = 0, twice = 0;
    std::int64_t numbers = 0;
    for (; end < text.size(); ++end) {
        const std::uint8_t now = part_of(text[end]);
        if (now == 0) break;
        numbers += (now & ~before & digit) != 0;
        twice |= now & before;
        all |= now;
        before = now;
    }
    const auto bytes = static_cast<std::int64_t>(end - at);
    if (all == apostrophe) {
        n.quotes += bytes;
        return end;
    }
    if (text[at] == '\'' || text[end - 1] == '\'') ++n.quotes;
    if ((twice & underscore) != 0) ++n.blanks;
    n.numbers += numbers;
    ++n.words;
    ++n.ascii_words;
    n.ascii_letters += bytes;
    if (is_upper(text[at])) ++n.capitals;
    return end;
}

void count_sign(std::string_view text, std::size_t at, text_counts& n) noexcept {
    const char next = at + 1 < text.size() ? text[at + 1] : ' ';
    const bool within_number = is_digit(next) && at > 0 && is_digit(text[at - 1]);
    if (within_number && (text[at] == '.' || text[at] == ',')) {
        --n.numbers;
        return;
    }
    switch (text[at]) {
        case '?':
            ++n.questions;
            [[fallthrough]];
        case '.':
        case '!':
            if (is_blank(next) || static_cast<unsigned char>(next) >= 0xE0) ++n.sentences;
            break;
        case ',':
            ++n.commas;
            break;
        case '(':
            if (is_blank(next) || next == ')') ++n.blanks;
            break;
        case '"':
            ++n.quotes;
            break;
        case '`':
            ++n.backticks;
            break;
        case '$':
            ++n.dollars;
            break;
        case '\\':
            if (is_letter(next)) ++n.tex_commands;
            break;
        case ':':
            if (text.substr(at).starts_with("://")) ++n.addresses;
            break;
        case '=':
        case '^':
        case '<':
        case '>':
        case '+':
        case '*':
        case '/':
        case '|':
            ++n.operators;
            break;
        default:
            break;
    }
}

void count_other(char32_t code, text_counts& n) noexcept {
    if (is_cjk(code)) {
        ++n.cjk;
        ++n.words;
        return;
    }
    ++n.other;
    switch (code) {
        case U'。':
        case U'！':
            ++n.sentences;
            break;
        case U'？':
            ++n.questions;
            ++n.sentences;
            break;
        case U'，':
        case U'、':
            ++n.commas;
            break;
        case U'“':
        case U'”':
        case U'‘':
        case U'’':
        case U'「':
        case U'」':
            ++n.quotes;
            break;
        case U'≤':
        case U'≥':
        case U'∈':
        case U'√':
        case U'∑':
            ++n.operators;
            break;
        default:
            break;
    }
}

void count_part(std::string_view text, text_counts& n) noexcept {
    std::size_t line = 0;
    bool in_word = false;  // of another alphabet
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        if (static_cast<unsigned char>(c) >= 0x80) {
            const glyph g = glyph_at(text, at);
            count_other(g.code, n);
            const bool letter = g.code >= 0xC0 && g.code < 0x2000;
            if (letter && !in_word) ++n.words;
            in_word = letter;
            n.last = g.code;
            at += g.bytes;
            continue;
        }
        in_word = false;
        if (c == '\n') {
            ++n.lines;
            count_line(text.substr(line, at - line), n);
            line = at + 1;
        }
        if (part_of(c) != 0) {
            at = count_word(text, at, n);
            n.last = static_cast<char32_t>(text[at - 1]);
            continue;
        }
        if (!is_blank(c)) {
            n.last = static_cast<char32_t>(c);
            count_sign(text, at, n);
        }
        ++at;
    }
    count_line(text.substr(line), n);
}

}  // namespace

bool is_list_item(std::string_view line) noexcept {
    if (line.size() >= 2 && (line[0] == '-' || line[0] == '*' || line[0] == '+')) return is_blank(line[1]);
    if (line.starts_with("•")) return true;
    std::size_t digits = 0;
    while (digits < line.size() && is_digit(line[digits])) ++digits;
    if (digits == 0 || digits + 1 >= line.size()) return false;
    const std::string_view rest = line.substr(digits);
    return rest.starts_with("、") || ((rest[0] == '.' || rest[0] == ')') && is_blank(rest[1]));
}

text_counts count_text(std::string_view text) noexcept {
    text_counts n;
    n.chars = static_cast<std::int64_t>(count_code_points(text));
    n.first_upper = !text.empty() && is_upper(text.front());
    if (text.size() <= 2 * counted_bytes_max) {
        count_part(text, n);
        return n;
    }
    count_part(text.substr(0, cut_before(text, counted_bytes_max)), n);
    count_part(text.substr(cut_after(text, text.size() - counted_bytes_max)), n);
    return n;
}

}  // namespace weir::classifier
