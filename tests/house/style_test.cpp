// Limits and habits that every file keeps.

#include "house/tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace weir::house {
namespace {

namespace fs = std::filesystem;

constexpr int file_lines_max = 450;     // "about 400"
constexpr int function_lines_max = 75;  // "about 70"
constexpr std::size_t line_columns_max = 110;

// Columns, not bytes: a continuation byte of UTF-8 takes none.
std::size_t columns_of(const std::string& line) {
    return static_cast<std::size_t>(
        std::ranges::count_if(line, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

TEST(style, a_file_can_be_read_in_one_sitting) {
    for (const source_file& file : sources()) EXPECT_LE(file.lines.size(), file_lines_max) << file.path;
}

TEST(style, a_function_fits_on_a_screen) {
    for (const source_file& file : sources()) {
        for (const auto& [begin, lines] : blocks_of(file)) {
            EXPECT_LE(lines, function_lines_max) << file.path.string() << ":" << begin;
        }
    }
}

TEST(style, a_line_fits_without_scrolling) {
    for (const source_file& file : sources()) {
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            EXPECT_LE(columns_of(file.lines[i]), line_columns_max) << file.path.string() << ":" << i + 1;
            EXPECT_FALSE(file.lines[i].ends_with(' ') || file.lines[i].find('\t') != std::string::npos)
                << file.path.string() << ":" << i + 1 << ": a tab, or a space at the end";
        }
    }
}

TEST(style, a_header_begins_with_what_it_is_for) {
    for (const source_file& file : sources()) {
        if (!file.header()) continue;
        ASSERT_GE(file.lines.size(), 2U) << file.path;
        EXPECT_EQ(file.lines[0], "#pragma once") << file.path;
        EXPECT_TRUE(file.lines[1].starts_with("// ") && file.lines[1].size() > 10)
            << file.path << ": " << file.lines[1];
    }
}

// The path of the header beside which a .cpp of the same name lies, as an include names it.
std::string include_name(const source_file& header) {
    const fs::path inside = *header.path.begin() == "include" ? header.path.lexically_relative("include")
                                                              : header.path.filename();
    return inside.generic_string();
}

// Together with headers.cmake, which compiles the headers that have no .cpp.
TEST(style, a_source_includes_its_own_header_first) {
    std::map<std::string, const source_file*> by_path;
    for (const source_file& file : sources()) by_path[file.path.generic_string()] = &file;
    int checked = 0;
    for (const source_file& file : sources()) {
        if (file.test() || !file.header()) continue;
        const auto own = by_path.find("src/" + file.folder + "/" + file.path.stem().string() + ".cpp");
        if (own == by_path.end()) continue;
        const auto includes = includes_of(*own->second);
        ++checked;
        ASSERT_FALSE(includes.empty()) << own->first;
        EXPECT_EQ(includes.front().name, include_name(file)) << own->first;
    }
    EXPECT_GT(checked, 0);
}

TEST(style, a_source_includes_a_header_of_its_folder) {
    for (const source_file& file : sources()) {
        if (file.test() || file.header() || file.folder.empty()) continue;
        const bool own = std::ranges::any_of(includes_of(file), [&](const include_line& line) {
            const bool in_folder = line.quoted && line.name.find('/') == std::string::npos;
            return in_folder || folder_of(line) == file.folder;
        });
        EXPECT_TRUE(own) << file.path << " belongs to no header";
    }
}

TEST(style, a_header_is_included_by_someone) {
    std::set<std::string> included;
    for (const source_file& file : sources()) {
        for (const include_line& line : includes_of(file)) {
            if (!line.quoted) continue;
            included.insert(line.name);
            included.insert(file.folder + "/" + line.name);
        }
    }
    for (const source_file& file : sources()) {
        if (!file.header()) continue;
        const bool in_include = *file.path.begin() == "include";
        const std::string name = in_include ? file.path.lexically_relative("include").generic_string()
                                            : file.folder + "/" + file.path.filename().string();
        EXPECT_TRUE(included.contains(name)) << file.path << " is included by nobody";
    }
}

TEST(style, tests_mirror_the_folders_of_src) {
    const std::set<std::string> others{"house",      "month", "clients", "reconcile", "pitfalls",
                                       "simulation", "fuzz",  "bench",   "browser",   "support"};
    std::set<std::string> with_code;
    std::set<std::string> with_tests;
    for (const source_file& file : sources()) {
        if (file.folder.empty()) continue;
        if (!file.test() && !file.header()) with_code.insert(file.folder);
        if (file.test()) with_tests.insert(file.folder);
    }
    EXPECT_GT(with_code.size(), 5U);
    for (const std::string& folder : with_code)
        EXPECT_TRUE(with_tests.contains(folder)) << "no test for " << folder;
    for (const std::string& folder : with_tests) {
        EXPECT_TRUE(with_code.contains(folder) || others.contains(folder))
            << "tests/" << folder << " mirrors nothing";
    }
}

// A word that no file of the project may have. Written in two halves, as this file is read as well.
struct banned {
    std::string what;
    std::regex pattern;
};

std::vector<banned> banned_words() {
    const auto icase = std::regex::ECMAScript | std::regex::optimize;
    return {
        {"work left undone", std::regex("\\b(TO"
                                        "DO|FIX"
                                        "ME|XX"
                                        "X|HA"
                                        "CK)\\b",
                                        icase)},
        {"a path of one machine", std::regex("/wo"
                                             "rk/|/tmp/bui"
                                             "ld|/ro"
                                             "ot/",
                                             icase)},
        {"a registry's host", std::regex("regis"
                                         "try\\.npmjs|pypi\\.o"
                                         "rg|deb\\.deb"
                                         "ian\\.org",
                                         icase)},
        {"a number of a tracker", std::regex("([Ii]ss"
                                             "ue|PR|[Tt]ick"
                                             "et) ?#?\\d+",
                                             icase)},
        {"a number of a tracker", std::regex("(^|[\\s(])#\\d+\\b", icase)},
    };
}

TEST(style, no_file_has_a_banned_word) {
    const auto words = banned_words();
    const auto files = committed_files();
    EXPECT_GT(files.size(), 40U);
    for (const fs::path& path : files) {
        const std::string text = read_text(path);
        std::size_t begin = 0;
        for (int number = 1; begin < text.size(); ++number) {
            const std::size_t end = std::min(text.find('\n', begin), text.size());
            const std::string line = text.substr(begin, end - begin);
            begin = end + 1;
            for (const banned& word : words) {
                EXPECT_FALSE(std::regex_search(line, word.pattern))
                    << path.string() << ":" << number << " has " << word.what << ": " << line.substr(0, 120);
            }
        }
    }
}

// The one path that leads out of the project: labelled requests that may lie beside it.
TEST(style, nothing_but_the_recorded_requests_is_looked_for_outside) {
    const std::regex outside(
        "\\.\\./sha"
        "red(?!/routing-data/train\\.jsonl)");
    for (const fs::path& path : committed_files()) {
        EXPECT_FALSE(std::regex_search(read_text(path), outside)) << path;
    }
}

}  // namespace
}  // namespace weir::house
