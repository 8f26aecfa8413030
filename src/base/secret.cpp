#include "weir/base/secret.hpp"

#include <cstddef>

namespace weir {
namespace {

constexpr std::size_t shown_from_length = 16;  // of a shorter value, four characters would be too much
constexpr std::size_t shown_tail = 4;
constexpr std::size_t prefix_max = 3;  // "sk-" tells what kind of key it is and is no secret

}  // namespace

std::string secret::masked() const {
    if (value_.empty()) return {};
    if (value_.size() < shown_from_length) return "***";
    const std::size_t dash = value_.find('-');
    const std::size_t prefix = dash < prefix_max ? dash + 1 : 0;
    return value_.substr(0, prefix) + "..." + value_.substr(value_.size() - shown_tail);
}

}  // namespace weir
