#pragma once
// What somebody may have meant who wrote a word that is not known.

#include <string>
#include <string_view>
#include <vector>

namespace weir::config {

// "did you mean `listen`?" where a candidate is within two edits (one in a word of up to four letters), else
// "one of: a, b, c" where there are few, else "".
std::string suggestion(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace weir::config
