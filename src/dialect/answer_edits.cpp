#include "weir/dialect/answer_edits.hpp"

#include "json_scan.hpp"
#include "mends_text.hpp"

#include <algorithm>
#include <utility>

namespace weir::dialect {
namespace {

// The data of an event with its fields' names and line ends blanked: the same offsets, and JSON where the
// data is. A line end within a string cannot be, so a blank there harms nothing. Source: HTML Living
// Standard, 9.2.6, interpreting an event stream.
std::string data_in_place(std::string_view event) {
    static constexpr std::string_view name = "data:";
    std::string out(event.size(), ' ');
    std::size_t at = 0;
    while (at < event.size()) {
        const std::size_t end = std::min(event.find_first_of("\r\n", at), event.size());
        const std::string_view line = event.substr(at, end - at);
        if (line.starts_with(name)) {
            std::ranges::copy(line.substr(name.size()),
                              out.begin() + static_cast<std::ptrdiff_t>(at + name.size()));
        }
        at = end + 1;
    }
    return out;
}

// Where a string is that `in` is at; empty where it is another value.
std::optional<place> take_string(json_scan& in, bool& passed) {
    if (in.peek() != '"') {
        passed = in.value().has_value();
        return std::nullopt;
    }
    const std::size_t start = in.offset();
    passed = in.string().has_value();
    if (!passed) return std::nullopt;
    return place{start, in.offset() - start};
}

struct message_head {
    bool is_start = false;       // the event is message_start
    std::optional<place> model;  // the value of message.model
};

message_head read_head(std::string_view json) {
    message_head head;
    json_scan in(json);
    bool passed = false;
    in.object([&](std::string_view key) {
        if (key == "type") {
            const auto type = take_string(in, passed);
            head.is_start = type && json.substr(type->offset, type->length) == "\"message_start\"";
            return passed;
        }
        if (key != "message" || in.peek() != '{') return in.value().has_value();
        return in.object([&](std::string_view inner) {
            const auto value = take_string(in, passed);
            if (inner == "model" && value) head.model = value;
            return passed;
        });
    });
    return head;
}

// A chunk that carries a usage and no choice.
bool is_usage_alone(std::string_view json) {
    bool usage = false;
    bool no_choice = false;
    json_scan in(json);
    const bool whole = in.object([&](std::string_view key) {
        const auto value = in.value();
        if (value && key == "usage") usage = value->starts_with('{');
        if (value && key == "choices") {
            no_choice = value->starts_with('[') && json_scan(value->substr(1)).peek() == ']';
        }
        return value.has_value();
    });
    return whole && usage && no_choice;
}

}  // namespace

struct stream_edit::state {
    enum class job : std::uint8_t { name_model, drop_usage };

    state(job todo, std::string asked, std::size_t max)
        : edit(todo), model(std::move(asked)), event_bytes_max(max) {}

    job edit;
    std::string model;  // that the client asked for
    std::size_t event_bytes_max;

    std::string out;      // what may go to the client
    std::string held;     // of the event so far
    bool looking = true;  // there may be something to change yet
    bool changed = false;
    bool in_line = false;   // within a line
    bool in_field = false;  // a field came since the last blank line
    bool unread = false;    // the event is too long: its bytes pass as they come
    bool after_cr = false;  // the last byte was CR: an LF right after it belongs to that line end
    bool dropped = false;   // and the event that ended there is gone

    void take(std::string_view in);
    std::size_t take_line(std::string_view in);
    void keep(std::string_view bytes);
    void release();
    void end_event();
    bool drops_event();
    void name_model();
};

void stream_edit::state::take(std::string_view in) {
    while (!in.empty() && looking) {
        if (std::exchange(after_cr, false) && in.front() == '\n') {
            if (!dropped) keep(in.substr(0, 1));
            if (!in_field) release();
            in.remove_prefix(1);
        } else {
            in.remove_prefix(take_line(in));
        }
    }
    out += in;
}

// Passes a line with its end, or as much of it as there is; gives the length.
std::size_t stream_edit::state::take_line(std::string_view in) {
    dropped = false;
    const std::size_t end = in.find_first_of("\r\n");
    const std::string_view line = in.substr(0, end);
    if (!line.empty()) {
        // A comment is no event: before one, it passes as soon as its line is whole.
        if (!std::exchange(in_line, true)) in_field = in_field || line.front() != ':';
        keep(line);
    }
    if (end == std::string_view::npos) return in.size();
    keep(in.substr(end, 1));
    after_cr = in[end] == '\r';
    if (!std::exchange(in_line, false)) {
        end_event();
    } else if (!in_field) {
        release();
    }
    return end + 1;
}

void stream_edit::state::keep(std::string_view bytes) {
    if (!unread && held.size() + bytes.size() > event_bytes_max) {
        out += std::exchange(held, {});
        unread = true;
    }
    (unread ? out : held) += bytes;
}

void stream_edit::state::release() {
    out += held;
    held.clear();
    unread = false;
}

void stream_edit::state::end_event() {
    if (std::exchange(in_field, false) && !unread) {
        if (edit == job::name_model) name_model();
        dropped = edit == job::drop_usage && drops_event();
    }
    release();
}

bool stream_edit::state::drops_event() {
    // Most events speak of no usage; they need no second look.
    if (held.find("usage") == std::string::npos || !is_usage_alone(data_in_place(held))) return false;
    held.clear();
    changed = true;
    return true;
}

void stream_edit::state::name_model() {
    if (held.find("message_start") == std::string::npos) return;
    const message_head head = read_head(data_in_place(held));
    if (!head.is_start) return;
    looking = false;
    const std::string name = quoted(model);
    if (!head.model || held.compare(head.model->offset, head.model->length, name) == 0) return;
    held.replace(head.model->offset, head.model->length, name);
    changed = true;
}

stream_edit::stream_edit(std::unique_ptr<state> s) : state_(std::move(s)) {}
stream_edit::~stream_edit() = default;
stream_edit::stream_edit(stream_edit&&) noexcept = default;
stream_edit& stream_edit::operator=(stream_edit&&) noexcept = default;

stream_edit stream_edit::name_model(std::string asked, std::size_t event_bytes_max) {
    return stream_edit(std::make_unique<state>(state::job::name_model, std::move(asked), event_bytes_max));
}

stream_edit stream_edit::drop_usage(std::size_t event_bytes_max) {
    return stream_edit(std::make_unique<state>(state::job::drop_usage, std::string(), event_bytes_max));
}

std::string_view stream_edit::pass(std::string_view bytes) {
    if (!state_->looking) return bytes;
    state_->out.clear();
    state_->take(bytes);
    return state_->out;
}

std::string_view stream_edit::rest() {
    state_->out = std::exchange(state_->held, {});
    return state_->out;
}

bool stream_edit::changed() const noexcept { return state_->changed; }
bool stream_edit::looking() const noexcept { return state_->looking; }

std::optional<std::string> name_model(std::string_view answer, std::string_view asked) {
    std::optional<place> model;
    bool passed = false;
    json_scan in(answer);
    in.object([&](std::string_view key) {
        const auto value = take_string(in, passed);
        if (key == "model" && value) model = value;
        return passed && !model;
    });
    if (!model) return std::nullopt;
    const std::string name = quoted(asked);
    if (answer.substr(model->offset, model->length) == name) return std::nullopt;
    std::string named;
    named.reserve(answer.size() + name.size());
    return named.append(answer.substr(0, model->offset))
        .append(name)
        .append(answer.substr(model->offset + model->length));
}

}  // namespace weir::dialect
