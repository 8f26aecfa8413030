#pragma once
// Rough token counts where nobody has counted: rows without usage, and the size of an input before it is
// sent.

#include "weir/base/bytes.hpp"
#include "weir/dialect/body_index.hpp"

#include <cstdint>
#include <string_view>

namespace weir::dialect {

// Rough count for plain text. DeepSeek's own rule of thumb: 0.3 tokens a Latin character and 0.6 a Chinese
// one. It says nothing of others: letters of two UTF-8 bytes (accents, Greek, Cyrillic, Hebrew, Arabic) count
// 0.4, longer characters as Chinese. Rounded up; any bytes will do. Source: DeepSeek, Token & Token Usage.
std::int64_t estimate_tokens(std::string_view text) noexcept;

// The same for the whole input of a body, its JSON included: "\u4e2d" is one character, image blocks are
// none. `body` is the one that was indexed.
std::int64_t estimate_input_tokens(padded_view body, const body_index& index) noexcept;

}  // namespace weir::dialect
