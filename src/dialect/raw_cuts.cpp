#include "raw_cuts.hpp"

#include "text_match.hpp"

#include <algorithm>

namespace weir::dialect {
namespace {

constexpr std::size_t none = std::string_view::npos;
constexpr std::size_t block_bytes = 64;

// Whether the character at `at` is the second of an escape: the backslashes before it are odd in number.
bool is_escaped(std::string_view inner, std::size_t at) noexcept {
    std::size_t slashes = 0;
    while (slashes < at && inner[at - slashes - 1] == '\\') ++slashes;
    return slashes % 2 == 1;
}

bool begins_line(std::string_view inner, std::size_t at) noexcept {
    return at == 0 || (inner[at - 1] == 'n' && is_escaped(inner, at - 1));
}

// One past the line break of the line that `at` is in.
std::size_t line_end(std::string_view inner, std::size_t at) noexcept {
    for (at = inner.find('\\', at); at != none && at + 1 < inner.size(); at = inner.find('\\', at + 2)) {
        if (inner[at + 1] == 'n') return at + 2;
    }
    return inner.size();
}

constexpr bool is_name(char c) noexcept { return is_word(c) || c == '-'; }

bool stands_as_word(std::string_view inner, std::size_t at, std::size_t length) noexcept {
    const std::size_t end = at + length;
    if (end < inner.size() && is_name(inner[end])) return false;
    return at == 0 || !is_name(inner[at - 1]) || is_escaped(inner, at - 1);
}

}  // namespace

std::size_t find_text(std::string_view text, std::string_view wanted, std::size_t from) noexcept {
    if (wanted.empty() || wanted.size() > text.size()) return none;
    const std::size_t middle = wanted.size() / 2;
    const std::size_t last = wanted.size() - 1;
    const std::size_t end = text.size() - last;
    const auto fits = [&](std::size_t at) {
        const char* const p = text.data() + at;
        return ((p[0] ^ wanted[0]) | (p[middle] ^ wanted[middle]) | (p[last] ^ wanted[last])) == 0;
    };
    while (from < end) {
        const std::size_t count = std::min(block_bytes, end - from);
        // Most blocks have no candidate; a compiler makes this a few wide comparisons.
        bool some = false;
        if (count == block_bytes) {
            for (std::size_t i = 0; i < block_bytes; ++i) some |= fits(from + i);
        }
        for (std::size_t i = 0; i < count && (some || count < block_bytes); ++i) {
            if (fits(from + i) && text.substr(from + i, wanted.size()) == wanted) return from + i;
        }
        from += count;
    }
    return none;
}

std::vector<place> cuts_of(std::string_view inner, const std::vector<std::string>& line_starts,
                           std::string_view name) {
    std::vector<place> found;
    for (const std::string& start : line_starts) {
        for (std::size_t at = find_text(inner, start, 0); at != none;) {
            std::size_t end = at + start.size();
            if (begins_line(inner, at)) {
                end = line_end(inner, end);
                found.push_back({at, end - at});
            }
            at = find_text(inner, start, end);
        }
    }
    for (std::size_t at = find_text(inner, name, 0); at != none;
         at = find_text(inner, name, at + name.size())) {
        if (stands_as_word(inner, at, name.size())) found.push_back({at, name.size()});
    }
    std::ranges::sort(found, {}, &place::offset);
    // A name may stand in a line that goes, and two of line_starts may begin one line.
    std::vector<place> apart;
    for (const place& cut : found) {
        const bool within = !apart.empty() && cut.offset < apart.back().offset + apart.back().length;
        if (!within) apart.push_back(cut);
    }
    return apart;
}

std::string_view without_cuts(std::string_view inner, const std::vector<place>& cuts, std::string& scratch) {
    if (cuts.empty()) return inner;
    scratch.clear();
    std::size_t kept_from = 0;
    for (const place& cut : cuts) {
        scratch += inner.substr(kept_from, cut.offset - kept_from);
        kept_from = cut.offset + cut.length;
    }
    return scratch += inner.substr(kept_from);
}

}  // namespace weir::dialect
