#include "part_kind.hpp"

#include <utility>

namespace weir::dialect {

part_kind part_kind_of(std::string_view type) noexcept {
    using enum part_kind;
    static constexpr std::pair<std::string_view, part_kind> kinds[] = {
        {"text", text},
        {"input_text", text},
        {"output_text", text},
        {"image_url", image},
        {"input_image", image},
        {"image", image},
        {"file", file},
        {"input_file", file},
        {"document", file},
        {"tool_use", tool_use},
        {"tool_result", tool_result},
        {"thinking", thinking},
        {"redacted_thinking", thinking},
    };
    for (const auto& [name, kind] : kinds) {
        if (name == type) return kind;
    }
    return other;
}

}  // namespace weir::dialect
