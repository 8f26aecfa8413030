#include "mends_text.hpp"

namespace weir::dialect {
namespace {

// DeepSeek wants the word JSON in the prompt of a json_object answer. Source: DeepSeek, JSON Output.
constexpr std::string_view schema_instruction =
    "Answer with JSON alone: one JSON value that is valid against this JSON Schema:\n";

}  // namespace

std::string quoted(std::string_view text) {
    static constexpr std::string_view hex = "0123456789abcdef";
    std::string out;
    out.reserve(text.size() + 2);
    out += '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (byte < 0x20) {
            out += "\\u00";
            out += hex[byte >> 4];
            out += hex[byte & 15];
        } else {
            out += c;
        }
    }
    return out += '"';
}

std::string thinking_block(std::string_view text, std::string_view signature) {
    return R"({"type":"thinking","thinking":)" + quoted(text) + R"(,"signature":)" + quoted(signature) + "}";
}

std::string schema_message(std::string_view schema) {
    return R"({"role":"system","content":)" + quoted(std::string(schema_instruction).append(schema)) + "}";
}

}  // namespace weir::dialect
