#pragma once
// What is known about a request, in numbers: no text, so safe to store.

#include "weir/dialect/ask.hpp"
#include "weir/dialect/body_index.hpp"

#include <bitset>
#include <cstdint>
#include <optional>
#include <span>
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
// text, however many words there are.
class word_matcher {
public:
    explicit word_matcher(std::vector<word_list> lists);
    // Bit i is set where a word of lists[i] occurs.
    std::uint64_t match(std::string_view text) const;
    const std::vector<word_list>& lists() const noexcept { return lists_; }

private:
    struct entry {
        std::uint64_t key = 0;    // of its first word or character
        std::string text;         // lower case, single blanks
        char next = 0;            // what comes after that first word, behind a blank; 0: nothing does
        std::uint64_t lists = 0;  // bits
    };
    struct first_word {
        std::uint64_t key = 0;
        std::size_t bytes = 0;
    };
    // The first word of `text`, in lower case, or its first character where that is none of a word.
    static first_word first_of(std::string_view text) noexcept;
    void match_at(std::string_view text, std::size_t at, first_word first, std::uint64_t& found) const;

    std::vector<word_list> lists_;
    std::vector<entry> entries_;        // by key
    std::vector<std::uint32_t> slots_;  // hash table: 1 + the first entry of a key; 0 is empty
    std::bitset<32768> known_;  // by key: most words of a text begin no entry, and are passed over here
};

// All numbers, so that a request can be judged again later without its text. Names, ranges and units:
// feature_list().
struct features {
    dialect::turn turn = dialect::turn::human;
    // Bit i: a word of list i of the policies occurs in the request itself, quotations left out, of a long
    // one in the first or the last 4 KiB; and in its lead: the first line, up to a colon.
    std::uint64_t words = 0;
    std::uint64_t lead_words = 0;
    std::int64_t prompt_chars = 0;  // code points of the latest human text without envelopes, pastes included
    std::int64_t tools = 0;         // tools offered
    std::int64_t tool_calls = 0;    // calls since the latest human text
    std::int64_t same_call_of_last_6 = 0;
    std::int64_t failed_results_of_last_6 = 0;
    std::int64_t files_named = 0;  // different file names in the request itself
    std::int64_t pasted_lines = 0;
    std::int64_t pasted_per_mille = 0;  // share of the human text that is fence, quote or document
    std::int64_t context_tokens = 0;    // estimate for the whole input: messages and tools, images left out
    std::int64_t images = 0;
    std::int64_t files = 0;
    std::int64_t max_tokens = 0;   // as stated, 0 where unsaid; never a measure of output
    std::int64_t json_schema = 0;  // 1: an answer in a given schema is asked for
    // What is known beside the body: the headers, the key, the session.
    std::int64_t error_cost_usd_milli = 0;  // what a wrong answer costs
    std::int64_t output_forecast = 0;       // tokens: median of this key's like answers; 0: none seen
    std::int64_t session_turns = 0;         // human turns of this session before this request
    std::int64_t warm_tokens = 0;           // prompt that the session's model has in its cache, as observed
    // What the request looks like, without fences, quotes and pasted blocks; of a long one the first and the
    // last 4 KiB.
    std::int64_t ask_chars = 0;
    std::int64_t ask_words = 0;
    std::int64_t cjk_per_mille = 0;
    std::int64_t other_per_mille = 0;
    std::int64_t sentences = 0;
    std::int64_t questions = 0;
    std::int64_t ends_as_question = 0;
    std::int64_t ends_as_sentence = 0;
    std::int64_t ends_as_lead = 0;
    std::int64_t begins_upper = 0;
    std::int64_t commas = 0;
    std::int64_t lines = 0;
    std::int64_t list_items = 0;
    std::int64_t numbers = 0;
    std::int64_t operators = 0;
    std::int64_t quotes = 0;
    std::int64_t backticks = 0;
    std::int64_t addresses = 0;
    std::int64_t blanks = 0;
    std::int64_t capitals_per_mille = 0;
    std::int64_t word_length_milli = 0;
    std::int64_t comma_per_mille = 0;
    std::int64_t number_per_mille = 0;
    std::int64_t operator_per_mille = 0;
    std::int64_t material_per_mille = 0;
    // The same of the latest human text, pastes included.
    std::int64_t tex_commands = 0;
    std::int64_t maths = 0;
    std::int64_t options = 0;
    std::int64_t code_lines = 0;
    std::int64_t traces = 0;
    std::int64_t fences = 0;
    // The conversation.
    std::int64_t messages = 0;
    std::int64_t human_turns = 0;
    std::int64_t rounds = 0;
    std::int64_t calls_in_history = 0;
    std::int64_t files_touched = 0;
    std::int64_t result_bytes_max = 0;
    std::int64_t history_bytes = 0;
    std::int64_t system_bytes = 0;
    std::int64_t tools_bytes = 0;
    // What the client and its headers say; numbers go by the order in the configuration, 0 is unsaid.
    std::int64_t effort_asked = 0;
    std::int64_t traffic_class = 0;
};

// One number of `features` as policies, weights and the ledger know it.
struct feature {
    std::string_view name;   // as in YAML: "tool_calls"
    std::int64_t max;        // values are 0 .. max; what is above counts as max
    bool thousandths;        // written in units ("0.5"), kept in thousandths
    std::string_view about;  // one line for people
    std::int64_t features::* value;
};
// In a fixed order, which stored rows and weights rely on: add at the end, never reorder.
std::span<const feature> feature_list() noexcept;
// Index into feature_list(); nullopt where nothing is measured by that name.
std::optional<std::size_t> find_feature(std::string_view name) noexcept;
// 0 .. max of that feature.
std::int64_t value_of(const features& f, std::size_t feature) noexcept;

features features_of(padded_view body, const dialect::body_index& index, const dialect::ask& ask,
                     const word_matcher& words);

}  // namespace weir::classifier
