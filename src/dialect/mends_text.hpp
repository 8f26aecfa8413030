#pragma once
// JSON that weir writes itself into a client's body.

#include <string>
#include <string_view>

namespace weir::dialect {

// `text`, which is UTF-8, as a JSON string with its quotes; whatever it holds comes out of a parser again.
std::string quoted(std::string_view text);

// A thinking block of Anthropic Messages.
std::string thinking_block(std::string_view text, std::string_view signature);

// A message of the system that says which JSON is wanted: for models that know no json_schema.
std::string schema_message(std::string_view schema);

}  // namespace weir::dialect
