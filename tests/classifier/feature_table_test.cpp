// The table of features in docs/routing.md is the one that the program has.
#include "weir/classifier/features.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace weir::classifier {
namespace {

const std::string begin_mark = "<!-- features: begin -->\n";
const std::string end_mark = "<!-- features: end -->";

std::string range_of(const feature& f) {
    constexpr std::int64_t open_from = 1'000'000'000;  // as good as without end
    if (!f.value) return "a word";
    if (f.max >= open_from) return f.thousandths ? "from 0, by 0.001" : "from 0";
    if (f.thousandths) return "0 to " + std::to_string(f.max / 1000) + ", by 0.001";
    return "0 to " + std::to_string(f.max);
}

std::string expected_table() {
    std::string table = "| feature | range | what is measured |\n|---|---|---|\n";
    for (const feature& f : feature_list()) {
        table += "| `" + std::string(f.name) + "` | " + range_of(f) + " | " + std::string(f.about) + " |\n";
    }
    return table;
}

TEST(feature_table, in_the_documents_is_the_list_of_the_program) {
    std::ifstream in(WEIR_SOURCE_DIR "/docs/routing.md");
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const std::size_t begin = text.find(begin_mark);
    const std::size_t end = text.find(end_mark);
    ASSERT_TRUE(begin != std::string::npos && end != std::string::npos && begin < end)
        << "docs/routing.md lacks its marks " << begin_mark << " and " << end_mark;
    const std::string there = text.substr(begin + begin_mark.size(), end - begin - begin_mark.size());
    EXPECT_EQ(there, expected_table()) << "put this between the marks:\n" << expected_table();
}

}  // namespace
}  // namespace weir::classifier
