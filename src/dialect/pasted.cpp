#include "pasted.hpp"

#include "weir/base/utf8.hpp"

#include "envelopes.hpp"
#include "text_match.hpp"

#include <algorithm>
#include <compare>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace weir::dialect {
namespace {

// Of a longer text the beginning and the end are read line by line; what lies between is taken for pasted.
constexpr std::size_t end_bytes_max = 512 * 1024;
constexpr std::size_t lead_chars_max = 400;
constexpr std::size_t document_chars_from = 1000;
constexpr std::size_t end_chars_max = 160;  // of a last line that needs not point at what comes before
constexpr std::size_t broken_document_chars_from = 1500;
constexpr std::size_t broken_lines_from = 20;
constexpr std::size_t broken_line_chars_max = 100;
constexpr std::size_t listing_lines_from = 12;
constexpr std::size_t fence_marks_min = 3;
constexpr std::size_t code_indent = 4;

enum class paste : std::uint8_t { no, yes, open_fence };  // open_fence: in a fence that is never closed

struct line {
    std::string_view text;
    std::size_t chars = 0;    // the line break included
    std::uint32_t count = 1;  // of lines that it stands for
    paste pasted = paste::no;
    bool blank = false;
};
using lines = std::vector<line>;

void add_lines(std::string_view text, lines& out) {
    for (;;) {
        const std::size_t end = text.find('\n');
        const std::string_view one = text.substr(0, end);
        out.push_back({one, count_code_points(one) + 1, 1, paste::no, trim(one).empty()});
        if (end == std::string_view::npos) return;
        text.remove_prefix(end + 1);
    }
}

lines split_lines(std::string_view text) {
    lines out;
    const std::size_t head =
        text.size() <= 2 * end_bytes_max ? std::string_view::npos : text.rfind('\n', end_bytes_max);
    const std::size_t tail = head == std::string_view::npos ? std::string_view::npos
                                                            : text.find('\n', text.size() - end_bytes_max);
    if (tail == std::string_view::npos) {
        add_lines(text, out);
        return out;
    }
    add_lines(text.substr(0, head), out);
    const std::string_view between = text.substr(head + 1, tail - head - 1);
    const auto breaks = std::ranges::count(between, '\n');
    out.push_back(
        {between, count_code_points(between) + 1, static_cast<std::uint32_t>(breaks) + 1, paste::yes, false});
    add_lines(text.substr(tail + 1), out);
    return out;
}

std::size_t chars_of(const lines& all, std::size_t from, std::size_t to) noexcept {
    std::size_t sum = 0;
    for (std::size_t i = from; i < to; ++i) sum += all[i].chars;
    return sum;
}

void mark(lines& all, std::size_t from, std::size_t to) noexcept {
    for (std::size_t i = from; i < to; ++i) all[i].pasted = paste::yes;
}

// ---- fences and quotes ----

// How many ` or ~ the line begins with, if they can begin or end a fence. Source: CommonMark 0.31, 4.5.
std::size_t fence_length(std::string_view text) noexcept {
    if (text.empty() || (text.front() != '`' && text.front() != '~')) return 0;
    const std::size_t length = std::min(text.find_first_not_of(text.front()), text.size());
    if (length < fence_marks_min) return 0;
    const bool inline_code = text.front() == '`' && text.find('`', length) != std::string_view::npos;
    return inline_code ? 0 : length;
}

void mark_fences_and_quotes(lines& all) noexcept {
    std::size_t opened = 0;  // index of the line that opened the fence
    std::size_t marks = 0;   // its length; 0 outside fences
    char sign = '\0';
    for (std::size_t i = 0; i < all.size(); ++i) {
        const std::string_view text = trim(all[i].text);
        const std::size_t length = fence_length(text);
        if (marks == 0) {
            if (length == 0 && text.starts_with('>')) all[i].pasted = paste::yes;
            if (length == 0) continue;
            opened = i, marks = length, sign = text.front();
        } else if (length >= marks && length == text.size() && text.front() == sign) {
            mark(all, opened, i + 1);
            marks = 0;
        }
    }
    if (marks == 0) return;
    for (std::size_t i = opened; i < all.size(); ++i) all[i].pasted = paste::open_fence;
}

// ---- elements and indented blocks ----

struct closing_tag {
    std::string_view name;
    std::size_t line;
    auto operator<=>(const closing_tag&) const = default;
};

// In order: found in one pass, or tags without an end would cost a search each.
std::vector<closing_tag> closing_tags_of(const lines& all) {
    std::vector<closing_tag> ends;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i].count > 1) continue;
        const std::string_view text = all[i].text;
        for (std::size_t at = text.find("</"); at != std::string_view::npos; at = text.find("</", at + 2)) {
            const std::string_view name = closing_tag_at(text.substr(at));
            if (!name.empty()) ends.push_back({name, i});
        }
    }
    std::ranges::sort(ends);
    return ends;
}

void mark_elements(lines& all, const std::vector<std::string>& request_elements) {
    const std::vector<closing_tag> ends = closing_tags_of(all);
    if (ends.empty()) return;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const std::string_view name = tag_at(trim(all[i].text));
        if (name.empty()) continue;
        const auto end = std::ranges::lower_bound(ends, closing_tag{name, i});
        if (end == ends.end() || end->name != name || end->line == i) continue;
        const bool request = std::ranges::any_of(
            request_elements, [&](const std::string& element) { return equal_in_any_case(element, name); });
        if (request) continue;
        mark(all, i, end->line + 1);
        i = end->line;
    }
}

bool is_indented(std::string_view text) noexcept {
    return text.starts_with('\t') || text.find_first_not_of(' ') >= code_indent;
}

// Only below a line that is not indented: a text that is indented as a whole is no quote.
void mark_indented(lines& all) noexcept {
    bool below = false;
    bool in_block = false;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i].blank) continue;
        const bool indented = is_indented(all[i].text);
        in_block = indented && below && (in_block || all[i - 1].blank);
        if (in_block) all[i].pasted = paste::yes;
        below = below || !indented;
    }
}

// ---- documents and lists beside an instruction ----

bool is_rule(std::string_view text) noexcept {
    text = trim(text);
    return text.size() >= 3 && text.find_first_not_of('-') == std::string_view::npos;
}

bool is_heading(std::string_view text) noexcept {
    const std::size_t marks = std::min(text.find_first_not_of('#'), text.size());
    return marks >= 1 && marks <= 6 && text.substr(marks).starts_with(' ');
}

// "1." "2)" "-" "*" "+" "•" and a blank, or "3、".
bool is_list_item(std::string_view text) noexcept {
    text = trim(text);
    std::size_t digits = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
    const std::string_view rest = text.substr(digits);
    if (digits > 0) return rest.starts_with(". ") || rest.starts_with(") ") || rest.starts_with("、");
    return rest.starts_with("- ") || rest.starts_with("* ") || rest.starts_with("+ ") ||
           rest.starts_with("• ");
}

bool points_at_paste(const lines& all, std::size_t from, std::size_t to, const phrase_index& leads) noexcept {
    for (std::size_t i = from; i < to; ++i) {
        if (leads.occurs_in(all[i].text)) return true;
    }
    return false;
}

// From the list item at `first` to the line after the list.
std::size_t list_end(const lines& all, std::size_t first) noexcept {
    std::size_t end = first;
    for (std::size_t i = first; i < all.size(); ++i) {
        if (all[i].blank) continue;
        const bool after_blank = i > first && all[i - 1].blank;
        const bool goes_on =
            is_list_item(all[i].text) || all[i].text.starts_with(' ') || all[i].text.starts_with('\t');
        if (after_blank && !goes_on) break;
        end = i + 1;
    }
    return end;
}

std::size_t next_not_blank(const lines& all, std::size_t from) noexcept {
    while (from < all.size() && all[from].blank) ++from;
    return from;
}

// An instruction first, then what it is about. True where something was marked.
bool mark_after_lead(lines& all, const phrase_index& leads) {
    std::size_t end = 0;
    while (end < all.size() && !all[end].blank && (end == 0 || !is_list_item(all[end].text))) ++end;
    const std::size_t first = next_not_blank(all, end);
    if (first == all.size() || chars_of(all, 0, end) > lead_chars_max) return false;
    // What begins like a document is no instruction.
    if (is_rule(all[0].text) || is_heading(all[0].text) || all[0].pasted != paste::no) return false;
    const bool points = points_at_paste(all, 0, end, leads);
    if (points && is_list_item(all[first].text)) {
        mark(all, first, list_end(all, first));
        return true;
    }
    if (first == end || chars_of(all, first, all.size()) < document_chars_from) return false;
    const std::string_view last = trim(all[end - 1].text);
    const bool colon = last.ends_with(':') || last.ends_with("：");
    if (!colon && !points && !is_rule(all[first].text) && !is_heading(all[first].text)) return false;
    mark(all, first, all.size());
    return true;
}

// Lines that a machine broke: nobody types a request so.
bool is_broken_document(const lines& all, std::size_t to) noexcept {
    if (chars_of(all, 0, to) < broken_document_chars_from) return false;
    std::size_t full = 0;
    std::size_t longer = 0;
    for (std::size_t i = 0; i < to; ++i) {
        if (!all[i].blank) ++(all[i].chars <= broken_line_chars_max ? full : longer);
    }
    return full >= broken_lines_from && longer * 10 <= full;
}

// What the instruction is about first, then the instruction.
void mark_before_end(lines& all, const phrase_index& leads) {
    std::size_t start = all.size();
    while (start > 0 && !all[start - 1].blank && !is_rule(all[start - 1].text)) --start;
    if (start == 0 || start == all.size() || chars_of(all, start, all.size()) > lead_chars_max) return;
    if (chars_of(all, 0, start) < document_chars_from) return;
    const bool one_line = start + 1 == all.size() && all[start].chars <= end_chars_max;
    const bool told = is_rule(all[start - 1].text) || points_at_paste(all, start, all.size(), leads);
    if (!told && !(one_line && is_broken_document(all, start))) return;
    mark(all, 0, start);
    for (std::size_t i = start; i < all.size(); ++i) {
        if (all[i].pasted == paste::open_fence) all[i].pasted = paste::no;
    }
}

// ---- listings ----

// The first marks of punctuation of a line; empty for what is no entry: a line of fewer, an item of a list, a
// single word, which may be a file that is asked about.
std::string marks_of(std::string_view text) {
    constexpr std::size_t marks_min = 2;
    constexpr std::size_t marks_max = 5;
    std::string marks;
    text = trim(text);
    if (is_list_item(text) || text.find_first_of(" ,;\t") == std::string_view::npos) return marks;
    for (const char c : text) {
        if (marks.size() == marks_max) break;
        if (c > ' ' && c < '\x7F' && !is_word(c)) marks += c;
    }
    if (marks.size() < marks_min) marks.clear();
    return marks;
}

struct entries {
    std::size_t count = 0, first = 0, last = 0;
};

// Lines without an empty one among them: from the first to the last of those that look alike, where these are
// half of them at least.
void mark_listing(lines& all, std::size_t from, std::size_t to) {
    std::map<std::string, entries> alike;
    for (std::size_t i = from; i < to; ++i) {
        auto marks = marks_of(all[i].text);
        if (marks.empty()) continue;
        entries& e = alike.try_emplace(std::move(marks), entries{0, i, i}).first->second;
        ++e.count;
        e.last = i;
    }
    for (const auto& [marks, e] : alike) {
        const std::size_t length = e.last - e.first + 1;
        if (length >= listing_lines_from && 2 * e.count >= length) mark(all, e.first, e.last + 1);
    }
}

void mark_listings(lines& all) {
    for (std::size_t from = 0; from < all.size();) {
        std::size_t to = from;
        while (to < all.size() && !all[to].blank && all[to].pasted == paste::no) ++to;
        if (to - from >= listing_lines_from) mark_listing(all, from, to);
        from = to + 1;
    }
}

bool leaves_a_request(const lines& all) noexcept {
    return std::ranges::any_of(all, [](const line& l) { return l.pasted == paste::no && !l.blank; });
}

}  // namespace

split_text split_pasted(std::string_view text, const ask_rules& rules) {
    split_text out;
    text = trim_lines(text);
    if (text.empty()) return out;
    lines all = split_lines(text);
    mark_fences_and_quotes(all);
    lines more = all;
    const phrase_index leads(rules.paste_leads);
    if (!mark_after_lead(more, leads)) mark_before_end(more, leads);
    mark_elements(more, rules.request_elements);
    mark_indented(more);
    mark_listings(more);
    // Agents put whole requests into elements and templates: these rules may not leave nothing to ask for.
    if (leaves_a_request(more)) all = std::move(more);
    std::size_t pasted_chars = 0;
    for (const line& l : all) {
        if (l.pasted == paste::no) {
            out.request.append(l.text).append("\n");
            continue;
        }
        out.pasted_lines += l.count;
        pasted_chars += l.chars;
    }
    out.request = std::string(trim(out.request));
    out.pasted_per_mille = static_cast<std::uint32_t>(pasted_chars * 1000 / chars_of(all, 0, all.size()));
    return out;
}

}  // namespace weir::dialect
