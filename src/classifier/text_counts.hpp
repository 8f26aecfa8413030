#pragma once
// What a text looks like, in counts: no word is known here. One pass, nothing allocated.

#include <cstdint>
#include <string_view>

namespace weir::classifier {

// Of a longer text this much is counted at its beginning and at its end: what is asked stands there.
inline constexpr std::size_t counted_bytes_max = 4 * 1024;

struct text_counts {
    std::int64_t chars = 0;  // code points, of the whole text
    std::int64_t words = 0;  // runs of letters, digits, apostrophes and underscores; each Chinese character
    std::int64_t cjk = 0;    // Chinese characters
    std::int64_t other = 0;  // other characters beyond ASCII
    std::int64_t capitals = 0;  // ASCII words with a capital first
    std::int64_t ascii_words = 0;
    std::int64_t ascii_letters = 0;  // in those words, digits too
    std::int64_t sentences = 0;
    std::int64_t questions = 0;
    std::int64_t commas = 0;
    std::int64_t lines = 0;       // line breaks
    std::int64_t list_items = 0;  // lines that begin as one of a list
    std::int64_t options = 0;     // lines that begin as an answer to choose: "A." "(B)"
    std::int64_t code_lines = 0;  // lines that end as code does
    std::int64_t traces = 0;      // lines of a stack trace or of an uncaught error
    std::int64_t numbers = 0;
    std::int64_t operators = 0;     // = ^ < > + * / | and their mathematical kin
    std::int64_t tex_commands = 0;  // a backslash and letters
    std::int64_t dollars = 0;
    std::int64_t quotes = 0;
    std::int64_t backticks = 0;
    std::int64_t addresses = 0;  // "://"
    std::int64_t blanks = 0;     // to be filled in: "__", "( )"
    bool first_upper = false;
    char32_t last = 0;  // the last character that is no white space
};

// Whether a line begins as an item of a list: "- ", "* ", "2. ", "3) ", "4、". White space before it is no
// part of it.
bool is_list_item(std::string_view line) noexcept;

// `text` is UTF-8; other bytes do no harm.
text_counts count_text(std::string_view text) noexcept;

}  // namespace weir::classifier
