#pragma once
// Request bodies of a given size, always the same bytes for the same size.

#include <cstddef>
#include <string>

namespace weir::bench {

// Chat Completions. An agent: long system text, twelve tools, and half of the body or more in calls of tools
// with their results, since a short human text.
std::string agent_body(std::size_t bytes);
// One human message: an instruction, and a document that fills the rest.
std::string document_body(std::size_t bytes);
// One human message of plain sentences: all of it is the request itself.
std::string talk_body(std::size_t bytes);

}  // namespace weir::bench
