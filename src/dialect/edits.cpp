#include "weir/dialect/edits.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace weir::dialect {
namespace {

// Model names come from the configuration and may hold any character.
std::string quoted(std::string_view text) {
    static constexpr std::string_view hex = "0123456789abcdef";
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20) {
            out += "\\u00";
            out += hex[byte >> 4];
            out += hex[byte & 15];
        } else {
            out += c;
        }
    }
    return out += '"';
}

}  // namespace

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

edit_list route_edits(const body_index& index, std::string_view model, std::string_view effort_members) {
    edit_list edits;
    std::string wanted = quoted(model);
    // An escape is longer than what it stands for, so the same name in as many bytes is the same bytes.
    const bool same_model = index.model_name == model && index.model.length == wanted.size();
    if (same_model && effort_members.empty()) return edits;
    const std::string members = effort_members.empty() ? "" : "," + std::string(effort_members);
    if (same_model) {
        edits.add({index.model.offset + index.model.length, 0}, members);
    } else {
        edits.add(index.model, std::move(wanted) + members);
    }
    return edits;
}

}  // namespace weir::dialect
