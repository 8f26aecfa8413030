#include "weir/classifier/features.hpp"

#include "weir/dialect/tokens.hpp"

#include <algorithm>

namespace weir::classifier {
namespace {

std::int64_t count_code_points(std::string_view text) noexcept {
    return std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

}  // namespace

features features_of(padded_view body, const dialect::body_index& index, const dialect::ask& ask,
                     const word_matcher& words) {
    features f;
    f.turn = ask.kind;
    f.prompt_chars = count_code_points(ask.text);
    f.tools = index.tools;
    f.words = words.match(ask.request);
    f.tool_calls = ask.calls;
    f.same_call_of_last_6 = ask.same_call_of_last_6;
    f.failed_results_of_last_6 = ask.failed_results_of_last_6;
    f.files_named = ask.files_named;
    f.pasted_lines = ask.pasted_lines;
    f.pasted_per_mille = ask.pasted_per_mille;
    f.context_tokens = dialect::estimate_input_tokens(body, index);
    f.images = index.images;
    f.files = index.files;
    f.max_tokens = index.max_tokens.value_or(0);
    f.json_schema = index.response_format == dialect::response_format_word::json_schema;
    return f;
}

}  // namespace weir::classifier
