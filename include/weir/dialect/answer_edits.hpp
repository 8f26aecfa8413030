#pragma once
// The two places where weir may change an answer, both declared: the name of the model, and one chunk of
// usage that the client did not ask for. Everything else passes as it came.

#include "weir/dialect/body_index.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace weir::dialect {

// Of a stream. Bytes are held only until the event that they belong to is whole, and only as long as there is
// something to look for; an event longer than event_bytes_max passes unread.
class stream_edit {
public:
    // Messages: `message.model` of message_start becomes `asked`. Looks no further after message_start.
    static stream_edit name_model(std::string asked, std::size_t event_bytes_max);
    // Chat and completions: chunks with a usage and empty `choices` are taken out.
    static stream_edit drop_usage(std::size_t event_bytes_max);
    ~stream_edit();
    stream_edit(stream_edit&&) noexcept;
    stream_edit& operator=(stream_edit&&) noexcept;

    // The next payload bytes, split anywhere; gives what may go to the client now, valid until the next call.
    // It always ends between two events while something is held.
    std::string_view pass(std::string_view bytes);
    // What is held when the stream is over, whole event or not.
    std::string_view rest();
    // Something was changed.
    bool changed() const noexcept;
    // There is still something to look for: what comes may be held or changed.
    bool looking() const noexcept;

private:
    struct state;
    explicit stream_edit(std::unique_ptr<state> s);
    std::unique_ptr<state> state_;
};

// Messages: a whole answer, blank lines before it included, that names `asked` as its model; nullopt where it
// does so already or names none. `answer` may be cut off behind the name.
std::optional<std::string> name_model(std::string_view answer, std::string_view asked);

}  // namespace weir::dialect
