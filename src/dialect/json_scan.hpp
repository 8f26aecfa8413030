#pragma once
// A tolerant reader of JSON that stays within its bytes whatever they are: for answers, which nobody has
// checked, and for small parts of a body that was. It never fails loudly; what it cannot read ends the
// reading.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace weir::dialect {

constexpr bool is_json_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

class json_scan {
public:
    static constexpr int depth_max = 256;  // of what is read here; deeper values end the reading

    explicit json_scan(std::string_view text) noexcept : text_(text) {}

    // First character of the next value or sign, '\0' at the end; white space before it is passed.
    char peek() noexcept {
        while (at_ < text_.size() && is_json_space(text_[at_])) ++at_;
        return at_ < text_.size() ? text_[at_] : '\0';
    }
    bool at_end() noexcept { return peek() == '\0' && at_ == text_.size(); }
    std::size_t offset() const noexcept { return at_; }

    // Passes a whole value; gives its bytes.
    std::optional<std::string_view> value();
    // Passes a string; gives what stands between its quotes, escapes as written.
    std::optional<std::string_view> string() noexcept;
    // Passes a number or a literal; gives its bytes.
    std::optional<std::string_view> scalar() noexcept;

    // Calls on_member(key) for each member, key as written between its quotes; the call passes the value and
    // says whether it could. False where this is no whole object.
    template <class on_member_type>
    bool object(on_member_type&& on_member) {
        return items('{', '}', [&] {
            const auto key = peek() == '"' ? string() : std::nullopt;
            return key && take(':') && on_member(*key);
        });
    }
    // The same for the elements of an array.
    template <class on_element_type>
    bool array(on_element_type&& on_element) {
        return items('[', ']', on_element);
    }

private:
    bool take(char sign) noexcept {
        if (peek() != sign || at_ == text_.size()) return false;
        ++at_;
        return true;
    }

    template <class on_item_type>
    bool items(char open, char close, on_item_type&& on_item) {
        if (depth_ == depth_max || !take(open)) return false;
        ++depth_;
        bool whole = take(close);
        while (!whole) {
            if (!on_item()) return false;
            whole = take(close);
            if (!whole && !take(',')) return false;
        }
        --depth_;
        return true;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    int depth_ = 0;
};

// An integer as JSON writes it, "-12"; nullopt for fractions, exponents and what int64 cannot hold.
std::optional<std::int64_t> parse_integer(std::string_view text) noexcept;

}  // namespace weir::dialect
