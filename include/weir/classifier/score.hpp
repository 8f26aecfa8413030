#pragma once
// How unbounded a task is: 0 bounded .. 1 unbounded, in thousandths, and why.

#include "weir/classifier/features.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace weir::classifier {

enum class signal : std::uint8_t { prompt_chars_over, tools_over, words };

// One term of the sum: its weight counts where the signal fires.
struct term {
    signal what = signal::words;
    std::int64_t over = 0;    // prompt_chars_over and tools_over: fires above this
    std::size_t list = 0;     // words: index of the list
    std::int64_t weight = 0;  // thousandths, > 0
    std::string name;         // as shown: "prompt_chars_over 2000"
};

// Requirement: three weights and nothing else in the sum.
struct weighted {
    std::vector<term> terms;
};

struct contribution {
    std::string name;
    std::int64_t value = 0;   // what was measured: characters, tools, 1 for a word
    std::int64_t weight = 0;  // thousandths of the total weight; 0 where it did not fire
};

struct score_card {
    int score = 0;  // thousandths: weights that fired / all weights, rounded to nearest
    std::vector<contribution> contributions;  // one for each term, in order
};

score_card score(const features& f, const weighted& kind);

}  // namespace weir::classifier
