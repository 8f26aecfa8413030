#pragma once
// What the readers of all bodies share: members and their paths, complaints, the values that weir knows, and
// the match of tool results with their calls. Each API has a reader of its own on top of it.

#include "weir/base/error.hpp"
#include "weir/dialect/body_index.hpp"

#include "json_walk.hpp"
#include "part_kind.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::dialect {

class body_reader {
public:
    // Messages, calls and results of one body, each: more would not fit a context of 1,048,576 tokens, and
    // what is noted of each takes several times its bytes.
    static constexpr std::size_t entries_max = 256 * 1024;
    // Members of the body's own object; clients send about thirty.
    static constexpr std::size_t members_max = 1024;

protected:
    body_reader(json_walk& in, api_kind api) : in_(in) { out_.api = api; }
    ~body_reader() = default;

    static constexpr std::size_t no_index = static_cast<std::size_t>(-1);
    static constexpr std::string_view must_be_string = "must be a string";

    // A member that a reader knows, and how it passes the value.
    template <class self>
    struct member {
        std::string_view name;
        bool (self::*read)();
    };

    // ---- how members are read ----

    template <class self, std::size_t count>
    bool read_object(const member<self> (&known)[count]) {
        static_assert(count <= 32);
        std::uint32_t seen = 0;
        return in_.object([&](std::string_view key) { return read_member(known, seen, key); });
    }
    // The same for the body itself, whose members are all noted.
    template <class self, std::size_t count>
    bool read_body(const member<self> (&known)[count]) {
        static_assert(count <= 32);
        std::uint32_t seen = 0;
        return in_.object([&](std::string_view key) {
            const std::size_t key_start = in_.key_offset();
            const std::size_t start = in_.offset();
            std::string name(key);
            return read_member(known, seen, key) && note_member(std::move(name), key_start, start);
        });
    }
    template <class read_type>
    bool read_elements(read_type&& read_one) {
        std::size_t index = 0;
        return in_.array([&] {
            path_.push_back({{}, index++});
            const bool whole = read_one();
            path_.pop_back();
            return whole;
        });
    }
    // The same for the entries of the conversation, which are counted.
    template <class read_type>
    bool read_items(read_type&& read_one) {
        items_ = 0;
        return read_elements([&] {
            const bool whole = read_one();
            ++items_;
            return whole;
        });
    }
    // The object that is the message at hand, and where it stands. Anything else is complained of.
    template <class self, std::size_t count>
    bool read_message(const member<self> (&known)[count], message& into) {
        if (in_.peek() != '{') {
            complain("must be an object");
            return skip();
        }
        const std::size_t start = in_.offset();
        if (!read_object(known)) return false;
        into.whole = {start, in_.passed() - start};
        return true;
    }
    // Members of a value where it is an object; other values are passed.
    template <class self, std::size_t count>
    bool read_if_object(const member<self> (&known)[count]) {
        return in_.peek() == '{' ? read_object(known) : skip();
    }

    bool skip() { return in_.value().has_value(); }
    void complain(std::string_view what);
    void complain_of(std::string_view name, std::string_view what);
    void complain_at(std::string path, std::string_view what);
    // A string, unescaped; nullopt with `whole` true where it is another kind of value.
    std::optional<std::string> text(bool& whole);
    // The same, and where it stands, quotes included.
    std::optional<std::string> text_at(place& where, bool& whole);
    // Any value but null, and where it stands.
    bool value_at(place& where);
    // Bytes of the value, or between its quotes; empty where it is not whole.
    std::uint64_t hash_of_value(bool& whole);
    // Of a string, unescaped, so that an id is the same however it is written; 0 for other values.
    std::uint64_t hash_of_id(place& where, bool& whole);

    // ---- members that are the same in several APIs ----

    bool model();
    bool stream();
    bool stream_options();
    bool include_usage();
    bool tools();
    bool tool_type();
    bool prompt_cache_key();
    bool user_id();
    bool user();
    bool effort();
    bool thinking();
    bool thinking_type();
    bool response_format();
    bool response_format_type();
    // As OpenAI says it: a word, or an object that names a tool. A word in an object counts as well.
    bool tool_choice();
    bool tool_choice_type();
    bool tokens_into(std::optional<std::int64_t>& into, place& where);
    bool max_tokens() { return tokens_into(out_.max_tokens, out_.max_tokens_value); }

    // ---- messages ----

    // A message of its own, nothing read yet; null where there are too many.
    message* add_message();
    // One without an object of its own: a string, or the parts of a system prompt.
    void add_message_of(speaker from, place content);
    bool role();
    // Complains of a role that only Chat Completions has.
    void refuse_tool_roles();
    bool content_at(place& where);
    // An array of parts of which only images and files count, or any other value.
    bool parts();
    bool one_part();
    bool part_type();
    bool part_source();
    bool part_source_type();
    // Counts the part at hand, which began at `start`, where it is an image or a file.
    void count_part(std::size_t start);

    // ---- calls and results ----

    // A call of the message at hand; null where there are too many.
    tool_call* add_call();
    bool call_name();
    bool call_arguments();
    void end_call(tool_call& call);
    // A result in the message at hand. `item` and `block` say where it is for complaints.
    void add_result(tool_result made, std::size_t item, std::size_t block = no_index);
    // Those from `first` on were none.
    void drop_results(std::size_t first);
    // The first result whose call is not in a message before it; nullopt where there is none.
    struct result_place {
        std::uint32_t item;
        std::uint32_t block;
    };
    std::optional<result_place> first_orphan() const;

    // ---- the end ----

    // Complains where the conversation, which has so many entries, is not there or empty; says which API the
    // body looks like.
    void require_conversation(std::string_view name, std::size_t entries);
    result<body_index> finish(bool whole);

    json_walk& in_;
    body_index out_;
    std::optional<fault> problem_;
    std::size_t items_ = 0;  // entries of the conversation that were read

    // Of the message, part or call at hand.
    bool role_said_ = false;
    part_kind part_ = part_kind::other;
    bool part_is_encoded_ = false;  // its source is bytes, an id or an address, and no text
    std::uint64_t name_hash_ = 0;
    std::uint64_t arguments_hash_ = 0;

private:
    // A piece of the path to what is being read: a name, or the index of an element.
    struct step {
        std::string_view name;
        std::size_t index;
    };

    template <class self, std::size_t count>
    bool read_member(const member<self> (&known)[count], std::uint32_t& seen, std::string_view key) {
        for (std::size_t i = 0; i < count; ++i) {
            if (key != known[i].name) continue;
            path_.push_back({known[i].name, no_index});
            if (seen >> i & 1U) complain("is given twice");
            seen |= 1U << i;
            const bool whole = (static_cast<self*>(this)->*known[i].read)();
            path_.pop_back();
            return whole;
        }
        return skip();
    }
    bool note_member(std::string name, std::size_t key_start, std::size_t start);
    bool has_member(std::string_view name) const noexcept;
    std::string path() const;

    std::vector<step> path_;
    std::vector<result_place> result_places_;  // in step with out_.results
    std::string role_word_;
    bool has_prompt_cache_key_ = false;
};

}  // namespace weir::dialect
