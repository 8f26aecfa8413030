// Who may include whom, and who may include which library.

#include "house/tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace weir::house {
namespace {

using folders = std::set<std::string>;

// A folder and those that it may use. The build has the same table in CMakeLists.txt.
const std::map<std::string, folders>& arrows() {
    static const std::map<std::string, folders> table{
        {"base", {}},
        {"dialect", {"base"}},
        {"classifier", {"base", "dialect"}},
        {"pricing", {"base"}},
        {"router", {"base", "dialect", "classifier", "pricing"}},
        {"net", {"base"}},
        {"state", {"base", "router", "pricing"}},
        {"upstream", {"base", "net"}},
        {"frontend", {"base", "net"}},
        {"metering", {"base", "pricing", "router"}},
        {"whatif", {"base", "dialect", "classifier", "pricing", "router", "metering"}},
        {"config",
         {"base", "pricing", "router", "dialect", "classifier", "net", "state", "upstream", "frontend",
          "metering"}},
        {"proxy",
         {"base", "dialect", "classifier", "pricing", "router", "net", "state", "upstream", "frontend",
          "metering", "whatif", "config"}},
        {"simulator", {"base", "net", "frontend"}},
        {"cli",
         {"base", "dialect", "classifier", "pricing", "router", "net", "state", "upstream", "frontend",
          "metering", "whatif", "config", "proxy", "simulator"}},
    };
    return table;
}

// Headers of a library and the folders that may include them.
struct library {
    std::string prefix;
    folders allowed;
};

const std::vector<library>& libraries() {
    static const std::vector<library> table{
        {"boost/asio", {"net", "upstream", "frontend", "proxy"}},
        {"boost/beast", {"net", "upstream", "frontend", "proxy"}},
        {"boost/url", {"upstream", "config"}},
        {"yaml-cpp/", {"config", "simulator"}},
        {"sqlite3.h", {"metering"}},
        {"spdlog/", {"proxy", "cli"}},
        {"simdjson", {"dialect"}},
        {"openssl/", {"base", "net", "upstream", "metering"}},
        {"CLI/", {"cli"}},
        {"zlib.h", {"net"}},
        {"valijson/", {"dialect"}},
    };
    return table;
}

TEST(arrows, an_include_follows_the_table_of_folders) {
    for (const source_file& file : sources()) {
        if (file.test() || file.folder.empty()) continue;
        ASSERT_TRUE(arrows().contains(file.folder)) << file.path << ": the folder is not in the table";
        for (const include_line& line : includes_of(file)) {
            const std::string to = folder_of(line);
            if (to.empty() || to == file.folder) continue;
            EXPECT_TRUE(arrows().at(file.folder).contains(to))
                << file.path << " includes " << line.name << ", but " << file.folder << " may not use " << to;
        }
    }
}

TEST(arrows, the_main_file_knows_the_command_line_alone) {
    for (const source_file& file : sources()) {
        if (file.path != "src/main.cpp") continue;
        for (const include_line& line : includes_of(file)) {
            const std::string to = folder_of(line);
            EXPECT_TRUE(to.empty() || to == "cli") << "src/main.cpp includes " << line.name;
        }
    }
}

TEST(arrows, no_folder_leads_back_to_itself) {
    for (const auto& [from, uses] : arrows()) {
        folders reached;
        std::vector<std::string> open(uses.begin(), uses.end());
        while (!open.empty()) {
            const std::string next = open.back();
            open.pop_back();
            if (!reached.insert(next).second) continue;
            ASSERT_TRUE(arrows().contains(next)) << from << " uses " << next << ", which is no folder";
            open.insert(open.end(), arrows().at(next).begin(), arrows().at(next).end());
        }
        EXPECT_FALSE(reached.contains(from)) << from;
    }
}

// `weir_folder(NAME USES weir::base lib...)` of CMakeLists.txt by NAME.
std::map<std::string, folders> built_arrows() {
    std::map<std::string, folders> built;
    std::istringstream in(read_text("CMakeLists.txt"));
    const std::regex call(R"(^weir_folder\((\w+)\s+USES\s+([^)]*)\))");
    for (std::string line; std::getline(in, line);) {
        std::smatch match;
        if (!std::regex_search(line, match, call)) continue;
        folders& uses = built[match[1]];
        std::istringstream words(match[2]);
        for (std::string word; words >> word;) {
            const std::string name = word.starts_with("weir::") ? word.substr(6) : "";
            if (arrows().contains(name)) uses.insert(name);
        }
    }
    return built;
}

TEST(arrows, the_build_links_what_the_table_allows) {
    const auto built = built_arrows();
    EXPECT_GE(built.size(), 10U) << "weir_folder() lines of CMakeLists.txt";
    for (const auto& [folder, uses] : built) {
        ASSERT_TRUE(arrows().contains(folder)) << folder;
        const folders& allowed = arrows().at(folder);
        for (const std::string& to : uses) {
            EXPECT_TRUE(allowed.contains(to)) << "CMakeLists.txt links " << folder << " with " << to;
        }
    }
}

TEST(arrows, a_library_is_used_in_its_folders_alone) {
    for (const source_file& file : sources()) {
        if (file.test()) continue;
        for (const include_line& line : includes_of(file)) {
            for (const library& known : libraries()) {
                if (!line.name.starts_with(known.prefix)) continue;
                EXPECT_TRUE(known.allowed.contains(file.folder)) << file.path << " includes " << line.name;
            }
        }
    }
}

// What decides has no file, clock, socket, thread or environment: all of it comes in as values.
TEST(arrows, what_decides_touches_nothing_outside) {
    const folders pure{"dialect", "classifier", "pricing", "router", "state"};
    const folders headers{"fstream",      "iostream", "filesystem", "thread", "unistd.h",
                          "sys/socket.h", "fcntl.h",  "sys/stat.h", "random", "cstdio"};
    const std::regex call(R"(\b(getenv|system_clock::now|steady_clock::now|random_device|printf)\b)");
    for (const source_file& file : sources()) {
        if (file.test() || !pure.contains(file.folder)) continue;
        for (const include_line& line : includes_of(file)) {
            EXPECT_FALSE(headers.contains(line.name)) << file.path << " includes " << line.name;
        }
        std::smatch match;
        const std::string code = without_comments(file.text);
        EXPECT_FALSE(std::regex_search(code, match, call)) << file.path << " uses " << match.str();
    }
}

// Names of models change with the vendor: they are data under config/. The simulator plays the vendor.
TEST(arrows, no_model_is_named_in_code) {
    const std::regex literal(
        R"re("[^"\n]*(deepseek-(v\d|flash|pro|chat|reasoner)|gpt-\d|claude-\w)[^"\n]*")re");
    for (const source_file& file : sources()) {
        if (file.test() || file.folder == "simulator") continue;
        const std::string code = without_comments(file.text);
        std::smatch match;
        EXPECT_FALSE(std::regex_search(code, match, literal)) << file.path << " has " << match.str();
    }
}

}  // namespace
}  // namespace weir::house
