#pragma once
// The way of an answer from an attempt to the client: events as they come, a whole answer in one piece. Knows
// both ends, and nothing of routing or money.

#include "weir/base/limits.hpp"
#include "weir/dialect/answer_edits.hpp"
#include "weir/dialect/answer_reader.hpp"
#include "weir/dialect/api.hpp"
#include "weir/frontend/exchange.hpp"
#include "weir/upstream/attempt.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace weir::proxy {

// The request that is being answered, as far as its answer concerns it.
class relay_owner {
public:
    virtual frontend::field_list answer_fields(const net::answer_head& head) const = 0;
    // The answer begins to go to the client: no other attempt from now on.
    virtual void committed() = 0;
    // The answer is whole and not a byte of it has gone to the client. What came of it where another one was
    // sent in its place; nullopt: this one is to be sent.
    virtual net::task<std::optional<result<void>>> replaced() = 0;
    // The answer is whole; its last bytes have not gone to the client yet.
    virtual void complete() = 0;
    // Before the client can know that the answer is whole. May come twice.
    virtual net::task<void> before_end() = 0;

protected:
    ~relay_owner() = default;
};

struct relay_plan {
    const dialect::api* api = nullptr;  // nullptr: nothing is read, the answer passes as it is
    bool stream = false;                // as the client asked
    std::string name_model;             // Messages: the answer names this model; "" leaves it
    bool drop_usage = false;            // a chunk of usage that the client did not ask for
    std::size_t turn_bytes_max = 0;     // of what the assistant says, to be kept or checked; 0: not read
    bool turn_in_full = false;          // answer_turn::in_full
    // A stream is held until it is whole, as long as limits::answer_held_bytes_max and
    // timeouts::blank_lines_held_ms (0: for ever) allow; then it goes on as it comes.
    bool hold_stream = false;
    bool success_only = false;  // any other status is a fault: there is an answer to fall back on
    net::mono_time sent_at{};
};

// What came of it so far. The watch on the client sets client_left too.
struct relayed {
    dialect::answer_facts facts;
    dialect::answer_turn turn;
    std::int64_t payload_bytes = 0;
    bool names_asked_model = false;  // name_model was written, or may be once the head is out
    bool client_left = false;
};

class relay {
public:
    relay(frontend::exchange& client, upstream::attempt& from, relay_owner& owner, relay_plan plan,
          const limits& bounds, const net::timeouts& timers, relayed& out)
        : client_(client),
          from_(from),
          owner_(owner),
          plan_(std::move(plan)),
          bounds_(bounds),
          timers_(timers),
          out_(out) {}

    // From the head to the end. A fault is one of the upstream; where bytes of the answer went out already,
    // the client was told in the words of the API.
    net::task<result<void>> run(const net::answer_head& head);

private:
    net::task<result<void>> events(const net::answer_head& head);
    // Sends what was held of a stream, or what replaces it.
    net::task<result<void>> end_held(const net::answer_head& head, result<void> came_to);
    bool may_hold(std::size_t more_bytes) const;
    // What is still held, then the end or an error.
    net::task<result<void>> end_events(const dialect::stream_reader& reader, result<void> came_to);
    net::task<result<void>> whole(const net::answer_head& head);
    // Blank lines before the JSON keep a connection alive: once the answer is slow they pass. False: the
    // client is gone.
    net::task<bool> pass_blanks(const net::answer_head& head, net::body_buffer& held);
    net::task<bool> respond(const net::answer_head& head, std::string_view body);
    // An answer too long to hold: what was held so far, and the rest as it comes.
    net::task<result<void>> onward(const net::answer_head& head, net::body_buffer held);

    bool success(const net::answer_head& head) const noexcept;
    // Bytes for the client, from those that came; may be fewer, or none, while an event is not whole.
    std::string_view edited(std::string_view payload, bool last);
    net::task<bool> pass(std::string_view payload, bool last);
    void begin_once(const net::answer_head& head);
    void choose_edit();
    void complete_once(const dialect::answer_facts& facts);
    // The same text with the model's name, where there is one to write.
    std::optional<std::string> renamed(const net::answer_head& head, std::string_view text);
    net::mono_time next_due(bool has_output) const;
    dialect::answer_turn* turn() noexcept;

    frontend::exchange& client_;
    upstream::attempt& from_;
    relay_owner& owner_;
    relay_plan plan_;
    const limits& bounds_;
    const net::timeouts& timers_;
    relayed& out_;
    std::optional<dialect::stream_edit> edit_;
    std::string joined_;  // last bytes and what was still held
    bool holding_ = false;
    std::string held_;  // of a stream that may be replaced
    bool begun_ = false;
    bool completed_ = false;
    bool delivered_ = false;  // the client has the terminal event
};

}  // namespace weir::proxy
