#pragma once
// The project's files, as the house test reads them.

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace weir::house {

struct source_file {
    std::filesystem::path path;  // relative to the top folder: "src/dialect/ask.cpp"
    std::string folder;          // "dialect"; "" for src/main.cpp
    std::string text;
    std::vector<std::string> lines;  // without line ends
    bool header() const { return path.extension() == ".hpp"; }
    bool test() const { return *path.begin() == "tests"; }
};

struct include_line {
    std::string name;  // "weir/dialect/ask.hpp", "vector"
    bool quoted = false;
};

// Every .cpp and .hpp of include/weir, src and tests, by path.
const std::vector<source_file>& sources();

// Every text file that is or could be committed, except licences and recorded requests.
std::vector<std::filesystem::path> committed_files();

std::string read_text(const std::filesystem::path& relative);

std::vector<include_line> includes_of(const source_file& file);

// `text` without comments; literals stay.
std::string without_comments(std::string_view text);

// Lines of each block that closes at an indentation of 0 or 4 by the number of the line where it begins:
// functions at namespace scope and functions in a class. It relies on clang-format's layout.
std::map<int, int> blocks_of(const source_file& file);

// The folder that an include of ours leads to: "weir/base/error.hpp" -> "base"; "" for any other include.
std::string folder_of(const include_line& line);

}  // namespace weir::house
