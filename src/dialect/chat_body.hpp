#pragma once
// The members of a Chat Completions body that weir reads.

#include "weir/base/error.hpp"
#include "weir/dialect/body_index.hpp"

#include "json_walk.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::dialect {

class chat_body {
public:
    explicit chat_body(json_walk& in) : in_(in) {}

    // The whole document. Text that is no JSON goes before a field that is wrong.
    result<body_index> read();

private:
    using reader = bool (chat_body::*)();
    struct member {
        std::string_view name;
        reader read;
    };
    // A piece of the path to what is being read: a name, or the index of an element.
    struct step {
        std::string_view name;
        std::size_t index;
    };

    bool read_object(std::span<const member> members);
    bool skip() { return in_.value().has_value(); }
    void complain(std::string_view what);
    void complain_of(std::string_view name, std::string_view what);
    std::string path() const;
    // A string, unescaped; nullopt with `whole` true where it is another kind of value.
    std::optional<std::string> text(bool& whole);
    // Bytes of the value, or between its quotes; empty where it is not whole.
    std::uint64_t hash_of_value(bool& whole);

    bool model();
    bool messages();
    bool stream();
    bool effort();
    bool thinking();
    bool thinking_type();
    bool max_tokens();
    bool max_completion_tokens();
    bool tokens_into(std::optional<std::int64_t>& into);
    bool tools();
    bool tool_choice();
    bool response_format();
    bool response_format_type();

    bool one_message();
    bool role();
    bool content();
    bool one_part();
    bool part_type();
    bool reasoning_content();
    bool tool_calls();
    bool one_call();
    bool call_id();
    bool function();
    bool function_name();
    bool function_arguments();
    bool tool_call_id();

    json_walk& in_;
    body_index out_;
    std::vector<step> path_;
    std::optional<fault> problem_;
    std::optional<std::int64_t> max_completion_tokens_;

    // Of the message, part or call at hand.
    bool role_said_ = false;
    bool part_is_image_ = false;
    std::uint64_t answers_hash_ = 0;
    std::uint64_t name_hash_ = 0;
    std::uint64_t arguments_hash_ = 0;
};

}  // namespace weir::dialect
