#pragma once
// What the elements of a content are, in the words of all APIs.

#include <cstdint>
#include <string_view>

namespace weir::dialect {

// As far as weir must know. Sources: OpenAI, Chat Completions and Responses; Anthropic, Messages.
enum class part_kind : std::uint8_t { other, text, image, file, tool_use, tool_result, thinking };

// `type`: the word of its `type`.
part_kind part_kind_of(std::string_view type) noexcept;

}  // namespace weir::dialect
