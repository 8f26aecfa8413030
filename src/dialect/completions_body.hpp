#pragma once
// The members of a Completions body, for fill-in-the-middle, that weir reads. Its prompt is one user message.

#include "body_reader.hpp"

namespace weir::dialect {

class completions_body : public body_reader {
public:
    explicit completions_body(json_walk& in) : body_reader(in, api_kind::completions) {}

    // The whole document, which begins with a brace.
    result<body_index> read();

private:
    bool prompt();
};

}  // namespace weir::dialect
