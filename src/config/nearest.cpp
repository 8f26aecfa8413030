#include "nearest.hpp"

#include <algorithm>
#include <cstddef>

namespace weir::config {
namespace {

constexpr std::size_t listed_max = 12;
constexpr std::size_t compared_bytes_max = 64;

// Insertions, deletions, replacements and swaps of neighbours that turn a into b (restricted Damerau
// distance).
std::size_t edits(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before_last(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], before_last[j - 2] + 1);
            }
        }
        before_last.swap(last);
        last.swap(row);
    }
    return last[b.size()];
}

}  // namespace

std::string suggestion(std::string_view word, const std::vector<std::string>& candidates) {
    const std::string* nearest = nullptr;
    std::size_t fewest = word.size() <= 4 ? 2 : 3;
    for (const std::string& candidate : candidates) {
        if (word.size() > compared_bytes_max || candidate.size() > compared_bytes_max) continue;
        const std::size_t distance = edits(word, candidate);
        if (distance < fewest) fewest = distance, nearest = &candidate;
    }
    if (nearest) return "did you mean `" + *nearest + "`?";
    if (candidates.empty() || candidates.size() > listed_max) return {};
    std::string all = "one of: ";
    for (const std::string& candidate : candidates) all += candidate + ", ";
    all.resize(all.size() - 2);
    return all;
}

}  // namespace weir::config
