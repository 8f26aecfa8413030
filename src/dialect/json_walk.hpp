#pragma once
// The strict reader of a client's JSON: simdjson finds the tokens (and checks UTF-8, quotes and control
// characters), this checks that they are one JSON document, each value of it, and counts its depth itself.

#include "weir/dialect/body_index.hpp"

#include "json_text.hpp"

#include <simdjson.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::dialect {

class json_walk {
public:
    // `tokens` reads `body`. depth_max >= 1: an object within an object is depth 2.
    json_walk(std::string_view body, simdjson::ondemand::json_iterator& tokens, std::size_t depth_max)
        : body_(body), tokens_(tokens), depth_max_(depth_max) {}

    // First character of the next token, '\0' at the end.
    char peek() const noexcept { return tokens_.at_end() ? '\0' : static_cast<char>(*tokens_.peek()); }

    // Each of these passes a value and checks it to its last byte. Where it is not JSON they fail, and so
    // does everything after: error() says why.

    std::optional<place> value();              // any value, quotes or brackets included
    std::optional<std::string_view> string();  // what stands between the quotes, escapes as written
    std::optional<std::string_view> scalar();  // number or literal

    // Calls on_member(key) for each member, the key unescaped; the call passes the value and says whether it
    // could.
    template <class on_member_type>
    bool object(on_member_type&& on_member) {
        std::string unescaped;
        return items('{', '}', [&] {
            const auto raw = key();
            if (!raw) return false;
            std::string_view name = *raw;
            if (name.find('\\') != std::string_view::npos) name = unescaped = unescape(name);
            return on_member(name);
        });
    }
    // The same for the elements of an array.
    template <class on_element_type>
    bool array(on_element_type&& on_element) {
        return items('[', ']', on_element);
    }

    // After the last value: nothing may follow.
    bool finish();

    // Offset of the next token, and one past the last byte that was passed.
    std::size_t offset() const noexcept;
    std::size_t passed() const noexcept { return passed_; }
    // Offset of the last key that was passed, its quote included.
    std::size_t key_offset() const noexcept { return key_offset_; }

    std::string_view bytes(place where) const noexcept { return body_.substr(where.offset, where.length); }
    const std::string& error() const noexcept { return error_; }

private:
    bool fail(std::string_view why);
    bool open(char sign);
    bool take(char sign) noexcept;
    bool close(char sign) noexcept;
    std::optional<std::string_view> key();
    std::string_view token() const noexcept;
    void advance(std::size_t length) noexcept;
    bool begin_value(bool& another);
    bool end_values(std::size_t depth, bool& another);

    template <class on_item_type>
    bool items(char sign, char closing, on_item_type&& on_item) {
        if (!open(sign)) return false;
        if (close(closing)) return true;
        for (;;) {
            if (!on_item()) return false;
            if (close(closing)) return true;
            if (!take(',')) return fail("a comma or a closing bracket is missing");
        }
    }

    std::string_view body_;
    simdjson::ondemand::json_iterator& tokens_;
    std::size_t depth_max_;
    std::vector<char> closings_;  // the bracket that ends each open object and array
    std::size_t passed_ = 0;
    std::size_t key_offset_ = 0;
    std::string error_;
};

}  // namespace weir::dialect
