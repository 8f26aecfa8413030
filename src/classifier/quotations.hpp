#pragma once
// Parts of a request: what it quotes, and the line that leads it.

#include <string>
#include <string_view>

namespace weir::classifier {

inline constexpr std::size_t quotation_bytes_max = 400;  // a longer one is no quotation
inline constexpr std::size_t lead_bytes_max = 240;

// Of a longer request so much is searched for words at its beginning and at its end: what is asked stands
// there.
inline constexpr std::size_t searched_bytes_max = 4 * 1024;

// What of a request is searched; the second is empty for a short one.
struct text_ends {
    std::string_view head, tail;
};
text_ends ends_of(std::string_view text) noexcept;

// The text with a blank in place of each quotation: "..." and its kin of other typographies, within one line.
// Between straight apostrophes or backticks stands one where it has more than one word: what is shorter is a
// possessive or a name of code. Typographic apostrophes become straight, as word lists have them. At most
// quotation_bytes_max are looked ahead for each mark: for texts of searched_bytes_max.
std::string without_quotations(std::string_view text);

// The line that says what is asked: the first one that is not empty, up to a colon; or the last one, where
// the text begins with a list and that line is none of it. Cut at lead_bytes_max, between characters.
std::string_view lead_of(std::string_view head, std::string_view tail) noexcept;

}  // namespace weir::classifier
