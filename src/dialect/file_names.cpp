#include "file_names.hpp"

#include "text_match.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace weir::dialect {
namespace {

// Characters of paths. The colon ends a name ("a.py:12") but not an address, which is cut before.
constexpr bool is_path(char c) noexcept {
    return is_word(c) || c == '.' || c == '/' || c == '-' || c == '+' || c == '@' || c == '~' || c == '\\';
}

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

// One past an address with a scheme that begins at `at`, or `at`.
std::size_t pass_address(std::string_view text, std::size_t at) noexcept {
    std::size_t scheme = at;
    while (scheme < text.size() && is_word(text[scheme])) ++scheme;
    if (!text.substr(scheme).starts_with("://")) return at;
    return std::min(text.find_first_of(" \t\r\n\"'`<>)]}", scheme), text.size());
}

}  // namespace

std::uint32_t count_file_names(std::string_view text, const ask_rules& rules) {
    std::vector<std::string_view> names;
    std::size_t at = 0;
    while (at < text.size()) {
        if (!is_path(text[at])) {
            ++at;
            continue;
        }
        if (const std::size_t after = pass_address(text, at); after != at) {
            at = after;
            continue;
        }
        std::size_t end = at;
        while (end < text.size() && is_path(text[end])) ++end;
        const std::string_view name = file_name_of(text.substr(at, end - at), rules);
        if (!name.empty()) names.push_back(name);
        at = end;
    }
    std::ranges::sort(names);
    const auto repeated = std::ranges::unique(names);
    return static_cast<std::uint32_t>(names.size() - repeated.size());
}

}  // namespace weir::dialect
