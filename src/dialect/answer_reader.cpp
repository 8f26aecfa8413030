#include "weir/dialect/answer_reader.hpp"

#include "weir/dialect/api.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace weir::dialect {
namespace {

constexpr std::string_view end_of_stream = "[DONE]";
constexpr std::size_t kept_bytes_max = 4096;  // of a buffer, from one event to the next

void clear(std::string& buffer) {
    buffer.clear();
    if (buffer.capacity() > kept_bytes_max) buffer.shrink_to_fit();
}

// The value of a `data` field; nullopt for other fields and for comments.
// Source: HTML Living Standard, 9.2.6, interpreting an event stream: one blank after the colon is no part of
// it.
std::optional<std::string_view> data_of(std::string_view line) noexcept {
    static constexpr std::string_view name = "data";
    if (!line.starts_with(name)) return std::nullopt;
    line.remove_prefix(name.size());
    if (line.empty()) return line;
    if (line.front() != ':') return std::nullopt;
    line.remove_prefix(1);
    if (line.starts_with(' ')) line.remove_prefix(1);
    return line;
}

// True where the line end at the head of `rest` is followed by another: the event ends there.
bool blank_line_follows(std::string_view rest) noexcept {
    rest.remove_prefix(rest.starts_with("\r\n") ? 2 : 1);
    return rest.starts_with('\n') || rest.starts_with('\r');
}

}  // namespace

struct stream_reader::state {
    state(const api& api_of_answer, std::size_t max, answer_turn* said)
        : of(api_of_answer), event_bytes_max(max), turn(said) {}

    const api& of;
    std::size_t event_bytes_max;
    answer_turn* turn;
    answer_facts facts;
    std::string line;         // head of a line whose end has not come
    std::string data;         // `data` of the event so far, where it could not be read in place
    std::size_t bytes = 0;    // of the event's lines so far
    bool partial = false;     // within a line
    bool in_comment = false;  // that line is a comment
    bool in_event = false;    // a field came since the last blank line
    bool has_data = false;    // one of them was `data`
    bool was_read = false;    // and it was read in place
    bool oversized = false;   // longer than event_bytes_max: nothing more of the event is kept
    bool after_cr = false;    // the last byte was CR: an LF right after it belongs to that line end

    void observe(std::string_view in);
    void keep_head(std::string_view head);
    void end_line(std::string_view tail, bool event_ends);
    void end_event();
    void drop_event();
    void read(std::string_view event);
    void read_unfinished();
    bool read_done(std::string_view event);
};

void stream_reader::state::observe(std::string_view in) {
    if (in.empty()) return;
    if (after_cr && in.front() == '\n') in.remove_prefix(1);
    after_cr = !in.empty() && in.back() == '\r';
    std::size_t at = 0;
    // Looked up once for each line feed, not for each line, or bare CRs would cost the square of their
    // number.
    std::size_t feed = in.find('\n');
    while (at < in.size()) {
        if (feed < at) feed = in.find('\n', at);
        const std::string_view up_to_feed = in.substr(at, feed - at);
        const std::size_t end = at + std::min(up_to_feed.find('\r'), up_to_feed.size());
        if (end == in.size()) return keep_head(up_to_feed);
        const std::string_view rest = in.substr(end);
        end_line(in.substr(at, end - at), blank_line_follows(rest));
        at = end + (rest.starts_with("\r\n") ? 2 : 1);
    }
}

void stream_reader::state::keep_head(std::string_view head) {
    if (!std::exchange(partial, true)) in_comment = head.front() == ':';
    if (in_comment || oversized) return;
    if (bytes + line.size() + head.size() > event_bytes_max) return drop_event();
    line += head;
}

// `tail`: the line, or the rest of it where its head came before.
void stream_reader::state::end_line(std::string_view tail, bool event_ends) {
    const bool had_head = std::exchange(partial, false);
    if (!had_head && tail.empty()) return end_event();
    if (had_head ? in_comment : tail.front() == ':') return;
    in_event = true;
    if (oversized) return;
    if (bytes + line.size() + tail.size() > event_bytes_max) return drop_event();
    if (had_head) line += tail;
    const std::string_view whole = had_head ? std::string_view(line) : tail;
    bytes += whole.size();
    if (const auto value = data_of(whole)) {
        if (event_ends && !has_data) {
            read(*value);
            was_read = true;
        } else {
            if (has_data) data += '\n';
            data += *value;
        }
        has_data = true;
    }
    clear(line);
}

void stream_reader::state::drop_event() {
    oversized = true;
    if (turn) turn->overflow = true;
    // Freed, not cleared: a reader lives as long as its stream, and thousands of them do.
    line = {};
    data = {};
}

void stream_reader::state::end_event() {
    if (oversized) {
        ++facts.events;
        ++facts.oversized_events;
    } else if (has_data && !was_read) {
        read(data);
    }
    clear(data);
    bytes = 0;
    in_event = has_data = was_read = oversized = false;
}

void stream_reader::state::read(std::string_view event) {
    if (read_done(event)) return;
    ++facts.events;
    of.read_document(event, facts, turn);
}

// Some send it behind streams of other APIs too, where it is no document and ends nothing.
bool stream_reader::state::read_done(std::string_view event) {
    if (event != end_of_stream) return false;
    facts.done = facts.done || of.terminal() == end_of_stream;
    return true;
}

void stream_reader::state::read_unfinished() {
    if (oversized || was_read) return;
    std::string event = data;
    if (partial && !in_comment) {
        if (const auto value = data_of(line)) event += *value;
    }
    // Reading the same event again when its end comes does no harm to facts, where the last word counts; what
    // was said would be said twice.
    if (!event.empty() && !read_done(event)) of.read_document(event, facts, nullptr);
}

stream_reader::stream_reader(const api& of, std::size_t event_bytes_max, answer_turn* turn)
    : state_(std::make_unique<state>(of, event_bytes_max, turn)) {}
stream_reader::~stream_reader() = default;
stream_reader::stream_reader(stream_reader&&) noexcept = default;
stream_reader& stream_reader::operator=(stream_reader&&) noexcept = default;

void stream_reader::observe(std::string_view bytes) { state_->observe(bytes); }

const answer_facts& stream_reader::so_far() const noexcept { return state_->facts; }

const answer_facts& stream_reader::facts() const noexcept {
    state_->read_unfinished();
    return state_->facts;
}

bool stream_reader::at_boundary() const noexcept { return !state_->partial && !state_->in_event; }

answer_facts read_answer(const api& of, padded_view body, answer_turn* turn) {
    answer_facts facts;
    facts.done = of.read_document(body.text(), facts, turn);
    return facts;
}

}  // namespace weir::dialect
