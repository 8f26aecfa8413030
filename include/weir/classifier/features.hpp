#pragma once
// What is known about a request, in numbers: no text, so safe to store.

#include "weir/dialect/ask.hpp"
#include "weir/dialect/body_index.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::classifier {

// A named list of words of the policy: at most 64 lists.
struct word_list {
    std::string name;
    std::vector<std::string> words;
};

// Finds words in a request. ASCII words match whole words in any case ("port" is not in "report"), phrases
// match with any white space between their words, words with other characters match anywhere. Linear in the
// text.
class word_matcher {
public:
    explicit word_matcher(std::vector<word_list> lists);
    // Bit i is set where a word of lists[i] occurs.
    std::uint64_t match(std::string_view text) const;
    const std::vector<word_list>& lists() const noexcept { return lists_; }

private:
    struct entry {
        std::string text;  // lower case, single blanks
        std::uint64_t list = 0;
    };
    std::vector<word_list> lists_;
    std::array<std::vector<entry>, 256> by_first_byte_;
};

struct features {
    dialect::turn turn = dialect::turn::human;
    std::int64_t prompt_chars = 0;  // code points of the latest human text without envelopes, pastes included
    std::int64_t tools = 0;         // tools offered
    std::uint64_t words = 0;        // bit i: list i of the policy occurs in the request itself
    std::int64_t tool_calls = 0;    // calls since the latest human text
    std::int64_t same_call_of_last_6 = 0;
    std::int64_t failed_results_of_last_6 = 0;
    std::int64_t files_named = 0;  // different file names in the request itself
    std::int64_t pasted_lines = 0;
    std::int64_t pasted_per_mille = 0;  // share of the human text that is fence, quote or document
    std::int64_t context_tokens = 0;    // estimate for the whole input: messages and tools, images left out
    std::int64_t images = 0;
    std::int64_t files = 0;
    std::int64_t max_tokens = 0;  // as stated, 0 where unsaid; never a measure of output
    bool json_schema = false;     // an answer in a given schema is asked for
};

features features_of(padded_view body, const dialect::body_index& index, const dialect::ask& ask,
                     const word_matcher& words);

}  // namespace weir::classifier
