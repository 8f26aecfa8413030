#pragma once
// What the model reads: mode, tools, messages, as a chain of tokens. An earlier answer is rendered here
// exactly as it was when it was given, so that the next turn finds it in the cache.

#include "model_request.hpp"
#include "tokens.hpp"

#include <cstdint>

namespace weir::simulator {

inline constexpr std::int64_t image_tokens = 384;  // of one image, whatever its size

// Up to and with the mark at which the model begins to write.
token_chain render_prompt(const model_request& asked, std::int64_t unit_tokens);

// Goes on with what the model wrote in answer to `asked`. `thought` is null where it did not think.
void render_answer(token_chain& chain, const model_request& asked, const std::string* thought,
                   const std::string& content, const std::vector<tool_call>& calls);

}  // namespace weir::simulator
