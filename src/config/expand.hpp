#pragma once
// Variables of the environment inside values: ${NAME}, ${NAME:-default}, ${NAME:?message}, and $$ for a
// dollar. Put in after the YAML is parsed, so that no variable can change its structure.

#include "weir/config/settings.hpp"

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

namespace weir::config {

struct expansion {
    std::string text;
    std::size_t variables = 0;  // how many values came from the environment
};
struct expansion_problem {
    std::string message;
    std::string hint;
};

// A default and a message hold where the variable is not set or empty, as in a shell. A dollar before
// anything else stands for itself.
std::expected<expansion, expansion_problem> expand(std::string_view text, const environment& env);

}  // namespace weir::config
