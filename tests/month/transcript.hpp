#pragma once
// A conversation as its client sends it: the body of a chat request, growing with each message.

#include "weir/base/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace weir::month {

class transcript {
public:
    // system: "" for none; tools: JSON array or ""; effort: as the client states it, or "".
    transcript(std::string_view system, std::string_view tools, std::string_view effort);

    void user(std::string_view text);
    // thinking: "" leaves it out, as clients may where no tools are offered.
    void assistant(std::string_view text, std::string_view thinking);
    void call(std::string_view id, std::string_view name, std::string_view arguments,
              std::string_view thinking);
    void result(std::string_view id, std::string_view text);

    // The whole body; valid until the next message is added or this is asked again.
    padded_view body();
    // What the upstream counts for it.
    std::int64_t tokens() const noexcept { return tokens_; }

private:
    void add(std::string_view message);

    std::string text_;        // the body; its end is there only between body() and the next message
    std::size_t length_ = 0;  // without that end
    bool first_ = true;
    std::int64_t tokens_ = 0;
};

}  // namespace weir::month
