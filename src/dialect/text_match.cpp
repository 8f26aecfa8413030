#include "text_match.hpp"

#include <algorithm>

namespace weir::dialect {
namespace {

constexpr char gap = '*';
constexpr char line_start = '^';
constexpr char number = '#';
constexpr std::size_t phrases_max = UINT16_MAX;
constexpr std::size_t mark_bytes_min = 2;  // a shorter mark would be found everywhere

constexpr std::uint8_t byte_of(char c) noexcept { return static_cast<std::uint8_t>(c); }

bool starts_with_in_any_case(std::string_view text, std::string_view head) noexcept {
    return text.size() >= head.size() && equal_in_any_case(text.substr(0, head.size()), head);
}

// True where `text` begins with `phrase`, whose gaps stay within one line. The nearest place is taken after a
// gap.
bool begins_with(std::string_view text, std::string_view phrase) noexcept {
    std::size_t cut = phrase.find(gap);
    if (!starts_with_in_any_case(text, phrase.substr(0, cut))) return false;
    while (cut != std::string_view::npos) {
        text.remove_prefix(cut);
        phrase.remove_prefix(cut + 1);
        cut = phrase.find(gap);
        const std::string_view piece = phrase.substr(0, cut);
        std::size_t skipped = 0;
        while (!starts_with_in_any_case(text, piece)) {
            if (text.empty() || text.front() == '\n' || ++skipped > gap_bytes_max) return false;
            text.remove_prefix(1);
        }
    }
    return true;
}

bool is_number_but_0(std::string_view text) noexcept {
    if (text.starts_with('-')) text.remove_prefix(1);
    std::size_t digits = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
    return text.substr(0, digits).find_first_not_of('0') != std::string_view::npos;
}

// `rest`: the text from where the mark may begin.
bool begins_with_mark(std::string_view rest, std::string_view mark) noexcept {
    const bool counts = mark.ends_with(number);
    if (counts) mark.remove_suffix(1);
    return rest.starts_with(mark) && (!counts || is_number_but_0(rest.substr(mark.size())));
}

constexpr std::size_t pair_of(std::uint8_t first, std::uint8_t second) noexcept {
    return first * 256U + second;
}

}  // namespace

bool equal_in_any_case(std::string_view a, std::string_view b) noexcept {
    return std::ranges::equal(a, b, {}, to_lower, to_lower);
}

phrase_index::phrase_index(const std::vector<std::string>& phrases)
    : phrases_(phrases), next_(phrases.size()) {
    for (std::size_t i = 0; i < std::min(phrases.size(), phrases_max - 1); ++i) {
        if (phrases[i].empty()) continue;
        std::uint16_t& head = first_[byte_of(to_lower(phrases[i].front()))];
        next_[i] = head;
        head = static_cast<std::uint16_t>(i + 1);
    }
}

bool phrase_index::matches_at(std::string_view text, std::size_t at) const noexcept {
    for (std::size_t i = first_[byte_of(to_lower(text[at]))]; i != 0; i = next_[i - 1]) {
        if (begins_with(text.substr(at), phrases_[i - 1])) return true;
    }
    return false;
}

bool phrase_index::occurs_in(std::string_view text) const noexcept {
    bool after_word = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool word = is_word(text[at]);
        if (!(word && after_word) && matches_at(text, at)) return true;
        after_word = word;
    }
    return false;
}

bool phrase_index::begins(std::string_view text) const noexcept {
    return !text.empty() && matches_at(text, 0);
}

mark_index::mark_index(const std::vector<std::string>& marks) : marks_(marks), next_(marks.size()) {
    for (std::size_t i = 0; i < std::min(marks.size(), phrases_max - 1); ++i) {
        std::string_view mark = marks[i];
        const bool anchored = mark.starts_with(line_start);
        if (anchored) mark.remove_prefix(1);
        if (mark.size() < mark_bytes_min) continue;
        std::uint16_t& head = (anchored ? at_line_start_ : anywhere_)[byte_of(mark.front())];
        next_[i] = head;
        head = static_cast<std::uint16_t>(i + 1);
        if (!anchored) pairs_.set(pair_of(byte_of(mark[0]), byte_of(mark[1])));
    }
}

bool mark_index::matches_at(std::string_view text, std::size_t at,
                            const std::array<std::uint16_t, 256>& first) const noexcept {
    for (std::size_t i = first[byte_of(text[at])]; i != 0; i = next_[i - 1]) {
        std::string_view mark = marks_[i - 1];
        if (mark.starts_with(line_start)) mark.remove_prefix(1);
        if (begins_with_mark(text.substr(at), mark)) return true;
    }
    return false;
}

bool mark_index::occurs_in(std::string_view text) const noexcept {
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool begins_line = at == 0 || text[at - 1] == '\n';
        if (begins_line && matches_at(text, at, at_line_start_)) return true;
        const std::uint8_t second = at + 1 < text.size() ? byte_of(text[at + 1]) : std::uint8_t{0};
        if (pairs_[pair_of(byte_of(text[at]), second)] && matches_at(text, at, anywhere_)) return true;
    }
    return false;
}

}  // namespace weir::dialect
