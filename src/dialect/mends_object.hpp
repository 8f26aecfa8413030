#pragma once
// The changes to one JSON object of a client's body. Members are set, dropped, renamed and added by name, and
// the least bytes are written: commas stay right whatever goes, and no two edits overlap whatever was asked
// for.

#include "weir/dialect/body_index.hpp"
#include "weir/dialect/edits.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::dialect {

class object_changes {
public:
    // `members` in the order of `body`, which outlives this. `open`: just behind the object's brace. New
    // members come right after the value of the member named `anchor`, or, where there is none, first.
    object_changes(std::string_view body, std::size_t open, const std::vector<body_member>& members,
                   std::string_view anchor);
    ~object_changes();
    object_changes(object_changes&&) noexcept;

    // The last member of that name, as the client wrote it; nullptr where there is none.
    const body_member* find(std::string_view name) const noexcept;
    // Bytes of its value; "" where there is none.
    std::string_view written(std::string_view name) const noexcept;

    // `json` becomes the value of the member, which is added where there is none.
    void set(std::string_view name, std::string json);
    // The same for a member of the object that `name` is. Where it is no object it becomes one.
    void set_inner(std::string_view name, std::string_view inner, std::string json);
    void drop(std::string_view name);
    void drop_inner(std::string_view name, std::string_view inner);
    void rename(std::string_view name, std::string_view to);
    // The object that `name` is, for changes to it; nullptr where it is none. Stays this object's.
    object_changes* inside(std::string_view name);
    // Other bytes within the value of a member. False, and nothing is changed, where these bytes go anyway.
    bool splice(place where, std::string bytes);

    // All of it, each byte of the body at most once. Of two changes to the same bytes the first in the body
    // counts.
    edit_list edits() const;

private:
    struct slot;

    void collect(std::vector<edit>& into) const;
    void collect_added(std::vector<edit>& into) const;
    std::size_t collect_dropped(std::vector<edit>& into, std::size_t first) const;

    std::string_view body_;
    std::size_t open_;
    std::vector<slot> slots_;
    std::optional<std::size_t> anchor_;
    std::vector<std::pair<std::string, std::string>> added_;
};

}  // namespace weir::dialect
