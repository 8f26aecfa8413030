#include "completions_body.hpp"

namespace weir::dialect {

result<body_index> completions_body::read() {
    static constexpr member<completions_body> members[] = {
        {"model", &completions_body::model},
        {"prompt", &completions_body::prompt},
        {"stream", &completions_body::stream},
        {"stream_options", &completions_body::stream_options},
        {"max_tokens", &completions_body::max_tokens},
        {"user_id", &completions_body::user_id},
        {"user", &completions_body::user},
        {"prompt_cache_key", &completions_body::prompt_cache_key},
    };
    const bool whole = read_body(members);
    require_conversation("prompt", out_.messages.size());
    return finish(whole);
}

// An empty string is a prompt: the cursor stands at the start of the file.
bool completions_body::prompt() {
    const std::size_t start = in_.offset();
    bool whole = false;
    bool empty = false;
    if (in_.peek() == '[') {
        empty = true;
        whole = read_elements([&] {
            empty = false;
            if (in_.peek() != '"') complain(must_be_string);
            return skip();
        });
    } else {
        if (in_.peek() != '"') complain("must be a string or an array of strings");
        whole = skip();
    }
    if (whole && !empty) add_message_of(speaker::user, {start, in_.passed() - start});
    return whole;
}

}  // namespace weir::dialect
