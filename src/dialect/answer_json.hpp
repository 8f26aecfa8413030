#pragma once
// One JSON document of an answer: a chunk of a stream, a whole answer, or an error.

#include "weir/dialect/answer_reader.hpp"

#include <string_view>

namespace weir::dialect {

// Adds what the document says to `facts`; what it does not say stays. True where it was whole.
bool read_document(std::string_view json, answer_facts& facts);

}  // namespace weir::dialect
