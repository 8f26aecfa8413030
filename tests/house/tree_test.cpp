#include "house/tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <sstream>

namespace weir::house {
namespace {

namespace fs = std::filesystem;

const fs::path top{WEIR_SOURCE_DIR};

std::vector<std::string> split_lines(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

source_file read_source(const fs::path& absolute) {
    source_file file;
    file.path = fs::relative(absolute, top);
    const auto parts = std::vector<fs::path>(file.path.begin(), file.path.end());
    const std::size_t first = parts.front() == "include" ? 2 : 1;
    if (parts.size() > first + 1) file.folder = parts[first].string();
    file.text = read_text(file.path);
    file.lines = split_lines(file.text);
    return file;
}

std::vector<source_file> read_sources() {
    std::vector<source_file> files;
    for (const char* root : {"include/weir", "src", "tests"}) {
        for (const auto& entry : fs::recursive_directory_iterator(top / root)) {
            const auto extension = entry.path().extension();
            const bool package = entry.path().string().find("node_modules") != std::string::npos;
            if (!package && (extension == ".cpp" || extension == ".hpp"))
                files.push_back(read_source(entry.path()));
        }
    }
    std::ranges::sort(files, {}, &source_file::path);
    return files;
}

// Build trees, what package managers fetched, and what the tools of this machine leave behind.
bool is_left_out(const fs::path& path) {
    static const std::set<std::string> folders{".git",        "build",  ".venv", "node_modules",
                                               "__pycache__", ".cache", ".idea", ".vscode"};
    static const std::set<std::string> files{"LICENSE", "sample.jsonl"};
    return std::ranges::any_of(path, [](const fs::path& part) { return folders.contains(part.string()); }) ||
           files.contains(path.filename().string());
}

std::size_t indentation_of(const std::string& line) {
    return std::min(line.find_first_not_of(' '), line.size());
}

// Whether a block that ends at `indentation` may begin with this line.
bool begins_block(const std::string& line, std::size_t indentation) {
    if (line.size() <= indentation || indentation_of(line) != indentation) return false;
    const std::string_view rest = std::string_view(line).substr(indentation);
    return rest != "}" && !rest.starts_with("//") && !rest.starts_with("#") && !rest.starts_with("}  //");
}

}  // namespace

const std::vector<source_file>& sources() {
    static const std::vector<source_file> files = read_sources();
    return files;
}

std::vector<fs::path> committed_files() {
    std::vector<fs::path> files;
    for (auto walk = fs::recursive_directory_iterator(top); walk != fs::recursive_directory_iterator();
         ++walk) {
        const fs::path relative = fs::relative(walk->path(), top);
        if (is_left_out(relative)) {
            walk.disable_recursion_pending();
        } else if (walk->is_regular_file()) {
            static const std::set<std::string> text{".cpp", ".hpp",  ".md",  ".yaml",  ".yml", ".sh", ".py",
                                                    ".mjs", ".json", ".txt", ".cmake", ".in",  ""};
            if (text.contains(walk->path().extension().string())) files.push_back(relative);
        }
    }
    std::ranges::sort(files);
    return files;
}

std::string read_text(const fs::path& relative) {
    std::ifstream in(top / relative, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<include_line> includes_of(const source_file& file) {
    std::vector<include_line> found;
    for (const std::string& line : file.lines) {
        if (!line.starts_with("#include ")) continue;
        const auto open = line.find_first_of("<\"");
        const auto close = open == std::string::npos ? open : line.find_first_of(">\"", open + 1);
        if (close == std::string::npos) continue;
        found.push_back({line.substr(open + 1, close - open - 1), line[open] == '"'});
    }
    return found;
}

std::string without_comments(std::string_view text) {
    std::string code;
    char literal = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (literal != 0) {
            if (c == '\\' && i + 1 < text.size())
                code += text[i++];
            else if (c == literal || c == '\n')
                literal = 0;
        } else if (text.substr(i, 2) == "//") {
            i = std::min(text.find('\n', i), text.size()) - 1;
            continue;
        } else if (text.substr(i, 2) == "/*") {
            i = std::min(text.find("*/", i), text.size() - 1) + 1;
            continue;
        } else if (c == '"' ||
                   (c == '\'' && (i == 0 || std::isalnum(static_cast<unsigned char>(text[i - 1])) == 0))) {
            literal = c;
        }
        if (i < text.size()) code += text[i];
    }
    return code;
}

std::map<int, int> blocks_of(const source_file& file) {
    std::map<int, int> lengths;
    for (const std::size_t indentation : {std::size_t{0}, std::size_t{4}}) {
        std::size_t begin = 0;
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            const std::string& line = file.lines[i];
            if (line == std::string(indentation, ' ') + "}") {
                lengths[static_cast<int>(begin) + 1] = static_cast<int>(i - begin) + 1;
            } else if (begins_block(line, indentation)) {
                begin = i;
            }
        }
    }
    return lengths;
}

std::string folder_of(const include_line& line) {
    constexpr std::string_view ours = "weir/";
    if (!line.quoted || !line.name.starts_with(ours)) return {};
    return line.name.substr(ours.size(), line.name.find('/', ours.size()) - ours.size());
}

namespace {

TEST(tree, comments_go_and_literals_stay) {
    EXPECT_EQ(without_comments("a // b\nc /* d\n */ e"), "a \nc  e");
    EXPECT_EQ(without_comments(R"(x = "// no" + '"'; // yes)"), R"(x = "// no" + '"'; )");
    EXPECT_EQ(without_comments("1'000 // n"), "1'000 ");
}

TEST(tree, a_block_is_measured_from_its_signature_to_its_brace) {
    source_file file;
    file.lines = {
        "int f(int a,", "      int b) {", "    if (a) {", "        b();", "    }", "}", "", "int g() {", "}"};
    EXPECT_EQ(blocks_of(file), (std::map<int, int>{{1, 6}, {3, 3}, {8, 2}}));
}

TEST(tree, includes_are_read_with_their_folder) {
    source_file file;
    file.lines = {"#include \"weir/net/clock.hpp\"", "#include <vector>", "// #include <map>"};
    const auto found = includes_of(file);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(folder_of(found[0]), "net");
    EXPECT_EQ(folder_of(found[1]), "");
    EXPECT_EQ(found[1].name, "vector");
}

TEST(tree, the_sources_are_found) {
    EXPECT_GT(sources().size(), 20U) << "under " << top;
    EXPECT_TRUE(
        std::ranges::any_of(committed_files(), [](const fs::path& p) { return p == "CMakeLists.txt"; }));
}

}  // namespace
}  // namespace weir::house
