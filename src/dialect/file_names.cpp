#include "file_names.hpp"

#include "text_match.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace weir::dialect {
namespace {

// Of a longer text the first and the last so many bytes are looked at.
constexpr std::size_t part_bytes_max = 32 * 1024;

// Characters of paths. The colon ends a name ("a.py:12") but not an address, which is cut before.
constexpr std::array<bool, 256> make_path_bytes() noexcept {
    std::array<bool, 256> bytes{};
    for (std::size_t i = 0; i < 128; ++i) bytes[i] = is_word(static_cast<char>(i));
    for (const char c : {'.', '/', '-', '+', '@', '~', '\\'}) bytes[static_cast<unsigned char>(c)] = true;
    return bytes;
}
constexpr auto path_bytes = make_path_bytes();
constexpr bool is_path(char c) noexcept { return path_bytes[static_cast<unsigned char>(c)]; }

bool is_one_of(std::string_view word, const std::vector<std::string>& words) noexcept {
    return std::ranges::any_of(words, [&](const std::string& w) { return equal_in_any_case(w, word); });
}

// The name within a run of path characters; empty where it names no file.
std::string_view file_name_of(std::string_view run, const ask_rules& rules) noexcept {
    while (run.starts_with("./")) run.remove_prefix(2);
    const std::size_t last = run.find_last_not_of("./\\-+@~");
    run = run.substr(0, last == std::string_view::npos ? 0 : last + 1);
    const std::size_t dot = run.rfind('.');
    if (dot == std::string_view::npos || dot == 0) return {};
    const char before = run[dot - 1];
    if (before == '/' || before == '\\' || before == '.') return {};
    if (!is_one_of(run.substr(dot + 1), rules.file_extensions)) return {};
    if (run.starts_with("www.") || is_one_of(run, rules.not_files)) return {};
    return run;
}

// One past the address whose "://" is at `colon`; no scheme before it, no address.
std::size_t end_of_address(std::string_view text, std::size_t colon) noexcept {
    if (colon == 0 || !is_word(text[colon - 1])) return colon + 3;
    return std::min(text.find_first_of(" \t\r\n\"'`<>)]}", colon), text.size());
}

// From dot to dot: most texts have few.
void find_file_names(std::string_view text, const ask_rules& rules, std::vector<std::string_view>& names) {
    std::size_t at = 0;
    std::size_t address = text.find("://");
    for (;;) {
        const std::size_t dot = text.find('.', at);
        if (dot == std::string_view::npos) return;
        if (address < at) address = text.find("://", at);
        if (address < dot) {
            at = end_of_address(text, address);
            continue;
        }
        // The full stop of a sentence has no extension behind it.
        if (dot + 1 == text.size() || !is_path(text[dot + 1])) {
            at = dot + 1;
            continue;
        }
        std::size_t begin = dot;
        while (begin > at && is_path(text[begin - 1])) --begin;
        std::size_t end = dot + 1;
        while (end < text.size() && is_path(text[end])) ++end;
        at = end;
        const std::string_view name = file_name_of(text.substr(begin, end - begin), rules);
        if (!name.empty()) names.push_back(name);
    }
}

}  // namespace

std::uint32_t count_file_names(std::string_view text, const ask_rules& rules) {
    std::vector<std::string_view> names;
    if (text.size() <= 2 * part_bytes_max) {
        find_file_names(text, rules, names);
    } else {
        find_file_names(text.substr(0, part_bytes_max), rules, names);
        find_file_names(text.substr(text.size() - part_bytes_max), rules, names);
    }
    std::ranges::sort(names);
    const auto repeated = std::ranges::unique(names);
    return static_cast<std::uint32_t>(names.size() - repeated.size());
}

}  // namespace weir::dialect
