#include "mends_object.hpp"

#include "json_scan.hpp"
#include "json_text.hpp"
#include "mends_text.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace weir::dialect {
namespace {

std::size_t end_of(place where) noexcept { return where.offset + where.length; }

std::string member_text(std::string_view name, std::string_view json) {
    return quoted(name).append(1, ':').append(json);
}

// The members of the object at `where`; nullopt where there is none.
std::optional<std::vector<body_member>> members_at(std::string_view body, place where) {
    const std::string_view text = body.substr(where.offset, where.length);
    json_scan scan(text);
    if (scan.peek() != '{') return std::nullopt;
    std::vector<body_member> members;
    const bool whole = scan.object([&](std::string_view key) {
        scan.peek();
        const std::size_t start = scan.offset();
        if (!scan.value()) return false;
        const auto quote = static_cast<std::size_t>(key.data() - text.data()) - 1;
        members.push_back({unescape(key),
                           {where.offset + quote, scan.offset() - quote},
                           {where.offset + start, scan.offset() - start}});
        return true;
    });
    if (!whole) return std::nullopt;
    return members;
}

}  // namespace

struct object_changes::slot {
    body_member at;
    bool dropped = false;
    std::optional<std::string> key;
    std::optional<std::string> value;
    std::unique_ptr<object_changes> within;
    std::vector<edit> splices;
};

object_changes::object_changes(std::string_view body, std::size_t open,
                               const std::vector<body_member>& members, std::string_view anchor)
    : body_(body), open_(open) {
    slots_.reserve(members.size());
    for (const body_member& m : members) {
        if (!anchor.empty() && m.name == anchor) anchor_ = slots_.size();
        slots_.push_back({m, false, {}, {}, {}, {}});
    }
}
object_changes::~object_changes() = default;
object_changes::object_changes(object_changes&&) noexcept = default;

const body_member* object_changes::find(std::string_view name) const noexcept {
    for (std::size_t i = slots_.size(); i-- > 0;) {
        if (slots_[i].at.name == name) return &slots_[i].at;
    }
    return nullptr;
}

std::string_view object_changes::written(std::string_view name) const noexcept {
    const body_member* m = find(name);
    return m ? body_.substr(m->value.offset, m->value.length) : std::string_view();
}

// Each member of that name: which of them the upstream would take is not for weir to guess.
void object_changes::set(std::string_view name, std::string json) {
    bool found = false;
    for (slot& s : slots_) {
        if (s.at.name != name) continue;
        found = true;
        if (body_.substr(s.at.value.offset, s.at.value.length) != json) s.value = json;
    }
    if (!found) added_.emplace_back(name, std::move(json));
}

void object_changes::set_inner(std::string_view name, std::string_view inner, std::string json) {
    if (object_changes* object = inside(name)) {
        object->set(inner, std::move(json));
    } else {
        set(name, "{" + member_text(inner, json) + "}");
    }
}

void object_changes::drop(std::string_view name) {
    for (slot& s : slots_) s.dropped = s.dropped || s.at.name == name;
}

void object_changes::drop_inner(std::string_view name, std::string_view inner) {
    if (object_changes* object = inside(name)) object->drop(inner);
}

void object_changes::rename(std::string_view name, std::string_view to) {
    for (slot& s : slots_) {
        if (s.at.name == name) s.key = quoted(to);
    }
}

object_changes* object_changes::inside(std::string_view name) {
    for (std::size_t i = slots_.size(); i-- > 0;) {
        slot& s = slots_[i];
        if (s.at.name != name) continue;
        if (s.within) return s.within.get();
        const auto members = members_at(body_, s.at.value);
        if (!members) return nullptr;
        s.within = std::make_unique<object_changes>(body_, s.at.value.offset + 1, *members, "");
        return s.within.get();
    }
    return nullptr;
}

bool object_changes::splice(place where, std::string bytes) {
    const auto after =
        std::upper_bound(slots_.begin(), slots_.end(), where.offset,
                         [](std::size_t offset, const slot& s) { return offset < s.at.value.offset; });
    if (after == slots_.begin()) return false;
    slot& s = *std::prev(after);
    if (s.dropped || s.value || end_of(where) > end_of(s.at.value)) return false;
    s.splices.push_back({where, std::move(bytes)});
    return true;
}

void object_changes::collect_added(std::vector<edit>& into) const {
    if (added_.empty()) return;
    std::string text;
    for (const auto& [name, json] : added_) {
        if (!text.empty()) text += ',';
        text += member_text(name, json);
    }
    if (anchor_ && !slots_[*anchor_].dropped) {
        into.push_back({{end_of(slots_[*anchor_].at.value), 0}, "," + text});
        return;
    }
    const bool more = std::ranges::any_of(slots_, [](const slot& s) { return !s.dropped; });
    into.push_back({{open_, 0}, more ? text + "," : text});
}

// A run of dropped members goes with the comma before it; at the front of the object with the one behind it.
std::size_t object_changes::collect_dropped(std::vector<edit>& into, std::size_t first) const {
    std::size_t next = first;
    while (next < slots_.size() && slots_[next].dropped) ++next;
    const std::size_t begin = first == 0 ? slots_[0].at.whole.offset : end_of(slots_[first - 1].at.whole);
    const std::size_t end =
        first == 0 && next < slots_.size() ? slots_[next].at.whole.offset : end_of(slots_[next - 1].at.whole);
    into.push_back({{begin, end - begin}, ""});
    return next;
}

void object_changes::collect(std::vector<edit>& into) const {
    collect_added(into);
    for (std::size_t i = 0; i < slots_.size();) {
        const slot& s = slots_[i];
        if (s.dropped) {
            i = collect_dropped(into, i);
            continue;
        }
        if (s.key) {
            json_scan scan(body_.substr(s.at.whole.offset, s.at.whole.length));
            if (scan.string()) into.push_back({{s.at.whole.offset, scan.offset()}, *s.key});
        }
        if (s.value) {
            into.push_back({s.at.value, *s.value});
        } else {
            into.insert(into.end(), s.splices.begin(), s.splices.end());
            if (s.within) s.within->collect(into);
        }
        ++i;
    }
}

edit_list object_changes::edits() const {
    std::vector<edit> all;
    collect(all);
    std::vector<std::size_t> order(all.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    // What is inserted comes before what is replaced or goes at the same place.
    std::ranges::sort(
        order, {}, [&all](std::size_t i) { return std::tuple(all[i].where.offset, all[i].where.length, i); });
    edit_list out;
    std::size_t passed = 0;
    for (const std::size_t i : order) {
        edit& e = all[i];
        if (e.where.offset < passed) continue;
        passed = end_of(e.where);
        out.add(e.where, std::move(e.bytes));
    }
    return out;
}

}  // namespace weir::dialect
