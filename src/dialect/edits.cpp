#include "weir/dialect/edits.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace weir::dialect {

void edit_list::add(place where, std::string bytes) {
    const auto after =
        std::upper_bound(edits_.begin(), edits_.end(), where.offset,
                         [](std::size_t offset, const edit& e) { return offset < e.where.offset; });
    assert(after == edits_.end() || where.offset + where.length <= after->where.offset);
    assert(after == edits_.begin() ||
           std::prev(after)->where.offset + std::prev(after)->where.length <= where.offset);
    edits_.insert(after, {where, std::move(bytes)});
}

std::vector<std::string_view> edit_list::apply(std::string_view body) const {
    std::vector<std::string_view> parts;
    parts.reserve(2 * edits_.size() + 1);
    const auto append = [&parts](std::string_view part) {
        if (!part.empty()) parts.push_back(part);
    };
    std::size_t at = 0;
    for (const edit& e : edits_) {
        assert(e.where.offset + e.where.length <= body.size());
        append(body.substr(at, e.where.offset - at));
        append(e.bytes);
        at = e.where.offset + e.where.length;
    }
    append(body.substr(at));
    return parts;
}

std::size_t edit_list::length(std::size_t body_bytes) const noexcept {
    for (const edit& e : edits_) body_bytes = body_bytes - e.where.length + e.bytes.size();
    return body_bytes;
}

}  // namespace weir::dialect
